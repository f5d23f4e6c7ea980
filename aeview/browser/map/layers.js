// The layers of the map, from back to front. Slow ones work in slices between frames.

/** @import { Camera, Colours, Pen, Place, Shape } from "../types.js" */
/** @typedef {{shape: Shape, decodeAt: (x: number, y: number) => Float32Array, supportAt: (x: number, y: number) => number}} Ground */
/** @typedef {{name: string, label: number, places: Place[], rows: number[]}} Name of a class, and where it may be written: at these rows */
/**
 * What the points are drawn of; `version` names how they look.
 * @typedef {{n: number, points: Float32Array, names: Name[], hidden: boolean[], visible: (row: number) => boolean,
 *   selected: Set<number> | null, version: string, colour: (row: number) => string, pale: string}} Scene
 */
import { clear, fit, pen } from "../charts/canvas.js";
import { frame, imageData, viridis } from "../charts/paint.js";
import { density } from "../shell/zoom.js";
import { Plate } from "./camera.js";
import { disc, stamp } from "./stamps.js";

const SLICE_MS = 7;
const TILE = 44; // css pixels of a square's side
const FOG_CELLS = 56;
const SIZES = [13, 10]; // css pixels of a class name, on a small map

/** Runs a generator a few milliseconds a frame; a new start ends the one before. */
export class Slices {
  #ticket = 0;

  /** @type {(work: Iterator<void>, progressed: () => void) => void} */
  run(work, progressed) {
    const ticket = ++this.#ticket;
    const go = () => {
      if (ticket !== this.#ticket) return;
      const until = performance.now() + SLICE_MS;
      let done = false;
      while (!done && performance.now() < until) done = work.next().done ?? false;
      progressed();
      if (!done) requestAnimationFrame(go);
    };
    requestAnimationFrame(go);
  }

  stop() {
    this.#ticket++;
  }
}

/** The decoded manifold: one picture for each part of the screen. */
export class Tiles extends Slices {
  #now = new Plate();
  #before = new Plate();

  /** @type {(context: Pen, camera: Camera) => void} */
  draw(context, camera) {
    this.#before.draw(context, camera, false);
    this.#now.draw(context, camera, false);
  }

  /** @type {(camera: Camera, scene: Ground, progressed: () => void) => void} */
  refresh(camera, scene, progressed) {
    [this.#now, this.#before] = [new Plate(), this.#now.box ? this.#now : this.#before];
    this.#now.box = camera.box;
    this.run(this.#work(camera, scene), progressed);
  }

  /** @type {(camera: Camera, scene: Ground) => Generator<void>} */
  *#work(camera, { decodeAt, shape }) {
    const [height, width] = frame(shape);
    const stretch = Math.sqrt(width / height); // as large as a square one
    const columns = Math.ceil(camera.width / (TILE * stretch));
    const rows = Math.ceil((camera.height * stretch) / TILE);
    const plate = this.#now;
    plate.canvas.width = columns * width;
    plate.canvas.height = rows * height;
    const context = pen(plate.canvas);
    const { left, right, bottom, top } = camera.box;
    for (const [column, row] of fromTheMiddle(columns, rows)) {
      const x = left + ((column + 0.5) / columns) * (right - left);
      const y = top - ((row + 0.5) / rows) * (top - bottom);
      context.putImageData(imageData(decodeAt(x, y), shape), column * width, row * height);
      yield;
    }
    this.#before = new Plate();
  }
}

/** @type {(columns: number, rows: number) => Place[]} */
function fromTheMiddle(columns, rows) {
  /** @type {Place[]} */
  const cells = [];
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) cells.push([c, r]);
  const away = (/** @type {Place} */ [c, r]) => (c - columns / 2 + 0.5) ** 2 + (r - rows / 2 + 0.5) ** 2;
  return cells.sort((a, b) => away(a) - away(b));
}

/** Grey where no training image is near what is decoded. */
export class Fog extends Slices {
  #plate = new Plate();

  /** @type {(context: Pen, camera: Camera) => void} */
  draw(context, camera) {
    this.#plate.draw(context, camera);
  }

  /** @type {(camera: Camera, scene: Ground, progressed: () => void) => void} */
  refresh(camera, scene, progressed) {
    this.run(this.#work(camera, scene), progressed);
  }

  /** @type {(camera: Camera, scene: Ground) => Generator<void>} */
  *#work(camera, { supportAt }) {
    const next = new Plate();
    next.box = camera.box;
    next.canvas.width = next.canvas.height = FOG_CELLS;
    const image = new ImageData(FOG_CELLS, FOG_CELLS);
    const { left, right, bottom, top } = next.box;
    for (let row = 0, at = 0; row < FOG_CELLS; row++) {
      const y = top - ((row + 0.5) / FOG_CELLS) * (top - bottom);
      for (let column = 0; column < FOG_CELLS; column++, at += 4) {
        const x = left + ((column + 0.5) / FOG_CELLS) * (right - left);
        image.data.set([125, 132, 142, 165 * fogginess(supportAt(x, y))], at);
        if (column % 8 === 7) yield;
      }
    }
    pen(next.canvas).putImageData(image, 0, 0);
    this.#plate = next;
  }
}

// None from a support of 20 % on, full at 0.
const fogginess = (/** @type {number} */ share) => 1 - Math.min(1, share / 0.2);

/**
 * Circles of the prior N(0, I) at 1, 2 and 3 standard deviations, as the linear maps show it.
 * @type {(context: Pen, camera: Camera, centre: Place, colours: Colours) => void}
 */
export function drawPrior(context, camera, centre, colours) {
  const [x, y] = camera.toScreen(...centre);
  context.font = `600 ${13 * camera.lettering}px ${colours.font}`;
  context.lineJoin = "round";
  for (const sigma of [1, 2, 3]) {
    const far = sigma * camera.scale;
    /** @type {[string, number, number]} */
    const word = [`${sigma}σ`, x + Math.SQRT1_2 * far + 3, y - Math.SQRT1_2 * far - 3];
    const named = sigma === 3 || camera.scale > 16; // else the words lie over each other
    // The halo keeps the circles visible over dark pictures.
    for (const [strokeStyle, lineWidth, globalAlpha] of [[colours.background, 6, 0.85], [colours.text, 2.2, 1]]) {
      Object.assign(context, { strokeStyle, lineWidth, globalAlpha });
      context.setLineDash([7, 4]);
      context.beginPath();
      context.arc(x, y, far, 0, 2 * Math.PI);
      context.stroke();
      context.setLineDash([]);
      if (strokeStyle === colours.background && named) context.strokeText(...word);
    }
    context.fillStyle = colours.text;
    if (named) context.fillText(...word);
  }
  context.globalAlpha = 1;
}

/** The points: one picture, drawn anew when the view rests, and at every frame while they are on their way. */
export class Points {
  #plate = new Plate();
  #drawn = "";
  #grouped = "";
  /** @type {Group[]} */ #groups = [];
  /** @type {ImageData | null} */ #image = null;

  /** @type {(context: Pen, camera: Camera, scene: Scene, moving: boolean) => void} */
  draw(context, camera, scene, moving) {
    const [x, y, units] = camera.view;
    const key = `${x},${y},${units},${camera.width},${density()},${scene.version}`;
    if (key !== this.#drawn && !(moving && scene.n > 15000 && this.#plate.box)) {
      this.#render(camera, scene);
      this.#drawn = key;
    }
    this.#plate.draw(context, camera);
  }

  /** @param {Scene} scene */
  #groupsOf(scene) {
    if (this.#grouped !== scene.version) this.#groups = groups(scene);
    this.#grouped = scene.version;
    return this.#groups;
  }

  /** @type {(camera: Camera, scene: Scene) => void} */
  #render(camera, scene) {
    fit(this.#plate.canvas, camera);
    const context = clear(this.#plate.canvas, camera);
    this.#plate.box = camera.box;
    const radius = radiusOf(scene);
    for (const { colour, rows } of this.#groupsOf(scene)) {
      context.fillStyle = colour;
      context.beginPath();
      for (const row of rows) {
        const [x, y] = camera.toScreen(scene.points[2 * row], scene.points[2 * row + 1]);
        if (x < -5 || y < -5 || x > camera.width + 5 || y > camera.height + 5) continue;
        if (radius < 1.5) context.rect(x - radius, y - radius, 2 * radius, 2 * radius);
        else {
          context.moveTo(x + radius, y);
          context.arc(x, y, radius, 0, 2 * Math.PI);
        }
      }
      context.fill();
    }
  }

  /**
   * Draw them at places of the screen, some of them pale.
   * @type {(context: Pen, camera: Camera, scene: Scene, places: Float32Array, opacity: (row: number) => number) => void} opacity: 0 to 1
   */
  fly(context, camera, scene, places, opacity) {
    fit(this.#plate.canvas, camera);
    const { canvas } = this.#plate;
    if (this.#image?.width !== canvas.width || this.#image.height !== canvas.height) this.#image = new ImageData(canvas.width, canvas.height);
    const image = this.#image;
    image.data.fill(0);
    const dense = density(); // asked for once: it looks at the page
    const shape = disc(radiusOf(scene) * dense);
    const pixels = places.map((value) => value * dense);
    for (const { rgba, rows } of this.#groupsOf(scene)) stamp(image, pixels, rows, rgba, shape, opacity);
    pen(canvas).putImageData(image, 0, 0);
    this.#plate.box = camera.box;
    this.#drawn = "";
    this.#plate.draw(context, camera);
  }
}

const radiusOf = (/** @type {Scene} */ { n }) => (n > 20000 ? 1.1 : n > 5000 ? 1.7 : 2.6); // css pixels

// Rows by colour, unselected ones first so that they lie at the back.
/** @typedef {{ colour: string, rgba: Uint8ClampedArray, rows: number[] }} Group rgba: the colour as numbers to 255 */

/** @type {(scene: Scene) => Group[]} */
function groups(scene) {
  /** @type {Map<string, number[]>} */
  const byColour = new Map();
  for (let row = 0; row < scene.n; row++) {
    if (!scene.visible(row)) continue;
    const colour = scene.selected && !scene.selected.has(row) ? scene.pale : scene.colour(row);
    const rows = byColour.get(colour);
    if (rows) rows.push(row);
    else byColour.set(colour, [row]);
  }
  const dot = pen(Object.assign(document.createElement("canvas"), { width: 1, height: 1 }));
  const list = Array.from(byColour, ([colour, rows]) => ({ colour, rgba: numbers(dot, colour), rows }));
  return list.sort((a, b) => Number(b.colour === scene.pale) - Number(a.colour === scene.pale));
}

/** A colour as a canvas has it. @type {(dot: Pen, colour: string) => Uint8ClampedArray} */
function numbers(dot, colour) {
  dot.clearRect(0, 0, 1, 1);
  dot.fillStyle = colour;
  dot.fillRect(0, 0, 1, 1);
  return dot.getImageData(0, 0, 1, 1).data;
}

/** How a value between two quantiles is coloured, in 24 steps. @param {ArrayLike<number>} values */
export function scale(values) {
  const sorted = Float32Array.from(values).sort();
  const low = sorted[Math.floor(0.02 * (sorted.length - 1))];
  const high = sorted[Math.floor(0.98 * (sorted.length - 1))];
  const steps = Array.from({ length: 24 }, (_, i) => viridis(i / 23));
  const colour = (/** @type {number} */ value) => {
    const t = high > low ? (value - low) / (high - low) : 0;
    return steps[Math.round(23 * Math.min(1, Math.max(0, t)))];
  };
  return { low, high, colour };
}

/**
 * Class names where their points are densest, so that colour alone does not carry them. A name
 * never lies among another class's points: what has no free place on its own ground is written
 * smaller, or left to the colours.
 * @type {(context: Pen, camera: Camera, scene: Scene, colours: Colours) => void}
 */
export function drawNames(context, camera, scene, colours) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  /** @type {Word[]} */
  const taken = [];
  for (const { name, places, label } of scene.names) {
    if (scene.hidden[label]) continue;
    const screen = places.map((place) => camera.toScreen(...place));
    const box = SIZES.map((small) => {
      const size = Math.round(small * camera.lettering);
      context.font = `600 ${size}px ${colours.font}`;
      const width = context.measureText(name).width;
      return free(screen.map((place) => whole(place, width, camera.width)), width, size, taken);
    }).find(Boolean);
    if (!box) continue;
    taken.push(box);
    context.font = `600 ${box.size}px ${colours.font}`;
    context.lineWidth = 4;
    context.strokeStyle = colours.background;
    context.strokeText(name, box.x, box.y);
    context.fillStyle = colours.text;
    context.fillText(name, box.x, box.y);
  }
}

/**
 * A place on the screen, moved so far that a name there is not cut by the map's edge.
 * @type {(place: Place, width: number, wide: number) => Place}
 */
export function whole([x, y], width, wide) {
  const least = width / 2 + 2;
  const inside = x >= 0 && x <= wide && 2 * least <= wide;
  return [inside ? Math.min(wide - least, Math.max(least, x)) : x, y];
}

/** @typedef {{x: number, y: number, width: number, size: number}} Word and where it is written */

/**
 * The first place where a name of this size lies over no other; undefined where there is none.
 * @type {(places: Place[], width: number, size: number, taken: Word[]) => Word | undefined}
 */
export function free(places, width, size, taken) {
  const over = (/** @type {Place} */ [x, y]) => taken.some((other) =>
    Math.abs(other.x - x) < (other.width + width) / 2 + 3 && Math.abs(other.y - y) < (other.size + size) / 2 + 1);
  const at = places.find((place) => !over(place));
  return at && { x: at[0], y: at[1], width, size };
}
