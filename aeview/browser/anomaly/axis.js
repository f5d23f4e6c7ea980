// The axis of scores: logarithmic where they span more than a factor of 15.

import { Scale } from "../charts/scale.js";

const FACTOR = 15;

/** @param {Iterable<number>[]} arrays scores */
export function axisOf(arrays) {
  let [low, high] = [Infinity, -Infinity];
  for (const values of arrays) {
    for (const value of values) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
  return new Scale(low, high, { margin: 0.03, log: low > 0 && high / low > FACTOR });
}
