// The runs there were, newest first, each with what came of it.
import { Anchor, Group } from '@mantine/core';
import { Link } from 'react-router';
import type { Run } from '../../api/schemas/training.js';
import { StateBadge, ToneBadge, VersionBadge } from '../../parts/badges.js';
import { DataTable } from '../../parts/data-table.js';
import { Moment } from '../../parts/moment.js';
import { assistantPath } from '../../shell/navigation.js';
import { duration, exactly, startedBy, wordsForRun } from '../../words.js';

export function RunHistory({ slug, runs }: { slug: string; runs: Run[] }) {
  return (
    <DataTable
      label="Training runs"
      rows={runs}
      keyOf={({ id }) => id}
      empty="No training run yet. Correct a few answers, then start one; or wait for the schedule to do it."
      columns={[
        {
          ...{ title: 'Run', isHeader: true },
          cell: (run) => (
            <Anchor component={Link} to={assistantPath(slug, `training/${run.id}`)}>
              {exactly(run.createdAt)}
            </Anchor>
          ),
        },
        {
          title: 'State',
          cell: (run) => (
            <Group gap={6} wrap="nowrap">
              <StateBadge state={run.status} words={wordsForRun(run.status)} />
              {run.mode === 'micro' && <ToneBadge>One correction</ToneBadge>}
            </Group>
          ),
        },
        {
          title: 'Made',
          cell: ({ adapterVersion }) => (adapterVersion ? <VersionBadge version={adapterVersion} /> : '–'),
        },
        { title: 'Started', cell: (run) => startedBy(run) || '–' },
        { title: 'Examples', isNumber: true, cell: ({ result }) => result?.items ?? '–' },
        {
          ...{ title: 'Loss', isNumber: true },
          cell: ({ result }) =>
            result?.firstLoss && result.lastLoss
              ? `${result.firstLoss.toFixed(2)} → ${result.lastLoss.toFixed(2)}`
              : '–',
        },
        { title: 'Worked', isNumber: true, cell: ({ workedSeconds }) => duration(workedSeconds) },
        { title: 'Ended', cell: ({ finishedAt }) => <Moment at={finishedAt} /> },
      ]}
    />
  );
}
