// The navigation itself.
import { NavLink as Link, ScrollArea, Text } from '@mantine/core';
import { NavLink, useLocation } from 'react-router';
import { useSession } from '../session/session.js';
import { useAssistants } from './assistant.js';
import { assistantPath, OF_SERVICE, seenOf, sees, WORK } from './navigation.js';

interface Place {
  words: string;
  to: string;
}

export function Navigation() {
  const session = useSession();
  const { chosen } = useAssistants();
  const flat = (items: typeof WORK): Place[] =>
    items.filter((item) => sees(item, session)).map(({ words, path }) => ({ words, to: `/${path}` }));
  const ofAssistant: Place[] = chosen
    ? seenOf(chosen.slug, session).map(({ words, path }) => ({ words, to: assistantPath(chosen.slug, path) }))
    : [];
  return (
    <ScrollArea type="auto" flex={1} scrollbarSize={8} offsetScrollbars="present">
      <Section title="Conversations" places={flat(WORK)} />
      <Section title={chosen?.name ?? 'Assistant'} places={ofAssistant} />
      <Section title="Service" places={flat(OF_SERVICE)} />
    </ScrollArea>
  );
}

function Section({ title, places }: { title: string; places: Place[] }) {
  const { pathname } = useLocation();
  if (places.length === 0) return null;
  return (
    <div role="group" aria-label={title}>
      <Text size="xs" fw={650} c="dimmed" px="sm" mt="sm" mb={2}>
        {title}
      </Text>
      {places.map(({ words, to }) => (
        <Link
          key={to}
          component={NavLink}
          to={to}
          label={words}
          active={pathname === to || pathname.startsWith(`${to}/`)}
          py={4}
          style={{ borderRadius: 8 }}
        />
      ))}
    </div>
  );
}
