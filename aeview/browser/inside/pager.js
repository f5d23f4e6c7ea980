// Many things a page at a time: "41–80 of 512" between two buttons.

import { finder } from "../shell/find.js";

export class Pager {
  page = 0;

  /** @param {HTMLElement} home has .before, .which and .after @param {number} size of a page @param {() => void} turned */
  constructor(home, size, turned) {
    this.find = finder(home);
    this.size = size;
    for (const [name, by] of /** @type {["before" | "after", number][]} */ ([["before", -1], ["after", 1]])) {
      this.find(`button.${name}`).addEventListener("click", () => {
        this.page += by;
        turned();
      });
    }
  }

  /** Those of all that are on the page. @template T @param {T[]} all */
  of(all) {
    const last = Math.ceil(all.length / this.size) - 1;
    this.page = Math.min(Math.max(0, this.page), last);
    const from = this.page * this.size;
    const shown = all.slice(from, from + this.size);
    this.find(".which").textContent = `${from + 1}–${from + shown.length} of ${all.length}`;
    this.find("button.before").disabled = this.page === 0;
    this.find("button.after").disabled = this.page >= last;
    return shown;
  }
}
