// Which row of each model is the same image: rows correspond by split and position in it.

const SPLITS = ["training", "validation", "test"];

const keyOf = (split, index) => `${split}-${index}`;

export class Links {
  #rows = [];

  /** @param rows the `rows` of a model: { split, index }, row by row */
  set(slot, { split, index }) {
    this.#rows[slot] = new Map(Array.from(index, (at, row) => [keyOf(split[row], at), row]));
  }

  /** The row of a sample [split, index] in a slot's model, or −1. */
  row(slot, sample) {
    return (sample && this.#rows[slot]?.get(keyOf(...sample))) ?? -1;
  }
}

export const sampleOf = ({ split, index }, row) => [split[row], index[row]];
export const same = (a, b) => a === b || Boolean(a && b && a[0] === b[0] && a[1] === b[1]);
export const nameOf = ([split, index]) => `${SPLITS[split]} image ${index}`;
