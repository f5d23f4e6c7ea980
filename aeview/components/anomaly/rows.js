// The scored rows of a table: their numbers as tiles, and one of them with its error by column.

import { short } from "./texts.js";

const SHOWN = 12;

export class Rows {
  constructor({ header, arrays }, home) {
    this.home = home;
    this.features = header.features;
    this.arrays = arrays;
  }

  get tileTag() {
    return "span";
  }

  tile(element, index) {
    element.textContent = this.arrays.rows[index];
  }

  /** Columns with the largest errors, as bars. */
  show(index) {
    const d = this.features.length;
    const of = (name, j) => this.arrays[name][index * d + j];
    const columns = Array.from({ length: d }, (_, j) => j).sort((a, b) => of("errors", b) - of("errors", a));
    const largest = Math.max(of("errors", columns[0]), 1e-12);
    const total = columns.reduce((sum, j) => sum + of("errors", j), 0) || 1;
    const lines = columns.slice(0, SHOWN).map((j) => {
      const line = document.createElement("tr");
      const cells = [this.features[j], short(of("values", j)), short(of("rebuilt", j))].map((text, k) => {
        const cell = document.createElement(k ? "td" : "th");
        cell.textContent = text;
        return cell;
      });
      const bar = document.createElement("td");
      bar.className = "bar";
      bar.style.setProperty("--share", of("errors", j) / largest);
      bar.textContent = `${((100 * of("errors", j)) / total).toFixed(0)} %`;
      line.append(...cells, bar);
      return line;
    });
    this.home.querySelector(".columns tbody").replaceChildren(...lines);
    this.home.querySelector(".columns caption").textContent =
      d > SHOWN ? `The ${SHOWN} of ${d} columns with the largest share of the error` : "Each column's share of the error";
  }
}
