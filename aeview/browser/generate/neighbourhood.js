// One image's code with more and more of the same noise, decoded by each model.

import { make } from "../controls/dom.js";
import { normal } from "../net/noise.js";
import { number } from "../controls/words.js";
import { Tile } from "../controls/tile.js";

/** @import { Queue } from "../types.js" */
/** @import { View } from "./main.js" */

/** @typedef {[level: number, distance: number][]} Distances by rising level */

const STEPS = 8;

export class Neighbourhood {
  sigmas = Array.from({ length: STEPS + 1 }, () => make("span"));
  /** @type {{ view: View, row: HTMLElement, tiles: Tile[], figures: HTMLElement[] }[]} */
  rows = [];
  /** @type {(Distances | null)[]} by slot, as far as they are known */
  known = [];
  noise = 0;

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
      const tiles = this.sigmas.map(() => new Tile(row));
      return { view, row, tiles, figures: tiles.map(({ figure }) => figure.appendChild(make("small"))) };
    });
    const head = make("div", { className: "near head" }, make("span"), ...this.sigmas);
    this.home.replaceChildren(head, ...this.rows.map(({ row }) => row));
  }

  /** Under each picture the Fréchet distance at its level, between the levels that were measured. */
  figures() {
    for (const { view, figures } of this.rows) {
      const distances = this.known[view.slot];
      figures.forEach((home, k) => {
        home.textContent = distances ? number(at(distances, (this.noise * k) / STEPS), 0) : "";
      });
    }
  }

  /** What the figures are, and where they cross. */
  words() {
    const [first, second] = this.rows.map(({ view }) => ({ title: view.title, distances: this.known[view.slot] }));
    if (!first?.distances) return "";
    const what = "The number is the Fréchet distance to real images of codes moved as far; lower is better.";
    if (!second?.distances) return what;
    const from = crossing(first.distances, second.distances);
    return from ? `${what} Below about σ = ${number(from)} ${first.title} has the lower one, beyond it ${second.title}.` : what;
  }

  /** @param {{ seed: number, noise: number }} state @param {number[]} rows for each slot the chosen image's row, or −1 */
  draw({ seed, noise }, rows) {
    this.noise = noise;
    this.figures();
    this.sigmas.forEach((home, k) => {
      home.textContent = `σ = ${number((noise * k) / STEPS)}`;
    });
    for (let k = 0; k <= STEPS; k++) {
      for (const { view, tiles } of this.rows) {
        if (rows[view.slot] < 0) continue;
        this.queue.put(`near/${view.slot}/${k}`, () => {
          const sigma = (noise * k) / STEPS;
          const code = shifted(view, rows[view.slot], normal(seed, "neighbourhood", 0, view.model.d), sigma);
          tiles[k].show(view.as(view.model.labels[rows[view.slot]]), code, `${view.title} with noise of ${number(sigma)} σ`);
        });
      }
    }
  }
}

/**
 * On the straight line between the two levels around this one.
 * @type {(distances: Distances, level: number) => number}
 */
export function at(distances, level) {
  const end = Math.max(1, distances.findIndex(([above]) => above >= level));
  const [[below, a], [above, b]] = distances.slice(end - 1, end + 1);
  return a + ((b - a) * (level - below)) / (above - below);
}

/**
 * The level at which the first, smaller before, becomes the larger one; of the same levels.
 * @type {(first: Distances, second: Distances) => number | undefined}
 */
export function crossing(first, second) {
  const gap = first.map(([, distance], i) => distance - second[i][1]);
  const end = gap.findIndex((wide, i) => i > 0 && wide > 0 && gap[i - 1] <= 0);
  if (end < 0) return undefined;
  const [[below], [above]] = [first[end - 1], first[end]];
  return below + ((above - below) * gap[end - 1]) / (gap[end - 1] - gap[end]);
}

/**
 * z + σ·s ⊙ ε with s the standard deviations of the model's own codes.
 * @type {(view: View, row: number, noise: ArrayLike<number>, sigma: number) => Float32Array}
 */
function shifted(view, row, noise, sigma) {
  return Float32Array.from(view.model.codeOf(row), (z, j) => z + sigma * view.deviations[j] * noise[j]);
}
