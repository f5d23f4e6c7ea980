// One image's code with more and more of the same noise, decoded by each model.

import { normal } from "../net/noise.js";
import { number } from "../controls/words.js";
import { Tile } from "./tile.js";

const STEPS = 8;

export class Neighbourhood {
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
    this.rows = [];
  }

  layOut(views) {
    this.queue.drop("near");
    const head = document.createElement("div");
    head.className = "near head";
    head.append(document.createElement("span"));
    this.sigmas = Array.from({ length: STEPS + 1 }, () => head.appendChild(document.createElement("span")));
    this.rows = views.map((view) => {
      const row = document.createElement("div");
      row.className = "near";
      row.append(Object.assign(document.createElement("span"), { textContent: view.title }));
      return { view, row, tiles: Array.from({ length: STEPS + 1 }, () => new Tile(row)) };
    });
    this.home.replaceChildren(head, ...this.rows.map(({ row }) => row));
  }

  /** @param rows for each slot the chosen image's row, or −1 */
  draw({ seed, noise }, rows) {
    this.sigmas.forEach((home, k) => {
      home.textContent = `σ = ${number((noise * k) / STEPS)}`;
    });
    for (let k = 0; k <= STEPS; k++) {
      for (const { view, tiles } of this.rows) {
        if (rows[view.slot] < 0) continue;
        this.queue.put(`near/${view.slot}/${k}`, () => {
          const sigma = (noise * k) / STEPS;
          const code = shifted(view, rows[view.slot], normal(seed, "neighbourhood", 0, view.model.d), sigma);
          tiles[k].show(view, code, `${view.title} with noise of ${number(sigma)} σ`);
        });
      }
    }
  }
}

/** z + σ·s ⊙ ε with s the standard deviations of the model's own codes. */
function shifted(view, row, noise, sigma) {
  return Float32Array.from(view.model.codeOf(row), (z, j) => z + sigma * view.deviations[j] * noise[j]);
}
