// The worker role: takes up runs, starts them by schedule and threshold, and looks around by poll, so that nothing is left
// lying after a crash. In a process without that role it only opens the queue for sending.
import { BeforeApplicationShutdown, Injectable, Logger, OnApplicationBootstrap } from '@nestjs/common';
import { debounceTime, exhaustMap, from, interval, merge, type Subscription } from 'rxjs';
import { Runtime } from '../config/runtime.js';
import { ExampleEvents } from '../feedback/example-events.js';
import { RunExecutor } from './runs/run-executor.js';
import { RunQueue } from './runs/run-queue.js';
import { RunRequests } from './runs/run-requests.js';

/** Other processes' examples, and runs whose worker died, are found this soon. */
const LOOK_AROUND_MS = 15_000;
/** Corrections come in bursts: one look when a burst is over. */
const QUIET_MS = 1_000;

@Injectable()
export class LearningWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Learning');
  private looking: Subscription | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly events: ExampleEvents,
    private readonly queue: RunQueue,
    private readonly requests: RunRequests,
    private readonly executor: RunExecutor,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.runtime.environment.RETUNE_ROLES.includes('worker')) return this.queue.start();
    await this.queue.start({ execute: (runId) => this.execute(runId) });
    await this.lookAround();
    this.looking = merge(interval(LOOK_AROUND_MS), this.events.added$.pipe(debounceTime(QUIET_MS)))
      .pipe(exhaustMap(() => from(this.lookAround())))
      .subscribe();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.looking?.unsubscribe();
    await this.executor.stopAll();
    await this.queue.stop();
  }

  /** One run, then whatever waited for it. */
  private async execute(runId: string): Promise<void> {
    await this.executor.execute(runId);
    await this.requests.wakeDue();
  }

  /** Never fails: what can't be seen now is seen at the next look. */
  private async lookAround(): Promise<void> {
    try {
      await this.requests.wakeDue();
      await this.requests.startAutomatic();
    } catch (error) {
      this.logger.warn(`Learning could not look around: ${(error as Error).message}`);
    }
  }
}
