// One image's code with more and more of the same noise, decoded by each model.

import { make } from "../controls/dom.js";
import { normal } from "../net/noise.js";
import { number } from "../controls/words.js";
import { Tile } from "./tile.js";

/** @import { Queue } from "../types.js" */
/** @import { View } from "./main.js" */

const STEPS = 8;

export class Neighbourhood {
  sigmas = Array.from({ length: STEPS + 1 }, () => make("span"));
  /** @type {{ view: View, row: HTMLElement, tiles: Tile[] }[]} */
  rows = [];

  /** @param {HTMLElement} home @param {Queue} queue */
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
  }

  /** @param {View[]} views */
  layOut(views) {
    this.queue.drop("near");
    this.rows = views.map((view) => {
      const row = make("div", { className: "near" }, make("span", { textContent: view.title }));
      return { view, row, tiles: this.sigmas.map(() => new Tile(row)) };
    });
    const head = make("div", { className: "near head" }, make("span"), ...this.sigmas);
    this.home.replaceChildren(head, ...this.rows.map(({ row }) => row));
  }

  /** @param {{ seed: number, noise: number }} state @param {number[]} rows for each slot the chosen image's row, or −1 */
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

/**
 * z + σ·s ⊙ ε with s the standard deviations of the model's own codes.
 * @type {(view: View, row: number, noise: ArrayLike<number>, sigma: number) => Float32Array}
 */
function shifted(view, row, noise, sigma) {
  return Float32Array.from(view.model.codeOf(row), (z, j) => z + sigma * view.deviations[j] * noise[j]);
}
