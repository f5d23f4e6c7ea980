// A box of points chosen by keys: Space sets one corner where the cursor is, and then the other.

export class Corners {
  /** @param chosen called with the box's corners on the plane; @param shown with those of one that is open, or null */
  constructor(chosen, shown) {
    this.chosen = chosen;
    this.shown = shown;
    this.first = null;
  }

  set({ x, y }) {
    if (!this.first) {
      this.first = { x, y };
      this.follow({ x, y });
      return;
    }
    const box = this.#box({ x, y });
    this.drop();
    this.chosen(box);
  }

  /** The cursor has moved. */
  follow(place) {
    if (this.first) this.shown(this.#box(place));
  }

  /** @returns whether a box was open */
  drop() {
    if (!this.first) return false;
    this.first = null;
    this.shown(null);
    return true;
  }

  #box({ x, y }) {
    const { x: x0, y: y0 } = this.first;
    return [[x0, y0], [x, y0], [x, y], [x0, y]];
  }
}
