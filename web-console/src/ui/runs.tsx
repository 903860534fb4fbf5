// Training runs, the newest first; a running one shows how far it is.
import type { TrainingRun } from '../api/schemas.js';
import { duration, facts, isRunning, startedBy, versionName, wordsForRun } from '../words.js';
import { Badge } from './badge.js';
import { Moment } from './moment.js';

/** Runs on the screen; older ones are of no use here. */
const SHOWN_MAX = 8;

export function Runs({ runs }: { runs: TrainingRun[] }) {
  if (runs.length === 0)
    return (
      <p class="empty">
        No training run yet. Correct a few answers, then start one; or wait for the schedule to do it.
      </p>
    );
  return (
    <ol class="rows">
      {runs.slice(0, SHOWN_MAX).map((run) => (
        <li key={run.id}>
          <div class="row-head">
            <Badge state={run.status} words={wordsForRun(run.status)} />
            <b>{run.adapterVersion ? versionName(run.adapterVersion) : 'Training run'}</b>
            <span class="muted">
              <Moment at={run.createdAt} /> {startedBy(run)}
            </span>
          </div>
          {isRunning(run) && <Progress run={run} />}
          {run.result && <p class="muted number">{facts(run)}</p>}
          {run.error && <p class="problem">{run.error}</p>}
          {run.status === 'rejected' && <p>{run.gateReport?.summary}</p>}
        </li>
      ))}
    </ol>
  );
}

function Progress({ run: { progress, status } }: { run: TrainingRun }) {
  if (!progress || progress.steps === 0) return <progress aria-label={`${status}, not measurable yet`} />;
  const parts = [
    `step ${progress.step} of ${progress.steps}`,
    progress.loss && `loss ${progress.loss.toFixed(3)}`,
    progress.tokensPerSecond && `${Math.round(progress.tokensPerSecond)} tokens/s`,
    progress.secondsLeft && `about ${duration(progress.secondsLeft)} left`,
  ];
  return (
    <>
      <progress value={progress.step} max={progress.steps} aria-label="Training progress" />
      <p class="muted number">{parts.filter(Boolean).join(' · ')}</p>
    </>
  );
}
