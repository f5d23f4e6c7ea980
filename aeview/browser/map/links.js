// Which row of each model is the same image: rows correspond by split and position in it.

/** @typedef {[number, number]} Sample a split and a position in it */
/** @typedef {{ split: ArrayLike<number>, index: ArrayLike<number> }} Origins the `rows` of a model, row by row */

export const SPLITS = ["training", "validation", "test"];
export const FILES = ["train", "val", "test"]; // the same in links and files

export class Links {
  /** @type {Map<string, number>[]} */
  #rows = [];

  /** @param {number} slot @param {Origins} rows */
  set(slot, { split, index }) {
    this.#rows[slot] = new Map(Array.from(index, (at, row) => [`${split[row]}-${at}`, row]));
  }

  /** The row of a sample in a slot's model, or −1. @param {number} slot @param {Sample | null} sample */
  row(slot, sample) {
    return (sample && this.#rows[slot]?.get(sample.join("-"))) ?? -1;
  }
}

/** @type {(rows: Origins, row: number) => Sample} */
export const sampleOf = ({ split, index }, row) => [split[row], index[row]];
/** @type {(a: Sample | null, b: Sample | null) => boolean} */
export const same = (a, b) => a === b || Boolean(a && b && a[0] === b[0] && a[1] === b[1]);
/** @param {Sample} sample */
export const nameOf = ([split, index]) => `${SPLITS[split]} image ${index}`;
