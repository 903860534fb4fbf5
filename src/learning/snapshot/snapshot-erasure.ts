// Takes erased customers out of the snapshots of past runs. A snapshot is written once so that a run can be repeated, but privacy
// comes before repeatability: the lines go, and the first line says how many. The run's row keeps the hash of what was trained on.
import { existsSync, readFileSync } from 'node:fs';
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { DataSource, MoreThan } from 'typeorm';
import { Runtime } from '../../config/runtime.js';
import { CustomerErasureRecord } from '../../database/entities/customer-erasure.entity.js';
import { CustomerErasures } from '../../feedback/erasure/customer-erasures.js';
import { writeAtomically } from '../../lora/atomic-write.js';
import { runFiles } from '../runs/run-files.js';
import { withoutLines } from './without-lines.js';

/** How soon an erasure by another process is noticed. */
const POLL_MS = 60_000;
const PAGE = 100;
/** So long an erasure is looked at again: a run that was being prepared may have written its snapshot a moment later. */
const AGAIN_MS = 3_600_000;

@Injectable()
export class SnapshotErasure implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Learning');
  /** The last erasure that needs no further look; none at start, for files may have come back from a backup. */
  private seen = '0';
  private heard: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly database: DataSource,
    private readonly erasures: CustomerErasures,
    private readonly runtime: Runtime,
  ) {}

  onApplicationBootstrap(): void {
    this.heard = this.erasures.erased$.subscribe(() => this.wake());
    this.timer = setInterval(() => this.wake(), POLL_MS).unref();
    this.wake();
  }

  async onApplicationShutdown(): Promise<void> {
    this.heard?.unsubscribe();
    clearInterval(this.timer);
    await this.working;
  }

  /** One at a time; what fails (the database or the disk is away) is tried again at the next word or poll. */
  private wake(): void {
    this.working = this.working
      .then(() => this.catchUp())
      .catch((error: Error) => this.logger.warn(`Erased customers are not out of all snapshots yet: ${error.message}`));
  }

  private async catchUp(): Promise<void> {
    const settled = Date.now() - AGAIN_MS;
    let last = this.seen;
    for (let isMore = true; isMore;) {
      const where = { id: MoreThan(last) };
      const page = await this.database.manager.find(CustomerErasureRecord, { where, order: { id: 'ASC' }, take: PAGE });
      for (const { id, runIds, exampleIds, createdAt } of page) {
        runIds.forEach((runId) => this.erase(runId, new Set(exampleIds)));
        last = id;
        if (createdAt.getTime() < settled) this.seen = id;
      }
      isMore = page.length === PAGE;
    }
  }

  private erase(runId: string, exampleIds: ReadonlySet<string>): void {
    const { snapshot } = runFiles(this.runtime.dataDir, runId);
    if (!existsSync(snapshot)) return;
    const { text, removed } = withoutLines(readFileSync(snapshot, 'utf8'), exampleIds);
    if (removed === 0) return;
    writeAtomically(snapshot, [Buffer.from(text)]);
    this.logger.log(`The snapshot of run ${runId} lost ${removed} examples of an erased customer.`);
  }
}
