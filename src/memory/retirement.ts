// Memory is short-term: when a promoted version answers an entry's question as corrected, by itself, the entry retires. A rollback
// below that version brings it back, and so does a later champion that forgot the answer. Works through all entries after each
// change of the champion, beside the chats: only while nobody is being answered, one question at a time. What was found is in the
// table, so a restart goes on where it was; two workers that ask the same find the same.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AssistantsService } from '../assistants/assistants.service.js';
import { ChampionRouter } from '../adapters/champion-router.js';
import { Runtime } from '../config/runtime.js';
import { isLostConnection } from '../database/database-error.js';
import { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import { Engine } from '../inference/engine.js';
import { answersAlone } from './answers-alone.js';
import { promptOfEntry } from './entry-prompt.js';

const TICK_MS = 5_000;
const WAIT_FOR_QUIET_MS = 500;
/** Entries that are asked after a change of champion, the newest; older ones stay as they are. */
const CHECKED_MAX = 1_000;

interface Unchecked {
  id: string;
  assistant_id: string;
  champion: number;
}

@Injectable()
export class MemoryRetirement implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('Memory');
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;
  private working: Promise<void> | undefined;

  constructor(
    private readonly database: DataSource,
    private readonly assistants: AssistantsService,
    private readonly router: ChampionRouter,
    private readonly engine: Engine,
    private readonly runtime: Runtime,
  ) {}

  onApplicationBootstrap(): void {
    const { MEMORY, RETUNE_ROLES } = this.runtime.environment;
    if (!MEMORY || !RETUNE_ROLES.includes('worker')) return;
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    this.stopping.abort();
    await this.working;
  }

  private tick(): void {
    this.working ??= this.work()
      .catch((error: unknown) => {
        if (!isLostConnection(error)) this.logger.error('Entries could not be checked', error);
      })
      .finally(() => (this.working = undefined));
  }

  private async work(): Promise<void> {
    await this.bringBack();
    for (const entry of await this.unchecked()) {
      if (this.stopping.signal.aborted) return;
      await this.check(entry);
    }
  }

  /** Entries that retired by a version above the champion: it was rolled back. Their answer is needed again at once. */
  private async bringBack(): Promise<void> {
    await this.database.query(
      `UPDATE memory_entries AS entry SET state = 'active', retired_by_version = NULL, checked_version = NULL
      FROM assistants WHERE assistants.id = entry.assistant_id AND entry.retired_by_version > assistants.champion_version`,
    );
  }

  /** The base model (version 0) learnt nothing, so it is not asked; entries that a person retired stay so. */
  private unchecked(): Promise<Unchecked[]> {
    return this.database.query<Unchecked[]>(
      `SELECT id, assistant_id, champion FROM (
        SELECT entry.*, assistants.champion_version AS champion,
          row_number() OVER (PARTITION BY assistant_id ORDER BY entry.created_at DESC) AS place
        FROM memory_entries AS entry JOIN assistants ON assistants.id = entry.assistant_id
        WHERE assistants.champion_version > 0 AND (state = 'active' OR retired_by_version IS NOT NULL)
      ) AS newest
      WHERE place <= ${CHECKED_MAX} AND checked_version IS DISTINCT FROM champion
      ORDER BY created_at DESC`,
    );
  }

  private async check({ id, assistant_id: assistantId, champion }: Unchecked): Promise<void> {
    const adapter = this.router.champion(assistantId);
    // This node doesn't serve that version yet (or any more): the next tick sees.
    if (adapter?.version !== champion) return;
    const entry = await this.database.manager.findOneBy(MemoryEntry, { id });
    const turns = entry && (await promptOfEntry(this.database.manager, this.assistants, entry));
    if (!entry || !turns) return;
    const { CHAT_MAX_ANSWER_TOKENS: maxTokens } = this.runtime.environment;
    const request = { adapter, turns, maxTokens, temperature: 0 };
    await this.whenQuiet();
    const knows = await answersAlone(this.engine, request, entry.answer, this.stopping.signal);
    // Interrupted by a chat: it is still unchecked, so its turn comes again.
    if (knows === undefined) return;
    await this.settle(entry, champion, knows);
  }

  private async whenQuiet(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted && this.engine.state().busySlots > 0)
      await sleep(WAIT_FOR_QUIET_MS, undefined, { ref: false });
  }

  /** Only if it still is as it was when it was asked: a person may have changed it meanwhile. */
  private async settle({ id, state, retiredByVersion }: MemoryEntry, champion: number, knows: boolean): Promise<void> {
    const found = knows
      ? ({ state: 'retired', retiredByVersion: retiredByVersion ?? champion } as const)
      : ({ state: 'active', retiredByVersion: null } as const);
    const isSame = state === found.state;
    const change = { ...(isSame ? {} : found), checkedVersion: champion };
    const { affected } = await this.database.manager.update(MemoryEntry, { id, state }, change);
    if (affected && !isSame)
      this.logger.log(`Entry ${id} is ${found.state}: version ${champion} ${knows ? 'knows' : 'forgot'} it.`);
  }
}
