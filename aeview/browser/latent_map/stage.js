// The canvases of the latent map: how large they are, and what is drawn on them.

/** @import { Colours, Pen, Place } from "../types.js" */
/** @import { Scene } from "../map/layers.js" */
/** @import { Explorer } from "./main.js" */
import { clear, fit } from "../charts/canvas.js";
import { frame, imageData, isSignal, theme } from "../charts/paint.js";
import { Redraw } from "../controls/redraw.js";
import { Camera } from "../map/camera.js";
import { drawAxes } from "../map/axes.js";
import { Fog, Points, Tiles, drawNames, drawPrior } from "../map/layers.js";
import { arrow, cross, drawGuess, outline, ring } from "../map/marks.js";
import { finder } from "../shell/find.js";
import { density, height, presenting, resized, top } from "../shell/zoom.js";

const MORPH_MS = 500;
const MOST_MOVED = 20_000; // points
const REST_MS = 160; // after which a view counts as settled
const MANY = 500; // points in view up to which thumbnails are drawn
const SIDE = 540; // css pixels of pictures and words beside the map
const SIDE_NARROW = 268;
const NARROW = 860; // below it, what stood at the right comes below
const SIDE_WIDE = 800; // the same on a large screen
const PICTURE = 280; // css pixels of the decoded image, at least
const GAPS = 40; // between map, picture and what stands beside it
const WORDS = 190; // css pixels below the decoded image
const PART = 0.58; // of the room beside the map that the decoded image takes at most

export class Stage {
  /**
   * @param {HTMLElement} root the page's element
   * @param {Explorer} shown says what is on the map
   * @param {() => void} settled called when the view has come to rest
   */
  constructor(root, shown, settled) {
    this.root = root;
    this.shown = shown;
    this.settled = settled;
    this.find = finder(root);
    this.home = this.find(".canvases");
    this.ground = this.find("canvas.ground");
    this.overlay = this.find("canvas.overlay");
    this.side = 0;
    this.dense = 0;
    this.colours = theme(root);
    this.frame = new Redraw(() => {
      const { background } = this.colours;
      this.colours = theme(root);
      if (background !== this.colours.background) shown.above.again(); // another theme
      this.#drawGround();
      this.drawOverlay();
    });
    /** @type {{ from: Float32Array, began: number } | null} of points that move from another map */
    this.way = null;
    this.restTimer = 0;
    this.moving = false;
    this.camera = new Camera();
    this.layers = { points: new Points(), tiles: new Tiles(), fog: new Fog() };
    this.unwatch = resized(root, () => this.resize());
  }

  close() {
    this.unwatch();
    this.frame.close();
    clearTimeout(this.restTimer);
    this.layers.tiles.stop();
    this.layers.fog.stop();
  }

  resize() {
    const wide = this.root.clientWidth;
    const besides = wide > 1500 ? SIDE_WIDE : wide > NARROW ? SIDE : SIDE_NARROW;
    // Scrolling is no reason to grow; where one presents, only the legend is below.
    const [above, below] = presenting() ? [80, this.find(".map figcaption").offsetHeight + 6] : [150, 42];
    const high = Math.max(360, height() - Math.max(top(this.home), above) - below);
    const side = Math.round(Math.max(320, Math.min(high, wide - besides)));
    if (!wide || (side === this.side && density() === this.dense)) return;
    this.side = side;
    this.dense = density();
    this.home.style.width = this.home.style.height = `${side}px`;
    this.find(".map").style.width = `${side + 2}px`;
    const picture = Math.max(PICTURE, Math.min(side - WORDS, PART * (wide - side - GAPS)));
    this.root.style.setProperty("--picture", `${Math.floor(picture)}px`);
    this.camera.resize(side, side);
    for (const canvas of [this.ground, this.overlay]) fit(canvas, this.camera);
    this.refresh();
    this.draw();
  }

  /** The view has moved: draw at once, and the slow layers when it rests. */
  moved() {
    this.moving = true;
    this.draw();
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      this.moving = false;
      this.refresh();
      this.draw();
      this.settled();
    }, REST_MS);
  }

  /** Draw the slow layers anew for the view as it is. */
  refresh() {
    const { model, layers } = this.shown;
    if (!model) return;
    const scene = {
      shape: model.shape,
      decodeAt: (/** @type {number} */ x, /** @type {number} */ y) => model.decodeAt(x, y),
      supportAt: (/** @type {number} */ x, /** @type {number} */ y) => model.supportOf(model.codeAt(x, y), x, y),
    };
    const { tiles, fog } = this.layers;
    for (const [name, layer] of Object.entries({ tiles, fog })) {
      if (layers.has(name)) layer.refresh(this.camera, scene, () => this.draw());
      else layer.stop();
    }
  }

  draw() {
    if (this.shown.model) this.frame.soon();
  }

  #drawGround() {
    const context = clear(this.ground, this.camera);
    const { camera, colours } = this;
    const { model, layers, colour } = this.shown;
    if (layers.has("tiles")) this.layers.tiles.draw(context, camera);
    if (layers.has("fog")) this.layers.fog.draw(context, camera);
    const scene = this.#scene();
    const inView = layers.has("thumbnails") ? this.#inView() : [];
    const thumbnails = layers.has("thumbnails") && inView.length <= MANY ? inView : null;
    this.#waits(inView.length);
    if (thumbnails) this.#drawThumbnails(context, thumbnails);
    else this.layers.points.draw(context, camera, scene, this.moving);
    if (layers.has("prior") && !this.find('[data-layer="prior"]').hidden) {
      drawPrior(context, camera, model.plane.transform(new Float32Array(model.d)), colours);
    }
    drawAxes(context, camera, model.map.axes, colours);
    if (colour === "class" && !thumbnails) drawNames(context, camera, scene, colours);
  }

  /** @returns {Scene} */
  #scene() {
    const { model, colour, hidden, selected, version, visible } = this.shown;
    const values = model.values[colour];
    const paintRow = values
      ? (/** @type {number} */ row) => model.scales[colour].colour(values[row])
      : (/** @type {number} */ row) => model.colourOf(row);
    const points = this.#points();
    return {
      n: model.n, points, names: model.names, hidden, visible, selected,
      version: `${version},${model.header.key},${colour},${this.way ? performance.now() : ""}`, colour: paintRow,
      pale: "rgba(140, 146, 154, 0.35)",
    };
  }

  // Thumbnails of thousands would hide each other: they wait, and say for what.
  #waits(/** @type {number} */ n) {
    const note = this.find(".waits");
    note.hidden = n <= MANY;
    const words = note.hidden ? "" : `${n.toLocaleString("en")} points in view: zoom in to ${MANY} or fewer for thumbnails`;
    if (note.textContent !== words) note.textContent = words;
  }

  /** The rows in view. */
  #inView() {
    const { model, visible } = this.shown;
    const { left, right, bottom, top } = this.camera.box;
    const rows = [];
    for (let row = 0; row < model.n; row++) {
      const [x, y] = model.place(row);
      if (x < left || x > right || y < bottom || y > top || !visible(row)) continue;
      rows.push(row);
    }
    return rows;
  }

  /** @type {(context: Pen, rows: number[]) => void} */
  #drawThumbnails(context, rows) {
    const { model, pictures, selected } = this.shown;
    const [height, width] = frame(model.shape);
    const size = rows.length > 200 ? 20 : 28;
    const tile = new OffscreenCanvas(width, height);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
    context.imageSmoothingEnabled = isSignal(model.shape);
    context.lineWidth = 1.5;
    for (const row of rows) {
      const pixels = pictures?.get(row) ?? model.decode(model.codeOf(row));
      pen.putImageData(imageData(pixels, model.shape), 0, 0);
      const [x, y] = this.camera.toScreen(...model.place(row));
      context.globalAlpha = selected && !selected.has(row) ? 0.25 : 1;
      context.drawImage(tile, x - size / 2, y - size / 2, size, size);
      context.strokeStyle = model.colourOf(row);
      context.strokeRect(x - size / 2, y - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  /** Where the points are on the screen, x, y, x, y, … */
  places() {
    const { points } = this.shown.model;
    const places = new Float32Array(points.length);
    for (let i = 0; i < points.length; i += 2) places.set(this.camera.toScreen(points[i], points[i + 1]), i);
    return places;
  }

  /** Let the points move here from where another map of theirs had them. @param {Float32Array} places on the screen */
  morph(places) {
    if (globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches || places.length > 2 * MOST_MOVED) return;
    const from = new Float32Array(places.length);
    for (let i = 0; i < places.length; i += 2) from.set(this.camera.toPlane(places[i], places[i + 1]), i);
    this.way = { from, began: performance.now() };
    this.draw();
  }

  /** The points as they are drawn: on their way, or where they belong. */
  #points() {
    const { points } = this.shown.model;
    const t = this.way ? Math.min(1, (performance.now() - this.way.began) / MORPH_MS) : 1;
    if (!this.way || t === 1 || this.way.from.length !== points.length) {
      this.way = null;
      return points;
    }
    const { from } = this.way;
    const share = t * t * (3 - 2 * t);
    this.frame.soon();
    return points.map((value, i) => from[i] + share * (value - from[i]));
  }

  drawOverlay() {
    const { model, pinned, hovered, outline: selecting } = this.shown;
    if (!model) return;
    const context = clear(this.overlay, this.camera);
    const { camera, colours } = this;
    if (this.shown.guess) drawGuess(context, camera, this.shown.guess, colours);
    if (pinned) this.#drawPin(context);
    if (hovered) {
      const { x, y, row } = hovered;
      cross(context, camera.toScreen(x, y), 6, colours.text, colours.background);
      if (row >= 0) ring(context, camera.toScreen(...model.place(row)), 6, colours.text, model.colourOf(row));
    }
    if (selecting) outline(context, selecting, colours.accent);
  }

  #drawPin(/** @type {Pen} */ context) {
    const { camera, colours } = this;
    const { pinned, position } = this.shown;
    if (!pinned || !position) return;
    const at = camera.toScreen(pinned.x, pinned.y);
    arrow(context, at, camera.toScreen(...position.roundtrip.place), colours.accent);
    ring(context, at, 7, colours.background, colours.accent);
    if (position.posterior?.ellipse) { // over the pin: it may be no larger than that
      outline(context, position.posterior.ellipse.map(([x, y]) => camera.toScreen(x, y)), colours.text, colours.background);
    }
    for (const [x, y] of position.posterior?.places ?? []) {
      ring(context, camera.toScreen(x, y), 2, colours.text, colours.background);
    }
  }
}
