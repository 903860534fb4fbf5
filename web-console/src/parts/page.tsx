// A page's frame: its title, which takes the focus when one arrives, and what can be done on it.
import { Group, Stack, Text, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { NavigationType, useLocation, useNavigationType } from 'react-router';

interface PageProps {
  title: string;
  /** One line below the title. */
  words?: ReactNode;
  actions?: ReactNode;
  /** No limit of width, for lists beside details. */
  wide?: boolean;
  children: ReactNode;
}

const WIDTH_MAX_PX = 1_180;

export function Page({ title, words, actions, wide = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const { pathname } = useLocation();
  const arrival = useNavigationType();
  useEffect(() => {
    document.title = `${title} · Retune`;
  }, [title]);
  useEffect(() => {
    // At the first load (which counts as a "pop", too) the browser's own order is right: the skip link comes first.
    if (arrival !== NavigationType.Pop) heading.current?.focus({ preventScroll: true });
  }, [pathname, arrival]);
  return (
    <Stack gap="lg" maw={wide ? undefined : WIDTH_MAX_PX} mx="auto">
      <Group justify="space-between" align="flex-end" gap="md">
        <div>
          <Title order={1} size="h2" ref={heading} tabIndex={-1}>
            {title}
          </Title>
          {words && (
            <Text c="dimmed" component="div">
              {words}
            </Text>
          )}
        </div>
        {actions && <Group gap="sm">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
