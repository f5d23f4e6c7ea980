// The latent map: state, and what each gesture does to it.

import { Feed } from "../payload/feed.js";
import { contains } from "../map/camera.js";
import { listen } from "../map/gestures.js";
import { explain } from "../net/position.js";
import { Card } from "./card.js";
import { Corners } from "./corners.js";
import { Legend } from "./legend.js";
import { Panel } from "./panel.js";
import { Stage } from "./stage.js";
import { Toolbar } from "./toolbar.js";

const NEAR = 9; // css pixels within which the cursor is on a point
const URL_AFTER_MS = 500;

export class Explorer {
  constructor(root) {
    this.root = root.querySelector(".explorer");
    this.root.explorer = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.feed = new Feed((model) => this.#open(model), () => this.#pictured());
    this.stage = new Stage(this.root, this, () => this.#tellView());
    this.camera = this.stage.camera;
    this.card = new Card(this.find(".card"));
    this.layers = new Set();
    this.visible = (row) => !this.hidden[this.model.labels[row]];
    this.version = 0;
    this.root.dataset.decodes = this.decodes = 0;
    this.panel = new Panel(this.find, (typed) => this.type(typed));
    this.legend = new Legend(this.find(".legend"), (hidden, only) => this.filter(hidden, only));
    this.unlisten = listen(this.stage.home, this.#gestures());
    this.toolbar = new Toolbar(this.find, this.#tools());
    this.corners = new Corners((polygon) => this.#selectIn(polygon), (polygon) => {
      this.outline = polygon?.map(([x, y]) => this.camera.toScreen(x, y)) ?? null;
      this.stage.drawOverlay();
    });
    this.find(".download").addEventListener("click", () => this.#download());
  }

  close() {
    this.unlisten();
    this.stage.close();
    this.card.hide();
    this.feed.close();
    clearTimeout(this.urlTimer);
  }

  /** Python's small data, and the newest way to report to it. */
  update(component) {
    const before = this.component?.data.originals ?? component.data.originals;
    this.component = component;
    this.feed.want(component.data.keys);
    if (component.data.originals !== before) this.panelAgain();
    this.version++;
    this.stage.draw();
  }

  #pictured() {
    this.panelAgain();
    if (!this.card.home.hidden) this.#card();
    this.stage.draw();
  }

  /** Another model or map. */
  #open(model) {
    this.model = model;
    this.hidden = this.model.header.classes.map(() => false);
    this.selected = null;
    this.hovered = null;
    this.pinned = null;
    this.panel.reset(this.model);
    this.toolbar.offer(this.model);
    this.#label();
    this.stage.resize();
    this.camera.fit(this.model.box);
    this.#begin(this.component.data.start);
    this.stage.refresh();
    this.panel.gallery(null);
    this.root.dataset.ready = "yes";
    this.stage.draw();
  }

  #label() {
    const { map, header, plane } = this.model;
    if (map.kind === "linear") plane.fill = this.toolbar.fill;
    this.find(".axis-x").textContent = map.axes[0];
    this.find(".axis-y").textContent = map.axes[1];
    this.find(".count").textContent = header.count;
  }

  get pictures() {
    return this.feed.pictures();
  }

  /** Where the link, or the model's first point, says to begin. */
  #begin({ pin, view, colour, layers, guess }) {
    this.guess = null;
    if (view) this.camera.view = view;
    this.colour = colour in this.model.values ? colour : "class";
    this.toolbar.colour = this.colour;
    for (const layer of layers ?? []) this.#press(layer, true);
    this.legend.show(this.model, this.colour, this.hidden);
    if (!pin) return;
    const code = Float32Array.from(pin.code);
    const [x, y] = pin.place ?? this.model.plane.transform(code);
    this.guess = guess ? { from: this.model.plane.transform(Float32Array.from(guess)), to: [x, y] } : null;
    this.pin({ x, y, code, row: pin.row ?? -1 }, { tell: false });
  }

  // ---- what is where -----------------------------------------------------------------------

  #at(sx, sy) {
    const [x, y] = this.camera.toPlane(sx, sy);
    const { index, distance } = this.model.plane.grid.nearest(x, y, 1, (row) => this.visible(row));
    const row = distance[0] * this.camera.scale <= NEAR ? index[0] : -1;
    return { x, y, row };
  }

  decode(code) {
    this.decodes++;
    this.root.dataset.decodes = this.decodes;
    return this.model.decode(code);
  }

  // ---- gestures ----------------------------------------------------------------------------

  #gestures() {
    const ready = (act) => (...values) => this.model && act(...values);
    return {
      hover: ready((sx, sy) => this.hover(sx, sy)),
      leave: ready(() => this.leave()),
      click: ready((sx, sy, touch) => this.click(sx, sy, touch)),
      pan: ready((dx, dy) => this.camera.pan(dx, dy)), // a zoom follows, and draws
      drag: ready((at, by, press) => this.drag(at, by, press)),
      dragEnd: ready((press) => this.dragEnd(press)),
      zoom: ready((factor, sx, sy) => this.zoom(factor, sx, sy)),
      doubleClick: ready(() => this.resetZoom()),
      step: ready((dx, dy) => this.step(dx, dy)),
      key: ready((key) => ({ Enter: () => this.pinCursor(), Escape: () => this.escape(), " ": () => this.hovered && this.corners.set(this.hovered) })[key]()),
    };
  }

  hover(sx, sy) {
    const started = performance.now();
    this.hovered = { sx, sy, ...this.#at(sx, sy) };
    this.#showHovered();
    this.#cardSoon();
    this.root.dataset.hoverMs = (performance.now() - started).toFixed(2);
  }

  #showHovered() {
    const { x, y, row } = this.hovered;
    const code = Float32Array.from(this.model.codeAt(x, y));
    const share = this.model.supportOf(code, x, y);
    const pixels = this.decode(code);
    this.root.dataset.hoverRow = row;
    this.find(".readout").textContent = this.panel.decoded({ code, x, y, pixels, share, row: -1 }, false);
    this.stage.drawOverlay();
  }

  #cardSoon() {
    if (this.hovered.row < 0) this.card.hide();
    else this.card.soon(() => this.#card());
  }

  #card() {
    const row = this.hovered?.row ?? -1;
    if (row >= 0) this.card.show(row, this.model, this.pictures, this.camera);
  }

  leave() {
    this.card.hide();
    this.corners.drop();
    this.hovered = null;
    this.root.dataset.hoverRow = -1;
    this.panelAgain();
    this.stage.drawOverlay();
  }

  click(sx, sy, touch = false) {
    const { x, y, row } = this.#at(sx, sy);
    this.#pinAt(x, y, row);
    if (!touch) return;
    this.card.hide(); // where no mouse hovers, a tap brings it
    if (row >= 0) this.card.show(row, this.model, this.pictures, this.camera);
  }

  #pinAt(x, y, row) {
    if (row >= 0) {
      if (this.model.map.kind === "linear") this.model.plane.anchor = row;
      const [px, py] = this.model.place(row);
      this.pin({ x: px, y: py, code: this.model.codeOf(row).slice(), row });
    } else this.pin({ x, y, code: this.model.codeAt(x, y).slice(), row: -1 });
  }

  type({ place, code }) {
    if (code) {
      const [x, y] = this.model.plane.transform(code);
      this.pin({ x, y, code: Float32Array.from(code), row: -1 });
    } else this.#pinAt(...place, -1);
  }

  pinCursor() {
    if (this.hovered) this.#pinAt(this.hovered.x, this.hovered.y, this.hovered.row);
  }

  /** Pin a position and explain it; Python is told, for the link. */
  pin(pinned, { tell = true } = {}) {
    const round = Array.from(pinned.code, (v) => Number(v.toPrecision(6)));
    pinned.code = Float32Array.from(round);
    this.pinned = pinned;
    this.position = explain(this.model, pinned.code);
    this.panelAgain();
    this.stage.drawOverlay();
    if (tell) {
      this.component.setStateValue("pin", {
        key: this.model.header.key, code: round, row: pinned.row,
        place: [pinned.x, pinned.y].map((v) => Number(v.toPrecision(6))),
      });
    }
  }

  /** The panel as it is when nothing is under the cursor. */
  panelAgain() {
    if (!this.model) return;
    if (this.selected) this.panel.gallery([...this.selected], this.pictures);
    this.root.dataset.answered = this.pinned ? "yes" : "no";
    if (!this.pinned) {
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
    this.#describe(`pinned: ${this.find(".readout").textContent}`);
  }

  #describe(pinned) {
    const shown = this.selected ? `; ${this.selected.size} selected` : "";
    this.stage.home.setAttribute("aria-description", `${this.model.header.count}${shown}; ${pinned}`);
  }

  drag([sx, sy], [dx, dy], press) {
    this.card.hide();
    const selecting = this.toolbar.mode !== "pan" || press.shift;
    if (!selecting) {
      this.stage.home.classList.add("panning");
      this.camera.pan(dx, dy);
      this.stage.moved();
      return;
    }
    press.outline ??= [press.at];
    if (this.toolbar.mode === "box") {
      const [x0, y0] = press.at;
      press.outline = [[x0, y0], [sx, y0], [sx, sy], [x0, sy]];
    } else press.outline.push([sx, sy]);
    this.outline = press.outline;
    this.stage.drawOverlay();
  }

  dragEnd(press) {
    this.stage.home.classList.remove("panning");
    this.outline = null;
    if (press.outline) this.#selectIn(press.outline.map(([sx, sy]) => this.camera.toPlane(sx, sy)));
  }

  #selectIn(polygon) {
    const rows = [];
    for (let row = 0; row < this.model.n; row++) {
      if (this.visible(row) && contains(polygon, ...this.model.place(row))) rows.push(row);
    }
    this.select(rows);
  }

  select(rows) {
    this.selected = rows ? new Set(rows) : null;
    this.version++;
    this.root.dataset.selected = rows ? rows.length : "";
    this.panel.gallery(rows, this.pictures);
    this.stage.draw();
  }

  /** The legend hides classes, or isolates one, which also selects it. */
  filter(hidden, only) {
    this.hidden = hidden;
    this.leave();
    const rows = [];
    for (let row = 0; only !== null && row < this.model.n; row++) {
      if (this.model.labels[row] === only) rows.push(row);
    }
    this.select(only === null ? null : rows);
  }

  zoom(factor, sx, sy) {
    this.camera.zoom(factor, sx, sy);
    this.stage.moved();
    this.hovered = { sx, sy, ...this.#at(sx, sy) };
  }

  resetZoom() {
    this.camera.fit(this.model.box);
    this.stage.moved();
  }

  step(dx, dy) {
    const from = this.hovered ?? this.pinned ?? { x: this.camera.x, y: this.camera.y };
    const [sx, sy] = this.camera.toScreen(from.x, from.y);
    const at = this.camera.follow(sx + dx, sy + dy);
    if (at[0] !== sx + dx || at[1] !== sy + dy) this.stage.moved();
    this.hover(...at);
    this.corners.follow(this.hovered);
  }

  escape() {
    if (this.corners.drop()) return;
    if (this.selected || this.hidden.some(Boolean)) {
      this.legend.reset();
      return;
    }
    this.pinned = this.position = null;
    this.component.setStateValue("pin", { key: this.model.header.key, code: [], row: -1, place: [0, 0] });
    this.leave();
  }

  // ---- tools -------------------------------------------------------------------------------

  #tools() {
    const ready = (act) => (value) => this.model && act(value);
    return {
      resetZoom: ready(() => this.resetZoom()),
      clear: ready(() => this.legend.reset()),
      recolour: ready((colour) => this.recolour(colour)),
      toggle: ready((layer) => this.toggle(layer)),
      refill: ready((fill) => {
        this.model.plane.fill = fill;
        this.stage.refresh();
      }),
    };
  }

  recolour(colour) {
    this.colour = colour;
    this.version++;
    this.legend.show(this.model, colour, this.hidden);
    this.stage.draw();
    this.#tellView();
  }

  toggle(layer) {
    this.#press(layer, !this.layers.has(layer));
    this.stage.refresh();
    this.stage.draw();
    this.#tellView();
  }

  #press(layer, on) {
    if (on) this.layers.add(layer);
    else this.layers.delete(layer);
    this.toolbar.press(layer, on);
  }

  #download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([this.panel.csv([...this.selected])], { type: "text/csv" }));
    link.download = `${this.model.header.name.replace(/[^\w.-]/g, "-")}-selection.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  #tellView() {
    clearTimeout(this.urlTimer);
    this.urlTimer = setTimeout(() => {
      const view = this.camera.view.map((v) => Number(v.toPrecision(4)));
      this.component.setStateValue("view", {
        key: this.model.header.key, view, colour: this.colour, layers: [...this.layers],
      });
    }, URL_AFTER_MS);
  }
}
