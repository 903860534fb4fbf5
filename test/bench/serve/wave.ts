// What the contestants of `npm run bench:serve` are given and what they give back.
import type { PromptTurn } from '../../../src/database/entities/example.entity.js';

/** A dialogue up to a customer's question. */
export interface ServePrompt {
  /** What was said before, question and answer by turns. */
  earlier: { question: string; answer: string }[];
  question: string;
  /** The whole prompt: the service's instructions, what was said before, the question; and the same as token ids. */
  turns: PromptTurn[];
  tokens: number[];
}

/** For each chat its questions, asked one after the other; the chats ask at the same time. */
export type Wave = ServePrompt[][];

/** How long one answer took, in milliseconds since it was asked for. */
export interface AnswerTiming {
  firstTokenMs: number;
  totalMs: number;
  /** Tokens written. */
  tokens: number;
}

export interface WaveResult {
  /** From the first question to the last answer's end. */
  seconds: number;
  answers: AnswerTiming[];
}

/** Somebody who answers waves, greedily. */
export interface Contestant {
  readonly name: ContestantName;
  serve(wave: Wave): Promise<WaveResult>;
  close(): Promise<void>;
}

export const CONTESTANTS = ['retune', 'llama.cpp', 'vllm'] as const;
export type ContestantName = (typeof CONTESTANTS)[number];

/** Deals the next prompts out to so many chats; begins again from the first when there are no more. */
export function dealer(prompts: readonly ServePrompt[]): (chats: number, questionsEach: number) => Wave {
  if (prompts.length === 0) throw new Error('There are no prompts to deal out.');
  let next = 0;
  const take = () => prompts[next++ % prompts.length] as ServePrompt;
  return (chats, questionsEach) =>
    Array.from({ length: chats }, () => Array.from({ length: questionsEach }, () => take()));
}

/** A dialogue's exchanges, and its last question; its own instructions are left out. */
export function exchangesOf(turns: readonly PromptTurn[]): Pick<ServePrompt, 'earlier' | 'question'> {
  const said = turns.filter(({ role }) => role !== 'system').map(({ content }) => content.trim());
  const question = said.at(-1) ?? '';
  const earlier = Array.from({ length: said.length >> 1 }, (_, i) => {
    return { question: said[2 * i] ?? '', answer: said[2 * i + 1] ?? '' };
  });
  return { earlier, question };
}

/** Tokens that all prompts begin with. */
export function sharedTokens(prompts: readonly ServePrompt[]): number {
  const [first, ...others] = prompts.map(({ tokens }) => tokens);
  if (!first) return 0;
  const differs = first.findIndex((token, i) => others.some((tokens) => tokens[i] !== token));
  return differs < 0 ? first.length : differs;
}
