// Which tokens of several answers go into one batch, and in which order. llama.cpp computes them together only while the numbers of their
// sequences follow one another (`llama_batch_allocr::split_equal`), and the binding starts a batch as soon as one answer has its next token:
// left to chance, four answers cost two or three decodes a token.
import type { BatchItem, CustomBatchingPrioritizationStrategy, EvaluationPriority } from 'node-llama-cpp';

/** Times that a batch waits for answers still on their way, a few turns of the microtask queue each: one is away longer if its reader is slow. */
const WAITS_MAX = 64;

/**
 * A sequence's number in its context, as an evaluation priority: the only word that the binding hands through to a batch's order. (It types
 * priorities as 1 to 5 and passes on any number.)
 */
export const placeInBatch = (sequenceNumber: number) => sequenceNumber as EvaluationPriority;

/**
 * All answers of a context in one batch, by the number of their sequence.
 * @param answering how many answers are being written in the context
 */
export function batchTogether(answering: () => number): CustomBatchingPrioritizationStrategy {
  let waits = 0;
  return ({ items, size }) => {
    if (items.length < Math.min(answering(), size) && waits < WAITS_MAX) {
      waits++;
      return []; // the binding asks again
    }
    waits = 0;
    return inSequenceOrder(items, size);
  };
}

/** Each gets its next token before any gets many, so that a long prompt doesn't stop its neighbours; the rest goes to prompts in turn. */
function inSequenceOrder(items: readonly BatchItem[], size: number) {
  const ordered = [...items].sort((a, b) => a.evaluationPriority - b.evaluationPriority).slice(0, size);
  let left = size - ordered.length;
  return ordered.map((item) => {
    const more = Math.min(item.tokens.length - 1, left);
    left -= more;
    return { item, processAmount: 1 + more };
  });
}
