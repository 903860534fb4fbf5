// McNemar's exact test (McNemar 1947; the exact form is a sign test on the discordant pairs): only what one of the two got right and the other
// wrong says which is better; under "no difference" each of them is a fair coin.

/** What only the candidate got right, and what only the other one got right. */
export interface Discordant {
  wins: number;
  losses: number;
}

/**
 * P(X ≥ wins) with X ~ Binomial(wins + losses, ½): how surprising so many wins are if the candidate is no better.
 * 1 when there is nothing discordant.
 */
export function mcnemarBetter({ wins, losses }: Discordant): number {
  return binomialUpperTail(wins, wins + losses, 0.5);
}

/** The same for losses: how surprising so many losses are if the candidate is no worse. */
export function mcnemarWorse({ wins, losses }: Discordant): number {
  return binomialUpperTail(losses, wins + losses, 0.5);
}

/** P(X ≥ from), X ~ Binomial(n, p) with 0 < p < 1, summed from the small end in logarithms, so that n may be large. */
export function binomialUpperTail(from: number, n: number, p: number): number {
  const [logP, logQ] = [Math.log(p), Math.log1p(-p)];
  let logChoose = 0; // log C(n, n)
  let sum = 0;
  for (let k = n; k >= from; k--) {
    sum += Math.exp(logChoose + k * logP + (n - k) * logQ);
    logChoose += Math.log(k) - Math.log(n - k + 1);
  }
  return Math.min(1, sum);
}
