// The Fréchet figures that Python computed, as a table and in words.

import { make } from "../controls/dom.js";

/** @import { Method, Quality, View } from "./generator.js" */

/** @type {(kind: keyof HTMLElementTagNameMap, text: string, className?: string) => HTMLElement} */
const cell = (kind, textContent, className = "") => make(kind, { textContent, className });
/** @param {number | null} value */
const figure = (value) => (value === null ? "computing" : value.toFixed(value < 10 ? 1 : 0));

/** @type {(home: HTMLElement, quality: Quality, views: View[], method: string, methods: Method[]) => void} */
export function showQuality(home, quality, views, method, methods) {
  home.dataset.pending = quality.pending ? "yes" : "no";
  const title = make("h3", {}, "Fréchet distance in classifier features", cell("small", " at temperature 1, whatever is drawn here"));
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
/** @param {number | null} value @param {number} worst */
function bar(value, worst) {
  const mark = make("i");
  mark.style.setProperty("--share", String((value ?? 0) / worst));
  return make("td", {}, figure(value), mark);
}
