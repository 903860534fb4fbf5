// Executes one run to its end, from whatever state it is in: a new one, or one that a crash or restart left in the middle.
import { Injectable, Logger } from '@nestjs/common';
import { Runtime } from '../../config/runtime.js';
import { isLostConnection } from '../../database/database-error.js';
import type { RunStatus, TrainingRun } from '../../database/entities/training-run.entity.js';
import { LearningError } from '../learning-error.js';
import { RunEvaluation } from './evaluate-run.js';
import { MicroPreparation } from './prepare-micro.js';
import { RunPreparation } from './prepare-run.js';
import { costOf } from './run-cost.js';
import { removeWorkFiles } from './run-files.js';
import { isFinished } from './run-states.js';
import { RunTraining } from './train-run.js';
import { TrainingRuns } from './training-runs.js';

/** A run that was begun this often without reaching its end takes the service (or the learner) down each time. */
const ATTEMPTS_MAX = 5;
/** How often the time worked is put down, and how soon a cancellation or pause by another process is noticed. */
const WATCH_MS = 1_000;

type Step = (run: TrainingRun, signal: AbortSignal) => Promise<TrainingRun>;

@Injectable()
export class RunExecutor {
  private readonly logger = new Logger('Learning');
  /** Runs that this process executes now. */
  private readonly active = new Map<string, { abort: AbortController; ended: Promise<unknown> }>();
  private readonly steps: Partial<Record<RunStatus, Step>>;

  constructor(
    private readonly runs: TrainingRuns,
    preparation: RunPreparation,
    micro: MicroPreparation,
    training: RunTraining,
    evaluation: RunEvaluation,
    private readonly runtime: Runtime,
  ) {
    this.steps = {
      queued: (run) => runs.takeUp(run),
      preparing: (run) => (run.mode === 'micro' ? micro.prepare(run) : preparation.prepare(run)),
      training: (run, signal) => training.train(run, signal),
      evaluating: (run, signal) => evaluation.evaluate(run, signal),
    };
  }

  /**
   * Brings the run to its end, unless another process is at it or another run goes first. Whatever goes wrong in the run is written in its row;
   * @throws only when the database is away: the run stays as it is and goes on later
   */
  async execute(runId: string): Promise<void> {
    if (this.active.has(runId)) return;
    const abort = new AbortController();
    const ended = this.runs.exclusively(runId, () => this.bringToEnd(runId, abort));
    this.active.set(runId, { abort, ended });
    try {
      await ended;
    } finally {
      this.active.delete(runId);
    }
  }

  /** Stops a run here at once, and tidies up if it has ended; the row is somebody else's business. */
  async stop(runId: string): Promise<void> {
    const active = this.active.get(runId);
    if (active) active.abort.abort();
    else await this.runs.exclusively(runId, () => this.tidyUp(runId));
  }

  /** Stops everything; unfinished runs keep their state and go on at the next start. */
  async stopAll(): Promise<void> {
    const all = [...this.active.values()];
    all.forEach(({ abort }) => abort.abort());
    await Promise.allSettled(all.map(({ ended }) => ended));
  }

  private async bringToEnd(runId: string, abort: AbortController): Promise<void> {
    let run = await this.runs.get(runId);
    if (isFinished(run.status) || !(await this.runs.isItsTurn(run))) return;
    const attempts = await this.runs.beginAttempt(runId);
    if (attempts === undefined) return;
    if (attempts > ATTEMPTS_MAX)
      return this.fail(run, `It was interrupted ${ATTEMPTS_MAX} times; the logs of the run say more.`);
    run = await this.runs.get(runId);
    const stopWatch = this.watch(runId, abort);
    try {
      for (let step = this.steps[run.status]; step; step = this.steps[run.status]) {
        this.logger.log(`Training run ${runId} is ${run.status}.`);
        // Before the last step too: whoever sees a run at its end sees what it cost.
        await this.putCost(runId);
        run = await step(run, abort.signal);
      }
      this.logger.log(`Training run ${runId} ended: ${run.status}.`);
    } catch (error) {
      await this.settle(runId, error, abort.signal);
    } finally {
      stopWatch();
    }
    await this.putCost(runId);
    await this.tidyUp(runId);
  }

  /** Puts down the time worked, so that a crash loses a second of it, and stops when the run isn't wanted any more. */
  private watch(runId: string, abort: AbortController): () => void {
    let since = performance.now();
    const look = async () => {
      const seconds = (performance.now() - since) / 1000;
      since = performance.now();
      // A database that is away for a moment says nothing about the run.
      if (!(await this.runs.worked(runId, seconds).catch(() => true))) abort.abort();
    };
    const timer = setInterval(() => void look(), WATCH_MS);
    return () => clearInterval(timer);
  }

  private async putCost(runId: string): Promise<void> {
    await this.runs.putCost(runId, costOf(await this.runs.get(runId), this.runtime.environment));
  }

  /** A finished run keeps what explains it (snapshot, logs); what only an unfinished one needs goes. */
  private async tidyUp(runId: string): Promise<void> {
    const { status } = await this.runs.get(runId);
    if (isFinished(status)) await removeWorkFiles(this.runtime.dataDir, runId);
  }

  private async settle(runId: string, error: unknown, signal: AbortSignal): Promise<void> {
    if (isLostConnection(error)) {
      this.logger.warn(`Training run ${runId} waits: the database is away.`);
      throw error;
    }
    const run = await this.runs.get(runId);
    // Cancelled meanwhile: the row says so already.
    if (isFinished(run.status)) return;
    if (signal.aborted) {
      this.logger.log(`Training run ${runId} was stopped while ${run.status}; it goes on when it is wanted again.`);
      return this.runs.forgiveAttempt(runId);
    }
    await this.fail(run, error instanceof Error ? error.message : String(error));
    if (!(error instanceof LearningError)) this.logger.error(error);
  }

  private async fail(run: TrainingRun, error: string): Promise<void> {
    this.logger.error(`Training run ${run.id} failed while ${run.status}: ${error}`);
    try {
      await this.runs.move(run.id, run.status, 'failed', { error });
    } catch (changed) {
      if (!(changed instanceof LearningError)) throw changed;
    }
  }
}
