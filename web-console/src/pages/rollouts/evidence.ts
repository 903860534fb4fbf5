// How much evidence there is, in figures that can be read.

/** E-values multiply, so that they soon have more digits than anybody needs. */
export const evidence = (value: number): string => (value >= 1_000 ? 'over 1000' : String(Number(value.toFixed(1))));
