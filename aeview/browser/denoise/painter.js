// The pane on which a patch is wiped out, and the pane beside it on which it is filled in.

/** @import { Pixels, Place, Shape } from "../types.js" */
import { isSignal, paint } from "../charts/paint.js";
import { WAYS, pressed, shareOf } from "../controls/point.js";
import { finder } from "../shell/find.js";

const USUAL = 28; // pixels of a side for which the brush counts; of a signal as large a share

export class Painter {
  /** @type {Place | null} where keys have moved the brush, pixels of the image */
  cursor = null;
  /** @type {Place} where the pen was last */
  last = [0, 0];
  /** @type {Shape} */
  shape = [1, 1, 1];

  /**
   * @param {HTMLElement} home
   * @param {{ wipe: (x: number, y: number, width: number) => void, rest: () => void, undo: () => void, moved: () => void }} on
   *   a disc is wiped out, in pixels of the image; the pen is lifted; what was cleared is wanted back; the brush has moved
   */
  constructor(home, on) {
    this.find = finder(home);
    this.canvas = this.find("canvas.painted");
    this.on = on;
    this.#listen();
  }

  /** @param {Pixels} spoilt @param {Pixels | null} filled @param {Shape} shape */
  show(spoilt, filled, shape) {
    this.shape = shape;
    paint(this.canvas, spoilt, shape);
    if (filled) paint(this.find("canvas.filled"), filled, shape);
    if (this.cursor) this.#ring(this.cursor);
  }

  get width() {
    const pixels = this.find("input.brush").valueAsNumber;
    return isSignal(this.shape) ? Math.round((pixels * this.shape[2]) / USUAL) : pixels;
  }

  #listen() {
    const { canvas } = this;
    pressed(canvas, {
      down: (event) => {
        this.cursor = null;
        this.last = this.#place(event);
        this.on.wipe(...this.last, this.width);
      },
      move: (event) => this.#stroke(this.last, this.#place(event)),
      up: () => this.on.rest(),
    });
    canvas.addEventListener("keydown", (event) => this.#key(event));
    canvas.addEventListener("blur", () => {
      this.cursor = null;
    });
  }

  /** @returns {Place} */
  #place(/** @type {PointerEvent} */ event) {
    const [, height, width] = this.shape;
    const [x, y] = shareOf(this.canvas, event);
    return [x * width, y * height];
  }

  // A fast pen leaves no gaps.
  #stroke(/** @type {Place} */ [fromX, fromY], /** @type {Place} */ [x, y]) {
    const steps = Math.max(1, Math.ceil(2 * Math.hypot(x - fromX, y - fromY)));
    for (let i = 1; i <= steps; i++) {
      this.on.wipe(fromX + ((x - fromX) * i) / steps, fromY + ((y - fromY) * i) / steps, this.width);
    }
    this.last = [x, y];
  }

  #key(/** @type {KeyboardEvent} */ event) {
    const undo = (event.ctrlKey || event.metaKey) && event.key === "z";
    const move = WAYS[event.key];
    if (!undo && !move && event.key !== " ") return;
    event.preventDefault();
    if (undo) return this.on.undo();
    const [, height, width] = this.shape;
    this.cursor ??= [width / 2, height / 2];
    const [x, y] = this.cursor;
    if (move) {
      this.cursor = [Math.min(width, Math.max(0, x + move[0])), Math.min(height, Math.max(0, y + move[1]))];
      this.on.moved();
    } else {
      this.on.wipe(x, y, this.width);
      this.on.rest();
    }
  }

  #ring(/** @type {Place} */ [x, y]) {
    const context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    const [, height, width] = this.shape;
    const [across, down] = [this.canvas.width / width, this.canvas.height / height];
    context.fillStyle = "#e76300";
    context.fillRect(Math.floor(x) * across, Math.min(height - 1, Math.floor(y)) * down, across, down);
  }
}
