// Round numbers for an axis.

/** About five round numbers between two ends: steps of 1, 2 or 5 times a power of ten. */
export function ticks(start, end) {
  const rough = (end - start) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((k) => k * power).find((value) => value >= rough);
  const first = Math.ceil(start / step);
  const n = Math.floor(end / step) - first + 1;
  return Array.from({ length: Math.max(0, n) }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}
