// The scored rows of a table: their numbers as tiles, and one of them with its error by column.

/** @import { Block } from "../types.js" */
/** @import { Header } from "./header.js" */
import { make } from "../controls/dom.js";
import { find } from "../shell/find.js";

const SHOWN = 12;

export class Rows {
  tileTag = "span";

  /** @param {Block<Header>} block @param {HTMLElement} home where one row is shown */
  constructor({ header, arrays }, home) {
    this.home = home;
    this.features = header.features;
    this.cells = header.cells;
    this.rebuilt = header.rebuilt;
    this.arrays = arrays;
  }

  /** @param {HTMLElement} element @param {number} index */
  tile(element, index) {
    element.textContent = this.arrays.rows[index];
  }

  /** Columns with the largest errors, as bars. @param {number} index */
  show(index) {
    const d = this.features.length;
    const error = (/** @type {number} */ j) => this.arrays.errors[index * d + j];
    const columns = Array.from({ length: d }, (_, j) => j).sort((a, b) => error(b) - error(a));
    const largest = Math.max(error(columns[0]), 1e-12);
    const total = columns.reduce((sum, j) => sum + error(j), 0) || 1;
    const lines = columns.slice(0, SHOWN).map((j) => {
      const bar = make("td", { className: "bar" }, `${((100 * error(j)) / total).toFixed(0)} %`);
      bar.style.setProperty("--share", String(error(j) / largest));
      const cells = [this.cells[index][j] || "missing", this.rebuilt[index][j]];
      return make("tr", {}, make("th", {}, this.features[j]), ...cells.map((text) => make("td", {}, text)), bar);
    });
    find(this.home, ".columns tbody").replaceChildren(...lines);
    find(this.home, ".columns caption").textContent =
      d > SHOWN ? `The ${SHOWN} of ${d} columns with the largest share of the error` : "Each column's share of the error";
  }
}
