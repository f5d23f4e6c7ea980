// Numbers as the pages write them.

export const number = (value, digits = 2) => value.toFixed(digits).replace("-", "−");
export const percent = (share) => `${(100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0)} %`;
