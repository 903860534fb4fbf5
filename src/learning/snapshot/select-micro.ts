// What a micro-run learns from: one correction, others that teach the same answer, and a little of what was learnt earlier; and
// the few questions that its quick gate asks. Pure and seeded.
import { normaliseAnswer, sameAnswer } from '../../inference/same-answer.js';
import { stratified, type Candidate } from './select.js';

/** The correction and, at most, this many others with the same answer: paraphrases make it hold beyond one wording. */
const TAUGHT_MAX = 4;
/** Earlier examples beside it in every update. */
const REPLAY_MAX = 12;
/** Earlier questions that the quick gate asks. */
const JUDGED_MAX = 16;

export interface MicroSelection {
  /** The correction's example first. */
  taught: Candidate[];
  replay: Candidate[];
  /** Learnt earlier, to be asked of both versions: held-out ones first. */
  judged: Candidate[];
}

/** @returns undefined when the example isn't among the candidates (any more) */
export function selectMicro(
  candidates: readonly Candidate[],
  exampleId: string,
  seed: number,
): MicroSelection | undefined {
  const example = candidates.find(({ id }) => id === exampleId);
  if (!example) return undefined;
  const others = candidates.filter((other) => questionOf(other) !== questionOf(example) && other.kind !== 'binary');
  const train = others.filter(({ split }) => split === 'train');
  const paraphrases = train.filter((other) => sameAnswer(other.completion, example.completion));
  const taught = [example, ...stratified(paraphrases, TAUGHT_MAX - 1, seed)];
  const learnt = train.filter((other) => other.learnt && !taught.includes(other));
  const replay = stratified(learnt, REPLAY_MAX, seed);
  const heldOut = others.filter((other) => other.split === 'heldout' && other.learnt && other.sourceCorrectionId);
  const judged = stratified(heldOut, JUDGED_MAX, seed);
  const spare = learnt.filter((other) => !replay.includes(other) && other.sourceCorrectionId);
  return { taught, replay, judged: [...judged, ...stratified(spare, JUDGED_MAX - judged.length, seed)] };
}

const questionOf = ({ prompt }: Candidate) => normaliseAnswer(prompt.at(-1)?.content ?? '');
