// A box of points chosen by keys: Space sets one corner where the cursor is, and then the other.

/** @import { Place } from "../types.js" */
/** @typedef {{x: number, y: number}} Corner */

export class Corners {
  /** @type {Corner | null} */ first = null;

  /**
   * @param {(box: Place[]) => void} chosen called with the box's corners on the plane
   * @param {(box: Place[] | null) => void} shown with those of one that is open, or null
   */
  constructor(chosen, shown) {
    this.chosen = chosen;
    this.shown = shown;
  }

  /** @param {Corner} corner */
  set({ x, y }) {
    if (!this.first) {
      this.first = { x, y };
      this.follow({ x, y });
      return;
    }
    const box = boxOf(this.first, { x, y });
    this.drop();
    this.chosen(box);
  }

  /** The cursor has moved. @param {Corner} place */
  follow(place) {
    if (this.first) this.shown(boxOf(this.first, place));
  }

  /** @returns whether a box was open */
  drop() {
    if (!this.first) return false;
    this.first = null;
    this.shown(null);
    return true;
  }
}

/** Its corners, one after the other. @type {(first: Corner, last: Corner) => Place[]} */
export const boxOf = ({ x: x0, y: y0 }, { x, y }) => [[x0, y0], [x, y0], [x, y], [x0, y]];
