// What the learner measures of an adapter besides training it: how likely it finds answers, and how far it has drifted.
import type { LlamaModel } from '../../lora/model/llama.js';
import type { LoraAdapter } from '../../lora/model/lora.js';
import type { Completion } from '../../lora/train/batches.js';
import { compareAdapters } from '../../lora/train/divergence.js';
import { scoreCompletions } from '../../lora/train/score.js';
import type { GeneralScores } from '../gate/report.js';

/** Mean −log p per token, in nats; NaN when there is nothing to measure. */
export async function meanNll(
  model: LlamaModel,
  adapter: LoraAdapter | undefined,
  items: readonly Completion[],
): Promise<number> {
  if (items.length === 0) return NaN;
  const scores = await scoreCompletions(model, adapter, items);
  const tokens = scores.reduce((sum, score) => sum + score.tokens, 0);
  return -scores.reduce((sum, score) => sum + score.logProb, 0) / tokens;
}

/** Whether this version would write exactly these answers still: what it has forgotten is replayed sooner again. */
export async function recall(model: LlamaModel, adapter: LoraAdapter | undefined, items: readonly Completion[]) {
  if (items.length === 0) return [];
  const scores = await scoreCompletions(model, adapter, items);
  return scores.map(({ id, greedyMatch }) => ({ id, right: greedyMatch }));
}

/** General ability and drift on these general answers; all NaN when there are none. */
export async function measureGeneral(
  model: LlamaModel,
  { parent, candidate }: { parent: LoraAdapter | undefined; candidate: LoraAdapter },
  items: readonly Completion[],
): Promise<GeneralScores> {
  if (items.length === 0) return { items: 0, parentNll: NaN, candidateNll: NaN, klToParent: NaN, klToBase: NaN };
  // Where the parent is the base model, one comparison says both.
  const references = parent ? [parent, undefined] : [undefined];
  const { nll, references: compared } = await compareAdapters(model, candidate, references, items);
  return {
    items: items.length,
    parentNll: compared[0]?.nll ?? NaN,
    candidateNll: nll,
    klToParent: compared[0]?.kl ?? NaN,
    klToBase: compared.at(-1)?.kl ?? NaN,
  };
}
