// Where a reconstruction is too dark (blue) or too bright (red): the larger the error, the more of
// the colour; black where it is right.

const BLUE = [74, 158, 255];
const RED = [255, 92, 76];

/** [red, green, blue, alpha 0 to 255] of an error in [−1, 1]. @param {number} error */
export function tint(error) {
  const share = Math.min(1, Math.abs(error));
  return [...(error < 0 ? BLUE : RED), Math.round(255 * Math.sqrt(share))];
}
