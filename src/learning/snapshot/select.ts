// Which examples a run learns from: everything new, and twice as much of what was learnt earlier (rehearsal against forgetting),
// spread evenly over the slices. Pure and seeded: the same examples and seed give the same selection.
import type { Example } from '../../database/entities/example.entity.js';
import { deriveSeed, seededRandom, shuffled } from '../../lora/random.js';
import { normaliseAnswer } from '../../inference/same-answer.js';

/** What the selection needs of an example. */
export type Candidate = Pick<
  Example,
  | 'id'
  | 'kind'
  | 'slice'
  | 'split'
  | 'prompt'
  | 'completion'
  | 'rejected'
  | 'desirable'
  | 'weight'
  | 'sourceCorrectionId'
  | 'createdAt'
> & {
  /** True when an adapter in the champion's lineage was trained on it. */
  learnt: boolean;
};

/** Earlier examples for each new one. One for one lost 2.5 points of what was learnt over four tasks (`npm run bench:continual`). */
export const REPLAYED_PER_NEW = 2;

export interface Selection {
  fresh: Candidate[];
  replay: Candidate[];
}

/**
 * The training examples. `replayAll`: the run starts from a new adapter although there is a champion, so everything
 * learnt has to be learnt again; else replay is twice as many examples as are fresh (with the general tasks on top),
 * and at least one of every slice. All are trained on alike: batches are shuffled, so the mix of the whole is that of each batch.
 */
export function selectTraining(
  candidates: readonly Candidate[],
  options: { seed: number; replayAll: boolean },
): Selection {
  const usable = newestPerQuestion(candidates.filter(({ split }) => split === 'train'));
  const fresh = usable.filter(({ learnt }) => !learnt);
  const earlier = usable.filter(({ learnt }) => learnt);
  const slices = new Set(earlier.map(({ slice }) => slice)).size;
  const wanted = options.replayAll ? earlier.length : Math.max(slices, replayedFor(fresh));
  return { fresh, replay: stratified(earlier, wanted, options.seed) };
}

/** How many earlier examples a run replays beside these new ones. */
export const replayedFor = (fresh: readonly Candidate[]): number => REPLAYED_PER_NEW * answersIn(fresh);

/** Bare thumbs down teach no answer: alone they are no reason for a run, and none to replay more. */
export const answersIn = (examples: readonly Candidate[]): number =>
  examples.filter(({ kind }) => kind !== 'binary').length;

/**
 * The gate's items: corrected held-out questions, at most `limit`, spread over the slices; new ones first. Answers that only
 * got a thumb are left out: a liked answer may be worded in many ways, so "not the same" would not be "wrong".
 */
export function selectHeldOut(candidates: readonly Candidate[], options: { seed: number; limit: number }): Candidate[] {
  const corrected = candidates.filter(({ split, sourceCorrectionId }) => split === 'heldout' && sourceCorrectionId);
  const usable = newestPerQuestion(corrected);
  const fresh = usable.filter(({ learnt }) => !learnt);
  const earlier = usable.filter(({ learnt }) => learnt);
  const freshShare = earlier.length > 0 ? Math.ceil(options.limit / 2) : options.limit;
  const target = stratified(fresh, Math.max(freshShare, options.limit - earlier.length), options.seed);
  return [...target, ...stratified(earlier, options.limit - target.length, options.seed)];
}

/** One example a question: an agent's correction before a thumb, then the newest, so that a changed fact replaces the old one. */
export function newestPerQuestion(candidates: readonly Candidate[]): Candidate[] {
  const best = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = JSON.stringify(
      candidate.prompt.filter(({ role }) => role !== 'system').map(({ content }) => normaliseAnswer(content)),
    );
    const other = best.get(key);
    if (!other || outranks(candidate, other)) best.set(key, candidate);
  }
  return [...best.values()].sort(byAge);
}

/** A bare thumb down comes last: whoever says what is right knows more than who says what is wrong. */
function outranks(a: Candidate, b: Candidate): boolean {
  if ((a.kind === 'binary') !== (b.kind === 'binary')) return b.kind === 'binary';
  if (Boolean(a.sourceCorrectionId) !== Boolean(b.sourceCorrectionId)) return Boolean(a.sourceCorrectionId);
  return byAge(a, b) > 0;
}

const byAge = (a: Candidate, b: Candidate) =>
  a.createdAt.getTime() - b.createdAt.getTime() || (a.id < b.id ? -1 : Number(a.id > b.id));

/** `count` of them, one slice after the other in turns, so that small slices are not drowned by large ones. */
export function stratified(candidates: readonly Candidate[], count: number, seed: number): Candidate[] {
  const slices = [...new Set(candidates.map(({ slice }) => slice))].sort();
  const queues = slices.map((name, i) =>
    shuffled(
      candidates.filter(({ slice }) => slice === name),
      seededRandom(deriveSeed(seed, i)),
    ),
  );
  const chosen: Candidate[] = [];
  for (let round = 0; chosen.length < Math.min(count, candidates.length); round++) {
    for (const queue of queues) {
      const next = queue[round];
      if (next && chosen.length < count) chosen.push(next);
    }
  }
  return chosen;
}
