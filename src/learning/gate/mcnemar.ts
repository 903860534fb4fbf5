// McNemar's exact test (McNemar 1947; the exact form is a sign test on the discordant pairs): only items that one of the
// two got right and the other wrong say which is better; under "no difference" each of them is a fair coin.

/** Items that only the candidate got right, and items that only the other one got right. */
export interface Discordant {
  wins: number;
  losses: number;
}

/**
 * P(X ≥ wins) with X ~ Binomial(wins + losses, ½): how surprising so many wins are if the candidate is no better.
 * 1 when there is no discordant item.
 */
export function mcnemarBetter({ wins, losses }: Discordant): number {
  return upperTail(wins, wins + losses);
}

/** The same for losses: how surprising so many losses are if the candidate is no worse. */
export function mcnemarWorse({ wins, losses }: Discordant): number {
  return upperTail(losses, wins + losses);
}

/** P(X ≥ from), X ~ Binomial(n, ½), summed from the small end in logarithms, so that n may be large. */
function upperTail(from: number, n: number): number {
  let logChoose = 0; // log C(n, n)
  let sum = 0;
  for (let k = n; k >= from; k--) {
    sum += Math.exp(logChoose - n * Math.LN2);
    logChoose += Math.log(k) - Math.log(n - k + 1);
  }
  return Math.min(1, sum);
}
