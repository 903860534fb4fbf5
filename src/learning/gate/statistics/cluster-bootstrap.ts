// The cluster bootstrap (Field & Welsh 2007, "Bootstrapping clustered data", section 3.1; percentile interval: Efron 1979): turns of one
// conversation are alike, so whole conversations are drawn, with replacement. Drawing turns would call ten questions of one talkative
// customer ten pieces of evidence.
import { seededRandom } from '../../../lora/random.js';

const SAMPLES = 10_000;

/** A conversation's score differences: their sum, and how many there are. */
export interface Cluster {
  sum: number;
  items: number;
}

/**
 * Lower bound of the mean difference per item at this one-sided level: the quantile of the means of 10,000 samples of as many conversations.
 * NaN without conversations. The same clusters and seed give the same bound.
 */
export function lowerBound(clusters: readonly Cluster[], options: { level: number; seed: number }): number {
  const [first] = clusters;
  if (!first) return NaN;
  // Where all conversations agree, so does every sample of them.
  if (clusters.every(({ sum, items }) => sum * first.items === first.sum * items)) return first.sum / first.items;
  const random = seededRandom(options.seed);
  const means = new Float64Array(SAMPLES);
  for (let sample = 0; sample < SAMPLES; sample++) {
    let sum = 0;
    let items = 0;
    for (let i = 0; i < clusters.length; i++) {
      const drawn = clusters[Math.floor(random() * clusters.length)] as Cluster;
      sum += drawn.sum;
      items += drawn.items;
    }
    means[sample] = sum / items;
  }
  return means.sort()[Math.floor(options.level * SAMPLES)] as number;
}
