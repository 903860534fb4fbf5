// What the gate found: its words, the slices with their intervals, and each check.
import { Stack, Text } from '@mantine/core';
import type { Slice, VersionDetails } from '../../api/schemas/versions.js';
import { StateBadge, ToneBadge } from '../../parts/badges.js';
import { Card } from '../../parts/card.js';
import { DataTable } from '../../parts/data-table.js';
import { Interval, points } from '../../parts/interval.js';
import { Empty } from '../../parts/load.js';
import { withoutVerdict, type Tone } from '../../words.js';

const OUTCOMES: Record<string, [string, Tone]> = {
  kept: ['Kept', 'good'],
  broken: ['Broken', 'bad'],
  unsure: ['Unsure', 'warn'],
  not_measured: ['Not measured', 'plain'],
};

export function GateReport({ report, slices }: { report: VersionDetails['gateReport']; slices: Slice[] }) {
  if (!report?.verdict)
    return (
      <Card title="Gate">
        <Empty>There is no gate report: it was not made by a training run here.</Empty>
      </Card>
    );
  const { verdict, summary, checks } = report;
  return (
    <Card title="Gate" actions={<StateBadge state={verdict} />}>
      <Stack gap="md">
        <Text>{withoutVerdict(summary ?? '', verdict)}</Text>
        <DataTable
          label="Slice by slice, against the version it was trained from"
          rows={[...slices].sort((a, b) => a.difference - b.difference)}
          keyOf={({ slice }) => slice}
          empty="No held-out questions were compared."
          columns={[
            { title: 'Slice', isHeader: true, cell: ({ slice }) => (slice === '(new)' ? 'What is new' : slice) },
            { title: 'Questions', isNumber: true, cell: ({ items }) => items },
            { title: 'Right before', isNumber: true, cell: ({ parentRight }) => parentRight },
            { title: 'Right now', isNumber: true, cell: ({ candidateRight }) => candidateRight },
            { title: 'Difference', isNumber: true, cell: ({ difference }) => points(difference) },
            { title: '95 % interval', cell: ({ interval }) => <Interval range={interval} /> },
          ]}
        />
        <DataTable
          label="Checks of the gate"
          rows={checks}
          keyOf={({ name, sentence }) => `${name} ${sentence}`}
          empty="Its checks were not recorded."
          columns={[
            { title: 'Check', isHeader: true, cell: ({ name }) => name.replaceAll('_', ' ') },
            { title: 'Outcome', cell: ({ outcome }) => <Outcome outcome={outcome} /> },
            { title: 'In words', cell: ({ sentence }) => sentence },
          ]}
        />
      </Stack>
    </Card>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  const [word, tone] = OUTCOMES[outcome] ?? [outcome, 'plain'];
  return <ToneBadge tone={tone}>{word}</ToneBadge>;
}
