// What an arm does to everything that is not the company's business, as the gate measures it.
import { buildTurns } from '../../../src/assistants/prompt.js';
import { GATE_TASKS } from '../../../src/learning/general/general-tasks.js';
import { meanNll, measureGeneral } from '../../../src/learning/processes/measure.js';
import { scoredItem, type Tokens } from '../../../src/learning/processes/training-items.js';
import type { LlamaModel } from '../../../src/lora/model/llama.js';
import type { LoraAdapter } from '../../../src/lora/model/lora.js';
import type { Completion } from '../../../src/lora/train/batches.js';
import { INSTRUCTIONS } from './feedback.js';
import type { ArmResult } from './results.js';

/** The gate's general tasks, which no run rehearses. */
export const generalItems = (tokens: Tokens): Completion[] =>
  GATE_TASKS.map(({ id, instruction, output }) =>
    scoredItem({ id, prompt: buildTurns(INSTRUCTIONS, [], instruction), completion: output }, tokens),
  );

/** Mean −log p per token, and KL(candidate ‖ base) per token, in nats. */
export async function generalOf(
  model: LlamaModel,
  adapter: LoraAdapter | undefined,
  items: readonly Completion[],
): Promise<ArmResult['general']> {
  if (!adapter) return { nll: await meanNll(model, undefined, items), kl: 0 };
  const { candidateNll, klToBase } = await measureGeneral(model, { parent: undefined, candidate: adapter }, items);
  return { nll: candidateNll, kl: klToBase };
}
