// A run that is going on: how far it is, how fast, how long still, and what can be done with it.
import { Button, Group, Progress, SimpleGrid, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { Run } from '../../api/schemas/training.js';
import { StateBadge, ToneBadge, VersionBadge } from '../../parts/badges.js';
import { ConfirmDialog } from '../../parts/confirm-dialog.js';
import { Figure } from '../../parts/figure.js';
import { LossChart } from '../../parts/loss-chart.js';
import { Moment } from '../../parts/moment.js';
import { useSession } from '../../session/session.js';
import { duration, wordsForRun } from '../../words.js';

interface LiveRunProps {
  slug: string;
  base: string;
  run: Run;
}

export function LiveRun({ slug, base, run }: LiveRunProps) {
  const { may } = useSession();
  return (
    <Stack gap="md">
      <Group justify="space-between">
        <Group gap="xs">
          <StateBadge state={run.status} words={wordsForRun(run.status)} />
          {run.pausedAt && <ToneBadge tone="warn">Paused</ToneBadge>}
          <Text span c="dimmed" size="sm">
            asked for <Moment at={run.createdAt} />, starts from
          </Text>
          <VersionBadge version={run.parentVersion} />
        </Group>
        {may('operator', slug) && <Orders base={base} run={run} />}
      </Group>
      <HowFar run={run} />
      <LossChart curve={run.lossCurve ?? []} />
    </Stack>
  );
}

/** What is done where there are no steps to count. */
const WITHOUT_STEPS: Record<string, string> = {
  queued: 'It waits for its turn.',
  preparing: 'The examples are being put together.',
  loading: 'The model is being loaded.',
  sweep: 'Learning rates are being tried.',
  scoring: 'What it learnt is being measured.',
  evaluating: 'The gate asks both versions its questions.',
};

function HowFar({ run: { progress, status, workedSeconds, pausedAt } }: { run: Run }) {
  const stage = status === 'training' ? (progress?.stage ?? 'loading') : status;
  if (stage !== 'training' || !progress || progress.steps === 0)
    return (
      <div>
        <Progress value={100} animated={!pausedAt} aria-label={`${stage}, not measurable`} />
        <Text c="dimmed" size="sm" mt={6}>
          {WITHOUT_STEPS[stage] ?? stage} Worked on for {duration(workedSeconds)}.
        </Text>
      </div>
    );
  const { step, steps, loss, tokensPerSecond, secondsLeft, tokens } = progress;
  return (
    <div>
      <Progress value={(100 * step) / steps} aria-label="Training progress" />
      <SimpleGrid cols={{ base: 2, sm: 5 }} mt="sm">
        <Figure name="Step" value={`${step} of ${steps}`} />
        <Figure name="Loss" value={loss?.toFixed(3)} />
        <Figure name="Tokens a second" value={tokensPerSecond && Math.round(tokensPerSecond).toLocaleString('en')} />
        <Figure
          name="Time left"
          value={secondsLeft === null || secondsLeft === undefined ? null : duration(secondsLeft)}
        />
        <Figure name="Tokens learnt from" value={tokens?.toLocaleString('en')} />
      </SimpleGrid>
    </div>
  );
}

/** Pause or resume, and cancel. */
function Orders({ base, run: { id, pausedAt } }: { base: string; run: Run }) {
  const [isAsking, setAsking] = useState(false);
  const order = useWrite((name: string) => api.send('POST', `${base}/training-runs/${id}/${name}`), {
    invalidates: [`${base}/training-runs`],
  });
  return (
    <Group gap="xs">
      <Button variant="default" loading={order.isPending} onClick={() => order.mutate(pausedAt ? 'resume' : 'pause')}>
        {pausedAt ? 'Let it go on' : 'Pause'}
      </Button>
      <Button variant="default" onClick={() => setAsking(true)}>
        Cancel the run
      </Button>
      <ConfirmDialog
        title="Cancel this training run?"
        words="What it has learnt so far is thrown away. The examples stay; the next run learns them."
        action="Cancel the run"
        opened={isAsking}
        close={() => setAsking(false)}
        carryOut={() => order.mutateAsync('cancel')}
      />
    </Group>
  );
}
