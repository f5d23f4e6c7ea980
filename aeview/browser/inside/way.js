// Part "Way back": noisy images, what the model makes of them, and arrows from one to the other.

import { draws, spoil } from "../net/corruption.js";
import { MiniMap } from "../map/minimap.js";
import { arrow, ring } from "../map/marks.js";
import { Grid, crowd } from "../net/neighbours.js";
import { meanSquare } from "../net/scores.js";
import { paint } from "../charts/paint.js";
import { finder } from "../shell/find.js";

const N_ARROWS = 80;

/** @import { Block, Camera, Colours, Model, Place, Queue, Subject, Values } from "../types.js" */
/** @typedef {{ kind: string, level: number, seed: number, repeats: number }} State */
/** @typedef {Block<unknown, { mean: Float32Array, directions: Float32Array }>} Plane of images, from the block "inside/pixels" */
/** @typedef {{ before: number, after: number, colour: string | null, row: number, codes: Place[], pixels: Place[] | null }} Walk */

/** The shadow of an image on the plane of two directions, p × 2 row by row. @type {(pixels: Values, mean: Values, directions: Values) => Place} */
export function shadow(pixels, mean, directions) {
  /** @type {Place} */
  const at = [0, 0];
  for (let i = 0; i < pixels.length; i++) {
    const off = pixels[i] - mean[i];
    at[0] += off * directions[2 * i];
    at[1] += off * directions[2 * i + 1];
  }
  return at;
}

/**
 * Noise on an image, and so many turns of encoding and decoding.
 * @param {Pick<Model, "encode" | "decode">} model @param {Values} clean @param {Float32Array} noisy @param {number} repeats
 */
export function walk(model, clean, noisy, repeats) {
  const images = [noisy];
  const codes = [model.encode(noisy).slice()];
  for (let r = 0; r < repeats; r++) {
    images.push(model.decode(codes[r]).slice());
    codes.push(model.encode(images[r + 1]).slice());
  }
  return { images, codes, before: meanSquare(noisy, clean), after: meanSquare(images[repeats], clean) };
}

export class Way {
  now = /** @type {{ model: Model, subject: Subject, plane: Plane | null, state: State }} */ (/** @type {any} */ (null)); // what is drawn
  /** @type {Walk[]} */
  walks = [];
  words = "";
  stale = false; // whether pictures have come that the map of pixels was drawn without

  /** @param {HTMLElement} home @param {Queue} queue decodes a few images a frame */
  constructor(home, queue) {
    this.home = home;
    this.queue = queue;
    this.find = finder(home);
    this.maps = /** @type {const} */ (["codes", "pixels"]).map((kind) =>
      new MiniMap(this.find(`.${kind} .minimap`), { names: false, over: (...at) => this.#over(kind, ...at) }));
  }

  close() {
    for (const map of this.maps) map.close();
  }

  redraw() {
    for (const map of this.maps) map.draw();
  }

  /** @type {(model: Model, subject: Subject, plane: Plane | null, state: State) => void} without a plane the originals are not here */
  draw(model, subject, plane, state) {
    const other = this.stale || model !== this.now?.model || plane !== this.now.plane;
    this.stale = false;
    this.now = { model, subject, plane, state };
    if (other) this.#open();
    const { rows, words } = subject.sample(N_ARROWS);
    this.words = words;
    const all = [-2, ...rows]; // −2: the page's own image
    this.walks.length = Math.min(this.walks.length, all.length);
    this.queue.drop("way");
    for (const [place, row] of all.entries()) this.queue.put(`way ${place}`, () => this.#walk(row, place, all.length));
  }

  #open() {
    const { model, plane } = this.now;
    this.walks = [];
    this.maps[0].show(model);
    this.find(".pixels").hidden = !plane;
    if (plane) this.maps[1].show(this.#pixelMap(plane));
  }

  /** @param {Plane} plane */
  #pixelMap(plane) {
    const { model, subject } = this.now;
    const points = new Float32Array(2 * model.n);
    for (let row = 0; row < model.n; row++) {
      points.set(shadow(subject.pixelsOf(row), plane.arrays.mean, plane.arrays.directions), 2 * row);
    }
    const map = { // a small map asks for no more of a model
      header: { key: `${model.header.key} pixels` }, n: model.n, points, names: [], box: crowd(points, 0.01, 0.35),
      plane: { grid: new Grid(points) }, labelOf: model.labelOf.bind(model), colourOf: model.colourOf.bind(model),
      place: (/** @type {number} */ row) => [points[2 * row], points[2 * row + 1]],
    };
    return /** @type {Model} */ (/** @type {unknown} */ (map));
  }

  /** @param {number} row @param {number} place @param {number} n */
  #walk(row, place, n) {
    const { model, subject, plane, state } = this.now;
    const clean = row === -2 ? subject.pixels : subject.pixelsOf(row);
    const noisy = spoil(state.kind, clean, model.shape, state.level, draws(state.kind, model.shape, state.seed, place));
    const { images, codes, before, after } = walk(model, clean, noisy, state.repeats);
    const colour = row === -2 ? null : model.colourOf(row);
    this.walks[place] = {
      before, after, colour, row,
      codes: codes.map((code) => model.plane.transform(code)),
      pixels: plane && images.map((image) => shadow(image, plane.arrays.mean, plane.arrays.directions)),
    };
    if (row === -2) this.#pictures([clean, noisy, images[state.repeats]], before, after);
    this.redraw();
    if (place === n - 1) this.#figures();
    else this.find(".figures").textContent = `${place + 1} of ${n} images …`;
  }

  /** @param {Float32Array[]} images clean, noisy, restored @param {number} before @param {number} after */
  #pictures(images, before, after) {
    for (const [i, name] of ["clean", "noisy", "restored"].entries()) {
      paint(this.find(/** @type {"canvas"} */ (`canvas.${name}`)), images[i], this.now.model.shape);
    }
    this.find(".before-words").textContent = `MSE ${before.toFixed(4)}`;
    this.find(".after-words").textContent = `MSE ${after.toFixed(4)}`;
  }

  #figures() {
    const others = this.walks.filter(({ row }) => row !== -2);
    if (!others.length) return;
    const mean = (/** @type {"before" | "after"} */ name) => others.reduce((sum, each) => sum + each[name], 0) / others.length;
    const nearer = others.filter(({ before, after }) => after < before).length;
    this.find(".figures").textContent = `Of ${others.length} ${this.words}, ${nearer} end nearer to their clean original `
      + `than they began. Mean squared error per pixel: ${mean("before").toFixed(4)} noisy, ${mean("after").toFixed(4)} `
      + `after ${this.now.state.repeats === 1 ? "one turn" : `${this.now.state.repeats} turns`} of D(E(·)).`;
    this.home.dataset.nearer = String(nearer);
  }

  /** @type {(kind: "codes" | "pixels", context: CanvasRenderingContext2D, camera: Camera, colours: Colours) => void} */
  #over(kind, context, camera, colours) {
    context.globalAlpha = 0.85;
    const own = this.walks.find((each) => each?.row === -2);
    for (const each of this.walks) {
      if (each && each !== own) this.#trail(context, camera, each[kind], colours.text);
    }
    context.globalAlpha = 1;
    const places = own?.[kind];
    if (!places) return;
    this.#trail(context, camera, places, colours.accent);
    ring(context, camera.toScreen(...places[0]), 4, colours.text, colours.accent);
  }

  /** @type {(context: CanvasRenderingContext2D, camera: Camera, places: Place[] | null, colour: string) => void} */
  #trail(context, camera, places, colour) {
    if (!places) return;
    for (let i = 1; i < places.length; i++) {
      arrow(context, camera.toScreen(...places[i - 1]), camera.toScreen(...places[i]), colour);
    }
  }
}
