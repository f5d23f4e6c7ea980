// A map that moves from one layout of the same points to the next.

import { Camera } from "../map/camera.js";
import { clear } from "../map/marks.js";
import { crowd } from "../net/neighbours.js";
import { density, resized } from "../shell/zoom.js";

const MORPH_MS = 320;
const still = () => globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;

export class Morph {
  constructor(canvas) {
    this.canvas = canvas;
    this.camera = new Camera();
    this.unwatch = resized(canvas, () => this.#resize());
  }

  close() {
    this.unwatch();
    cancelAnimationFrame(this.frame);
  }

  /** @param points (n × 2); @param colours by point; @param fast without a way between */
  show(points, colours, fast = false) {
    this.colours = colours;
    const box = crowd(points);
    const known = this.to?.length === points.length;
    this.from = known && !fast && !still() ? this.#now() : points;
    this.fromBox = known && !fast && !still() ? this.#nowBox() : box;
    this.to = points;
    this.toBox = box;
    this.started = performance.now();
    this.frame ??= requestAnimationFrame(() => this.#draw());
  }

  /** Show nothing. */
  wipe() {
    cancelAnimationFrame(this.frame);
    this.frame = this.to = null;
    clear(this.canvas, this.camera);
  }

  get share() {
    const t = Math.min(1, (performance.now() - this.started) / MORPH_MS);
    return t * t * (3 - 2 * t);
  }

  #now() {
    const t = this.share;
    return this.to.map((value, i) => this.from[i] + t * (value - this.from[i]));
  }

  #nowBox() {
    const t = this.share;
    return Object.fromEntries(Object.entries(this.toBox).map(([side, value]) => [side, this.fromBox[side] + t * (value - this.fromBox[side])]));
  }

  #resize() {
    const ratio = density();
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width) return;
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    Object.assign(this.camera, { width, height });
    if (this.to) this.frame ??= requestAnimationFrame(() => this.#draw());
  }

  #draw() {
    this.frame = null;
    const points = this.#now();
    this.camera.fit(this.#nowBox());
    const context = clear(this.canvas, this.camera);
    for (let i = 0; i < this.colours.length; i++) {
      const [x, y] = this.camera.toScreen(points[2 * i], points[2 * i + 1]);
      context.fillStyle = this.colours[i];
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
    }
    if (this.share < 1) this.frame = requestAnimationFrame(() => this.#draw());
  }
}
