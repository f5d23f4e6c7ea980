// The layers of a network side by side, each as a small picture of what comes out of it: one cell
// a unit, one tile a map. Whole layers are drawn; very large ones as means of neighbouring units.

/** @import { Colours, Values } from "../types.js" */
/** @import { Grid } from "../charts/signed.js" */
/** @import { Stage } from "../net/stages.js" */
/** @typedef {{ width: number, height: number }} Size css pixels */
/**
 * Where a layer is drawn, css pixels, and how its numbers are laid out.
 * @typedef {{ grid: Grid, most: number, size: number, left: number, top: number, width: number, height: number }} Panel
 */
import { clear, fit } from "../charts/canvas.js";
import { grid, rgb, signed } from "../charts/signed.js";
import { density } from "../shell/zoom.js";

const MOST_UNITS = 1024; // cells of a layer
const MOST_MAPS = 64;
const LEAST = 0.28; // of the height, for the smallest layers
const POWER = 0.3; // of the count, by which heights fall
const ASPECT = 0.65; // width to height of a layer's cells
const WIDEST = 1.1; // of its height
const SHARE = 0.72; // of the width that layers may take; the rest lies between them
const SHADES = 255;
const FULL = 3; // root mean squares at which a colour is full

/**
 * Means of so many neighbours that no more than `most` are left; `size` numbers belong together.
 * @type {(values: Float32Array, most: number, size?: number) => Float32Array}
 */
export function binned(values, most, size = 1) {
  const n = values.length / size;
  const each = Math.ceil(n / most);
  if (each <= 1) return values;
  const means = new Float32Array(Math.ceil(n / each) * size);
  for (let i = 0; i < n; i++) {
    const to = Math.floor(i / each);
    const among = Math.min(each, n - to * each);
    for (let p = 0; p < size; p++) means[to * size + p] += values[i * size + p] / among;
  }
  return means;
}

/** How much of the height a layer of n numbers takes: more numbers are higher. @type {(n: number, most: number) => number} */
export const share = (n, most) => Math.max(LEAST, Math.min(1, (n / most) ** POWER));

/**
 * Where each layer is drawn.
 * @type {(stages: Pick<Stage, "shape">[], most: number, size: Size) => Panel[]} most: numbers of the largest thing on the way
 */
export function panels(stages, most, { width, height }) {
  const made = stages.map(({ shape }) => {
    const [n, high, wide] = shape.length === 3 ? shape : [shape[0], 1, 1];
    const size = high * wide;
    const limit = size > 1 ? MOST_MAPS : MOST_UNITS;
    const cells = grid(Math.ceil(n / Math.ceil(n / limit)), high, wide, ASPECT);
    const tall = Math.round(height * share(n * size, most));
    const natural = (cells.columns * (wide + cells.gap)) / (cells.rows * (high + cells.gap));
    return { grid: cells, most: limit, size, left: 0, top: (height - tall) / 2, width: tall * Math.min(WIDEST, natural), height: tall };
  });
  const taken = made.reduce((sum, each) => sum + each.width, 0);
  const shrink = Math.min(1, (SHARE * width) / Math.max(1, taken));
  const between = (width - shrink * taken) / (made.length + 1);
  let left = between;
  for (const panel of made) {
    panel.width *= shrink;
    panel.left = left;
    left += panel.width + between;
  }
  return made;
}

/** The colours from −1 to 1 as the canvas keeps them. @param {number[]} zero */
function shades(zero) {
  return Uint32Array.from({ length: 2 * SHADES + 1 }, (_, i) => {
    const [red, green, blue] = signed(i / SHADES - 1, zero).map(Math.round);
    return ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  });
}

/** A layer's numbers, kept at their own resolution. */
class Tile {
  /** @param {Grid} grid */
  constructor(grid) {
    this.grid = grid;
    this.canvas = new OffscreenCanvas(grid.columns * (grid.width + grid.gap) - grid.gap, grid.rows * (grid.height + grid.gap) - grid.gap);
    this.pen = /** @type {OffscreenCanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.image = new ImageData(this.canvas.width, this.canvas.height);
    this.pixels = new Uint32Array(this.image.data.buffer);
    this.most = 1e-6; // at which a colour is full
  }

  /** Make room for numbers as large as these. @param {Values} values */
  reach(values) {
    let squares = 0;
    for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
    this.most = Math.max(this.most, FULL * Math.sqrt(squares / values.length));
  }

  /** @type {(values: Values, shade: Uint32Array) => OffscreenCanvas} */
  draw(values, shade) {
    const { grid: { n, columns, gap, height, width }, canvas, pixels } = this;
    const scale = SHADES / this.most;
    for (let i = 0, from = 0; i < n; i++) {
      const corner = Math.floor(i / columns) * (height + gap) * canvas.width + (i % columns) * (width + gap);
      for (let y = 0; y < height; y++) {
        const to = corner + y * canvas.width;
        for (let x = 0; x < width; x++, from++) {
          pixels[to + x] = shade[Math.max(-SHADES, Math.min(SHADES, Math.round(values[from] * scale))) + SHADES];
        }
      }
    }
    this.pen.putImageData(this.image, 0, 0);
    return canvas;
  }
}

export class Funnel {
  /** @type {Panel[]} */ panels = [];
  /** @type {Tile[]} */ tiles = [];
  size = { width: 0, height: 0 };
  most = 1;
  background = "";
  shade = new Uint32Array(0);

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {boolean} inwards from the image to the code, or back
   */
  constructor(canvas, inwards) {
    this.canvas = canvas;
    this.inwards = inwards;
  }

  /** Other layers, or another size. @type {(stages: Pick<Stage, "shape">[], most: number, units: number, anew: boolean) => void} */
  lay(stages, most, units, anew) {
    this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    this.most = most;
    this.units = units;
    fit(this.canvas, this.size);
    this.panels = panels(stages, most, this.size);
    if (anew) this.tiles = this.panels.map((panel) => new Tile(panel.grid));
  }

  /** The layers of one pass count for the colours, which then stay: one number has one colour. @param {Stage[]} stages */
  reach(stages) {
    for (const [i, panel] of this.panels.entries()) this.tiles[i].reach(binned(stages[i].values, panel.most, panel.size));
  }

  /** @type {(stages: Stage[], colours: Colours) => void} */
  draw(stages, colours) {
    const { size: { width, height } } = this;
    if (!width || !height) return;
    if (colours.background !== this.background) {
      this.background = colours.background;
      this.shade = shades(rgb(colours.background));
    }
    const context = clear(this.canvas, this.size);
    this.#flow(context, colours);
    Object.assign(context, { strokeStyle: colours.text, lineWidth: 1 / density() });
    for (const [i, panel] of this.panels.entries()) {
      const picture = this.tiles[i].draw(binned(stages[i].values, panel.most, panel.size), this.shade);
      context.imageSmoothingEnabled = panel.width * density() < picture.width || panel.size > 1;
      context.drawImage(picture, panel.left, panel.top, panel.width, panel.height);
      context.globalAlpha = 0.3;
      context.strokeRect(panel.left, panel.top, panel.width, panel.height);
      context.globalAlpha = 1;
    }
  }

  // From what comes in through all layers to what goes out: as wide as there are numbers.
  /** @type {(context: CanvasRenderingContext2D, colours: Colours) => void} */
  #flow(context, { text }) {
    const { size: { width, height }, most, units = 1 } = this;
    const end = (/** @type {number} */ left, /** @type {number} */ tall) => ({ left, width: 0, top: (height - tall) / 2, height: tall });
    const [first, last] = [height, height * share(units, most)];
    const parts = [end(0, this.inwards ? first : last), ...this.panels, end(width, this.inwards ? last : first)];
    context.fillStyle = text;
    context.globalAlpha = 0.07;
    for (let i = 1; i < parts.length; i++) {
      const [from, to] = [parts[i - 1], parts[i]];
      context.beginPath();
      context.moveTo(from.left + from.width, from.top);
      context.lineTo(to.left, to.top);
      context.lineTo(to.left, to.top + to.height);
      context.lineTo(from.left + from.width, from.top + from.height);
      context.fill();
    }
    context.globalAlpha = 1;
  }
}
