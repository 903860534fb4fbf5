// Exact search: which remembered questions are most like one that is asked.
import { cosine } from '../embedding/embedder.js';
import type { AskedVectors } from './asked.js';

export interface Scored<Entry> {
  entry: Entry;
  /** Cosine, at most 1. */
  score: number;
}

/**
 * How alike two questions are. An entry from the first question of a conversation stands alone, so it is compared by its question
 * only, wherever it is asked again. An entry from a follow-up counts only where what was asked before is alike, too: "And how much is
 * it?" after another question is another question.
 */
export function likeness(asked: AskedVectors, entry: AskedVectors): number {
  const byQuestion = cosine(asked.question, entry.question);
  if (!entry.context) return byQuestion;
  return asked.context ? Math.min(byQuestion, cosine(asked.context, entry.context)) : 0;
}

/** The entries of at least `min`, best first, at most `count` (a few: they are kept in order by insertion). */
export function nearest<Entry extends AskedVectors>(
  asked: AskedVectors,
  entries: Iterable<Entry>,
  { min, count }: { min: number; count: number },
): Scored<Entry>[] {
  const best: Scored<Entry>[] = [];
  for (const entry of entries) {
    const score = likeness(asked, entry);
    if (score < min || (best.length === count && score <= (best.at(-1)?.score ?? 0))) continue;
    const at = best.findIndex((other) => other.score < score);
    best.splice(at < 0 ? best.length : at, 0, { entry, score });
    if (best.length > count) best.pop();
  }
  return best;
}
