// Out of noise: one code and 500 others on their way from noise to where the model's codes lie.

import { Player } from "../controls/player.js";
import { make, minimap, picture } from "../controls/dom.js";
import { bytes, paint } from "../charts/paint.js";
import { MiniMap } from "../map/minimap.js";
import { ring } from "../map/marks.js";
import { nearest } from "../net/neighbours.js";
import { normal, uniform } from "../net/noise.js";
import { Tile } from "../controls/tile.js";

/** @import { Camera, Colours, Place, Queue } from "../types.js" */
/** @import { Flow } from "../net/flow.js" */
/** @import { State, View } from "./main.js" */
/** @typedef {{ row: number, own: string }} From the chosen image's row, and the user's own picture as base64 */
/** @typedef {{ label: number, places: Float32Array[] }} Way standardised, from noise to code */
/** @typedef {{ label: number, line: Float32Array }} Other its places on the map, two numbers each */

const OTHERS = 500;
const PALE = 0.75; // how far the model's own codes stand back
const TOGETHER = 5; // ways of others that are worked out in one go

export class OutOfNoise {
  /** @type {View | null} */
  view = null;
  /** @type {Flow | null} */
  flow = null;
  /** @type {Way | null} */
  way = null;
  /** @type {Other[]} */
  others = [];
  /** @type {HTMLElement | null} the image from which the way was gone back */
  began = null;
  drawn = "";
  time = 1;

  /**
   * @param {HTMLElement} home @param {Queue} queue
   * @param {{ steps: () => number, time: () => number, go: (time: number) => void, stopped: () => void }} on
   */
  constructor(home, queue, on) {
    this.home = home;
    this.queue = queue;
    const map = minimap("Map of the codes on their way");
    this.here = new Tile(home.querySelector(".here") ?? home);
    this.ahead = picture("Where it is heading");
    home.querySelector(".cloud")?.append(map);
    home.querySelector(".ahead")?.append(make("figure", { className: "tile" }, this.ahead, make("i", { className: "none" })));
    this.map = new MiniMap(map, { names: false, over: (...drawn) => this.#over(...drawn) });
    this.map.unlisten(); // a picture that moves by itself: the wheel scrolls the page
    map.removeAttribute("tabindex");
    map.role = "img";
    this.player = new Player(/** @type {HTMLElement} */ (home.querySelector(".play")), {
      frames: () => on.steps() + 1, place: on.time, go: on.go, stopped: on.stopped,
    });
  }

  close() {
    this.player.close();
    this.map.close();
  }

  redraw() {
    this.map.draw();
  }

  /** The page's model, or the one beside it, that has a flow here; none hides the part. @param {View | null} view @param {Flow | null} flow */
  show(view, flow) {
    if (view === this.view && flow === this.flow) return;
    [this.view, this.flow, this.drawn] = [view, flow, ""];
    this.queue.drop("noise");
    if (!view) return;
    this.map.show(view.model);
    const heading = this.home.querySelector("h3");
    if (heading) heading.textContent = `Out of noise · ${view.title}`;
  }

  /** Work out the ways anew where the noise or what is asked has changed, and show where they are. @param {State} state @param {From} from */
  draw({ seed, temperature, label, guidance, steps, time, origin }, from) {
    const { flow, view } = this;
    if (!flow || !view) return;
    this.time = time;
    const drawn = [seed, temperature, label, guidance, steps, origin, from.row, from.own].join();
    if (drawn !== this.drawn) {
      this.drawn = drawn;
      const way = (/** @type {number} */ i) => this.#way(flow, seed, i, temperature);
      this.way = this.#begun(flow, view, origin, from) ?? way(0);
      this.#hands(flow, view, this.way.places[0]);
      this.others = [];
      this.queue.drop("noise/");
      for (let first = 1; first <= OTHERS; first += TOGETHER) {
        this.queue.put(`noise/${first}`, () => {
          for (let i = first; i < first + TOGETHER; i++) this.others.push(this.#line(way(i)));
          this.home.dataset.others = String(this.others.length);
          this.map.draw();
        });
      }
    }
    this.#now();
  }

  /** The way from the noise that an image comes from; null where there is none. @type {(flow: Flow, view: View, origin: string, from: From) => Way | null} */
  #begun(flow, view, origin, { row, own }) {
    const { model } = view;
    const given = origin === "own" && own ? Float32Array.from(bytes(own), (v) => v / 255) : null;
    this.began = null;
    if (!given && !(origin === "image" && row >= 0)) return null;
    const code = given ? model.encode(given).slice(0, model.d) : model.codeOf(row);
    const known = model.labels[given ? nearest(model.codes, model.d, code, 1).index[0] : row]; // of a picture the nearest image's
    const asked = flow.asked.label >= 0 ? flow.asked.label : known;
    const image = picture("The image from which the way was gone back");
    paint(image, given ?? view.decode(code), model.shape);
    this.began = make("figure", { className: "began" }, make("figcaption", {}, "from"), image);
    return { label: asked, places: flow.path(flow.back(flow.standard(code), known), asked) };
  }

  /** What each class makes of the same noise. @type {(flow: Flow, view: View, noise: Float32Array) => void} */
  #hands(flow, view, noise) {
    const home = this.home.querySelector(".hands");
    const known = view.model.names.filter(({ label }) => label < flow.n_classes);
    const figures = known.map(({ name }) => make("figure", {}, make("figcaption", {}, name)));
    home?.replaceChildren(...(this.began ? [this.began] : []), ...figures);
    for (const [i, { name, label }] of known.entries()) {
      const tile = new Tile(figures[i]);
      this.queue.put(`hand/${label}`, () => void tile.show(view, flow.code(flow.path(noise, label)[flow.asked.steps]), `The same noise as class ${name}`));
    }
  }

  /** @type {(flow: Flow, seed: number, i: number, temperature: number) => Way} */
  #way(flow, seed, i, temperature) {
    const label = flow.label(uniform(seed, "components", i)[0]);
    const start = Float32Array.from(normal(seed, "codes", i, flow.d), (e) => temperature * e);
    return { label, places: flow.path(start, label) };
  }

  /** @param {Way} way @returns {Other} */
  #line({ label, places }) {
    return { label, line: Float32Array.from(places.flatMap((x) => this.#place(x))) };
  }

  /** @param {Float32Array} x @returns {Place} */
  #place(x) {
    return /** @type {View} */ (this.view).model.plane.transform(/** @type {Flow} */ (this.flow).code(x));
  }

  #now() {
    const { flow, view, way } = this;
    if (!flow || !view || !way) return;
    const { x, ahead } = along(way.places, this.time);
    const [what, t] = [flow.asked.guidance ? this.#name(way.label) : "", this.time.toFixed(2)];
    this.here.show(view, flow.code(x), `${what} at t = ${t}`);
    paint(this.ahead, view.decode(flow.code(ahead)), view.model.shape);
    this.ahead.ariaLabel = `${what}: where it is heading at t = ${t}`;
    const said = this.home.querySelector(".said");
    if (said) said.textContent = `t = ${t} · class ${what || "not told"} · ${view.title}`;
    this.home.dataset.time = t;
    this.map.draw();
  }

  /** @param {number} label */
  #name(label) {
    return this.view?.model.names.find((each) => each.label === label)?.name ?? "";
  }

  /** @type {(context: CanvasRenderingContext2D, camera: Camera, colours: Colours) => void} */
  #over(context, camera, colours) {
    const { view, way } = this;
    if (!view || !way) return;
    const { palette } = view.model;
    context.globalAlpha = PALE;
    context.fillStyle = colours.background;
    context.fillRect(0, 0, camera.width, camera.height);
    context.globalAlpha = 1;
    for (const { label, line } of this.others) {
      context.fillStyle = palette[label] ?? colours.text;
      context.beginPath();
      context.arc(...camera.toScreen(...between(line, this.time)), 2.6, 0, 2 * Math.PI);
      context.fill();
    }
    const places = way.places.map((x) => camera.toScreen(...this.#place(x)));
    context.strokeStyle = colours.text;
    context.lineWidth = 1.5;
    context.beginPath();
    for (const at of places) context.lineTo(...at);
    context.stroke();
    const now = camera.toScreen(...this.#place(along(way.places, this.time).x));
    ring(context, now, 6, colours.text, palette[way.label] ?? colours.background);
  }
}

/**
 * Where a way is at a time, and the place that its step there is heading for: x̂₁ = x_t + (1 − t)·v.
 * @param {Float32Array[]} places at equal times from 0 to 1 @param {number} time
 */
export function along(places, time) {
  const steps = places.length - 1;
  const k = Math.min(steps - 1, Math.floor(time * steps));
  const part = time * steps - k;
  const [from, to] = [places[k], places[k + 1]];
  const x = from.map((value, j) => value + part * (to[j] - value));
  const ahead = from.map((value, j) => value + (steps - k) * (to[j] - value));
  return { x, ahead };
}

/** @param {Float32Array} line places of the map @param {number} time @returns {Place} */
function between(line, time) {
  const steps = line.length / 2 - 1;
  const k = Math.min(steps - 1, Math.floor(time * steps));
  const part = time * steps - k;
  const at = (/** @type {number} */ j) => line[2 * k + j] + part * (line[2 * k + 2 + j] - line[2 * k + j]);
  return [at(0), at(1)];
}
