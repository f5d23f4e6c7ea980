// Numbers as the pages write them.

/** Without the minus of a zero. */
export const plain = (value, digits = 2) => (Number(value.toFixed(digits)) === 0 ? 0 : value).toFixed(digits);
export const number = (value, digits = 2) => plain(value, digits).replace("-", "−");
export const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
