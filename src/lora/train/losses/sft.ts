// Supervised fine-tuning: the mean −log p of the completion tokens.
import type { SftItem } from '../batches.js';
import { everyToken, total, type Loss } from './loss.js';

/**
 * L = Σ w (−log p) / Σ w over the completion tokens of *all* the step's examples: normalising each micro-batch by itself would
 * weigh short answers more.
 */
export const sft: Loss<SftItem> = ({ weight }, nll, { totals }) => {
  const coefficient = (weight * totals.sft.weight) / totals.sft.tokens / totals.weight;
  return { loss: coefficient * sum(nll), coefficients: nll.map((tokens) => everyToken(tokens, coefficient)) };
};

const sum = (nll: readonly Float32Array[]) => nll.reduce((all, tokens) => all + total(tokens), 0);
