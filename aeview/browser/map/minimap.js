// A smaller map for the pages beside the latent map: the points of a model in their classes'
// colours, and over them what the page draws. Its size comes from the page's style.

/** @import { Colours, Gestures, Model, Place, Press } from "../types.js" */
/** @import { Keep, Near } from "../net/neighbours.js" */
/**
 * A place of the map; row −1 where no point is near. The nearest one of all, and how many css pixels away it is.
 * @typedef {{x: number, y: number, row: number, nearest: number, away: number}} Spot
 */
/**
 * What to do. What `grab` returns at the start of a drag is pulled instead of the map; names: false leaves the class
 * names out.
 * @typedef {{click?: (spot: Spot) => void, hover?: (spot: Spot) => void, leave?: () => void,
 *   over?: (context: CanvasRenderingContext2D, camera: Camera, colours: Colours) => void,
 *   grab?: (sx: number, sy: number) => any, pull?: (what: any, spot: Spot) => void, drop?: (what: any) => void,
 *   names?: boolean}} Actions
 */
import { clear, fit } from "../charts/canvas.js";
import { theme } from "../charts/paint.js";
import { Redraw } from "../controls/redraw.js";
import { speak } from "../controls/spoken.js";
import { number } from "../controls/words.js";
import { nearest } from "../net/neighbours.js";
import { find } from "../shell/find.js";
import { density, resized } from "../shell/zoom.js";
import { Camera } from "./camera.js";
import { listen, ready } from "./gestures.js";
import { Points, drawNames } from "./layers.js";
import { cross, ring } from "./marks.js";

const NEAR = 9; // css pixels within which the cursor is on a point

/** What is at a place of the screen, of the points that are kept. @type {(model: Model, camera: Camera, sx: number, sy: number, keep?: Keep) => Spot} */
export function spotAt({ plane }, camera, sx, sy, keep) {
  const [x, y] = camera.toPlane(sx, sy);
  return spot(camera, x, y, plane.grid.nearest(x, y, 1, keep));
}

/** The same where the points are laid out otherwise for a while. @type {(points: Float32Array, camera: Camera, sx: number, sy: number, keep?: Keep) => Spot} */
export function spotAmong(points, camera, sx, sy, keep) {
  const [x, y] = camera.toPlane(sx, sy);
  return spot(camera, x, y, nearest(points, 2, [x, y], 1, keep));
}

/** @type {(camera: Camera, x: number, y: number, near: Near) => Spot} */
function spot(camera, x, y, { index, distance }) {
  const away = distance[0] * camera.scale;
  return { x, y, row: away <= NEAR ? index[0] : -1, nearest: index[0], away };
}

export class MiniMap {
  /** @param {HTMLElement} home whose two canvases, .ground and .overlay, lie on top of each other @param {Actions} on */
  constructor(home, on = {}) {
    this.home = home;
    this.on = on;
    this.ground = find(home, "canvas.ground");
    this.overlay = find(home, "canvas.overlay");
    this.camera = new Camera();
    this.points = new Points();
    this.frame = new Redraw(() => this.#draw());
    this.ratio = 0;
    this.drawn = ""; // what the points stand for
    /** @type {Spot | null} */
    this.cursor = null;
    this.ringed = -1; // a row to be ringed, whoever points at it
    this.unlisten = listen(home, this.#gestures());
    this.unwatch = resized(home, () => this.#resize());
  }

  close() {
    this.unlisten();
    this.unwatch();
    this.frame.close();
  }

  /** Another model: all its points come into view. @param {Model} model */
  show(model) {
    this.model = model;
    this.cursor = null;
    this.ringed = -1;
    if (model.header.count) this.home.setAttribute("aria-description", model.header.count);
    this.#resize();
    this.fit();
  }

  fit() {
    if (!this.model) return;
    this.camera.fit(this.model.box);
    this.draw();
  }

  /** Draw again with the next frame; call it also when the theme has changed. */
  draw() {
    if (this.model) this.frame.soon();
  }

  #resize() {
    const wide = this.home.clientWidth;
    const high = this.home.clientHeight;
    const ratio = density();
    if (!wide || !high || (wide === this.camera.width && high === this.camera.height && ratio === this.ratio)) return;
    this.ratio = ratio;
    this.camera.resize(wide, high);
    this.drawn = "";
    for (const canvas of [this.ground, this.overlay]) fit(canvas, this.camera);
    this.draw();
  }

  /** @returns {Gestures} */
  #gestures() {
    return ready(() => this.model, {
      hover: (sx, sy) => this.#point(sx, sy),
      leave: () => this.#leave(),
      click: (sx, sy) => this.on.click?.(this.#at(sx, sy)),
      drag: (at, by, press) => this.#drag(at, by, press),
      dragEnd: (press) => press.held && this.on.drop?.(press.held),
      pan: (dx, dy) => this.#moved(() => this.camera.pan(dx, dy)),
      zoom: (factor, sx, sy) => this.#moved(() => this.camera.zoom(factor, sx, sy)),
      doubleClick: () => this.fit(),
      step: (dx, dy) => this.#step(dx, dy),
      key: (key) => {
        if (key === "Escape") this.#leave();
        else if (this.cursor) this.on.click?.(this.cursor);
      },
    });
  }

  #moved(/** @type {() => void} */ act) {
    act();
    this.draw();
  }

  /** @type {(at: Place, by: Place, press: Press) => void} */
  #drag(at, by, press) {
    if (press.held === undefined) press.held = this.on.grab?.(...press.at) ?? null;
    this.#moved(() => {
      if (!press.held) return this.camera.pan(...by);
      this.cursor = this.#at(...at);
      this.on.pull?.(press.held, this.cursor);
    });
  }

  /** @type {(sx: number, sy: number) => Spot} */
  #at(sx, sy) {
    return spotAt(/** @type {Model} */ (this.model), this.camera, sx, sy);
  }

  /** @type {(sx: number, sy: number) => Spot} */
  #point(sx, sy) {
    const spot = this.#at(sx, sy);
    this.cursor = spot;
    this.on.hover?.(spot);
    this.draw();
    return spot;
  }

  #leave() {
    this.cursor = null;
    this.on.leave?.();
    this.draw();
  }

  /** @type {(dx: number, dy: number) => void} */
  #step(dx, dy) {
    const from = this.cursor ?? this.camera;
    const [sx, sy] = this.camera.toScreen(from.x, from.y);
    const { x, y, row } = this.#point(...this.camera.follow(sx + dx, sy + dy));
    const where = `${number(x)}, ${number(y)}`;
    speak(this.home, row < 0 ? where : `${where}: ${this.model?.labelOf(row)}`);
  }

  #draw() {
    const colours = theme(this.home);
    const { model, camera } = this;
    if (!model) return;
    this.#drawGround(model, colours);
    const over = clear(this.overlay, this.camera);
    this.on.over?.(over, camera, colours);
    if (this.cursor) cross(over, camera.toScreen(this.cursor.x, this.cursor.y), 6, colours.text);
    const row = this.cursor && this.cursor.row >= 0 ? this.cursor.row : this.ringed;
    if (row >= 0) ring(over, camera.toScreen(...model.place(row)), 6, colours.text, model.colourOf(row));
  }

  // Only when something has changed: while the cursor moves, the points stay as they are.
  /** @type {(model: Model, colours: Colours) => void} */
  #drawGround(model, colours) {
    const { camera } = this;
    const drawn = [model.header.key, ...camera.view, this.ground.width, ...Object.values(colours)].join();
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const scene = {
      n: model.n, points: model.points, names: model.names, selected: null, pale: "",
      hidden: [], visible: () => true, colour: (/** @type {number} */ row) => model.colourOf(row),
      version: model.header.key,
    };
    const ground = clear(this.ground, this.camera);
    this.points.draw(ground, camera, scene, false);
    if (this.on.names !== false) drawNames(ground, camera, scene, colours);
  }
}
