// What an answer's feedback teaches, as a pure function of all of it: at most one example a message.
import { createHash } from 'node:crypto';
import type { Correction } from '../database/entities/correction.entity.js';
import type { Example, ExampleSplit, PromptTurn } from '../database/entities/example.entity.js';
import type { RaterKind, Rating } from '../database/entities/rating.entity.js';
import type { Preferred } from './votes/preferred.js';
import { claimHash } from './trust/claims.js';

/** The content of an example, before it gets its slice and split. */
export type ExampleDraft = Pick<
  Example,
  'kind' | 'prompt' | 'completion' | 'rejected' | 'desirable' | 'weight' | 'contentHash' | 'sourceCorrectionId'
> &
  Rater & { questionHash: string; answerHash: string };

/** Whose word an example is. */
export interface Rater {
  raterKind: RaterKind;
  /** Customer id, or an agent's name. */
  raterId: string;
}

/** Everything that was said about one answer. */
export interface AnswerFeedback {
  prompt: PromptTurn[];
  /** What the customer wrote in the prompt. */
  asked: string[];
  /** The answer that was shown. */
  shown: string;
  /** It was a remembered correction, word for word: the model never wrote it, so nothing is learnt against it. */
  fromMemory: boolean;
  /** The newest correction, if there is one. */
  correction: Pick<Correction, 'id' | 'text' | 'agentId' | 'useForTraining'> | undefined;
  /** Of two versions' answers to the same question, the one that an agent prefers, in the newest vote. */
  preferred?: Preferred;
  ratings: Pick<Rating, 'value' | 'raterKind' | 'raterId' | 'updatedAt'>[];
}

/** A thumb says less than a written correction: many answers would have got it. */
const THUMB_UP_WEIGHT = 0.2;
/** One of this many examples of a slice is held out for the gate … */
const HELD_OUT_EVERY = 6;
/** … this one of them, counted from 1. */
const HELD_OUT_NTH = 3;
/** One of this many is sealed away for audits: even, so that it never meets a held-out one. */
const AUDIT_EVERY = 20;

/** The example that this feedback makes, or undefined when it teaches nothing. A correction speaks louder than a vote, and that louder than any thumb. */
export function draftExample(feedback: AnswerFeedback): ExampleDraft | undefined {
  const { prompt, asked, shown, correction, preferred } = feedback;
  if (correction) return correction.useForTraining ? fromCorrection(feedback, correction) : undefined;
  if (preferred) return fromVote(feedback, preferred);
  const rating = verdict(feedback.ratings);
  if (!rating || shown.trim() === '') return undefined;
  const { raterKind, raterId } = rating;
  const base = { prompt, asked, completion: shown, raterKind, raterId };
  if (rating.value === 'up') return draft({ ...base, kind: 'sft', weight: THUMB_UP_WEIGHT });
  return feedback.fromMemory ? undefined : draft({ ...base, kind: 'binary', desirable: false });
}

function fromCorrection(
  { prompt, asked, shown, fromMemory }: AnswerFeedback,
  { id, text, agentId }: Pick<Correction, 'id' | 'text' | 'agentId'>,
): ExampleDraft {
  const base = {
    prompt,
    asked,
    completion: text,
    sourceCorrectionId: id,
    raterKind: 'agent',
    raterId: agentId,
  } as const;
  const hasRejected = !fromMemory && collapse(text) !== collapse(shown);
  return draft(!hasRejected ? { ...base, kind: 'sft' } : { ...base, kind: 'preference', rejected: shown });
}

function fromVote({ prompt, asked }: AnswerFeedback, { chosen, rejected, agentId }: Preferred): ExampleDraft {
  const said = { prompt, asked, completion: chosen, rejected };
  return draft({ ...said, kind: 'preference', raterKind: 'agent', raterId: agentId });
}

/** An agent's thumb counts before customers'; among equals the newest. */
function verdict(ratings: AnswerFeedback['ratings']): AnswerFeedback['ratings'][number] | undefined {
  const rank = (rating: AnswerFeedback['ratings'][number]) => Number(rating.raterKind === 'agent');
  return [...ratings].sort((a, b) => rank(b) - rank(a) || b.updatedAt.getTime() - a.updatedAt.getTime())[0];
}

type Parts = Pick<ExampleDraft, 'kind' | 'prompt' | 'completion' | keyof Rater> &
  Pick<AnswerFeedback, 'asked'> &
  Partial<ExampleDraft>;

function draft({ asked, ...parts }: Parts): ExampleDraft {
  const hashes = {
    contentHash: contentHashOf(parts),
    questionHash: claimHash(...asked),
    answerHash: claimHash(parts.completion),
  };
  return { rejected: null, desirable: null, weight: 1, sourceCorrectionId: null, ...parts, ...hashes };
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
  if (n % AUDIT_EVERY === 0) return 'audit';
  return n % HELD_OUT_EVERY === HELD_OUT_NTH ? 'heldout' : 'train';
}

function collapse(text: string): string {
  return text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
}
