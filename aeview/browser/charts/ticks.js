// Round numbers for an axis.

/**
 * At most n + 1 round numbers between two ends: steps of 1, 2 or 5 times a power of ten.
 * @type {(start: number, end: number, n?: number) => number[]}
 */
export function ticks(start, end, n = 5) {
  const rough = (end - start) / n;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((value) => value >= rough) ?? rough;
  const first = Math.ceil(start / step);
  const many = Math.floor(end / step) - first + 1;
  return Array.from({ length: Math.max(0, many) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** Round values 1, 2, 5 × 10ⁿ between two ends. @type {(low: number, high: number) => number[]} */
export function logTicks(low, high) {
  const powers = Array.from({ length: Math.ceil(Math.log10(high / low)) + 2 }, (_, i) => Math.floor(Math.log10(low)) + i);
  return powers.flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`))).filter((value) => value >= low && value <= high);
}
