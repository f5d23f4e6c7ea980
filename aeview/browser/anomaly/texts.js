// How the page writes scores, shares and counts.

/** @param {number} value */
export const short = (value) => {
  if (value === Infinity) return "∞";
  if (value === -Infinity) return "−∞";
  const text = Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
  return text.replace("-", "−");
};

export const share = (/** @type {number | null} */ value) => (value === null || Number.isNaN(value) ? "–" : `${(100 * value).toFixed(1)} %`);
export const count = (/** @type {number} */ n) => n.toLocaleString("en");
export const range = (/** @type {number[]} */ [low, high]) => `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
