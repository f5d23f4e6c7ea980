// The eigenvectors of a small symmetric matrix.

const SWEEPS = 30;
const TINY = 1e-15; // of the diagonal: what is left of the others

/**
 * Turns by turns until only the diagonal is left (Jacobi 1846), for tens of rows.
 * @param {Float64Array} matrix n × n, row by row; its diagonal holds the eigenvalues in the end
 * @param {number} n
 * @returns {Float64Array[]} eigenvectors of length 1, the largest eigenvalue's first
 */
export function eigenvectors(matrix, n) {
  const vectors = Array.from({ length: n }, (_, i) => new Float64Array(n).fill(1, i, i + 1));
  for (let sweep = 0; sweep < SWEEPS && off(matrix, n) > TINY; sweep++) {
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) turn(matrix, vectors, p, q);
  }
  return vectors.map((vector, i) => ({ vector, value: matrix[i * n + i] }))
    .sort((a, b) => b.value - a.value).map(({ vector }) => vector);
}

// The turn that makes the entry at p, q zero.
/** @type {(matrix: Float64Array, vectors: Float64Array[], p: number, q: number) => void} */
function turn(matrix, vectors, p, q) {
  const n = vectors.length;
  if (!matrix[p * n + q]) return;
  const theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * matrix[p * n + q]);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const cos = 1 / Math.hypot(t, 1);
  const sin = t * cos;
  for (let k = 0; k < n; k++) mix(matrix, k * n + p, matrix, k * n + q, cos, sin);
  for (let k = 0; k < n; k++) mix(matrix, p * n + k, matrix, q * n + k, cos, sin);
  for (let k = 0; k < n; k++) mix(vectors[p], k, vectors[q], k, cos, sin);
}

/** @type {(a: Float64Array, i: number, b: Float64Array, j: number, cos: number, sin: number) => void} */
function mix(a, i, b, j, cos, sin) {
  const [x, y] = [a[i], b[j]];
  a[i] = cos * x - sin * y;
  b[j] = sin * x + cos * y;
}

/** The largest entry beside the diagonal, over the largest on it. @param {Float64Array} matrix @param {number} n */
function off(matrix, n) {
  let [beside, on] = [0, 0];
  for (let i = 0; i < n * n; i++) {
    const size = Math.abs(matrix[i]);
    if (i % (n + 1)) beside = Math.max(beside, size);
    else on = Math.max(on, size);
  }
  return on ? beside / on : 0;
}
