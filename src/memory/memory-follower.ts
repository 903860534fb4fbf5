// Keeps this node's index like the table: at start, on every word of a change anywhere, and by poll, for words can get lost.
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Lines } from '../config/lines.js';
import { Runtime } from '../config/runtime.js';
import { isLostConnection } from '../database/database-error.js';
import type { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import { listenTo, type Listener } from '../database/listener.js';
import { ENTRIES_MAX, indexed, MemoryIndex } from './memory-index.js';
import { servableIds, servableOf } from './servable.js';

/** Channel of the table's trigger. */
const CHANNEL = 'retune_memory';
const wordSchema = z.object({ entryId: z.uuid() });
const POLL_MS = 60_000;
const BATCH = 1_000;
const LINE = 'index';

@Injectable()
export class MemoryFollower implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Memory');
  private readonly lines = new Lines();
  private listener: Listener | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly index: MemoryIndex,
    private readonly runtime: Runtime,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { MEMORY, RETUNE_ROLES } = this.runtime.environment;
    if (!MEMORY || !RETUNE_ROLES.includes('web')) return;
    await this.followAll();
    this.listener = listenTo(CHANNEL, this.runtime.databaseUrl, {
      heard: (payload) => {
        const word = wordSchema.safeParse(payload);
        if (word.success) void this.inLine(() => this.follow(word.data.entryId));
      },
      connected: () => void this.followAll(),
      lost: (reason) => this.logger.warn(`No word of changed entries for now, polling instead: ${reason}`),
    });
    this.timer = setInterval(() => void this.followAll(), POLL_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.listener?.close();
    await this.lines.settled();
  }

  private followAll(): Promise<void> {
    return this.inLine(() => this.reconcile());
  }

  /** One change after the other, so that the index ends up like the table. Never rejects. */
  private inLine(work: () => Promise<void>): Promise<void> {
    return this.lines.run(LINE, work).catch((error: unknown) => {
      if (!isLostConnection(error)) this.logger.error('The memory could not be read', error);
    });
  }

  private async follow(entryId: string): Promise<void> {
    const [entry] = await this.load([entryId]);
    if (entry) this.index.set(indexed(entry));
    else this.index.remove(entryId);
  }

  /** Fetches what is missing here, and forgets what may no longer be served. */
  private async reconcile(): Promise<void> {
    const active = new Set(await servableIds(this.database.manager, ENTRIES_MAX));
    for (const id of this.index.ids()) if (!active.has(id)) this.index.remove(id);
    const missing = [...active].filter((id) => !this.index.has(id));
    for (let i = 0; i < missing.length; i += BATCH) {
      for (const entry of await this.load(missing.slice(i, i + BATCH))) this.index.set(indexed(entry));
    }
  }

  private load(ids: string[]): Promise<MemoryEntry[]> {
    return servableOf(this.database.manager, ids);
  }
}
