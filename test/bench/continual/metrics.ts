// The numbers of continual learning, from R: R[i][j] is the accuracy on task j's held-out questions after learning task i.

export type Matrix = readonly (readonly number[])[];

/** Average accuracy after the last task (Lopez-Paz & Ranzato 2017, equation 2). */
export const averageAccuracy = (r: Matrix): number => mean(r.at(-1) ?? []);

/**
 * Backward transfer, BWT (the same, equation 3): mean over the earlier tasks j of R[T][j] − R[j][j]; below 0 is forgetting, above 0
 * later tasks helped. 0 for a single task.
 */
export function backwardTransfer(r: Matrix): number {
  const last = r.at(-1) ?? [];
  return mean(last.slice(0, -1).map((value, j) => value - at(r, j, j)));
}

/** Forgetting (Chaudhry et al. 2018, section 3): mean over the earlier tasks of the best R[i][j] ever, i < T, less R[T][j]. */
export function forgetting(r: Matrix): number {
  const last = r.at(-1) ?? [];
  return mean(last.slice(0, -1).map((value, j) => Math.max(...r.slice(j, -1).map((row) => row[j] ?? NaN)) - value));
}

/** Mean and half the width of its 95 % interval (Student's t) over independent seeds; NaN for the latter with one seed. */
export function meanInterval(values: readonly number[]): { mean: number; half: number } {
  const n = values.length;
  const centre = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  return { mean: centre, half: (T_975[n - 1] ?? 1.96) * Math.sqrt(variance / n) };
}

/** 97.5 % points of Student's t by degrees of freedom. */
const T_975 = [NaN, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** 0 of nothing. */
const mean = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

const at = (r: Matrix, i: number, j: number) => r[i]?.[j] ?? NaN;
