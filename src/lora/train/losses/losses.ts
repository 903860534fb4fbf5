// Which loss an example has: its kind decides.
import { completionsOf, type BinaryItem, type PreferenceItem, type SftItem, type TrainingItem } from '../batches.js';
import { dpo } from './dpo.js';
import { kto } from './kto.js';
import { everyToken, type Loss, type LossContext, type LossValue, type StepTotals } from './loss.js';
import { sft } from './sft.js';

export const losses: { sft: Loss<SftItem>; preference: Loss<PreferenceItem>; binary: Loss<BinaryItem> } = {
  sft,
  preference: dpo,
  binary: kto,
};

/** The example's part of the step's loss; nothing for one of weight 0, also where a step holds no other. */
export function lossOf(item: TrainingItem, nll: readonly Float32Array[], context: LossContext): LossValue {
  if (item.weight === 0) return { loss: 0, coefficients: nll.map((tokens) => everyToken(tokens, 0)) };
  const loss = losses[item.kind] as Loss<TrainingItem>;
  return loss(item, nll, context);
}

/** A step may hold examples of all kinds; each kind's mean loss counts by its share of the weight. */
export function stepTotals(items: readonly TrainingItem[]): StepTotals {
  const totals = { weight: 0, sft: { weight: 0, tokens: 0 }, preference: { weight: 0, tokens: 0 } };
  for (const item of items) {
    totals.weight += item.weight;
    if (item.kind === 'binary') continue;
    totals[item.kind].weight += item.weight;
    totals[item.kind].tokens += item.weight * (completionsOf(item)[0]?.completionTokens.length ?? 0);
  }
  return totals;
}
