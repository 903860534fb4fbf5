// What each threshold would have done: a question is served with the nearest entry's answer if it is at least so near.

/** One question that was asked. */
export interface Asked {
  /** Cosine to the nearest entry. */
  score: number;
  /** The nearest entry has this question's answer. */
  isRight: boolean;
  /** Some entry has it. */
  isKnown: boolean;
}

export interface AtThreshold {
  threshold: number;
  served: number;
  /** Right of those served; 1 when none was. */
  precision: number;
  /** Served rightly, of those that some entry answers. */
  recall: number;
  f1: number;
}

export function at(threshold: number, asked: readonly Asked[]): AtThreshold {
  const served = asked.filter(({ score }) => score >= threshold);
  const right = served.filter(({ isRight }) => isRight).length;
  const known = asked.filter(({ isKnown }) => isKnown).length;
  const precision = served.length === 0 ? 1 : right / served.length;
  const recall = known === 0 ? 0 : right / known;
  const f1 = precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
  return { threshold, served: served.length, precision, recall, f1 };
}

/** The lowest threshold from which on precision stays at `min` or above. */
export function lowestPrecise(grid: readonly number[], asked: readonly Asked[], min: number): number {
  const failing = grid.filter((threshold) => at(threshold, asked).precision < min);
  const worst = failing.at(-1);
  return grid.find((threshold) => worst === undefined || threshold > worst) ?? 1;
}

export function bestF1(grid: readonly number[], asked: readonly Asked[]): number {
  const [best] = grid.map((threshold) => at(threshold, asked)).sort((a, b) => b.f1 - a.f1);
  return best?.threshold ?? 1;
}
