// The slice of a new example: the agent's tag, or the topic that its question is nearest to. What has been decided stays.
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Slice } from '../database/entities/slice.entity.js';
import { EMBEDDING_LENGTH, Embedder } from '../embedding/embedder.js';
import { after, cosineTo, FOLLOWED_ITEMS, sliceFor, type SliceCentre } from './slice-clusters.js';
import { labelOf } from './slice-label.js';

/** Where there is neither a tag nor an embedder. */
export const UNTAGGED = 'untagged';
/** Begins the names of topics that were found; a number follows. Names hold no customer's words: they are kept for good. */
const FOUND = 'topic-';
/** Whether a slice was found rather than given by a tag. */
export const isFoundTopic = (slice: string): boolean => slice.startsWith(FOUND);
/** All of those, for LIKE. */
export const FOUND_TOPICS = `${FOUND}%`;

/** A question that needs a slice. */
export interface Unplaced {
  assistantId: string;
  question: string;
  /** The message that the example is made from. */
  messageId: string;
  /** A slice that is given: by the agent, or because the question is known. */
  tag: string | undefined;
}

interface Centre extends SliceCentre {
  label: Pick<Slice, 'label' | 'labelMessageId' | 'labelCosine'>;
}

@Injectable()
export class Slices {
  private readonly logger = new Logger('Slices');

  constructor(private readonly embedder: Embedder) {}

  /**
   * The slice's name, after the question was counted in it. Call it in the transaction that adds the example, one at a time of an
   * assistant (intake's lock), or two questions could begin the same topic twice.
   */
  async place(manager: EntityManager, unplaced: Unplaced): Promise<string> {
    const embedding = await this.embed(unplaced.question);
    if (!embedding) return unplaced.tag ?? UNTAGGED;
    const centres = await loadCentres(manager, unplaced.assistantId);
    const found = unplaced.tag ? centres.find(({ name }) => name === unplaced.tag) : sliceFor(centres, embedding);
    const centre = found ?? emptyCentre(unplaced.tag ?? nextName(centres));
    await save(manager, unplaced, labelled(after(centre, embedding), embedding, unplaced));
    return centre.name;
  }

  /** Feedback must be taken in also where it can't be embedded. */
  private async embed(question: string): Promise<Float32Array | undefined> {
    if (this.embedder.unavailable !== undefined) return undefined;
    try {
      return (await this.embedder.embed([question]))[0];
    } catch (error) {
      this.logger.warn(`A question gets no slice of its own: ${(error as Error).message}`);
      return undefined;
    }
  }
}

/**
 * Takes the words of these messages out of labels, and slices out that have no example left. In the transaction that erases the
 * messages, after their examples are gone.
 */
export async function forgetWords(manager: EntityManager, messageIds: readonly string[]): Promise<void> {
  await manager.query(
    `UPDATE slices SET label = name, label_message_id = NULL, label_cosine = -1 WHERE label_message_id = ANY($1)`,
    [messageIds],
  );
  await manager.query(
    `DELETE FROM slices s WHERE NOT EXISTS
       (SELECT 1 FROM examples e WHERE e.assistant_id = s.assistant_id AND e.slice = s.name)`,
  );
}

/** The topics of an assistant, oldest first. */
export async function loadCentres(manager: EntityManager, assistantId: string): Promise<Centre[]> {
  const rows = await manager.find(Slice, { where: { assistantId }, order: { createdAt: 'ASC', name: 'ASC' } });
  return rows.map(({ name, centroid, items, ...label }) => ({ name, sum: floats(centroid), items, label }));
}

const emptyCentre = (name: string): Centre => ({
  name,
  sum: new Float32Array(EMBEDDING_LENGTH),
  items: 0,
  label: { label: name, labelMessageId: null, labelCosine: -1 },
});

/** A number that no topic has. */
function nextName(centres: readonly Centre[]): string {
  const numbers = centres.map(({ name }) => Number(name.startsWith(FOUND) ? name.slice(FOUND.length) : 0) || 0);
  return `${FOUND}${Math.max(0, ...numbers) + 1}`;
}

/** A found topic is called by its most central question, as long as the centre itself moves; a tag says what it is about. */
function labelled(centre: Centre, embedding: Float32Array, { question, messageId }: Unplaced): Centre {
  if (!centre.name.startsWith(FOUND)) return centre;
  const labelCosine = cosineTo(centre.sum, embedding);
  if (centre.items > FOLLOWED_ITEMS || labelCosine <= centre.label.labelCosine) return centre;
  return { ...centre, label: { label: labelOf(question) || centre.name, labelMessageId: messageId, labelCosine } };
}

async function save(manager: EntityManager, { assistantId }: Unplaced, { name, sum, items, label }: Centre) {
  const centroid = Buffer.from(sum.buffer, sum.byteOffset, sum.byteLength);
  await manager.upsert(Slice, { assistantId, name, centroid, items, ...label }, ['assistantId', 'name']);
}

/** Copied: a Buffer from the database may lie anywhere in its pool, where float32 can't be read. */
const floats = (bytes: Buffer): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);
