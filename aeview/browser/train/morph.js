// A map that moves from one layout of the same points to the next.

/** @import { Box, Place } from "../types.js" */
import { clear, fit } from "../charts/canvas.js";
import { Redraw } from "../controls/redraw.js";
import { theme } from "../charts/paint.js";
import { Camera } from "../map/camera.js";
import { eased, still } from "../map/flight.js";
import { ring } from "../map/marks.js";
import { crowd } from "../net/neighbours.js";
import { resized } from "../shell/zoom.js";

const MORPH_MS = 320;
const NEAR = 12; // css pixels within which the pointer is on a point

/** @typedef {{points: Float32Array, box: Box}} Layout */

/** Between two layouts, 0 to 1 of the way. @type {(from: Layout, to: Layout, t: number) => Layout} */
function between(from, to, t) {
  const mix = (/** @type {number} */ a, /** @type {number} */ b) => a + t * (b - a);
  const [a, b] = [from.box, to.box];
  return {
    points: to.points.map((value, i) => mix(from.points[i], value)),
    box: { left: mix(a.left, b.left), right: mix(a.right, b.right), bottom: mix(a.bottom, b.bottom), top: mix(a.top, b.top) },
  };
}

export class Morph {
  /** @type {Layout | null} */ from = null;
  /** @type {Layout | null} */ to = null;
  /** @type {string[]} */ colours = []; // by point
  frame = new Redraw(() => this.#draw());
  started = 0;
  ringed = -1; // a point that is pointed at

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    this.camera = new Camera();
    this.unwatch = resized(canvas, () => this.#resize());
  }

  close() {
    this.unwatch();
    this.frame.close();
  }

  /** @param {Float32Array} points x, y, x, y, … @param {string[]} colours by point @param {boolean} fast without a way between */
  show(points, colours, fast = false) {
    const to = { points, box: crowd(points) };
    const known = this.to?.points.length === points.length;
    this.from = (known && !fast && !still() && this.#now()) || to;
    this.to = to;
    this.colours = colours;
    this.started = performance.now();
    this.frame.soon();
  }

  /** Show nothing. */
  wipe() {
    this.frame.close();
    this.to = null;
    this.ringed = -1;
    clear(this.canvas, this.camera);
  }

  /** Ring a point; none for −1. @param {number} row */
  ring(row) {
    if (row === this.ringed) return;
    this.ringed = row;
    this.frame.soon();
  }

  /** The point at a place, given in shares of the canvas's width and height; −1 where none is near. @type {(at: Place) => number} */
  rowAt([across, down]) {
    const now = this.#now();
    if (!now) return -1;
    const at = [across * this.camera.width, down * this.camera.height];
    let [row, least] = [-1, NEAR];
    for (let i = 0; i < now.points.length / 2; i++) {
      const [x, y] = this.camera.toScreen(now.points[2 * i], now.points[2 * i + 1]);
      const away = Math.hypot(x - at[0], y - at[1]);
      if (away < least) [row, least] = [i, away];
    }
    return row;
  }

  get share() {
    return eased(Math.min(1, (performance.now() - this.started) / MORPH_MS));
  }

  #now() {
    return this.from && this.to && between(this.from, this.to, this.share);
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    Object.assign(this.camera, { width, height });
    fit(this.canvas, this.camera);
    if (this.to) this.frame.soon();
  }

  #draw() {
    const now = this.#now();
    if (!now) return;
    this.camera.fit(now.box);
    const context = clear(this.canvas, this.camera);
    for (let i = 0; i < this.colours.length; i++) {
      const [x, y] = this.camera.toScreen(now.points[2 * i], now.points[2 * i + 1]);
      context.fillStyle = this.colours[i];
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
    }
    const { ringed: row } = this;
    const { text } = theme(this.canvas);
    if (row >= 0) ring(context, this.camera.toScreen(now.points[2 * row], now.points[2 * row + 1]), 6, text, this.colours[row]);
    if (this.share < 1) this.frame.soon();
  }
}
