// What has been drawn: strokes and the pen. Kept from page to page, and in the tab across a reload.

import { store } from "../payload/store.js";

const KEPT = "strokes";
const BACK = "strokes back";
const IN_TAB = "aeview.drawing";

export class Drawing {
  strokes = [];
  pen = 1; // times the width that is usual in the data set
  cleared = []; // what Clear took away, until something is drawn and cleared again
  watched = false; // whether it is what the page looks at
  #open = null;

  /** @param tab the tab's storage; `reloaded` says whether this page was loaded again */
  constructor(tab = globalThis.sessionStorage, reloaded = wasReloaded) {
    this.tab = tab;
    const here = store("lab").get(KEPT);
    const kept = here ?? fromTab(tab);
    if (!kept) return;
    Object.assign(this, { strokes: kept.strokes, pen: kept.pen, cleared: kept.cleared ?? [] });
    if (here) return;
    this.cameBack = kept.watched && !this.empty && reloaded();
    this.keep();
  }

  /** Whether it was looked at when the tab was loaded again, and Python has not been told since. */
  get cameBack() {
    return store("lab").get(BACK) ?? false;
  }

  set cameBack(back) {
    if (back !== this.cameBack) store("lab").set(BACK, back);
  }

  /** Note whether the page looks at the drawing, or at another picture. */
  watch(watched) {
    if (watched === this.watched) return;
    this.watched = watched;
    this.keep();
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
    const { strokes, pen, cleared, watched } = this;
    store("lab").set(KEPT, { strokes, pen, cleared });
    try {
      this.tab?.setItem(IN_TAB, JSON.stringify({ strokes, pen, cleared, watched }));
    } catch {
      // a tab that may not remember, or has no room: the drawing is gone after a reload
    }
  }
}

const wasReloaded = () => globalThis.performance?.getEntriesByType?.("navigation")[0]?.type === "reload";

// What the tab kept; null for nothing, or what is no drawing.
function fromTab(tab) {
  try {
    const kept = JSON.parse(tab.getItem(IN_TAB));
    return drawn(kept.strokes) && drawn(kept.cleared) && Number.isFinite(kept.pen) ? kept : null;
  } catch {
    return null;
  }
}

const drawn = (strokes) => strokes.every((places) => places.length > 0
  && places.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
