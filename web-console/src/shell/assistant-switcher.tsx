// Chooses the assistant; where there is only one there is nothing to choose.
import { NativeSelect } from '@mantine/core';
import { useLocation, useNavigate } from 'react-router';
import { useSession } from '../session/session.js';
import { assistantOptions, useAssistants } from './assistant.js';
import { assistantPath, seenOf } from './navigation.js';

export function AssistantSwitcher() {
  const { assistants, chosen } = useAssistants();
  const session = useSession();
  const navigate = useNavigate();
  const { pathname } = useLocation();
  if (assistants.length < 2 || !chosen) return null;
  const choose = (slug: string) => {
    // The same page of the other one, where it has that page for this person.
    const page = /^\/a\/[^/]+\/([^/]+)/.exec(pathname)?.[1];
    const seen = seenOf(slug, session);
    const path = (seen.find((item) => item.path === page) ?? seen[0])?.path;
    if (path) void navigate(assistantPath(slug, path));
  };
  return (
    <NativeSelect
      aria-label="Assistant"
      value={chosen.slug}
      data={assistantOptions(assistants)}
      onChange={(event) => choose(event.currentTarget.value)}
    />
  );
}
