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
import { arrow, cross, drawGuess, outline, ring, way } from "../map/marks.js";
import { Regions } from "../map/regions.js";
import { finder } from "../shell/find.js";
import { density, height, presenting, resized, top } from "../shell/zoom.js";
import { Motion } from "./motion.js";

const REST_MS = 160; // after which a view counts as settled
const MANY = 500; // points in view up to which thumbnails are drawn
const SIDE = 540; // css pixels of pictures and words beside the map
const SIDE_NARROW = 268;
const NARROW = 860; // below it, what stood at the right comes below
const SIDE_WIDE = 800; // the same on a large screen
const LEGEND = 24; // css pixels of one line of it
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
      if (!this.motion.flight) this.colours = theme(root); // asking takes a tenth of a frame
      if (background !== this.colours.background) shown.above.again(); // another theme
      this.#drawGround();
      this.drawOverlay();
    });
    this.restTimer = 0;
    this.moving = false;
    this.camera = new Camera();
    this.motion = new Motion(this.camera);
    this.layers = { points: new Points(), tiles: new Tiles(), regions: new Regions(), fog: new Fog() };
    this.unwatch = resized(root, () => this.resize());
  }

  close() {
    this.unwatch();
    this.frame.close();
    clearTimeout(this.restTimer);
    this.#stop();
  }

  #stop() {
    const { tiles, regions, fog } = this.layers;
    for (const layer of [tiles, regions, fog]) layer.stop();
  }

  resize() {
    const wide = this.root.clientWidth;
    const besides = wide > 1500 ? SIDE_WIDE : wide > NARROW ? SIDE : SIDE_NARROW;
    if (!wide) return;
    // Scrolling is no reason to grow; the legend is below, in as many lines as so large a map has for it.
    const [above, below] = presenting() ? [80, 6] : [150, 18];
    const map = this.find(".map");
    const sideOver = (/** @type {number} */ legend) => {
      const high = Math.max(360, height() - Math.max(top(this.home), above) - below - legend);
      const side = Math.round(Math.max(320, Math.min(high, wide - besides)));
      map.style.width = `${side + 2}px`;
      return side;
    };
    sideOver(LEGEND);
    const side = sideOver(this.find(".map figcaption").offsetHeight);
    if (side === this.side && density() === this.dense) return;
    this.side = side;
    this.dense = density();
    this.home.style.width = this.home.style.height = `${side}px`;
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
    this.root.dataset.moves = this.motion.flight ? "yes" : "no";
    this.root.dataset.laid = this.motion.laid ? "yes" : "no";
    if (this.motion.away) { // they come when the points have
      this.#stop();
      return;
    }
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
    this.#refreshRegions();
  }

  #refreshRegions() {
    const { regions } = this.layers;
    const { model, layers, change: { classifier } } = this.shown;
    if (!layers.has("classifier") || !classifier) return regions.stop();
    const seen = {
      answerAt: (/** @type {number} */ x, /** @type {number} */ y) => classifier.answer(model.codeAt(x, y)),
      palette: model.palette, edge: this.colours.text,
    };
    regions.refresh(this.camera, seen, () => {
      Object.assign(this.root.dataset, { regions: String(regions.done), regionsMs: regions.milliseconds.toFixed(0) });
      this.draw();
    });
  }

  draw() {
    if (this.shown.model) this.frame.soon();
  }

  #drawGround() {
    const now = performance.now();
    if (this.motion.landed(now)) this.refresh();
    const context = clear(this.ground, this.camera);
    const { camera, colours } = this;
    const { model, layers, colour } = this.shown;
    const scene = this.#scene();
    if (this.motion.away) return this.#drawMoving(context, scene, now);
    if (layers.has("tiles")) this.layers.tiles.draw(context, camera);
    if (layers.has("classifier")) this.layers.regions.draw(context, camera);
    if (layers.has("fog")) this.layers.fog.draw(context, camera);
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

  // On their way, each class is named by one point that takes its name along.
  /** @type {(context: Pen, scene: Scene, now: number) => void} */
  #drawMoving(context, scene, now) {
    const { camera, colours, motion } = this;
    const { model, colour } = this.shown;
    const { flight, laid } = motion;
    const share = flight?.share(now) ?? 1;
    this.layers.points.fly(context, camera, scene, motion.places(now), (row) => (flight && !flight.has(row) ? share : 1));
    if (!laid) drawAxes(context, camera, model.map.axes, colours);
    const names = model.names.map((name) => ({ ...name, places: [camera.toPlane(...motion.place(name.rows[0], now))] }));
    if (colour === "class") drawNames(context, camera, { ...scene, names }, colours);
    if (flight) this.frame.soon();
  }

  /** @returns {Scene} */
  #scene() {
    const { model, colour, hidden, selected, version, visible } = this.shown;
    const values = model.values[colour];
    const paintRow = values
      ? (/** @type {number} */ row) => model.scales[colour].colour(values[row])
      : (/** @type {number} */ row) => model.colourOf(row);
    return {
      n: model.n, points: model.points, names: model.names, hidden, visible, selected,
      version: `${version},${model.header.key},${colour}`, colour: paintRow,
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
    const [wide, high] = [size * Math.sqrt(width / height), size * Math.sqrt(height / width)];
    const tile = new OffscreenCanvas(width, height);
    const pen = /** @type {OffscreenCanvasRenderingContext2D} */ (tile.getContext("2d"));
    context.imageSmoothingEnabled = isSignal(model.shape);
    context.lineWidth = 1.5;
    for (const row of rows) {
      const pixels = pictures?.get(row) ?? model.reconstruction(row);
      pen.putImageData(imageData(pixels, model.shape), 0, 0);
      const [x, y] = this.camera.toScreen(...model.place(row));
      context.globalAlpha = selected && !selected.has(row) ? 0.25 : 1;
      context.drawImage(tile, x - wide / 2, y - high / 2, wide, high);
      context.strokeStyle = model.colourOf(row);
      context.strokeRect(x - wide / 2, y - high / 2, wide, high);
    }
    context.globalAlpha = 1;
  }

  /** Another map: let the points go to where they belong. @param {Float32Array | null} from where they are, in widths of the map */
  fly(from) {
    this.#stop();
    this.layers = { points: new Points(), tiles: new Tiles(), regions: new Regions(), fog: new Fog() }; // what they show is the other map's
    if (from) this.motion.fly(from);
    this.refresh();
    this.draw();
  }

  /** Lay the points out otherwise, or with null as they belong. @type {(points: Float32Array | null, options?: Parameters<Motion["lay"]>[2]) => void} */
  lay(points, options) {
    this.motion.lay(points, performance.now(), options);
    this.refresh();
    this.draw();
  }

  drawOverlay() {
    const { model, pinned, hovered, outline: selecting } = this.shown;
    if (!model) return;
    const context = clear(this.overlay, this.camera);
    const { camera, colours, motion } = this;
    const now = performance.now();
    if (this.shown.guess && !motion.away) drawGuess(context, camera, this.shown.guess, colours);
    if (!motion.away) way(context, this.shown.change.places.map((place) => camera.toScreen(...place)), colours);
    if (pinned && !motion.away) this.#drawPin(context);
    else if (pinned && pinned.row >= 0) ring(context, motion.place(pinned.row, now), 7, colours.background, colours.accent);
    if (hovered) {
      const { x, y, row } = hovered;
      cross(context, camera.toScreen(x, y), 6, colours.text, colours.background);
      if (row >= 0) ring(context, motion.place(row, now), 6, colours.text, model.colourOf(row));
    }
    if (selecting) outline(context, selecting, colours.accent);
  }

  #drawPin(/** @type {Pen} */ context) {
    const { camera, colours } = this;
    const { pinned, position } = this.shown;
    if (!pinned || !position) return;
    const at = camera.toScreen(pinned.x, pinned.y);
    if (position.roundtrip) arrow(context, at, camera.toScreen(...position.roundtrip.place), colours.accent);
    ring(context, at, 7, colours.background, colours.accent);
    if (position.posterior?.ellipse) { // over the pin: it may be no larger than that
      outline(context, position.posterior.ellipse.map(([x, y]) => camera.toScreen(x, y)), colours.text, colours.background);
    }
    for (const [x, y] of position.posterior?.places ?? []) {
      ring(context, camera.toScreen(x, y), 2, colours.text, colours.background);
    }
  }
}
