// How runs begin: somebody asks, the schedule fires, or enough new examples have come together.
import { Injectable, Logger } from '@nestjs/common';
import { AssistantsService } from '../../assistants/assistants.service.js';
import { Runtime } from '../../config/runtime.js';
import type { Assistant } from '../../database/entities/assistant.entity.js';
import type { RunTrigger, TrainingRun } from '../../database/entities/training-run.entity.js';
import { LearningError, nothingNew } from '../learning-error.js';
import { ExamplePool } from '../snapshot/example-pool.js';
import { RunQueue } from './run-queue.js';
import { settingsOf } from './run-settings.js';
import { isFinished } from './run-states.js';
import { TrainingRuns } from './training-runs.js';

/** A reason to let an automatic run be, rather than a failure. */
const NOT_NOW = new Set(['learning.nothing_new', 'learning.run_in_progress']);

@Injectable()
export class RunRequests {
  private readonly logger = new Logger('Learning');

  constructor(
    private readonly assistants: AssistantsService,
    private readonly runs: TrainingRuns,
    private readonly pool: ExamplePool,
    private readonly queue: RunQueue,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Queues a run; a worker takes it up within seconds.
   * @throws LearningError `learning.nothing_new`, `learning.run_in_progress`
   */
  async request(assistant: Assistant, trigger: RunTrigger, requestedBy: string | null): Promise<TrainingRun> {
    if ((await this.pool.countNew(assistant.id, assistant.championVersion)) === 0) throw nothingNew();
    const settings = { ...settingsOf(this.runtime.environment) };
    const run = await this.runs.create({ assistantId: assistant.id, trigger, requestedBy, settings });
    // The row is what counts: a worker finds it even when this job can't be sent.
    await this.queue.push(run.id).catch((error: Error) => this.logger.warn(`The job queue: ${error.message}`));
    return run;
  }

  /** The schedule fired: a run for every assistant that has something new to learn. */
  async scheduled(): Promise<void> {
    for (const assistant of await this.assistants.list()) await this.automatic(assistant, 'cron');
  }

  /** A run for every assistant with enough new examples since its last run; that run's own outcome doesn't matter. */
  async checkThresholds(): Promise<void> {
    for (const assistant of await this.assistants.list()) {
      const [last] = await this.runs.list(assistant.id);
      if (last && !isFinished(last.status)) continue;
      const count = await this.pool.countNew(assistant.id, assistant.championVersion, last?.createdAt);
      if (count >= this.runtime.environment.LEARN_MIN_EXAMPLES) await this.automatic(assistant, 'threshold');
    }
  }

  /** Wakes a worker for every unfinished run: those of a process that died, and those whose job was never sent. */
  async wakeUnfinished(): Promise<void> {
    for (const run of await this.runs.unfinished()) await this.queue.push(run.id);
  }

  private async automatic(assistant: Assistant, trigger: RunTrigger): Promise<void> {
    try {
      await this.request(assistant, trigger, null);
    } catch (error) {
      if (!(error instanceof LearningError) || !NOT_NOW.has(error.code)) throw error;
    }
  }
}
