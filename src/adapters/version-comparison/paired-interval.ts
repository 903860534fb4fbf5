// Where the difference of two versions lies that answered the same questions, from how often only one of them was right. Pure.

/** Of the same questions: how many, and how often only one was right. */
export interface PairedRights {
  items: number;
  /** Only the newer (or second) one is right. */
  wins: number;
  /** Only the older (or first) one is right. */
  losses: number;
}

/** Of the normal distribution, for 95 %. */
const Z = 1.96;

/**
 * A 95 % interval of the difference in right answers, −1 … 1: Wald's after half an observation is added to each of the four
 * cells, which keeps its coverage for few questions (Agresti & Min, "Simple improved confidence intervals for comparing
 * matched proportions", Statistics in Medicine 24, 2005, §3). Without questions nothing is known.
 */
export function pairedInterval({ items, wins, losses }: PairedRights): [low: number, high: number] {
  if (items === 0) return [-1, 1];
  const n = items + 2;
  const difference = (wins - losses) / n;
  const margin = (Z * Math.sqrt(wins + losses + 1 - (wins - losses) ** 2 / n)) / n;
  return [Math.max(-1, difference - margin), Math.min(1, difference + margin)];
}
