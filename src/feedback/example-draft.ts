// What an answer's feedback teaches, as a pure function of all of it: at most one example a message.
import { createHash } from 'node:crypto';
import type { Correction } from '../database/entities/correction.entity.js';
import type { Example, ExampleSplit, PromptTurn } from '../database/entities/example.entity.js';
import type { Rating } from '../database/entities/rating.entity.js';

/** The content of an example, before it gets its slice and split. */
export type ExampleDraft = Pick<
  Example,
  'kind' | 'prompt' | 'completion' | 'rejected' | 'desirable' | 'weight' | 'contentHash' | 'sourceCorrectionId'
>;

/** Everything that was said about one answer. */
export interface AnswerFeedback {
  prompt: PromptTurn[];
  /** The answer that was shown. */
  shown: string;
  /** The newest correction, if there is one. */
  correction: Pick<Correction, 'id' | 'text' | 'useForTraining'> | undefined;
  ratings: Pick<Rating, 'value' | 'raterKind' | 'updatedAt'>[];
}

/** A thumb says less than a written correction: many answers would have got it. */
const THUMB_UP_WEIGHT = 0.2;
/** One of this many examples of a slice is held out for the gate … */
const HELD_OUT_EVERY = 6;
/** … this one of them, counted from 1. */
const HELD_OUT_NTH = 3;

/** The example that this feedback makes, or undefined when it teaches nothing. A correction speaks louder than any thumb. */
export function draftExample(feedback: AnswerFeedback): ExampleDraft | undefined {
  const { prompt, shown, correction } = feedback;
  if (correction) return correction.useForTraining ? fromCorrection(prompt, shown, correction) : undefined;
  const value = verdict(feedback.ratings);
  if (value === undefined || shown.trim() === '') return undefined;
  return value === 'up'
    ? draft({ kind: 'sft', prompt, completion: shown, weight: THUMB_UP_WEIGHT })
    : draft({ kind: 'binary', prompt, completion: shown, desirable: false });
}

function fromCorrection(
  prompt: PromptTurn[],
  shown: string,
  { id, text }: Pick<Correction, 'id' | 'text'>,
): ExampleDraft {
  const base = { prompt, completion: text, sourceCorrectionId: id };
  const isConfirmed = collapse(text) === collapse(shown);
  return draft(isConfirmed ? { ...base, kind: 'sft' } : { ...base, kind: 'preference', rejected: shown });
}

/** An agent's thumb counts before customers'; among equals the newest. */
function verdict(ratings: AnswerFeedback['ratings']): Rating['value'] | undefined {
  const rank = (rating: AnswerFeedback['ratings'][number]) => Number(rating.raterKind === 'agent');
  const [first] = [...ratings].sort((a, b) => rank(b) - rank(a) || b.updatedAt.getTime() - a.updatedAt.getTime());
  return first?.value;
}

type Parts = Pick<Example, 'kind' | 'prompt' | 'completion'> & Partial<ExampleDraft>;

function draft(parts: Parts): ExampleDraft {
  const contentHash = contentHashOf(parts);
  return { rejected: null, desirable: null, weight: 1, sourceCorrectionId: null, ...parts, contentHash };
}

/**
 * SHA-256, hexadecimal, over kind, prompt and completion. White space and the case of what customers wrote don't make a new
 * example; the case of the completion does, because it is what is learnt.
 */
export function contentHashOf({ kind, prompt, completion }: Pick<Example, 'kind' | 'prompt' | 'completion'>): string {
  const turns = prompt.map(({ role, content }) => [
    role,
    role === 'user' ? collapse(content).toLowerCase() : collapse(content),
  ]);
  return createHash('sha256')
    .update(JSON.stringify([kind, turns, collapse(completion)]))
    .digest('hex');
}

/** Where the `n`-th example of a slice goes, counted from 1. */
export function splitOf(n: number): ExampleSplit {
  return n % HELD_OUT_EVERY === HELD_OUT_NTH ? 'heldout' : 'train';
}

function collapse(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}
