// What changed, on whichever node, for the consoles that are open here. Most words come from triggers; those of messages are gathered here for a
// moment and said outside of their transactions, because Postgres commits transactions that notify one after the other.
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { filter, Subject, type Subscription } from 'rxjs';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { Runtime } from '../../config/runtime.js';
import { isLostConnection } from '../../database/database-error.js';
import { listenTo, type Listener } from '../../database/listener.js';
import { RecentReads } from '../../database/recent-reads.js';
import { Rooms } from '../rooms.js';
import { CHANGED_KINDS, type Changed } from './console.schema.js';

/** Channel of the triggers. */
const CHANNEL = 'retune_console';
const GATHERED_MS = 200;
const SLUGS_MAX = 1_000;
const SLUG_AGE_MS_MAX = 60_000;

const wordSchema = z.object({
  kind: z.enum(CHANGED_KINDS),
  assistantId: z.uuid().nullable(),
  id: z.string().nullable(),
});

/** A change, and for whom it is: those with a role for the assistant, or everybody where it is null. */
export interface Told {
  assistantId: string | null;
  changed: Changed;
}

@Injectable()
export class ChangeFeed implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly told$ = new Subject<Told>();
  private readonly logger = new Logger('Console');
  private readonly slugs = new RecentReads<string | undefined>(SLUGS_MAX, SLUG_AGE_MS_MAX);
  private readonly saidIn = new Set<string>();
  private listener: Listener | undefined;
  private saying: Subscription | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly rooms: Rooms,
    private readonly runtime: Runtime,
  ) {}

  onApplicationBootstrap(): void {
    const ends = new Set<string>(['message:done', 'message:error']);
    this.saying = this.rooms.told$
      .pipe(filter(({ event }) => ends.has(event)))
      .subscribe(({ conversationId }) => this.gather(conversationId));
    this.listener = listenTo(CHANNEL, this.runtime.databaseUrl, {
      heard: (payload) => void this.hear(payload).catch((error: unknown) => this.complain(error)),
      connected: () => this.tellMissed(),
      lost: (reason) => this.logger.warn(`Consoles hear of no changes for now: ${reason}`),
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.saying?.unsubscribe();
    clearTimeout(this.timer);
    await this.listener?.close();
  }

  /** Words may have been missed: whatever is shown is to be read again. */
  private tellMissed(): void {
    for (const kind of CHANGED_KINDS)
      this.told$.next({ assistantId: null, changed: { kind, assistant: null, id: null } });
  }

  private async hear(payload: unknown): Promise<void> {
    const word = wordSchema.safeParse(payload);
    if (!word.success) return;
    const { kind, assistantId, id } = word.data;
    const slug = assistantId && (await this.slugOf(assistantId));
    // The assistant is gone, and what was its.
    if (slug === undefined) return;
    this.told$.next({ assistantId, changed: { kind, assistant: slug, id } });
  }

  private slugOf(assistantId: string): Promise<string | undefined> {
    return this.slugs.get(assistantId, async () => {
      const sql = 'SELECT slug FROM assistants WHERE id = $1';
      return (await this.database.query<{ slug: string }[]>(sql, [assistantId]))[0]?.slug;
    });
  }

  private gather(conversationId: string): void {
    this.saidIn.add(conversationId);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      const ids = [...this.saidIn];
      this.saidIn.clear();
      this.database.query(SAID, [CHANNEL, ids]).catch((error: unknown) => this.complain(error));
    }, GATHERED_MS).unref();
  }

  private complain(error: unknown): void {
    if (!isLostConnection(error)) this.logger.error('A change could not be told to consoles', error);
  }
}

const SAID = `SELECT pg_notify($1, json_build_object('kind', 'message', 'assistantId', assistant_id, 'id', id)::text)
  FROM conversations WHERE id = ANY($2)`;
