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
