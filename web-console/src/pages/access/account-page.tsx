// My account: my name, my password, where I am signed in.
import { Button, Group, SimpleGrid, Text, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState, type FormEvent } from 'react';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { meSchema, sessionListSchema } from '../../api/schemas/access.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { PasswordForm } from '../../session/password-form.js';
import { useMe, useSession } from '../../session/session.js';
import { rolesInWords } from './role-words.js';

export default function AccountPage() {
  const { user, roles } = useMe();
  return (
    <Page title="My account" words={`${user.email ?? user.name} · ${rolesInWords(roles)}`}>
      <SimpleGrid cols={{ base: 1, md: 2 }}>
        <Card title="Name">
          <NameForm />
        </Card>
        <Card title="Password">
          {user.hasPassword ? (
            <PasswordForm done={() => notifications.show({ message: 'Your password is changed.', color: 'green' })} />
          ) : (
            <Text>You sign in through the identity provider, so there is no password here.</Text>
          )}
        </Card>
      </SimpleGrid>
      <SignIns />
    </Page>
  );
}

function NameForm() {
  const { user } = useMe();
  const { reload } = useSession();
  const [name, setName] = useState(user.name);
  const change = useWrite((next: string) => api.send('PATCH', '/api/v1/me', { name: next }, meSchema), {
    done: 'Your name is changed.',
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(name.trim(), { onSuccess: () => void reload() });
  };
  return (
    <form onSubmit={submit}>
      <TextInput
        label="Your name"
        description="Customers see it when you take over a chat; the audit has it, too."
        required
        maxLength={80}
        autoComplete="name"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button type="submit" mt="md" loading={change.isPending} disabled={!name.trim() || name.trim() === user.name}>
        Change name
      </Button>
    </form>
  );
}

function SignIns() {
  const { signOut } = useSession();
  const sessions = useRead('/api/v1/sessions', sessionListSchema);
  const endAll = useWrite(() => api.send('DELETE', '/api/v1/sessions'), { done: 'You are signed out everywhere.' });
  const everywhere = () => endAll.mutate(undefined, { onSuccess: () => void signOut() });
  return (
    <Card
      title="Where I am signed in"
      actions={
        <Button variant="default" loading={endAll.isPending} onClick={everywhere}>
          Sign out everywhere
        </Button>
      }
    >
      <Loaded of={sessions}>
        {(data) => (
          <DataTable
            label="Where I am signed in"
            rows={data.sessions}
            keyOf={({ id }) => id}
            columns={[
              {
                title: 'Browser',
                isHeader: true,
                cell: ({ userAgent, current }) => (
                  <Group gap="xs">
                    {browserOf(userAgent)} {current && <ToneBadge tone="good">This one</ToneBadge>}
                  </Group>
                ),
              },
              { title: 'Address', cell: ({ address }) => address },
              { title: 'Since', cell: ({ createdAt }) => <Moment at={createdAt} /> },
              { title: 'Last active', cell: ({ renewedAt }) => <Moment at={renewedAt} /> },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

const BROWSERS: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/Firefox\//, 'Firefox'],
  [/Chrome\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** "Firefox on Linux", or what it said itself. */
function browserOf(userAgent: string): string {
  const find = (among: [RegExp, string][]) => among.find(([pattern]) => pattern.test(userAgent))?.[1];
  const browser = find(BROWSERS);
  if (!browser) return userAgent || 'Unknown';
  return [browser, find(SYSTEMS)].filter(Boolean).join(' on ');
}
