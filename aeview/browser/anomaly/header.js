// What a block says of itself: who stands on which side, which scores there are.

/** @import { Block } from "../types.js" */
/** @import { Side } from "./verdict.js" */
import { finder } from "../shell/find.js";
import { Sorted } from "./thresholds.js";

/** @typedef {{ name: string, title: string, unit: string, words: string }} Score */
/**
 * @typedef {{
 *   key: string, kind: "images" | "rows", scores: Score[], sides: [string, string], n: number, n_normal: number, n_strange: number, owner: string, n_classes: number,
 *   noun: string, nouns: string, part: string, held: string, classes: string[], shape: number[], names?: string[],
 *   features: string[], cells: string[][], rebuilt: string[][],
 * }} Header owner: what a threshold belongs to besides its score; n_classes: 0 where a threshold can't be by class; of images shape and names, of rows features, cells and rebuilt
 */

/** Name the sides and scores, and hide what such a block does not have. @param {HTMLElement} root @param {Header} header */
export function showHeader(root, header) {
  const find = finder(root);
  const alone = !header.n_strange;
  root.classList.toggle("alone", alone);
  root.dataset.kind = header.kind;
  find(".legend .normal").textContent = header.sides[0];
  find(".legend .strange").textContent = header.sides[1];
  find(".legend .strange").hidden = alone;
  find(".matrix .normal").textContent = alone ? header.nouns : "normal";
  find(".whats").hidden = find(".one .pictures").hidden = header.kind !== "images";
  find(".one .columns").hidden = header.kind !== "rows";
  find("button[data-rule=f1]").disabled = alone;
  find("button[data-rule=by_class]").disabled = !header.n_classes;
  for (const name of ["recall", "precision", "f1"]) {
    find(`dt:has(+ [data-figure=${name}])`).hidden = find(`dd[data-figure=${name}]`).hidden = alone;
  }
  find("dt:has(+ [data-figure=falseAlarms])").textContent = alone ? "flagged" : "false alarms";
  find("select.score").replaceChildren(...header.scores.map(({ name, title }) => new Option(title, name)));
  find("select.score").disabled = header.scores.length < 2;
}

/** The scores of a block by one score. @type {(block: Block<Header>, name: string) => Side} */
export function sideOf({ header, arrays }, name) {
  const of = (/** @type {(group: string) => any} */ get) => ({ held: get("calibration"), normal: get("normal"), strange: get("strange") });
  const raw = of((group) => arrays[`${group}.${name}`]);
  const near = header.n_classes ? of((group) => arrays[`near.${group}`]) : null;
  return { held: new Sorted(raw.held), normal: new Sorted(raw.normal), strange: new Sorted(raw.strange), raw, near, nClasses: header.n_classes };
}
