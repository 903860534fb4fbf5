// Holm's step-down correction (Holm 1979, "A simple sequentially rejective multiple test procedure"): among many slices one looks bad by
// luck alone; adjusted, the chance of blaming any slice wrongly stays at the level.

/**
 * The adjusted p-values, in the order given: p₍ᵢ₎ becomes max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎), sorted ascending. A slice is
 * blamed where its adjusted value is at most the level.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted: number[] = Array<number>(pValues.length).fill(1);
  let largest = 0;
  order.forEach(({ p, index }, rank) => {
    largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = largest;
  });
  return adjusted;
}
