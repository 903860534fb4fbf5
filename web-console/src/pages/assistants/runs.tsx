// Training runs, the newest first; a running one shows how far it is.
import { Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import type { Run } from '../../api/schemas/training.js';
import { StateBadge } from '../../parts/badges.js';
import { Empty } from '../../parts/load.js';
import { Moment } from '../../parts/moment.js';
import { assistantPath } from '../../shell/navigation.js';
import { duration, facts, isRunning, startedBy, versionName, wordsForRun } from '../../words.js';

/** Runs on the screen; older ones are on their own page. */
const SHOWN_MAX = 8;

export function Runs({ runs, slug }: { runs: Run[]; slug: string }) {
  if (runs.length === 0)
    return (
      <Empty>No training run yet. Correct a few answers, then start one; or wait for the schedule to do it.</Empty>
    );
  return (
    <Stack component="ol" gap="md" p={0} m={0} style={{ listStyle: 'none' }}>
      {runs.slice(0, SHOWN_MAX).map((run) => (
        <li key={run.id}>
          <Group gap="xs">
            <StateBadge state={run.status} words={wordsForRun(run.status)} />
            <Anchor component={Link} to={assistantPath(slug, `training/${run.id}`)} fw={700}>
              {run.adapterVersion ? versionName(run.adapterVersion) : 'Training run'}
            </Anchor>
            <Text span c="dimmed" size="sm">
              <Moment at={run.createdAt} /> {startedBy(run)}
            </Text>
          </Group>
          {isRunning(run) && <HowFar run={run} />}
          {run.result && (
            <Text c="dimmed" size="sm" className="number">
              {facts(run)}
            </Text>
          )}
          {run.error && <Text c="var(--bad)">{run.error}</Text>}
          {run.status === 'rejected' && <Text size="sm">{run.gateReport?.summary}</Text>}
        </li>
      ))}
    </Stack>
  );
}

function HowFar({ run: { progress, status } }: { run: Run }) {
  if (!progress || progress.steps === 0)
    return <Progress value={100} animated mt={6} aria-label={`${status}, not measurable yet`} />;
  const parts = [
    `step ${progress.step} of ${progress.steps}`,
    progress.loss && `loss ${progress.loss.toFixed(3)}`,
    progress.tokensPerSecond && `${Math.round(progress.tokensPerSecond)} tokens/s`,
    progress.secondsLeft && `about ${duration(progress.secondsLeft)} left`,
  ];
  return (
    <>
      <Progress value={(100 * progress.step) / progress.steps} mt={6} aria-label="Training progress" />
      <Text c="dimmed" size="sm" className="number">
        {parts.filter(Boolean).join(' · ')}
      </Text>
    </>
  );
}
