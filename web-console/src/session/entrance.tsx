// The sheet in the middle of the screen on which one signs in.
import { Center, Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Logo } from '../parts/logo.js';

interface EntranceProps {
  title: string;
  words: string;
  children: ReactNode;
}

export function Entrance({ title, words, children }: EntranceProps) {
  return (
    <Center component="main" mih="100dvh" p="md">
      <Paper withBorder shadow="lg" radius="lg" p="xl" w="100%" maw={420}>
        <Stack>
          <Logo />
          <div>
            <Title order={1} size="h2">
              {title}
            </Title>
            <Text c="dimmed">{words}</Text>
          </div>
          {children}
        </Stack>
      </Paper>
    </Center>
  );
}
