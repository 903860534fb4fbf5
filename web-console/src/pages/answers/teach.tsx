// "Teach now": a short run on one correction, and how far it is.
import { Alert, Button, Group, Progress, Text } from '@mantine/core';
import { api } from '../../api/client.js';
import { useWrite } from '../../api/read.js';
import type { AnswerCorrection } from '../../api/schemas/review.js';
import { runSchema, type Run } from '../../api/schemas/training.js';
import { StateBadge } from '../../parts/badges.js';
import { duration, versionName, wordsForRun } from '../../words.js';
import { assistantBase } from '../assistant-base.js';
import { useRun } from '../shared-reads.js';

export const teach = (correctionId: string): Promise<Run> =>
  api.send('POST', `/api/v1/corrections/${correctionId}/teach`, {}, runSchema);

interface TeachNowProps {
  /** Slug. */
  assistant: string;
  messageId: string;
  correction: AnswerCorrection;
}

const AGAIN = new Set(['failed', 'cancelled', 'rejected']);

/** The button, and once somebody has asked for it the run. */
export function TeachNow({ assistant, messageId, correction: { id, run, useForTraining } }: TeachNowProps) {
  const start = useWrite(() => teach(id), { invalidates: [`/api/v1/messages/${messageId}/feedback`] });
  if (!useForTraining) return null;
  return (
    <>
      {run && <RunProgress assistant={assistant} runId={run.id} />}
      {(!run || AGAIN.has(run.status)) && (
        <Button size="compact-sm" variant="light" loading={start.isPending} onClick={() => start.mutate(undefined)}>
          {run ? 'Teach again' : 'Teach now'}
        </Button>
      )}
    </>
  );
}

/** How far a run is, in one line and a bar. */
export function RunProgress({ assistant, runId }: { assistant: string; runId: string }) {
  const { data: run } = useRun(assistantBase(assistant), runId);
  if (!run) return null;
  const { progress, status } = run;
  return (
    <div role="status" aria-label="Teaching">
      <Group gap="xs">
        <StateBadge state={status} words={wordsForRun(status)} />
        <Text size="sm">{wordsOf(run)}</Text>
      </Group>
      {status === 'training' && progress && (
        <Progress mt={6} value={(100 * progress.step) / Math.max(1, progress.steps)} aria-label="Steps done" />
      )}
      {run.error && (
        <Alert color="red" mt="xs">
          {run.error}
        </Alert>
      )}
    </div>
  );
}

function wordsOf({ status, progress, adapterVersion, gateReport }: Run): string {
  if (status === 'queued') return 'It begins as soon as nothing else is being learnt.';
  if (status === 'training' && progress) {
    const left = typeof progress.secondsLeft === 'number' ? `, about ${duration(progress.secondsLeft)} left` : '';
    return `Step ${progress.step} of ${progress.steps}${left}`;
  }
  if (status === 'candidate' && adapterVersion) return `${versionName(adapterVersion)} has learnt it.`;
  return gateReport?.summary ?? '';
}
