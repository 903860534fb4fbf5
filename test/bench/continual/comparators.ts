// What replay is compared with: ways of the literature to learn tasks one after the other without keeping their examples.
import { foldAdapter } from '../../../src/lora/model/fold.js';
import type { LlamaConfig } from '../../../src/lora/model/config.js';
import { adapterLayout, type LoraAdapter, type LoraMatrices } from '../../../src/lora/model/lora.js';
import type { Regulariser } from '../../../src/lora/train/settings.js';
import { earlierItems, newOnly, type Choice } from './items.js';
import type { Learner } from './learner.js';
import type { Cost } from './results.js';

/** λ of EWC, large because the Fisher information of answers that are known well is small. */
const EWC_STRENGTH = 1000;
/** λ of O-LoRA, as in the paper's experiments. */
const O_LORA_STRENGTH = 0.5;
/** Earlier examples that EWC's Fisher information is estimated from; a gradient each. */
const FISHER_ITEMS = 16;

type Context = Choice & { learner: Learner };

/** EWC (Kirkpatrick et al. 2017): the Fisher information of earlier tasks' examples, at the values that the run starts from. */
export function ewcPenalty(context: Context, task: number): Regulariser | undefined {
  if (task === 0) return undefined;
  const items = context.learner.sftItems(earlierItems(context, task, FISHER_ITEMS));
  return { kind: 'ewc', strength: EWC_STRENGTH, items };
}

/** O-LoRA (Wang et al. 2023): a new adapter a task, orthogonal to those before, which are frozen and folded into the model. */
export async function oLoraRun(
  context: Context,
  earlier: readonly LoraAdapter[],
  task: number,
): Promise<{ adapter: LoraAdapter; cost: Cost }> {
  const { learner, seed } = context;
  const adapter = learner.fresh(seed + task);
  const run = { adapter, items: newOnly(context, task), seed: seed + task };
  if (earlier.length === 0) return { adapter, cost: await learner.learn(run) };
  const folded = foldAdapter(learner.base, joinAdapters(learner.base.config, earlier));
  const model = { ...learner.base, blocks: [...folded.blocks] };
  const regulariser: Regulariser = { kind: 'o-lora', strength: O_LORA_STRENGTH, earlier: [...earlier] };
  const cost = await learner.learn({ ...run, model, regulariser });
  folded.dispose();
  return { adapter, cost };
}

/** Adapters of one scaling as one adapter of their ranks' sum: A one below the other, B side by side, so that B A is their sum. */
export function joinAdapters(config: LlamaConfig, adapters: readonly LoraAdapter[]): LoraAdapter {
  const rank = adapters.reduce((sum, adapter) => sum + adapter.rank, 0);
  const alpha = adapters.reduce((sum, adapter) => sum + adapter.alpha, 0);
  const { matrices, length } = adapterLayout(config, rank);
  const values = new Float32Array(length);
  let before = 0;
  for (const adapter of adapters) {
    matrices.forEach((to, i) => copyMatrices(values, to, rank, adapter, adapter.matrices[i] as LoraMatrices, before));
    before += adapter.rank;
  }
  return { rank, alpha, matrices, values };
}

/** One layer's A (r, in) and B (out, r) into those of a larger rank, from row and column `before` on. */
function copyMatrices(
  values: Float32Array,
  to: LoraMatrices,
  rank: number,
  from: LoraAdapter,
  at: LoraMatrices,
  before: number,
): void {
  const a = from.values.subarray(at.offsetA, at.offsetA + from.rank * at.inputs);
  values.set(a, to.offsetA + before * to.inputs);
  for (let row = 0; row < at.outputs; row++) {
    const b = from.values.subarray(at.offsetB + row * from.rank, at.offsetB + (row + 1) * from.rank);
    values.set(b, to.offsetB + row * rank + before);
  }
}
