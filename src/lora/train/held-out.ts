// Early stopping (Prechelt 1998): the adapter that was best on held-out examples, and the end of a run that no longer improves.
import type { LlamaModel } from '../model/llama.js';
import type { LoraAdapter } from '../model/lora.js';
import { completionsOf, type TrainingItem } from './batches.js';
import type { LossSettings } from './losses/loss.js';
import { lossOf, stepTotals } from './losses/losses.js';
import { currentBaseline, type Reference } from './reference.js';
import { scoreCompletions } from './score.js';

/** The best held-out loss so far, where it was, and the evaluations since then. Part of a checkpoint, with the best values. */
export interface BestSoFar {
  loss: number;
  step: number;
  worseSince: number;
}

export function judge(best: BestSoFar | null, loss: number, step: number): BestSoFar | null {
  if (!Number.isFinite(loss)) return best && { ...best, worseSince: best.worseSince + 1 };
  if (!best || loss < best.loss) return { loss, step, worseSince: 0 };
  return { ...best, worseSince: best.worseSince + 1 };
}

/** The loss that training would report on these examples as one batch, without a gradient. */
export async function heldOutLoss(
  model: LlamaModel,
  adapter: LoraAdapter,
  items: readonly TrainingItem[],
  settings: LossSettings,
  reference: Reference,
): Promise<number> {
  const scores = await scoreCompletions(model, adapter, items.flatMap(completionsOf));
  const klBaseline = await currentBaseline(model, adapter, items, reference);
  const context = { settings, totals: stepTotals(items), balance: reference.balance, klBaseline };
  let at = 0;
  return items.reduce((sum, item) => {
    const nll = completionsOf(item).map(() =>
      (scores[at++]?.tokenLogProbs ?? new Float32Array()).map((logProb) => -logProb),
    );
    return sum + lossOf(item, nll, { ...context, reference: reference.nll.get(item) ?? [] }).loss;
  }, 0);
}
