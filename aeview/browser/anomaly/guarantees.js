// aecore.anomaly.guarantees in the browser: what an order statistic of n held-out scores guarantees.

/** @typedef {{ mean: number, low: number, high: number, exceeds: number }} Realised shares of what is flagged: over calibration sets */

const HALVINGS = 40; // of the interval that a quantile lies in

/** Place of the split conformal threshold; n + 1 where n is too small. @param {number} n @param {number} rate */
export const conformalRank = (n, rate) => Math.min(n + 1, Math.ceil((n + 1) * (1 - rate) - 1e-9));

/** The smallest k with P(Binomial(n, 1 − rate) ≥ k) ≤ δ; n + 1 where n is too small. @param {number} n @param {number} rate @param {number} delta */
export function pacRank(n, rate, delta) {
  const odds = Math.log1p(-rate) - Math.log(rate);
  let [rank, log, tail] = [n, n * Math.log1p(-rate), 0]; // log of P(Binomial = rank)
  for (; rank > 0; rank--) {
    tail += Math.exp(log);
    if (tail > delta) return rank + 1;
    log += Math.log(rank / (n - rank + 1)) - odds;
  }
  return 1;
}

/** P(Binomial(n, p) ≥ k) = P(Beta(k, n + 1 − k) ≤ p). @param {number} n @param {number} k @param {number} p */
export function atLeast(n, k, p) {
  const odds = Math.log(p) - Math.log1p(-p);
  let [log, tail] = [n * Math.log1p(-p), 0]; // log of P(Binomial = count)
  for (let count = 0; count <= n; count++) {
    if (count >= k) tail += Math.exp(log);
    log += Math.log((n - count) / (count + 1)) + odds;
  }
  return Math.min(1, tail);
}

/**
 * What rates calibration sets of n lead to, with the threshold at their k-th smallest; `band` of them lie from low to high.
 * @param {number} n @param {number} k @param {number} rate @param {number} band @returns {Realised}
 */
export function realised(n, k, rate, band) {
  const rest = (1 - band) / 2;
  return { mean: (n + 1 - k) / (n + 1), low: 1 - quantile(n, k, 1 - rest), high: 1 - quantile(n, k, rest), exceeds: atLeast(n, k, 1 - rate) };
}

/** Of Beta(k, n + 1 − k). @param {number} n @param {number} k @param {number} share */
function quantile(n, k, share) {
  let [low, high] = [0, 1];
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2;
    if (atLeast(n, k, middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
