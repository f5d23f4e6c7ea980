// What has been drawn: strokes and the pen. Kept from page to page, and in the tab across a reload.

/** @import { Place } from "../types.js" */
/** @typedef {Place[][]} Strokes from the pad's top left, 0 to 1 */
/** @typedef {{strokes: Strokes, pen: number, cleared: Strokes, watched?: boolean}} Kept */
import { store } from "../payload/store.js";

const KEPT = "strokes";
const BACK = "strokes back";
const IN_TAB = "aeview.drawing";

/** Forget what was drawn on any pad of this tab, and what pads have told of it. @param {Storage} tab */
export function forget(tab = globalThis.sessionStorage) {
  store("lab").forget((topic) => topic === KEPT || topic === BACK || topic.startsWith("drawing/"));
  try {
    tab.removeItem(IN_TAB);
  } catch {
    // a tab that may not remember
  }
}

export class Drawing {
  /** @type {Strokes} */ strokes = [];
  pen = 1; // times the width that is usual in the data set
  /** @type {Strokes} */ cleared = []; // what Clear took away, until something is drawn and cleared again
  watched = false; // whether it is what the page looks at
  /** @type {Place[] | null} */ #open = null;

  /** @param {Storage} tab the tab's storage @param {() => boolean} reloaded whether this page was loaded again */
  constructor(tab = globalThis.sessionStorage, reloaded = wasReloaded) {
    this.tab = tab;
    const here = store("lab").get(KEPT);
    const kept = /** @type {Kept | null} */ (here ?? fromTab(tab));
    if (!kept) return;
    Object.assign(this, { strokes: kept.strokes, pen: kept.pen, cleared: kept.cleared ?? [] });
    if (here) return;
    this.cameBack = Boolean(kept.watched) && !this.empty && reloaded();
    this.keep();
  }

  /** Whether it was looked at when the tab was loaded again, and Python has not been told since. */
  get cameBack() {
    return store("lab").get(BACK) ?? false;
  }

  set cameBack(back) {
    if (back !== this.cameBack) store("lab").set(BACK, back);
  }

  /** Note whether the page looks at the drawing, or at another picture. @param {boolean} watched */
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

  begin(/** @type {Place} */ place) {
    this.#open = [place];
    this.strokes = [...this.strokes, this.#open];
  }

  extend(/** @type {Place[]} */ places) {
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

const wasReloaded = () => /** @type {PerformanceNavigationTiming | undefined} */ (
  globalThis.performance?.getEntriesByType?.("navigation")[0])?.type === "reload";

// What the tab kept; null for nothing, or what is no drawing.
/** @type {(tab: Storage) => Kept | null} */
function fromTab(tab) {
  try {
    const kept = JSON.parse(tab.getItem(IN_TAB) ?? "null");
    return drawn(kept.strokes) && drawn(kept.cleared) && Number.isFinite(kept.pen) ? kept : null;
  } catch {
    return null;
  }
}

/** @type {(strokes: Strokes) => boolean} */
const drawn = (strokes) => strokes.every((places) => places.length > 0
  && places.every(([x, y]) => Number.isFinite(x) && Number.isFinite(y)));
