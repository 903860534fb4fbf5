// Users: who they are, what they may do, and the ways to change that.
import { Button, Group, Menu, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { userListSchema, userSchema, userWithPasswordSchema, type User } from '../../api/schemas/access.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { rolesInWords } from './role-words.js';
import { passwordSecret, ShownOnce, type Secret } from './shown-once.js';
import { UserDialog } from './user-dialog.js';

const USERS = '/api/v1/users';
/** What a dialog is about: a new user, or one that is there. */
type Edited = 'new' | User | undefined;

export default function UsersPage() {
  const users = useRead(USERS, userListSchema);
  const [edited, setEdited] = useState<Edited>();
  const [decision, setDecision] = useState<Decision>();
  const [secret, setSecret] = useState<Secret>();
  const decide = useUserDecisions(setSecret);
  return (
    <Page
      title="Users"
      words="Who may talk to customers, decide what answers, and say who may do what."
      actions={<Button onClick={() => setEdited('new')}>Add a user</Button>}
    >
      <Card title="Everybody with an account">
        <Loaded of={users}>
          {(data) => (
            <DataTable
              label="Users"
              rows={data.users}
              keyOf={({ id }) => id}
              columns={[
                { title: 'Name', isHeader: true, cell: (user) => <Name user={user} /> },
                { title: 'Roles', cell: ({ roles }) => rolesInWords(roles) },
                { title: 'Signs in by', cell: waysOf },
                { title: 'Last signed in', cell: ({ signedInAt }) => <Moment at={signedInAt} /> },
                {
                  ...{ title: 'Actions', isTitleHidden: true },
                  cell: (user) => (
                    <Actions
                      user={user}
                      change={() => setEdited(user)}
                      reset={() => setDecision(decide.reset(user))}
                      activate={() => setDecision(decide.activate(user))}
                    />
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {edited && (
        <UserDialog
          user={edited === 'new' ? undefined : edited}
          {...{ setSecret }}
          close={() => setEdited(undefined)}
        />
      )}
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
      <ShownOnce secret={secret} close={() => setSecret(undefined)} />
    </Page>
  );
}

/** What an administrator can decide about a user, in words. */
function useUserDecisions(show: (secret: Secret) => void) {
  const options = { invalidates: [USERS], quiet: true };
  const reset = useWrite(
    ({ id, reason }: { id: string; reason: string }) =>
      api.send('POST', `${USERS}/${id}/password-reset`, { reason }, userWithPasswordSchema),
    options,
  );
  const change = useWrite(
    ({ id, ...body }: { id: string; active: boolean; reason: string }) =>
      api.send('PATCH', `${USERS}/${id}`, body, userSchema),
    options,
  );
  return {
    reset: ({ id, name }: User): Decision => ({
      title: `Give ${name} a new password?`,
      consequence:
        'Their password counts no more and they are signed out. They get one for once, and then choose their own.',
      ...{ action: 'Give a new password', isReasonOptional: true },
      carryOut: async (reason) => {
        const { oneTimePassword } = await reset.mutateAsync({ id, reason });
        show(passwordSecret(name, oneTimePassword));
      },
    }),
    activate: ({ id, name, active }: User): Decision => ({
      title: active ? `Deactivate ${name}?` : `Activate ${name}?`,
      consequence: active
        ? 'They are signed out at once and can’t sign in any more. What they wrote and decided stays.'
        : 'They can sign in again, with the roles that they had.',
      ...{ action: active ? 'Deactivate' : 'Activate', isDanger: active, isReasonOptional: true },
      carryOut: (reason) => change.mutateAsync({ id, active: !active, reason }),
    }),
  };
}

function Name({ user: { name, email, active, mustChangePassword } }: { user: User }) {
  return (
    <>
      <Group gap="xs">
        {name}
        {!active && <ToneBadge tone="bad">Not active</ToneBadge>}
        {active && mustChangePassword && <ToneBadge tone="warn">First password</ToneBadge>}
      </Group>
      <Text size="sm" c="dimmed" fw={400}>
        {email}
      </Text>
    </>
  );
}

function waysOf({ hasPassword, oidc }: User): string {
  return [hasPassword && 'password', oidc && 'identity provider'].filter(Boolean).join(', ') || 'no way yet';
}

interface ActionsProps {
  user: User;
  change: () => void;
  reset: () => void;
  activate: () => void;
}

function Actions({ user: { name, active }, change, reset, activate }: ActionsProps) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" size="compact-sm" aria-label={`Change ${name}`}>
          Change…
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={change}>Name and roles</Menu.Item>
        <Menu.Item onClick={reset}>New password</Menu.Item>
        <Menu.Item onClick={activate}>{active ? 'Deactivate' : 'Activate'}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
