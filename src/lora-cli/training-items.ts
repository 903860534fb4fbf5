// Examples as the learner's items: which loss each is for, and its tokens.
import type { TrainingItem } from '../lora/train/batches.js';
import { CliError } from './cli-error.js';
import type { Answer, Example, Prompt, Turn } from './examples.js';
import type { Options } from './options.js';

/** The part of the engine's tokenizer that is used here. */
export interface Tokens {
  promptTokens(turns: Turn[]): number[];
  completionTokens(text: string): number[];
}

/** Whether every example comes as tokens, so that no tokenizer is needed. */
export const areTokens = (examples: readonly Example[]): boolean =>
  examples.every(({ prompt }) => typeof prompt[0] === 'number');

/**
 * Makes every example what the chosen loss learns from. SFT takes the chosen answer of a pair and what was found good; KTO takes
 * the two answers of a pair apart; DPO takes pairs only.
 * @throws CliError `cli.data` for an example that this loss can't learn from
 */
export function forLoss(examples: readonly Example[], loss: Options['loss']): Example[] {
  return examples.flatMap((example): Example[] => {
    const { id, prompt, weight } = example;
    if (loss === 'mixed') return [example];
    if (loss === 'sft') {
      if (example.kind === 'sft') return [example];
      if (example.kind === 'preference') return [{ id, prompt, weight, kind: 'sft', completion: example.chosen }];
      if (example.desirable) return [{ id, prompt, weight, kind: 'sft', completion: example.completion }];
      throw refused(id, 'is an answer found bad (label false), which SFT would teach: use --loss kto');
    }
    if (loss === 'kto') {
      if (example.kind === 'binary') return [example];
      if (example.kind === 'preference') return apart(example);
      throw refused(id, 'has no label and no pair, as --loss kto needs');
    }
    if (example.kind === 'preference') return [example];
    throw refused(id, 'is not a pair (chosen, rejected), as --loss dpo needs');
  });
}

function apart({ id, prompt, weight, chosen, rejected }: Extract<Example, { kind: 'preference' }>): Example[] {
  return [
    { id: `${id}#chosen`, prompt, weight, kind: 'binary', completion: chosen, desirable: true },
    { id: `${id}#rejected`, prompt, weight, kind: 'binary', completion: rejected, desirable: false },
  ];
}

const refused = (id: string, why: string) => new CliError('cli.data', `${id} ${why}. Nothing was trained or written.`);

/** Tokenises as serving does. `tokenizer` may be missing where `areTokens`. */
export function trainingItems(examples: readonly Example[], tokenizer: Tokens | undefined): TrainingItem[] {
  const needed = () => {
    if (!tokenizer) throw new Error('a tokenizer is needed');
    return tokenizer;
  };
  const isTokens = (value: Prompt | Answer): value is number[] => typeof value[0] === 'number';
  const promptOf = (prompt: Prompt) => (isTokens(prompt) ? prompt : needed().promptTokens(prompt));
  const answerOf = (answer: Answer) => (typeof answer === 'string' ? needed().completionTokens(answer) : answer);
  return examples.map((example): TrainingItem => {
    const { id, weight } = example;
    const shared = { id, weight, promptTokens: promptOf(example.prompt) };
    if (example.kind === 'preference') {
      const [chosenTokens, rejectedTokens] = [answerOf(example.chosen), answerOf(example.rejected)];
      return { ...shared, kind: 'preference', chosenTokens, rejectedTokens };
    }
    const completionTokens = answerOf(example.completion);
    if (example.kind === 'sft') return { ...shared, kind: 'sft', completionTokens };
    return { ...shared, kind: 'binary', completionTokens, desirable: example.desirable };
  });
}
