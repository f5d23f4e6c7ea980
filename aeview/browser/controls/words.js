// Numbers and units of a code as the pages write them.

/** A unit of a code, which counts from 0 in code alone; Python's is `unit_name`. @param {number} j */
export const unitName = (j) => `z${j + 1}`;
/** The names of all d units of a code. @param {number} d */
export const unitNames = (d) => Array.from({ length: d }, (_, j) => unitName(j));

/** Without the minus of a zero. @type {(value: number, digits?: number) => string} */
export const plain = (value, digits = 2) => (Number(value.toFixed(digits)) === 0 ? 0 : value).toFixed(digits);
/** @type {(value: number, digits?: number) => string} */
export const number = (value, digits = 2) => plain(value, digits).replace("-", "−");

const SMALL = 0.1;
const NOTHING = 1e-6;

/** Two decimals; of what is smaller than they show two digits that count. @param {number} value */
export const digits = (value) => {
  const size = Math.abs(value);
  return size < SMALL && size >= NOTHING ? String(Number(value.toPrecision(2))) : plain(value);
};
export const shown = (/** @type {number} */ value) => digits(value).replace("-", "−");
export const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
