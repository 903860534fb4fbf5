// Kahneman–Tversky optimisation (Ethayarajh et al. 2024, arXiv 2402.01306, section 4): learns from answers that were found good
// or bad, one by one, without pairs.
import type { BinaryItem, Completion, TrainingItem } from '../batches.js';
import { everyToken, sigmoid, total, type Loss, type LossContext } from './loss.js';

/**
 * With r = log π(y)/π_ref(y) and the reference point z (equation 7): ℓ = λ_D (1 − σ(β (r − z))) for a good answer,
 * λ_U (1 − σ(β (z − r))) for a bad one; the mean over answers. No gradient goes through z.
 */
export const kto: Loss<BinaryItem> = (
  { weight, desirable },
  nll,
  { settings, totals, reference, klBaseline, balance },
) => {
  const [tokens] = nll;
  if (!tokens) throw new RangeError('a rated answer has one completion');
  const r = (reference[0] ?? 0) - total(tokens);
  const direction = desirable ? 1 : -1;
  const λ = desirable ? balance.desirable : balance.undesirable;
  const value = sigmoid(direction * settings.beta * (r - klBaseline));
  const scale = (weight * λ) / totals.weight;
  const slope = -scale * value * (1 - value) * direction * settings.beta; // dL/dr, and r falls as −log p grows
  return { loss: scale * (1 - value), coefficients: [everyToken(tokens, -slope)] };
};

/**
 * z is KL(π ‖ π_ref), estimated from answers that belong to other prompts (section 4.1): the mean log-ratio, not below 0.
 * `nll` and `reference` are the −log p of whole mismatched completions under the model as it is and as it was.
 */
export function klBaseline(nll: readonly number[], reference: readonly number[]): number {
  if (nll.length === 0) return 0;
  const logRatios = nll.reduce((sum, value, i) => sum + (reference[i] ?? 0) - value, 0);
  return Math.max(0, logRatios / nll.length);
}

/**
 * Each rated answer's prompt with the answer of the one before it, cut to the context. Paired once, over the whole data, so that
 * the reference log-probabilities of the mismatched are computed once too.
 */
export function mismatched(items: readonly TrainingItem[], contextTokens: number): Map<TrainingItem, Completion> {
  const rated = items.filter((item) => item.kind === 'binary');
  return new Map(
    rated.map((item, i) => {
      const { completionTokens } = rated.at(i - 1) as BinaryItem;
      const room = contextTokens + 1 - item.promptTokens.length;
      return [
        item,
        { id: item.id, promptTokens: item.promptTokens, completionTokens: completionTokens.slice(0, room) },
      ];
    }),
  );
}

/** λ_D and λ_U that let both sides count alike (section 4.2): the rarer one is weighed up, λ_D n_D = λ_U n_U. */
export function balance(items: readonly TrainingItem[]): LossContext['balance'] {
  let [desirable, undesirable] = [0, 0];
  for (const item of items) {
    if (item.kind !== 'binary') continue;
    if (item.desirable) desirable += item.weight;
    else undesirable += item.weight;
  }
  if (desirable === 0 || undesirable === 0) return { desirable: 1, undesirable: 1 };
  return { desirable: Math.max(1, undesirable / desirable), undesirable: Math.max(1, desirable / undesirable) };
}
