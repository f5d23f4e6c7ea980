// The pane on which a patch is wiped out, and the pane beside it on which it is filled in.

import { isSignal, paint } from "../charts/paint.js";

const USUAL = 28; // pixels of a side for which the brush counts; of a signal as large a share

export class Painter {
  /** @param wipe called with (x, y, width) in pixels of the image; @param rest when the pen is lifted */
  constructor(home, wipe, rest) {
    this.home = home;
    this.find = (selector) => home.querySelector(selector);
    this.canvas = this.find(".painted");
    this.wipe = wipe;
    this.rest = rest;
    this.cursor = null;
    this.#listen();
  }

  show(spoilt, filled, shape) {
    this.shape = shape;
    paint(this.canvas, spoilt, shape);
    if (filled) paint(this.find(".filled"), filled, shape);
    if (this.cursor) this.#ring();
  }

  get width() {
    const pixels = this.find(".brush").valueAsNumber;
    return this.shape && isSignal(this.shape) ? Math.round((pixels * this.shape[2]) / USUAL) : pixels;
  }

  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.cursor = null;
      this.last = this.#place(event);
      this.wipe(...this.last, this.width);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.last) this.#stroke(this.#place(event));
    });
    for (const end of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(end, () => {
        if (this.last) this.rest();
        this.last = null;
      });
    }
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => {
      this.cursor = null;
    });
  }

  #place(event) {
    const box = this.canvas.getBoundingClientRect();
    const [, height, width] = this.shape ?? [1, 1, 1];
    return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
  }

  // A fast pen leaves no gaps.
  #stroke([x, y]) {
    const [fromX, fromY] = this.last;
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x - fromX, y - fromY)));
    for (let i = 1; i <= steps; i++) {
      this.wipe(fromX + ((x - fromX) * i) / steps, fromY + ((y - fromY) * i) / steps, this.width);
    }
    this.last = [x, y];
  }

  #key(event) {
    const moves = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const undo = (event.ctrlKey || event.metaKey) && event.key === "z";
    if (!this.shape || (!undo && !moves[event.key] && event.key !== " ")) return;
    event.preventDefault();
    if (undo) {
      this.undo?.(); // what was cleared
      return;
    }
    const [, height, width] = this.shape;
    this.cursor ??= [width / 2, height / 2];
    if (event.key === " ") {
      this.wipe(...this.cursor, this.width);
      this.rest();
    } else {
      const [dx, dy] = moves[event.key];
      const [x, y] = this.cursor;
      this.cursor = [Math.min(width, Math.max(0, x + dx)), Math.min(height, Math.max(0, y + dy))];
      this.moved?.();
    }
  }

  #ring() {
    const context = this.canvas.getContext("2d");
    const [x, y] = this.cursor;
    const [, height, width] = this.shape;
    const [across, down] = [this.canvas.width / width, this.canvas.height / height];
    context.fillStyle = "#e76300";
    context.fillRect(Math.floor(x) * across, Math.min(height - 1, Math.floor(y)) * down, across, down);
  }
}
