// TRL's golden values (test/peers/make_golden_losses.py): pairs and rated answers for the tiny model, and the losses' gradients.
import type { BinaryItem, PreferenceItem } from '../train/batches.js';
import { readGolden } from './golden.js';

export interface LossGolden {
  beta: number;
  sftTerm: number;
  labelNoise: number;
  desirable: number;
  undesirable: number;
  /** Every how many numbers of the gradient are kept. */
  gradientStride: number;
  klBaseline: number;
  pairs: { prompt: number[]; chosen: number[]; rejected: number[] }[];
  ratings: { prompt: number[]; completion: number[]; desirable: boolean }[];
  dpo: { loss: number; gradient: string };
  dpoSft: { loss: number; gradient: string };
  robustDpo: { loss: number; gradient: string };
  kto: { loss: number; gradient: string };
}

export const readLossGolden = (): LossGolden => readGolden<LossGolden>('losses.json');

export function goldenPairs({ pairs }: LossGolden): PreferenceItem[] {
  return pairs.map(({ prompt, chosen, rejected }, i) => ({
    kind: 'preference',
    id: `pair ${i}`,
    promptTokens: prompt,
    chosenTokens: chosen,
    rejectedTokens: rejected,
    weight: 1,
  }));
}

export function goldenRatings({ ratings }: LossGolden): BinaryItem[] {
  return ratings.map(({ prompt, completion, desirable }, i) => ({
    kind: 'binary',
    id: `rating ${i}`,
    promptTokens: prompt,
    completionTokens: completion,
    desirable,
    weight: 1,
  }));
}
