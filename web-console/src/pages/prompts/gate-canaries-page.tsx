// The gate's canaries: questions whose answers no training may change. A candidate that breaks one is refused.
import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useRead, useWrite } from '../../api/read.js';
import {
  gateCanaryChangeListSchema,
  gateCanaryListSchema,
  type GateCanary,
  type GateCanaryChange,
} from '../../api/schemas/prompts.js';
import { Card } from '../../parts/card.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { DataTable } from '../../parts/data-table.js';
import { Loaded } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { Page } from '../../parts/page.js';
import { useAssistantBase } from '../assistant-base.js';
import { CanaryDialog } from './canary-dialog.js';

export default function GateCanariesPage() {
  const { base } = useAssistantBase();
  const path = `${base}/gate-canaries`;
  const canaries = useRead(path, gateCanaryListSchema);
  const changes = useRead(`${path}/changes`, gateCanaryChangeListSchema, { query: { limit: 20 } });
  const [edited, setEdited] = useState<GateCanary | 'new'>();
  const [deleted, setDeleted] = useState<GateCanary>();
  const remove = useWrite((id: string) => api.send('DELETE', `${path}/${id}`), {
    ...{ invalidates: [path], done: 'The canary is deleted.' },
  });
  return (
    <Page
      title="Gate canaries"
      words="Questions whose answers no training may change: a candidate that breaks one is refused, unless the version before it breaks it as well."
      actions={<Button onClick={() => setEdited('new')}>Write a canary</Button>}
    >
      <Card title="Canaries">
        <Loaded of={canaries}>
          {(data) => <CanaryTable canaries={data.canaries} edit={setEdited} remove={setDeleted} />}
        </Loaded>
      </Card>
      <Card title="Who changed what">
        <Loaded of={changes}>{(data) => <Changes changes={data.changes} />}</Loaded>
      </Card>
      <CanaryDialog path={path} edited={edited} close={() => setEdited(undefined)} />
      <ConfirmDialog
        title="Delete this canary?"
        words={`“${deleted?.question ?? ''}” is asked of no later candidate.`}
        action="Delete"
        opened={deleted !== undefined}
        close={() => setDeleted(undefined)}
        carryOut={() => remove.mutateAsync(deleted?.id ?? '')}
      />
    </Page>
  );
}

interface CanaryTableProps {
  canaries: GateCanary[];
  edit: (canary: GateCanary) => void;
  remove: (canary: GateCanary) => void;
}

function CanaryTable({ canaries, edit, remove }: CanaryTableProps) {
  return (
    <DataTable
      label="Gate canaries"
      rows={canaries}
      keyOf={({ id }) => id}
      empty="No canary yet. Write one for whatever must never change: a phone number, a refusal, a price."
      columns={[
        { title: 'Question', isHeader: true, cell: ({ question }) => question },
        { title: 'Demand', cell: (canary) => <Demands canary={canary} /> },
        { title: 'Why', cell: ({ note }) => note || '–' },
        {
          ...{ title: 'Actions', isTitleHidden: true },
          cell: (canary) => (
            <Group gap={6} wrap="nowrap">
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Change: ${canary.question}`}
                onClick={() => edit(canary)}
              >
                Change
              </Button>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={`Delete: ${canary.question}`}
                onClick={() => remove(canary)}
              >
                Delete
              </Button>
            </Group>
          ),
        },
      ]}
    />
  );
}

function Demands({ canary: { mustContain, mustNotContain, mustEqual } }: { canary: GateCanary }) {
  const demands = [
    mustEqual !== null && `Must be: ${mustEqual}`,
    mustContain !== null && `Must contain: ${mustContain}`,
    mustNotContain !== null && `Must not contain: ${mustNotContain}`,
  ].filter((demand) => demand !== false);
  return (
    <Stack gap={2}>
      {demands.map((demand) => (
        <Text key={demand}>{demand}</Text>
      ))}
    </Stack>
  );
}

const DONE: Record<string, string> = { create: 'wrote', change: 'changed', delete: 'deleted' };

function Changes({ changes }: { changes: GateCanaryChange[] }) {
  return (
    <DataTable
      label="Changes of the canaries"
      rows={changes}
      keyOf={({ id }) => id}
      empty="Nothing yet."
      columns={[
        { title: 'When', isHeader: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
        { title: 'Who', cell: ({ actor }) => actor },
        {
          title: 'What',
          cell: ({ action, before, after }) => `${DONE[action] ?? action}: ${(after ?? before)?.question ?? ''}`,
        },
      ]}
    />
  );
}
