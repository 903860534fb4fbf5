// Direct preference optimisation (Rafailov et al. 2023, equation 7), with two additions that it is rarely used without.
import type { PreferenceItem } from '../batches.js';
import { everyToken, logSigmoid, sigmoid, total, type Loss } from './loss.js';

/**
 * With the margin m = β [log π(y_c)/π_ref(y_c) − log π(y_r)/π_ref(y_r)] of a pair: ℓ = −log σ(m), the mean over pairs.
 *
 * - Label noise: if a share ε of pairs is the wrong way round, ℓ = [−(1 − ε) log σ(m) + ε log σ(−m)] / (1 − 2ε) has the
 *   expectation of the clean loss (robust DPO: Chowdhury et al. 2024, arXiv 2403.00409, equation 12).
 * - DPO alone is content to make the chosen answer less likely, if only the rejected one falls more. λ times SFT on the chosen
 *   answers holds them up (RPO: Pang et al. 2024, arXiv 2404.19733, equation 1, here normalised over all chosen tokens).
 */
export const dpo: Loss<PreferenceItem> = ({ weight }, [chosen, rejected], { settings, totals, reference }) => {
  if (!chosen || !rejected) throw new RangeError('a pair has two completions');
  const { beta, sftTerm, labelNoise: ε } = settings;
  const [chosenReference = 0, rejectedReference = 0] = reference;
  const chosenNll = total(chosen);
  const margin = beta * (chosenReference - chosenNll - (rejectedReference - total(rejected)));
  const loss = (-(1 - ε) * logSigmoid(margin) + ε * logSigmoid(-margin)) / (1 - 2 * ε);
  const slope = (-(1 - ε) * sigmoid(-margin) - ε * sigmoid(margin)) / (1 - 2 * ε); // dℓ/dm

  const pair = weight / totals.weight;
  const sft = (sftTerm * weight * totals.preference.weight) / totals.preference.tokens / totals.weight;
  return {
    loss: pair * loss + sft * chosenNll,
    coefficients: [everyToken(chosen, sft - pair * slope * beta), everyToken(rejected, pair * slope * beta)],
  };
};
