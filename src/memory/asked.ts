// What a customer asked, as the memory compares it: the question, and for a follow-up also what it follows on.
import { createHash } from 'node:crypto';
import type { Embedder } from '../embedding/embedder.js';
import type { Message } from '../database/entities/message.entity.js';
import { normaliseAnswer } from '../inference/same-answer.js';

/** A follow-up rarely refers further back, and an embedding sees 256 word pieces only. */
const EARLIER_QUESTIONS_MAX = 3;

export interface Asked {
  question: string;
  /** The customer's messages before it, newest first, at most three; empty for the first question of a conversation. */
  earlier: string[];
}

/** The same as vectors of length 1. */
export interface AskedVectors {
  question: Float32Array;
  /** Of the question with those before it; undefined for the first question. */
  context: Float32Array | undefined;
}

/** @param before the messages before the question, oldest first */
export function askedOf(question: string, before: readonly Pick<Message, 'role' | 'text'>[]): Asked {
  const asked = before.filter(({ role }) => role === 'customer').map(({ text }) => text);
  return { question, earlier: asked.slice(-EARLIER_QUESTIONS_MAX).reverse() };
}

/** @throws EmbeddingError */
export async function embedAsked(embedder: Embedder, { question, earlier }: Asked): Promise<AskedVectors> {
  // The question goes first: what is too long is cut at the end.
  const texts = earlier.length > 0 ? [question, [question, ...earlier].join('\n')] : [question];
  const [of, context] = await embedder.embed(texts);
  if (!of) throw new Error('the embedder gave no vector');
  return { question: of, context };
}

/** The same for the same question in the same place of a conversation; case and white space don't matter. SHA-256, hexadecimal. */
export function questionKeyOf({ question, earlier }: Asked): string {
  const texts = [question, ...earlier].map(normaliseAnswer);
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}
