// Part "Way back": noisy images, what the model makes of them, and arrows from one to the other.

import { draws, spoil } from "../net/corruption.js";
import { MiniMap } from "../map/minimap.js";
import { arrow, ring } from "../map/marks.js";
import { Grid, crowd } from "../net/neighbours.js";
import { paint } from "../charts/paint.js";

const N_ARROWS = 80;

const meanSquare = (a, b) => {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return sum / a.length;
};

/** The shadow of an image on the plane of two directions, p × 2 row by row. */
export function shadow(pixels, mean, directions) {
  const at = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const off = pixels[i] - mean[i];
    at[0] += off * directions[2 * i];
    at[1] += off * directions[2 * i + 1];
  }
  return at;
}

/** Noise on an image, and so many turns of encoding and decoding. */
export function walk(model, clean, noisy, repeats) {
  const images = [noisy];
  const codes = [model.encode(noisy).slice()];
  for (let r = 0; r < repeats; r++) {
    images.push(model.decode(codes.at(-1)).slice());
    codes.push(model.encode(images.at(-1)).slice());
  }
  return { images, codes, before: meanSquare(noisy, clean), after: meanSquare(images.at(-1), clean) };
}

export class Way {
  /** @param queue decodes a few images a frame */
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
    this.find = (selector) => home.querySelector(selector);
    this.maps = ["codes", "pixels"].map((kind) =>
      new MiniMap(this.find(`.${kind} .minimap`), { names: false, over: (...at) => this.#over(kind, ...at) }));
    this.walks = [];
  }

  close() {
    for (const map of this.maps) map.close();
  }

  redraw() {
    for (const map of this.maps) map.draw();
  }

  /** @param plane the block "inside/pixels", or null where the originals are not here */
  draw(model, subject, plane, state) {
    const other = model !== this.model || plane !== this.plane;
    Object.assign(this, { model, subject, plane, state });
    if (other) this.#open();
    const { rows, words } = subject.sample(N_ARROWS);
    this.words = words;
    const all = [-2, ...rows]; // −2: the page's own image
    this.walks.length = Math.min(this.walks.length, all.length);
    this.queue.drop("way");
    all.forEach((row, place) => this.queue.put(`way ${place}`, () => this.#walk(row, place, all.length)));
  }

  #open() {
    this.walks = [];
    this.maps[0].show(this.model);
    this.find(".pixels").hidden = !this.plane;
    if (!this.plane) return;
    this.maps[1].show(this.#pixelMap());
  }

  #pixelMap() {
    const { model, plane } = this;
    const points = new Float32Array(2 * model.n);
    for (let row = 0; row < model.n; row++) {
      points.set(shadow(this.subject.pixelsOf(row), plane.arrays.mean, plane.arrays.directions), 2 * row);
    }
    return {
      header: { key: `${model.header.key} pixels` }, n: model.n, points, names: [], box: crowd(points, 0.01, 0.35),
      plane: { grid: new Grid(points) }, labelOf: (row) => model.labelOf(row), colourOf: (row) => model.colourOf(row),
      place: (row) => [points[2 * row], points[2 * row + 1]],
    };
  }

  #walk(row, place, n) {
    const { model, subject, plane, state } = this;
    const clean = row === -2 ? subject.pixels : subject.pixelsOf(row);
    const noisy = spoil(state.kind, clean, model.shape, state.level, draws(state.kind, model.shape, state.seed, place));
    const { images, codes, before, after } = walk(model, clean, noisy, state.repeats);
    const colour = row === -2 ? null : model.colourOf(row);
    this.walks[place] = {
      before, after, colour, row,
      codes: codes.map((code) => model.plane.transform(code)),
      pixels: plane && images.map((image) => shadow(image, plane.arrays.mean, plane.arrays.directions)),
    };
    if (row === -2) this.#pictures(clean, noisy, images.at(-1), before, after);
    this.redraw();
    if (place === n - 1) this.#figures();
    else this.find(".figures").textContent = `${place + 1} of ${n} images …`;
  }

  #pictures(clean, noisy, restored, before, after) {
    const { shape } = this.model;
    [["clean", clean], ["noisy", noisy], ["restored", restored]].forEach(([name, pixels]) =>
      paint(this.find(`canvas.${name}`), pixels, shape));
    this.find(".before-words").textContent = `MSE ${before.toFixed(4)}`;
    this.find(".after-words").textContent = `MSE ${after.toFixed(4)}`;
  }

  #figures() {
    const others = this.walks.filter(({ row }) => row !== -2);
    if (!others.length) return;
    const mean = (name) => others.reduce((sum, each) => sum + each[name], 0) / others.length;
    const nearer = others.filter(({ before, after }) => after < before).length;
    this.find(".figures").textContent = `Of ${others.length} ${this.words}, ${nearer} end nearer to their clean original `
      + `than they began. Mean squared error per pixel: ${mean("before").toFixed(4)} noisy, ${mean("after").toFixed(4)} `
      + `after ${this.state.repeats === 1 ? "one turn" : `${this.state.repeats} turns`} of D(E(·)).`;
    this.home.dataset.nearer = nearer;
  }

  #over(kind, context, camera, colours) {
    context.globalAlpha = 0.85;
    const own = this.walks.find((each) => each?.row === -2);
    for (const each of this.walks) {
      if (each && each !== own && each[kind]) this.#trail(context, camera, each[kind], colours.text, 1);
    }
    context.globalAlpha = 1;
    if (own?.[kind]) {
      this.#trail(context, camera, own[kind], colours.accent, 2);
      ring(context, camera.toScreen(...own[kind][0]), 4, colours.text, colours.accent);
    }
  }

  #trail(context, camera, places, colour) {
    for (let i = 1; i < places.length; i++) {
      arrow(context, camera.toScreen(...places[i - 1]), camera.toScreen(...places[i]), colour);
    }
  }
}
