// The job queue (pg-boss, in the same Postgres): wakes a worker for a run. A job only says "look at this run"; the run's row says
// what is to be done, so a lost or doubled job does no harm.
import { Injectable, Logger } from '@nestjs/common';
import PgBoss from 'pg-boss';
import { z } from 'zod';
import { Runtime } from '../../config/runtime.js';

const RUNS = 'learning-runs';
/** Longest a job may take; pg-boss allows less than a day. A run that is longer goes on: its row and lock are what counts. */
const JOB_HOURS_MAX = 23;
const POLL_SECONDS = 2;
/** Connections to Postgres that the queue keeps. */
const CONNECTIONS = 2;

const runJobSchema = z.object({ runId: z.uuid() });

export interface QueueWork {
  execute(runId: string): Promise<void>;
}

@Injectable()
export class RunQueue {
  private readonly logger = new Logger('Learning');
  private boss: PgBoss | undefined;

  constructor(private readonly runtime: Runtime) {}

  /** Opens the queue. Without `work` this process only sends. */
  async start(work?: QueueWork): Promise<void> {
    const boss = new PgBoss({
      connectionString: this.runtime.databaseUrl,
      application_name: 'retune-queue',
      max: CONNECTIONS,
      // Each assistant has a schedule of its own (../settings), which the worker looks at.
      schedule: false,
      supervise: work !== undefined,
    });
    // Without a listener, a database that is away for a moment would end the process.
    boss.on('error', (error) => this.logger.warn(`The job queue: ${error.message}`));
    await boss.start();
    await boss.createQueue(RUNS, { name: RUNS, policy: 'short', expireInHours: JOB_HOURS_MAX, retryLimit: 2 });
    this.boss = boss;
    if (!work) return;
    await boss.work(RUNS, { batchSize: 1, pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
      for (const { data } of jobs) await work.execute(runJobSchema.parse(data).runId);
    });
  }

  /** Wakes a worker for the run; a job that waits already is enough. */
  async push(runId: string): Promise<void> {
    await this.boss?.send(RUNS, { runId }, { singletonKey: runId });
  }

  async stop(): Promise<void> {
    const { boss } = this;
    this.boss = undefined;
    await boss?.stop({ graceful: false, wait: true });
  }
}
