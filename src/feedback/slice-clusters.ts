// Topics of untagged questions, found as they come in: leader clustering (Hartigan 1975, "Clustering algorithms", chapter 3). One
// pass, no number of clusters given, and what has been decided stays: gate and replay compare slices over months, so an example
// must never change its slice because others came after it. That rules out clustering anew (k-means, HDBSCAN) as data grows.

/** A slice's centre: the sum of its first embeddings, whose direction is their mean (spherical k-means: Dhillon & Modha 2001). */
export interface SliceCentre {
  name: string;
  sum: Float32Array;
  /** Embeddings placed in the slice, also those that the centre no longer followed. */
  items: number;
}

/**
 * Embeddings that a centre follows; then it is frozen. One question is a poor centre, the mean of some is a good one; but a mean
 * that goes on running (MacQueen 1967) drifts with whatever is asked most this month, until the slice means something else than
 * its first examples. After 32 one more would move the mean by 3 % at most.
 */
export const FOLLOWED_ITEMS = 32;

/** A question less similar than this to every centre begins a slice. Measured on Banking77 and CLINC150, see ARCHITECTURE.md. */
export const SIMILAR_COSINE = 0.55;

/** Slices of one assistant; from then on the nearest one takes everything. */
export const SLICES_MAX = 500;

/** The centre nearest to the embedding (length 1), of equally near ones the first; undefined where there is none. */
export function nearest<Centre extends SliceCentre>(
  centres: readonly Centre[],
  embedding: Float32Array,
): { centre: Centre; cosine: number } | undefined {
  let best: { centre: Centre; cosine: number } | undefined;
  for (const centre of centres) {
    const cosine = cosineTo(centre.sum, embedding);
    if (!best || cosine > best.cosine) best = { centre, cosine };
  }
  return best;
}

/** The slice that a question belongs to; undefined: it begins a new one. */
export function sliceFor<Centre extends SliceCentre>(
  centres: readonly Centre[],
  embedding: Float32Array,
  similar = SIMILAR_COSINE,
): Centre | undefined {
  const found = nearest(centres, embedding);
  if (!found) return undefined;
  return found.cosine >= similar || centres.length >= SLICES_MAX ? found.centre : undefined;
}

/** The centre after one more embedding of its slice. */
export function after<Centre extends SliceCentre>(centre: Centre, embedding: Float32Array): Centre {
  const follows = centre.items < FOLLOWED_ITEMS;
  const sum = follows ? centre.sum.map((value, i) => value + (embedding[i] ?? 0)) : centre.sum;
  return { ...centre, sum, items: centre.items + 1 };
}

/** The cosine of a centre and an embedding of length 1. */
export function cosineTo(sum: Float32Array, embedding: Float32Array): number {
  let [dot, square] = [0, 0];
  for (let i = 0; i < sum.length; i++) {
    const value = sum[i] as number;
    dot += value * (embedding[i] ?? 0);
    square += value * value;
  }
  return square === 0 ? 0 : dot / Math.sqrt(square);
}
