// What has been drawn: strokes and the pen, kept for as long as the app's page stays open.

import { store } from "../store.js";

const KEPT = "strokes";

export class Drawing {
  strokes = [];
  pen = 1; // times the width that is usual in the data set
  cleared = []; // what Clear took away, until something is drawn and cleared again
  #open = null;

  constructor() {
    const kept = store("lab").get(KEPT);
    if (kept) Object.assign(this, { strokes: kept.strokes, pen: kept.pen, cleared: kept.cleared ?? [] });
  }

  get empty() {
    return !this.strokes.length;
  }

  /** Whether there is anything to take back. */
  get undoable() {
    return !this.empty || this.cleared.length > 0;
  }

  /** Whether the pen is down. */
  get open() {
    return this.#open !== null;
  }

  begin(place) {
    this.#open = [place];
    this.strokes = [...this.strokes, this.#open];
  }

  extend(places) {
    this.#open?.push(...places);
  }

  end() {
    this.#open = null;
    this.keep();
  }

  /** Take back the last stroke; on an empty sheet, the last Clear. */
  undo() {
    if (this.empty) [this.strokes, this.cleared] = [this.cleared, []];
    else this.strokes = this.strokes.slice(0, -1);
    this.end();
  }

  clear() {
    if (!this.empty) this.cleared = this.strokes;
    this.strokes = [];
    this.end();
  }

  keep() {
    store("lab").set(KEPT, { strokes: this.strokes, pen: this.pen, cleared: this.cleared });
  }
}
