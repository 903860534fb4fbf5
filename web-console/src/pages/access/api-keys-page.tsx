// Keys for machines: which there are, what each may do, and when each was last used.
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import { apiKeyListSchema, type ApiKey } from '../../api/schemas/access.js';
import { ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { ReasonDialog, type Decision } from '../../parts/reason-dialog.js';
import { ApiKeyDialog } from './api-key-dialog.js';
import { ShownOnce, type Secret } from './shown-once.js';

const KEYS = '/api/v1/api-keys';

export default function ApiKeysPage() {
  const keys = useRead(KEYS, apiKeyListSchema);
  const [isAdding, setIsAdding] = useState(false);
  const [decision, setDecision] = useState<Decision>();
  const [secret, setSecret] = useState<Secret>();
  const revoke = useWrite(
    ({ id, reason }: { id: string; reason: string }) => api.send('DELETE', `${KEYS}/${id}`, { reason }),
    { invalidates: [KEYS], quiet: true },
  );
  const decide = ({ id, name }: ApiKey): Decision => ({
    title: `Revoke the key “${name}”?`,
    consequence: 'Machines that use it are refused from now on. It can’t be brought back.',
    ...{ action: 'Revoke', isDanger: true, isReasonOptional: true },
    carryOut: (reason) => revoke.mutateAsync({ id, reason }),
  });
  return (
    <Page
      title="API keys"
      words="For programs that use the REST interface. Each has a role, for some assistants or for all."
      actions={<Button onClick={() => setIsAdding(true)}>Make a key</Button>}
    >
      <Card title="Keys">
        <Loaded of={keys}>{(data) => <Keys keys={data.apiKeys} revoke={(key) => setDecision(decide(key))} />}</Loaded>
      </Card>
      {isAdding && <ApiKeyDialog setSecret={setSecret} close={() => setIsAdding(false)} />}
      <ReasonDialog decision={decision} close={() => setDecision(undefined)} />
      <ShownOnce secret={secret} close={() => setSecret(undefined)} />
    </Page>
  );
}

function Keys({ keys, revoke }: { keys: ApiKey[]; revoke: (key: ApiKey) => void }) {
  return (
    <DataTable
      label="API keys"
      rows={keys}
      keyOf={({ id }) => id}
      empty="No machine has a key yet."
      columns={[
        { title: 'Name', isHeader: true, cell: (key) => <Name of={key} /> },
        { title: 'May', cell: mayInWords },
        { title: 'Made', cell: ({ createdAt, createdBy }) => <Made {...{ createdAt, createdBy }} /> },
        { title: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt ? <Moment at={lastUsedAt} /> : 'never') },
        { title: 'Ends', cell: ({ expiresAt }) => (expiresAt ? <Moment at={expiresAt} whole /> : 'never') },
        {
          ...{ title: 'Actions', isTitleHidden: true },
          cell: (key) =>
            key.revokedAt === null && (
              <Button variant="default" size="compact-sm" aria-label={`Revoke ${key.name}`} onClick={() => revoke(key)}>
                Revoke…
              </Button>
            ),
        },
      ]}
    />
  );
}

function Name({ of: { name, start, revokedAt, expiresAt } }: { of: ApiKey }) {
  const hasEnded = expiresAt !== null && expiresAt < new Date();
  return (
    <>
      <Group gap="xs">
        {name}
        {revokedAt && <ToneBadge tone="bad">Revoked</ToneBadge>}
        {!revokedAt && hasEnded && <ToneBadge>Ended</ToneBadge>}
      </Group>
      <Text size="sm" c="dimmed" fw={400} ff="monospace">
        {start}…
      </Text>
    </>
  );
}

function Made({ createdAt, createdBy }: Pick<ApiKey, 'createdAt' | 'createdBy'>) {
  return (
    <>
      <Moment at={createdAt} /> by {createdBy}
    </>
  );
}

function mayInWords({ role, assistants, readOnly }: ApiKey): string {
  const where = assistants === null ? 'all assistants' : assistants.join(', ');
  return `${readOnly ? 'look, as' : 'act as'} ${role} of ${where}`;
}
