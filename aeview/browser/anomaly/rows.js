// The scored rows of a table: their numbers as tiles, and one of them with its error by column.

const SHOWN = 12;

export class Rows {
  constructor({ header, arrays }, home) {
    this.home = home;
    this.features = header.features;
    this.cells = header.cells;
    this.rebuilt = header.rebuilt;
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
    const error = (j) => this.arrays.errors[index * d + j];
    const columns = Array.from({ length: d }, (_, j) => j).sort((a, b) => error(b) - error(a));
    const largest = Math.max(error(columns[0]), 1e-12);
    const total = columns.reduce((sum, j) => sum + error(j), 0) || 1;
    const lines = columns.slice(0, SHOWN).map((j) => {
      const line = document.createElement("tr");
      const texts = [this.features[j], this.cells[index][j] || "missing", this.rebuilt[index][j]];
      const cells = texts.map((text, k) => {
        const cell = document.createElement(k ? "td" : "th");
        cell.textContent = text;
        return cell;
      });
      const bar = document.createElement("td");
      bar.className = "bar";
      bar.style.setProperty("--share", error(j) / largest);
      bar.textContent = `${((100 * error(j)) / total).toFixed(0)} %`;
      line.append(...cells, bar);
      return line;
    });
    this.home.querySelector(".columns tbody").replaceChildren(...lines);
    this.home.querySelector(".columns caption").textContent =
      d > SHOWN ? `The ${SHOWN} of ${d} columns with the largest share of the error` : "Each column's share of the error";
  }
}
