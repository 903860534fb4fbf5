// Second part of a run: the learner's process trains an adapter on the snapshot.
import { Injectable } from '@nestjs/common';
import { AdapterVersions } from '../../adapters/adapter-versions.js';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { buildTurns } from '../../assistants/prompt.js';
import { Runtime } from '../../config/runtime.js';
import type { LossPoint, RunProgress, TrainingRun } from '../../database/entities/training-run.entity.js';
import { GATE_TASKS } from '../general/general-tasks.js';
import { runChild } from '../processes/child-process.js';
import { learnerMessageSchema, type LearnerMessage, type LearnerStart } from '../processes/learner.messages.js';
import { withPoint } from './loss-curve.js';
import { MICRO_GENERAL_SCORED } from './micro.js';
import { runFiles } from './run-files.js';
import { runSettingsSchema } from './run-settings.js';
import { TrainingRuns } from './training-runs.js';

/** A checkpoint of the default model at rank 8 is 29 MB: often enough to lose little, seldom enough not to matter. */
const CHECKPOINT_EVERY_STEPS = 10;
/** Progress is written at most this often. */
const PROGRESS_EVERY_MS = 500;

/** Before the first step. */
const NO_STEPS: RunProgress = { step: 0, steps: 0, loss: null, tokensPerSecond: null, secondsLeft: null };

@Injectable()
export class RunTraining {
  constructor(
    private readonly runs: TrainingRuns,
    private readonly assistants: AssistantsService,
    private readonly versions: AdapterVersions,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Trains, going on from a checkpoint if there is one, and moves the run to `evaluating`.
   * @throws LearningError `learning.learner_failed`, `learning.learner_died`, `learning.cancelled`
   */
  async train(run: TrainingRun, signal: AbortSignal): Promise<TrainingRun> {
    const files = runFiles(this.runtime.dataDir, run.id);
    const progress = this.progressWriter(run);
    const { trained } = await runChild({
      name: 'The learner',
      module: new URL('../processes/learner.process.js', import.meta.url),
      messages: learnerMessageSchema,
      start: await this.startMessage(run),
      onMessage: progress.onMessage,
      niceness: runSettingsSchema.parse(run.settings).niceness,
      logPath: files.learnerLog,
      signal,
    });
    return this.runs.move(run.id, 'training', 'evaluating', { result: trained, lossCurve: progress.curve() });
  }

  private async startMessage(run: TrainingRun): Promise<LearnerStart> {
    const { dataDir, modelPath, modelSha256 } = this.runtime;
    const files = runFiles(dataDir, run.id);
    const parent = await this.versions.fileOf(run.assistantId, run.parentVersion);
    const assistant = await this.assistants.byId(run.assistantId);
    const prompt = await this.assistants.promptVersion(assistant);
    return {
      kind: 'start',
      ...runSettingsSchema.parse(run.settings),
      mode: run.mode,
      secondsBefore: run.progress?.seconds ?? 0,
      ...{ modelPath, modelSha256 },
      parentAdapterPath: parent?.path ?? null,
      snapshotPath: files.snapshot,
      snapshotSha256: run.snapshotSha256 ?? '',
      adapterPath: files.adapter,
      checkpointDir: files.checkpointDir,
      sweepPath: files.sweep,
      checkpointEverySteps: CHECKPOINT_EVERY_STEPS,
      general: GATE_TASKS.slice(0, run.mode === 'micro' ? MICRO_GENERAL_SCORED : undefined).map(
        ({ id, instruction, output }) => ({
          id,
          prompt: buildTurns(prompt, [], instruction),
          completion: output,
        }),
      ),
    };
  }

  /** Progress is for people: a write that fails (Postgres is away) loses one bar, not the run. */
  private progressWriter({ id, lossCurve, progress: before }: TrainingRun) {
    let writtenMs = 0;
    let progress: RunProgress = before ?? NO_STEPS;
    let curve: LossPoint[] = lossCurve ?? [];
    const onMessage = (message: LearnerMessage) => {
      if (message.kind === 'stage') {
        progress = { ...progress, stage: message.stage };
        this.runs.progress(id, progress).catch(() => undefined);
      }
      if (message.kind !== 'progress') return;
      progress = progressOf(message);
      curve = withPoint(curve, [progress.step, progress.loss]);
      const now = Date.now();
      if (now - writtenMs < PROGRESS_EVERY_MS && message.step < message.steps) return;
      writtenMs = now;
      this.runs.progress(id, progress, curve).catch(() => undefined);
    };
    return { onMessage, curve: () => curve };
  }
}

/** JSON has no NaN: what isn't a finite number is null. */
function progressOf(message: Extract<LearnerMessage, { kind: 'progress' }>): RunProgress {
  const finite = (value: number) => (Number.isFinite(value) ? value : null);
  const { step, steps, loss, tokensPerSecond, secondsLeft, tokens, seconds } = message;
  return {
    ...{ stage: 'training', step, steps, tokens, seconds },
    loss: finite(loss),
    tokensPerSecond: finite(tokensPerSecond),
    secondsLeft: finite(secondsLeft),
  };
}
