// Whether a question is about anything that the assistant was taught: how near it is to the nearest of its topics. A small model guesses
// with confidence, so its own certainty says little; where its teachers have been, says more, and can be measured.
import { Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Message } from '../database/entities/message.entity.js';
import { RecentReads } from '../database/recent-reads.js';
import { Embedder } from '../embedding/embedder.js';
import { nearest, type SliceCentre } from '../feedback/slice-clusters.js';
import { loadCentres } from '../feedback/slices.js';
import { askedOf, embedAsked } from './asked.js';
import { KNOWN_COSINE_MIN } from './thresholds.js';

/** With fewer examples nobody has said yet what the assistant is for. */
const EXAMPLES_MIN = 50;
/** Greetings, thanks and "yes, please" are about nothing, and that is fine. */
const WORDS_MIN = 4;
/** Centres move slowly. */
const CACHE_MS = 30_000;
const CACHED_ASSISTANTS_MAX = 100;

@Injectable()
export class Scope {
  private readonly logger = new Logger('Scope');
  private readonly centres = new RecentReads<readonly SliceCentre[]>(CACHED_ASSISTANTS_MAX, CACHE_MS);

  constructor(
    private readonly database: DataSource,
    private readonly embedder: Embedder,
  ) {}

  /**
   * Whether a question is far from everything that was taught, alone and with those before it. False where nobody can tell. Never throws.
   * @param before the messages before the question, oldest first
   */
  async isForeign(assistantId: string, question: string, before: readonly Message[]): Promise<boolean> {
    if (this.embedder.unavailable !== undefined || wordsIn(question) < WORDS_MIN) return false;
    try {
      const centres = await this.centres.get(assistantId, () => loadCentres(this.database.manager, assistantId));
      if (centres.reduce((sum, { items }) => sum + items, 0) < EXAMPLES_MIN) return false;
      const { question: alone, context } = await embedAsked(this.embedder, askedOf(question, before));
      return isFar(centres, alone) && (context === undefined || isFar(centres, context));
    } catch (error) {
      this.logger.warn(`Nobody could tell whether a question is known: ${(error as Error).message}`);
      return false;
    }
  }
}

function isFar(centres: readonly SliceCentre[], embedding: Float32Array): boolean {
  return (nearest(centres, embedding)?.cosine ?? 1) < KNOWN_COSINE_MIN;
}

function wordsIn(text: string): number {
  return [...new Intl.Segmenter(undefined, { granularity: 'word' }).segment(text)].filter((s) => s.isWordLike).length;
}
