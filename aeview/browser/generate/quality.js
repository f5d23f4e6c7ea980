// The Fréchet figures that Python computed, as a table and in words.

/** @typedef {{figures: Record<string, (number | null)[]>, floor: number | null, words: string[], note: string, pending: boolean, problem?: string,
 *   around?: (import("./neighbourhood.js").Distances | null)[]}} Quality by method and slot; `around` by slot */

import { make } from "../controls/dom.js";

/** @type {(kind: "p" | "td" | "th", textContent: string, className?: string) => HTMLElement} */
const cell = (kind, textContent, className = "") => make(kind, { textContent, className });
const figure = (/** @type {number | null} */ value) => (value === null ? "computing" : value.toFixed(value < 10 ? 1 : 0));

/**
 * @param {HTMLElement} home @param {Quality} quality
 * @param {{slot: number, kind: string}[]} views in the order on screen
 * @param {string} method @param {{name: string, title: string}[]} methods
 */
export function showQuality(home, quality, views, method, methods) {
  home.dataset.pending = quality.pending ? "yes" : "no";
  const title = make("h3", {}, "Fréchet distance in classifier features", make("small", {}, " at temperature 1, whatever is drawn here"));
  if (quality.problem) {
    home.replaceChildren(title, cell("p", quality.problem, "note"));
    return;
  }
  const worst = Math.max(...Object.values(quality.figures).flat().map((value) => value ?? 0), 1e-9);
  const table = make("table");
  const head = table.createTHead().insertRow();
  head.append(cell("th", "codes from"), ...views.map(({ kind }) => cell("th", kind)));
  const body = table.createTBody();
  for (const [name, values] of Object.entries(quality.figures)) {
    const row = body.insertRow();
    row.dataset.method = name;
    row.className = name === method ? "now" : "";
    row.append(cell("th", methods.find((each) => each.name === name)?.title ?? name), ...views.map(({ slot }) => bar(values[slot], worst)));
  }
  const floor = body.insertRow();
  floor.className = "floor";
  floor.append(cell("th", "real test images"), ...views.map(() => bar(quality.floor, worst)));
  home.replaceChildren(title, table, ...quality.words.map((text) => cell("p", text, "said")), cell("p", quality.note, "note"));
}

// The bar is an element of its own: a table cell's background may be painted over its neighbour's.
/** @type {(value: number | null, worst: number) => HTMLElement} */
const bar = (value, worst) => make("td", {}, figure(value), make("i", { style: `--share: ${(value ?? 0) / worst}` }));
