// What the memory knows about a question, asked before the engine is: the answer itself, worked examples, or nothing.
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Runtime } from '../config/runtime.js';
import { MemoryEntry } from '../database/entities/memory-entry.entity.js';
import type { MemoryHit, Message } from '../database/entities/message.entity.js';
import type { FewShotExample } from '../database/entities/prompt-version.entity.js';
import { Embedder } from '../embedding/embedder.js';
import { askedOf, embedAsked } from './asked.js';
import { MemoryIndex, type IndexedEntry } from './memory-index.js';
import { nearest, type Scored } from './nearest.js';
import { FEW_SHOT_MIN, SHOTS_MAX, VERBATIM_MIN } from './thresholds.js';

/** A question takes some 10 ms; one that takes so long is answered without the memory. */
const RECALL_MS_MAX = 1_000;

/** What an answer may be made from. */
export interface Recall {
  /** The answer, to be given as it stands. */
  verbatim: string | undefined;
  /** Worked examples for the prompt, the most alike last, next to the question. */
  shots: FewShotExample[];
  /** What this used, for the record. */
  hits: MemoryHit[];
}

export const NOTHING: Recall = { verbatim: undefined, shots: [], hits: [] };

@Injectable()
export class Memory {
  private readonly logger = new Logger('Memory');

  constructor(
    private readonly index: MemoryIndex,
    private readonly embedder: Embedder,
    private readonly database: DataSource,
    private readonly runtime: Runtime,
  ) {}

  /**
   * Looks the question up. Never throws, and takes a second at most: without the memory there is still the model.
   * @param before the messages before the question, oldest first
   */
  async recall(
    assistantId: string,
    question: string,
    before: readonly Pick<Message, 'role' | 'text'>[],
  ): Promise<Recall> {
    const entries = this.index.of(assistantId);
    if (!this.runtime.environment.MEMORY || entries.size === 0) return NOTHING;
    try {
      const late = sleep(RECALL_MS_MAX, undefined, { ref: false });
      const asked = await Promise.race([embedAsked(this.embedder, askedOf(question, before)), late]);
      return asked ? recallOf(nearest(asked, entries, { min: FEW_SHOT_MIN, count: SHOTS_MAX })) : NOTHING;
    } catch (error) {
      this.logger.warn(`A question was not looked up: ${(error as Error).message}`);
      return NOTHING;
    }
  }

  /** Counts the entries that an answer used. Not awaited by anybody: a lost count hurts nobody. */
  count(hits: readonly MemoryHit[]): void {
    if (hits.length === 0) return;
    const ids = hits.map(({ entryId }) => entryId);
    const counting = this.database.manager
      .createQueryBuilder()
      .update(MemoryEntry)
      .set({ hits: () => 'hits + 1' });
    counting
      .whereInIds(ids)
      .execute()
      .catch(() => undefined);
  }
}

/** @param found best first */
export function recallOf(found: readonly Scored<IndexedEntry>[]): Recall {
  const [best] = found;
  if (!best) return NOTHING;
  if (best.score >= VERBATIM_MIN) {
    return { verbatim: best.entry.text.answer, shots: [], hits: [hitOf(best, 'verbatim')] };
  }
  return {
    verbatim: undefined,
    shots: found.map(({ entry }) => entry.text).reverse(),
    hits: found.map((each) => hitOf(each, 'few-shot')),
  };
}

function hitOf({ entry, score }: Scored<IndexedEntry>, use: MemoryHit['use']): MemoryHit {
  return { entryId: entry.id, score: Math.round(score * 10_000) / 10_000, use };
}
