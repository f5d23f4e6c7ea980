// Random codes decoded: a square of pictures for each model, and where the codes fall on its map.

import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";
import { normal, uniform } from "../net/noise.js";
import { percent } from "../controls/words.js";
import { lands, SUPPORTED, Tile } from "./tile.js";

export class Samples {
  /** @param home for the pictures; @param mapHome for the small maps */
  constructor(home, mapHome, queue) {
    this.home = home;
    this.mapHome = mapHome;
    this.queue = queue;
    this.columns = [];
  }

  close() {
    for (const { map } of this.columns) map.close();
    this.columns = [];
  }

  redraw() {
    for (const { map } of this.columns) map.draw();
  }

  /** Lay out so many empty pictures for each model. */
  layOut(views, n) {
    this.queue.drop("sample");
    this.close();
    this.mapHome.replaceChildren();
    this.columns = views.map((view) => this.#column(view, n));
    this.home.replaceChildren(...this.columns.map(({ section }) => section));
  }

  #column(view, n) {
    const section = document.createElement("section");
    section.className = "column";
    section.innerHTML = '<h3></h3><div class="tiles"></div><p class="note"></p>';
    section.querySelector("h3").textContent = view.title;
    const tiles = section.querySelector(".tiles");
    tiles.style.setProperty("--side", Math.ceil(Math.sqrt(n)));
    const column = {
      view, section, codes: new Array(n), shares: new Float32Array(n).fill(NaN),
      tiles: Array.from({ length: n }, () => new Tile(tiles)),
    };
    column.map = this.#map(column);
    return column;
  }

  #map(column) {
    const figure = document.createElement("figure");
    figure.innerHTML = '<div class="minimap" tabindex="0" role="application"><canvas class="ground"></canvas>'
      + '<canvas class="overlay"></canvas></div><figcaption></figcaption>';
    const home = figure.querySelector(".minimap");
    home.setAttribute("aria-label", `Latent map of ${column.view.title} with the drawn codes`);
    figure.querySelector("figcaption").textContent = column.view.kind;
    this.mapHome.append(figure);
    const map = new MiniMap(home, { names: false, over: (...on) => this.#over(column, ...on) });
    map.show(column.view.model);
    return map;
  }

  #over({ view, codes }, context, camera, colours) {
    for (const code of codes) {
      if (code) ring(context, camera.toScreen(...view.model.plane.transform(code)), 2.5, colours.background, colours.text);
    }
  }

  /** Decode all samples anew; the models take turns, so that both move together. */
  draw({ seed, temperature, method }) {
    const n = this.columns[0]?.tiles.length ?? 0;
    for (const column of this.columns) {
      this.#noise(column, seed);
      const source = column.view.sampler(method);
      column.noise.forEach(([e, u], i) => {
        column.codes[i] = source.place(e, u, temperature);
      });
      column.map.draw();
    }
    for (let i = 0; i < n; i++) {
      for (const column of this.columns) {
        const { view, tiles, shares, codes } = column;
        this.queue.put(`sample/${view.slot}/${i}`, () => {
          shares[i] = tiles[i].show(view, codes[i], `Sample ${i + 1} of ${view.title}`);
          if (i === n - 1) this.#count(column, method, temperature);
        });
      }
    }
  }

  // Drawn once a seed: a dragged temperature scales the same numbers.
  #noise(column, seed) {
    if (column.seed === seed) return;
    column.seed = seed;
    column.noise = column.tiles.map((_, i) =>
      [normal(seed, "codes", i, column.view.model.d), uniform(seed, "components", i)[0]]);
  }

  #count({ view, section, shares }, method, temperature) {
    const supported = shares.filter((share) => share >= SUPPORTED).length;
    const count = lands(view.model)
      ? `Encoded again, ${supported} of ${shares.length} pictures land among the codes of training ${view.model.things} (support 10 % or more).`
      : `${supported} of ${shares.length} drawn codes have training ${view.model.things} nearby (support 10 % or more).`;
    section.querySelector(".note").textContent = `${this.#where(view, method, temperature)} ${count}`;
  }

  #where(view, method, temperature) {
    const { about, fitted, waiting } = view.about(method);
    if (!view.has(method)) return waiting;
    if (about) return about.replace("{k}", view.sampler(method).k);
    if (fitted || temperature < 0.05) return "";
    const reached = percent(reach(view.model, temperature));
    return `These codes are drawn from a region that holds ${reached} of the training ${view.model.things}; what lies outside is never drawn.`;
  }
}

/** Share of a model's codes within the radius that holds 99 % of draws from N(0, T²·I). */
export function reach({ codes, n, d }, temperature) {
  const z99 = 2.3263;
  const squared = d * (1 - 2 / (9 * d) + z99 * Math.sqrt(2 / (9 * d))) ** 3; // Wilson & Hilferty (1931)
  let inside = 0;
  for (let row = 0; row < n; row++) {
    let norm = 0;
    for (let j = 0; j < d; j++) norm += codes[row * d + j] ** 2;
    if (norm <= squared * temperature ** 2) inside++;
  }
  return inside / n;
}
