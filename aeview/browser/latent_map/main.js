// The latent map: state, and what each gesture does to it.

/** @import { Component, Model, Place, Press, Spot } from "../types.js" */
/** @import { Position } from "../net/position.js" */
/** @import { Typed } from "./panel.js" */
/** @import { Told } from "./sweeps.js" */
/** @typedef {{x: number, y: number, code: Float32Array, row: number}} Pinned row −1 for a place or a typed code */
/**
 * What the link says, or nothing.
 * @typedef {{pin?: {code: number[], place?: Place, row?: number} | null, view?: [number, number, number] | null, colour: string,
 *   layers?: string[], put_away?: string[], beside?: string[], towards?: number, guess?: number[] | null}} Start
 */
/**
 * tells: whether a conditional model can be told another class; classifier: the key of that of the data set, or empty; network: whether the row is to be had; tour: whether a visit may begin with one; forms: the key of a map that forms
 * @typedef {{keys: string[], originals: boolean, forms: string, start: Start, classifier: string, sentence: string, network: boolean,
 *   tour: boolean, tells?: boolean, sweeps: Told | null}} Data
 */
import { download } from "../controls/dom.js";
import { called } from "../controls/wording.js";
import { Feed } from "../payload/feed.js";
import { store } from "../payload/store.js";
import { contains } from "../map/camera.js";
import { listen, ready } from "../map/gestures.js";
import { spotAmong, spotAt } from "../map/minimap.js";
import { explain } from "../net/position.js";
import { Page, mount } from "../shell/mount.js";
import { Above } from "./above.js";
import { Card } from "./card.js";
import { Corners, boxOf } from "./corners.js";
import { Forming } from "./forming.js";
import { Legend } from "./legend.js";
import { AsClasses } from "./as_classes.js";
import { LeastChange } from "../map/least_change.js";
import { Panel } from "./panel.js";
import { Stage } from "./stage.js";
import { Toolbar } from "./toolbar.js";

const URL_AFTER_MS = 500;
const SAME = 1e-4; // units of the map between two places that are one

/** @extends {Page<Data>} */
export class Explorer extends Page {
  /** @type {Model} */ model = /** @type {any} */ (null); // not there at first: nothing is asked before
  /** @type {boolean[]} */ hidden = []; // by class
  /** @type {Set<number> | null} */ selected = null; // rows
  /** @type {Spot | null} */ hovered = null;
  /** @type {Pinned | null} */ pinned = null;
  /** @type {Position | null} */ position = null; // of the pin
  /** @type {{from: Place, to: Place} | null} */ guess = null;
  /** @type {Place[] | null} */ outline = null; // of a selection that is being made, on the screen
  /** @type {Set<string>} */ layers = new Set();
  colour = "class";
  version = 0;
  decodes = 0;
  urlTimer = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "explorer");
    this.feed = this.keep(new Feed((model) => this.#open(model), () => this.#pictured()));
    this.keep(store("wished").follow((topic, value) => this.#wished(topic, value)));
    this.stage = this.keep(new Stage(this.root, this, () => this.tellView()));
    this.camera = this.stage.camera;
    this.card = new Card(this.find(".card"));
    this.keep(() => this.card.hide());
    this.visible = (/** @type {number} */ row) => !this.hidden[this.model.labels[row]];
    this.root.dataset.decodes = "0";
    this.panel = new Panel(this.find, (typed) => this.type(typed));
    this.keep(() => this.panel.later.close());
    this.asClasses = new AsClasses(this.find(".as-classes"), (label) => this.component.setTriggerValue("told", label));
    this.legend = new Legend(this.find(".legend"), (hidden, only) => this.filter(hidden, only));
    this.keep(listen(this.stage.home, ready(() => this.model, this)));
    this.toolbar = new Toolbar(this.find, ready(() => this.model, this));
    this.above = this.keep(new Above(this));
    this.forming = this.keep(new Forming(this));
    this.change = this.keep(new LeastChange(this.find(".least-change"), {
      asked: () => this.tellView(), changed: () => this.#seen(), go: (code) => (code ? this.above.turn(code) : this.leave()),
    }));
    this.corners = new Corners((polygon) => this.#selectIn(polygon), (polygon) => {
      this.outline = polygon?.map(([x, y]) => this.camera.toScreen(x, y)) ?? null;
      this.stage.drawOverlay();
    });
    this.find(".download").addEventListener("click", () => this.#download());
    this.keep(() => clearTimeout(this.urlTimer));
  }

  /** @param {Component<Data>} component */
  update(component) {
    const before = this.component.data?.originals ?? component.data.originals;
    super.update(component);
    this.feed.want(component.data.keys);
    if (component.data.originals !== before) this.panelAgain();
    this.version++;
    this.stage.draw();
    if (!this.model) return;
    this.above.offer();
    this.forming.check();
  }

  answered(/** @type {boolean} */ latest) {
    if (!this.model) return;
    if (!latest) {
      if (this.pinned) this.position = explain(this.model, this.pinned.code);
      if (this.layers.has("tiles")) this.stage.refresh();
      this.panelAgain();
    }
    if (this.hovered) this.showHovered(this.hovered);
  }

  #pictured() {
    this.panelAgain();
    if (!this.card.home.hidden) this.#card();
    this.stage.draw();
  }

  /** Another model or map. @param {Model} model */
  #open(model) {
    const from = this.stage.motion.change(model, performance.now());
    this.model = model;
    called(this.root, model.words);
    this.hidden = this.model.header.classes.map(() => false);
    this.selected = null;
    this.hovered = null;
    this.pinned = null;
    this.root.dataset.pulled = "no";
    this.panel.reset(this.model);
    this.asClasses.reset(this.model, Boolean(this.component.data.tells));
    this.toolbar.offer(this.model, Boolean(this.component.data.classifier));
    this.change.open(model, this.component.data.classifier, this.component.data.start.towards ?? -1);
    this.above.open(this.component.data.start);
    this.#label();
    this.#colour(this.component.data.start);
    this.stage.resize();
    this.camera.fit(this.model.box);
    this.#begin(this.component.data.start);
    this.panel.gallery(null);
    this.root.dataset.ready = "yes";
    this.root.dataset.map = model.map.kind; // by neighbours is t-SNE's
    this.stage.fly(from);
    if (this.component.data.tour) this.above.tour();
    else this.above.endTour();
  }

  #label() {
    const { map, header, plane } = this.model;
    if ("fill" in plane) plane.fill = this.toolbar.fill;
    this.find(".axis-x").textContent = map.axes[0];
    this.find(".axis-y").textContent = map.axes[1];
    this.find(".count").textContent = header.count;
  }

  get pictures() {
    return this.feed.pictures();
  }

  #colour(/** @type {Start} */ { colour }) {
    this.colour = colour in this.model.values ? colour : "class";
    this.toolbar.colour = this.colour;
    this.legend.show(this.model, this.colour, this.hidden);
  }

  /** Where the link, or the model's first point, says to begin. @param {Start} start */
  #begin({ pin, view, layers, guess }) {
    this.guess = null;
    if (view) this.camera.view = view;
    for (const layer of layers ?? []) this.#press(layer, true);
    if (!pin) return;
    const code = Float32Array.from(pin.code);
    const [x, y] = pin.place ?? this.model.plane.transform(code);
    this.guess = guess ? { from: this.model.plane.transform(Float32Array.from(guess)), to: [x, y] } : null;
    this.pin({ x, y, code, row: pin.row ?? -1 }, { tell: false });
  }

  // ---- what is where -----------------------------------------------------------------------

  /** @type {(sx: number, sy: number) => Spot} */
  at(sx, sy) {
    const { laid } = this.stage.motion;
    return laid ? spotAmong(laid, this.camera, sx, sy, this.visible) : spotAt(this.model, this.camera, sx, sy, this.visible);
  }

  decode(/** @type {Float32Array} */ code) {
    this.decodes++;
    this.root.dataset.decodes = String(this.decodes);
    return this.model.decode(code, "hover");
  }

  // ---- gestures ----------------------------------------------------------------------------

  key(/** @type {string} */ key) {
    if (key === "Enter") this.pinCursor();
    else if (key === "Escape") this.escape();
    else {
      const corner = this.hovered ?? this.pinned;
      if (corner) this.corners.set(corner);
    }
  }

  /** @type {(sx: number, sy: number) => Spot} */
  hover(sx, sy) {
    const started = performance.now();
    const spot = this.at(sx, sy);
    this.hovered = spot;
    this.showHovered(spot);
    if (spot.row < 0) this.card.hide();
    else this.card.soon(() => this.#card());
    this.root.dataset.hoverMs = (performance.now() - started).toFixed(2);
    return spot;
  }

  /** @type {(spot: Spot, code?: Float32Array) => void} */
  showHovered(spot, given) {
    const { x, y, row } = spot;
    if (this.stage.motion.laid && !given) { // its points alone have codes
      if (row >= 0) this.showHovered(spot, this.model.codeOf(row).slice());
      else this.stage.drawOverlay();
      return;
    }
    const code = given ?? Float32Array.from(this.model.codeAt(x, y));
    const share = this.model.supportOf(code, x, y);
    this.above.enter(spot, code, share);
    const pixels = this.decode(code);
    this.root.dataset.hoverRow = String(row);
    this.find(".readout").textContent = this.panel.decoded({ code, x, y, pixels, share, row: -1 }, false);
    this.asClasses.show(code);
    this.panel.seen(this.change.classifier, pixels);
    this.above.leave(code, pixels, Boolean(given));
    this.stage.drawOverlay();
  }

  #card() {
    const row = this.hovered?.row ?? -1;
    if (row >= 0) this.#cardOf(row);
  }

  #cardOf(/** @type {number} */ row) {
    this.card.show(row, this.model, this.pictures, this.stage.motion.place(row, performance.now()), this.camera.width);
  }

  leave() {
    this.card.hide();
    this.corners.drop();
    this.hovered = null;
    this.root.dataset.hoverRow = "-1";
    this.panelAgain();
    this.stage.drawOverlay();
  }

  /** @type {(sx: number, sy: number, touch?: boolean) => void} */
  click(sx, sy, touch = false) {
    const { x, y, row } = this.at(sx, sy);
    if (row < 0 && this.stage.motion.laid) return;
    this.#pinAt(x, y, row);
    if (!touch) return;
    this.card.hide(); // where no mouse hovers, a tap brings it
    if (row >= 0) this.#cardOf(row);
  }

  /** Pin a place or a point; the panel tells of it until the cursor moves on. @type {(x: number, y: number, row: number) => void} */
  #pinAt(x, y, row) {
    this.hovered = null;
    if (row >= 0) {
      const { plane } = this.model;
      if ("anchor" in plane) plane.anchor = row;
      const [px, py] = this.model.place(row);
      this.pin({ x: px, y: py, code: this.model.codeOf(row).slice(), row });
    } else this.pin({ x, y, code: this.model.codeAt(x, y).slice(), row: -1 });
  }

  type(/** @type {Typed} */ typed) {
    if ("code" in typed) {
      const [x, y] = this.model.plane.transform(typed.code);
      this.pin({ x, y, code: Float32Array.from(typed.code), row: -1 });
    } else this.#pinAt(...typed.place, -1);
  }

  pinCursor() {
    if (this.hovered) this.#pinAt(this.hovered.x, this.hovered.y, this.hovered.row);
  }

  /** A notebook around a saved page wants something pinned or selected. @type {(topic: string, value: number[]) => void} */
  #wished(topic, value) {
    if (!this.model) return;
    if (topic === "selection") this.select(value.length ? value : null);
    else if (!value.length) this.#unpin();
    else if (topic === "code" || !this.#pinnedAt(value)) this.type(topic === "code" ? { code: value } : { place: /** @type {Place} */ (value) });
  }

  /** Whether the pin is there already, with a code that the place alone does not tell. @param {number[]} place */
  #pinnedAt([x, y]) {
    return this.pinned !== null && Math.hypot(this.pinned.x - x, this.pinned.y - y) < SAME;
  }

  /** Pin a position and explain it; Python is told, for the link. @param {Pinned} pinned */
  pin(pinned, { tell = true } = {}) {
    const round = Array.from(pinned.code, (v) => Number(v.toPrecision(6)));
    pinned.code = Float32Array.from(round);
    this.pinned = pinned;
    this.position = explain(this.model, pinned.code);
    this.change.from(pinned.code);
    this.panelAgain();
    this.stage.drawOverlay();
    this.#tell({ code: round, row: pinned.row, place: [pinned.x, pinned.y].map((v) => Number(v.toPrecision(6))) }, tell);
  }

  #unpin() {
    this.pinned = this.position = null;
    this.change.from(null);
    this.#tell({ code: [], row: -1, place: [0, 0] });
    this.leave();
  }

  /** Tell what is pinned: a notebook, and Python for the link. @param {{code: number[], row: number, place: number[]}} pin @param {boolean} [python] */
  #tell(pin, python = true) {
    store("told").set("pin", pin);
    if (python) this.component.setStateValue("pin", { key: this.model.header.key, ...pin });
  }

  /** The panel as it is when nothing is under the cursor. */
  panelAgain() {
    if (!this.model) return;
    if (this.selected) this.panel.gallery([...this.selected], this.pictures);
    this.above.rest();
    this.root.dataset.answered = this.pinned ? "yes" : "no";
    if (!this.pinned || !this.position) {
      this.root.dataset.pin = "";
      this.#describe("nothing is pinned");
      return;
    }
    const { x, y, code, row } = this.pinned;
    this.root.dataset.pin = Array.from(code).join(",");
    this.panel.explained(this.position, this.pictures, this.component.data.originals);
    if (this.hovered) return;
    const { pixels, support } = this.position;
    const share = this.model.onMap(support, x, y);
    this.find(".readout").textContent = this.panel.decoded({ code, x, y, pixels, share, row }, true);
    this.asClasses.show(code);
    this.panel.seen(this.change.classifier, pixels);
    this.#describe(`pinned: ${this.find(".readout").textContent}`);
  }

  // The classifier came, or the way is another.
  #seen() {
    this.stage.refresh();
    this.stage.draw();
    if (!this.hovered) this.panelAgain();
  }

  /** Another model's slider is pulled: the large picture is what that one makes of the pinned image. @type {(back: ((pixels: Float32Array) => Float32Array) | null, heading: string) => void} */
  see(back, heading) {
    const bytes = this.pinned && this.pinned.row >= 0 ? this.pictures?.get(this.pinned.row) : null;
    this.root.dataset.pulled = !back ? "no" : bytes ? "yes" : "unseen"; // what is still the page's own model's is pale
    if (!back) this.panelAgain();
    else if (bytes) this.panel.pulled(back(Float32Array.from(bytes, (v) => v / 255)), heading);
  }

  #describe(/** @type {string} */ pinned) {
    const shown = this.selected ? `; ${this.selected.size} selected` : "";
    this.stage.home.setAttribute("aria-description", `${this.model.header.count}${shown}; ${pinned}`);
  }

  /** @type {(at: Place, by: Place, press: Press) => void} */
  drag(at, by, press) {
    this.card.hide();
    const selecting = this.toolbar.mode !== "pan" || press.shift;
    if (!selecting) {
      this.stage.home.classList.add("panning");
      this.camera.pan(...by);
      this.stage.moved();
      return;
    }
    press.held ??= [press.at];
    if (this.toolbar.mode === "box") press.held = boxOf({ x: press.at[0], y: press.at[1] }, { x: at[0], y: at[1] });
    else press.held.push(at);
    this.outline = press.held;
    this.stage.drawOverlay();
  }

  dragEnd(/** @type {Press} */ press) {
    this.stage.home.classList.remove("panning");
    this.outline = null;
    const outline = /** @type {Place[] | undefined} */ (press.held);
    if (outline) this.#selectIn(outline.map((at) => this.camera.toPlane(...at)));
  }

  #selectIn(/** @type {Place[]} */ polygon) {
    const rows = [];
    for (let row = 0; row < this.model.n; row++) {
      if (this.visible(row) && contains(polygon, ...this.stage.motion.point(row))) rows.push(row);
    }
    this.select(rows);
  }

  select(/** @type {number[] | null} */ rows) {
    this.selected = rows ? new Set(rows) : null;
    store("told").set("selection", rows ?? []);
    this.version++;
    this.root.dataset.selected = rows ? String(rows.length) : "";
    this.panel.gallery(rows, this.pictures);
    this.stage.draw();
  }

  /** The legend hides classes, or isolates one, which also selects it. @type {(hidden: boolean[], only: number | null) => void} */
  filter(hidden, only) {
    this.hidden = hidden;
    this.leave();
    const rows = [];
    for (let row = 0; only !== null && row < this.model.n; row++) {
      if (this.model.labels[row] === only) rows.push(row);
    }
    this.select(only === null ? null : rows);
  }

  /** @type {(factor: number, sx: number, sy: number) => void} */
  zoom(factor, sx, sy) {
    this.camera.zoom(factor, sx, sy);
    this.stage.moved();
    this.hovered = this.at(sx, sy);
  }

  /** By two fingers: a zoom follows, and draws. @type {(dx: number, dy: number) => void} */
  pan(dx, dy) {
    this.camera.pan(dx, dy);
  }

  resetZoom() {
    this.camera.fit(this.model.box);
    this.stage.moved();
  }

  doubleClick() {
    this.resetZoom();
  }

  /** @type {(dx: number, dy: number) => void} */
  step(dx, dy) {
    const from = this.hovered ?? this.pinned ?? { x: this.camera.x, y: this.camera.y };
    const [sx, sy] = this.camera.toScreen(from.x, from.y);
    const at = this.camera.follow(sx + dx, sy + dy);
    if (at[0] !== sx + dx || at[1] !== sy + dy) this.stage.moved();
    this.corners.follow(this.hover(...at));
  }

  escape() {
    if (this.corners.drop()) return;
    if (this.selected || this.hidden.some(Boolean)) {
      this.legend.reset();
      return;
    }
    this.#unpin();
  }

  // ---- tools -------------------------------------------------------------------------------

  clear() {
    this.legend.reset();
  }

  toggleNetwork() {
    this.above.toggle();
  }

  refill(/** @type {string} */ fill) {
    const { plane } = this.model;
    if ("fill" in plane) plane.fill = fill;
    this.stage.refresh();
  }

  recolour(/** @type {string} */ colour) {
    this.colour = colour;
    this.version++;
    this.legend.show(this.model, colour, this.hidden);
    this.stage.draw();
    this.tellView();
  }

  toggle(/** @type {string} */ layer) {
    this.#press(layer, !this.layers.has(layer));
    this.stage.refresh();
    this.stage.draw();
    this.tellView();
  }

  /** @type {(layer: string, on: boolean) => void} */
  #press(layer, on) {
    if (on) this.layers.add(layer);
    else this.layers.delete(layer);
    this.toolbar.press(layer, on);
  }

  #download() {
    const csv = this.panel.csv([...(this.selected ?? [])]);
    download(new Blob([csv], { type: "text/csv" }), `${this.model.header.name.replace(/[^\w.-]/g, "-")}-selection.csv`);
  }

  tellView() {
    clearTimeout(this.urlTimer);
    this.root.dataset.telling = "soon";
    this.urlTimer = setTimeout(() => {
      delete this.root.dataset.telling;
      const view = this.camera.view.map((v) => Number(v.toPrecision(4)));
      this.component.setStateValue("view", {
        key: this.model.header.key, view, colour: this.colour, layers: [...this.layers], towards: this.change.label, ...this.above.told,
      });
    }, URL_AFTER_MS);
  }
}

export default mount(Explorer);
