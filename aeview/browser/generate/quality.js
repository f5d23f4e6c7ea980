// The figures of samples that Python computed, one at a time as a table, and in words.

/** @typedef {number | null | false} Figure null while it is computed, false where there is none */
/** @typedef {{figures: Record<string, Record<string, Figure[]>>, floor: number | null, words: string[], note: string, pending: boolean, problem?: string,
 *   around?: (import("./neighbourhood.js").Distances | null)[]}} Quality by measure, method and slot; `around` by slot */
/** @typedef {{ name: string, title: string, words: string, share: boolean, of_class: boolean }} Measure a share is better where it is higher, and otherwise a lower one is */

import { make } from "../controls/dom.js";
import { percent } from "../controls/words.js";

/** @type {(kind: "p" | "td" | "th", textContent: string, className?: string) => HTMLElement} */
const cell = (kind, textContent, className = "") => make(kind, { textContent, className });
/** @type {(value: Figure, measure: Measure) => string} */
function figure(value, { share }) {
  if (value === null) return "computing";
  if (value === false) return "–";
  return share ? percent(value) : value.toFixed(value < 10 ? 1 : 0);
}

/**
 * @param {HTMLElement} home @param {Quality} quality
 * @param {{slot: number, kind: string}[]} views in the order on screen
 * @param {string} method @param {{name: string, title: string}[]} methods
 * @param {Measure} measure the one that is chosen
 */
export function showQuality(home, quality, views, method, methods, measure) {
  if (quality.problem) {
    home.replaceChildren(cell("p", quality.problem, "note"));
    return;
  }
  const name = measure.title[0].toUpperCase() + measure.title.slice(1);
  const title = make("h3", {}, `${name} ${measure.of_class ? "with our classifier" : "in classifier features"}`,
    make("small", {}, " at temperature 1 and the first settings, whatever is drawn here"));
  const figures = quality.figures[measure.name] ?? {};
  const most = measure.share ? 1 : Math.max(...Object.values(figures).flat().map((value) => value || 0), 1e-9);
  const table = make("table");
  const head = table.createTHead().insertRow();
  head.append(cell("th", "codes from"), ...views.map(({ kind }) => cell("th", kind)));
  const body = table.createTBody();
  const bar = bars(measure, most);
  for (const [source, values] of Object.entries(figures)) {
    const row = body.insertRow();
    row.dataset.method = source;
    row.className = source === method ? "now" : "";
    row.append(cell("th", methods.find((each) => each.name === source)?.title ?? source), ...views.map(({ slot }) => bar(values[slot], source === method)));
  }
  if (measure.name === "distance") {
    const floor = body.insertRow();
    floor.className = "floor";
    floor.append(cell("th", "real test images"), ...views.map(() => bar(quality.floor)));
  }
  home.replaceChildren(title, table, cell("p", measure.words, "better"), ...quality.words.map((text) => cell("p", text, "said")), cell("p", quality.note, "note"));
}

// The bar is an element of its own: a table cell's background may be painted over its neighbour's.
/** @type {(measure: Measure, most: number) => (value: Figure, matters?: boolean) => HTMLElement} */
const bars = (measure, most) => (value, matters = false) =>
  make("td", { dataset: matters ? { matters: "" } : {} }, figure(value, measure), make("i", { style: `--share: ${(value || 0) / most}` }));
