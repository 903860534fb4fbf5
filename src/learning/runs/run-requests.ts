// How runs begin: somebody asks (for everything new, for one correction, for another try), the schedule fires, or enough new
// examples have come together.
import { Injectable, Logger } from '@nestjs/common';
import { AssistantsService } from '../../assistants/assistants.service.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import type { RunTrigger, TrainingRun } from '../../database/entities/training-run.entity.js';
import { LearningError, nothingNew } from '../learning-error.js';
import { LearningSettings } from '../settings/learning-settings.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import { TaughtExamples } from '../snapshot/taught-example.js';
import { RunQueue } from './run-queue.js';
import { runSettingsSchema, type RunWishes } from './run-settings.js';
import { canBeRetried, isFinished } from './run-states.js';
import { TrainingRuns, type NewRun } from './training-runs.js';

/** A reason to let an automatic run be, rather than a failure. */
const NOT_NOW = new Set(['learning.nothing_new', 'learning.run_in_progress']);

@Injectable()
export class RunRequests {
  private readonly logger = new Logger('Learning');

  constructor(
    private readonly assistants: AssistantsService,
    private readonly runs: TrainingRuns,
    private readonly pool: ExamplePool,
    private readonly taught: TaughtExamples,
    private readonly queue: RunQueue,
    private readonly settings: LearningSettings,
  ) {}

  /**
   * Queues a run; a worker takes it up within seconds.
   * @throws LearningError `learning.nothing_new`, `learning.run_in_progress`
   */
  async request(
    assistant: Assistant,
    trigger: RunTrigger,
    requestedBy: string | null,
    asked: { wishes?: RunWishes; retryOf?: string } = {},
  ): Promise<TrainingRun> {
    if ((await this.pool.countNew(assistant.id, assistant.championVersion)) === 0) throw nothingNew();
    const settings = { ...(await this.settings.forRun(assistant.id, asked.wishes)) };
    const retryOf = asked.retryOf ?? null;
    return this.queued({ assistantId: assistant.id, trigger, requestedBy, settings, retryOf });
  }

  /**
   * Queues a micro-run that teaches this correction; one that waits or works already is enough.
   * @throws LearningError `learning.correction_not_found`, `learning.nothing_to_teach`, `learning.too_many_waiting`
   */
  async teach(correctionId: string, requestedBy: string, retryOf: string | null = null): Promise<TrainingRun> {
    const assistantId = await this.taught.assistantOf(correctionId);
    await this.taught.of(correctionId);
    const settings = { ...(await this.settings.forRun(assistantId)) };
    const run = { assistantId, trigger: 'request' as const, requestedBy, settings, retryOf };
    return this.queued({ ...run, mode: 'micro', correctionId });
  }

  /**
   * Queues a run like one that came to nothing, with today's settings and what was asked for then.
   * @throws LearningError `learning.not_to_retry`, and what `request` and `teach` throw
   */
  async retry(assistant: Assistant, id: string, requestedBy: string): Promise<TrainingRun> {
    const { status, mode, correctionId, settings } = await this.runs.get(id, assistant.id);
    if (!canBeRetried(status)) {
      const sentence = `Training run ${id} is ${status}; only one that failed, was rejected or cancelled can be tried again.`;
      throw new LearningError('learning.not_to_retry', sentence, 'conflict');
    }
    if (mode === 'full') {
      const { wishes } = runSettingsSchema.parse(settings);
      return this.request(assistant, 'request', requestedBy, { wishes, retryOf: id });
    }
    if (correctionId) return this.teach(correctionId, requestedBy, id);
    throw new LearningError('learning.not_to_retry', 'The correction that it taught was erased.', 'conflict');
  }

  /** Looks for whatever may go on now: after a resume, a cancellation, at a run's end. */
  async wakeDue(): Promise<void> {
    for (const run of await this.runs.due()) await this.queue.push(run.id);
  }

  /** The row is what counts: a worker finds it even when the job can't be sent. */
  private async queued(wanted: NewRun): Promise<TrainingRun> {
    const run = await this.runs.create(wanted);
    await this.queue.push(run.id).catch((error: Error) => this.logger.warn(`The job queue: ${error.message}`));
    return run;
  }

  /** A run for every assistant whose schedule has fired, or that has enough new examples since its last run. */
  async startAutomatic(): Promise<void> {
    for (const assistant of await this.assistants.list()) {
      if (await this.settings.isDue(assistant)) await this.automatic(assistant, 'cron');
      if (await this.hasEnough(assistant)) await this.automatic(assistant, 'threshold');
    }
  }

  /** Whatever the last run came to. */
  private async hasEnough({ id, championVersion }: Assistant): Promise<boolean> {
    // Micro-runs don't count: what they taught is one example of many.
    const last = await this.runs.lastFull(id);
    if (last && !isFinished(last.status)) return false;
    const count = await this.pool.countNew(id, championVersion, last?.createdAt);
    return count >= (await this.settings.inForce(id)).minExamples;
  }

  /** Within what the month's budget has left. */
  private async automatic(assistant: Assistant, trigger: RunTrigger): Promise<void> {
    const wishes = await this.settings.automaticWishes(assistant.id);
    if (!wishes) return;
    try {
      await this.request(assistant, trigger, null, { wishes });
    } catch (error) {
      if (!(error instanceof LearningError) || !NOT_NOW.has(error.code)) throw error;
    }
  }
}
