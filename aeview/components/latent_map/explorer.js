// The latent map: state, and what each gesture does to it.

import { bytes, imageData, theme } from "../paint.js";
import { store } from "../store.js";
import { Camera } from "./camera.js";
import { listen } from "./gestures.js";
import { Fog, Points, Tiles, drawNames, drawPrior } from "./layers.js";
import { Legend } from "./legend.js";
import { Model } from "./model.js";
import { Panel } from "./panel.js";
import { Pictures } from "./pictures.js";

const NEAR = 9; // css pixels within which the cursor is on a point
const CARD_AFTER_MS = 125;
const REST_MS = 160; // after which a view counts as settled
const URL_AFTER_MS = 500;
const MANY = 500; // points in view up to which thumbnails are drawn
const SIDE = 540; // css pixels of pictures and words beside the map
const SIDE_WIDE = 840; // the same on a large screen (see the container query in the style)

export class Explorer {
  constructor(root) {
    this.root = root.querySelector(".explorer");
    this.root.explorer = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.map = this.find(".canvases");
    this.ground = this.find(".ground");
    this.overlay = this.find(".overlay");
    this.camera = new Camera();
    this.layers = { points: new Points(), tiles: new Tiles(), fog: new Fog() };
    this.shown = new Set();
    this.mode = "pan";
    this.version = 0;
    this.decodes = 0;
    this.panel = new Panel(this.find, (typed) => this.type(typed));
    this.legend = new Legend(this.find(".legend"), (hidden, only) => this.filter(hidden, only));
    this.unlisten = listen(this.map, this.#gestures());
    this.#buttons();
    this.observer = new ResizeObserver(() => this.#resize());
    this.observer.observe(this.root);
    this.onWindow = () => this.#resize();
    addEventListener("resize", this.onWindow);
  }

  close() {
    this.unlisten();
    this.observer.disconnect();
    removeEventListener("resize", this.onWindow);
    this.unfollow?.();
    this.layers.tiles.stop();
    this.layers.fog.stop();
    clearTimeout(this.cardTimer);
    clearTimeout(this.restTimer);
    clearTimeout(this.urlTimer);
  }

  /** Python's small data, and the newest way to answer it. */
  update(component) {
    this.component = component;
    const { data } = component;
    this.colours = theme(this.root);
    if (this.storeName !== data.store) {
      this.unfollow?.();
      this.storeName = data.store;
      this.unfollow = store(data.store).follow((topic, value) => this.#receive(topic, value));
    }
    this.start = data.start;
    if (this.model?.header.key === data.key) this.#apply(data);
    else if (this.waiting?.header.key === data.key) this.#open(this.waiting);
    this.version++;
    this.draw();
  }

  #receive(topic, block) {
    if (topic === "pictures") {
      Pictures.unpack(block).then((pictures) => {
        this.allPictures = pictures;
        this.panelAgain();
        if (!this.find(".card").hidden) this.#card();
        this.draw();
      });
    } else if (block.header.key === this.component.data.key) this.#open(block);
    else this.waiting = block;
  }

  /** Another model or map. */
  #open(block) {
    this.waiting = null;
    this.model = new Model(block);
    this.hidden = this.model.header.classes.map(() => false);
    this.selected = null;
    this.hovered = null;
    this.pinned = null;
    this.panel.reset(this.model);
    this.#offer();
    this.#resize();
    this.camera.fit(this.model.box);
    this.#begin(this.component.data.start);
    this.#refresh();
    this.#apply(this.component.data);
    this.panel.gallery(null);
    this.root.dataset.ready = "yes";
    this.draw();
  }

  get pictures() {
    return this.allPictures?.key === this.model?.header.pictures ? this.allPictures : null;
  }

  /** Where the link, or the model's first point, says to begin. */
  #begin({ pin, view, colour, layers }) {
    if (view) this.camera.view = view;
    if (colour in this.model.values) this.find(".colour").value = this.colour = colour;
    else this.colour = "class";
    this.find(".colour").value = this.colour;
    for (const layer of layers ?? []) this.#press(layer, true);
    this.legend.show(this.model, this.colour, this.hidden, this.palette);
    if (!pin) return;
    const code = Float32Array.from(pin.code);
    const [x, y] = pin.place ?? this.model.plane.transform(code);
    this.pin({ x, y, code, row: pin.row ?? -1 }, { tell: !this.component.data.answer });
  }

  /** What this model and this map can show. */
  #offer() {
    const { model } = this;
    const { has_posterior: hasPosterior, classes } = model.header;
    const names = { class: "class", error: "reconstruction error", ...(hasPosterior ? { kl: "KL" } : {}) };
    this.find(".colour").replaceChildren(...Object.entries(names).map(([value, text]) => new Option(text, value)));
    const prior = this.find('[data-layer="prior"]');
    prior.hidden = !(hasPosterior && model.map.kind === "linear");
    this.find(".fill").hidden = !(model.map.kind === "linear" && model.d > 2);
    if (model.map.kind === "linear") model.plane.fill = this.find(".fill-choice").value;
    this.find(".axis-x").textContent = model.map.axes[0];
    this.find(".axis-y").textContent = model.map.axes[1];
    this.palette = classes.map((_, i) => model.header.palette[i % model.header.palette.length]);
    this.find(".count").textContent = model.header.count;
  }

  #apply({ answer }) {
    if (answer && this.pinned && same(answer.code, this.pinned.code)) {
      this.answer = { ...answer, pixels: bytes(answer.image) };
      this.panelAgain();
    }
  }

  // ---- what is where -----------------------------------------------------------------------

  #at(sx, sy) {
    const [x, y] = this.camera.toPlane(sx, sy);
    const { index, distance } = this.model.plane.grid.nearest(x, y, 1, (row) => this.visible(row));
    const row = distance[0] * this.camera.scale <= NEAR ? index[0] : -1;
    return { x, y, row };
  }

  visible(row) {
    return !this.hidden[this.model.labels[row]];
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
      click: ready((sx, sy) => this.click(sx, sy)),
      drag: ready((at, by, press) => this.drag(at, by, press)),
      dragEnd: ready((press) => this.dragEnd(press)),
      zoom: ready((factor, sx, sy) => this.zoom(factor, sx, sy)),
      doubleClick: ready(() => this.resetZoom()),
      step: ready((dx, dy) => this.step(dx, dy)),
      key: ready((key) => (key === "Enter" ? this.pinCursor() : this.escape())),
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
    this.drawOverlay();
  }

  #cardSoon() {
    clearTimeout(this.cardTimer);
    const { row } = this.hovered;
    if (row < 0) this.find(".card").hidden = true;
    else if (this.find(".card").hidden) this.cardTimer = setTimeout(() => this.#card(), CARD_AFTER_MS);
    else this.#card();
  }

  #card() {
    const row = this.hovered?.row ?? -1;
    if (row < 0) return;
    const { model } = this;
    const card = this.find(".card");
    const original = this.pictures?.get(row);
    this.find(".card .original").hidden = !original;
    if (original) this.#picture(".card .original", original);
    this.#picture(".card .reconstruction", model.decode(model.codeOf(row)));
    const label = model.header.classes[model.labels[row]];
    this.find(".card-title").textContent = label;
    card.dataset.row = row;
    const split = ["training", "validation", "test"][model.rows.split[row]];
    this.find(".card-note").textContent = `${split} image ${model.rows.index[row]}`
      + (original ? " and its reconstruction" : ", reconstruction");
    card.hidden = false;
    const [sx, sy] = this.camera.toScreen(...model.place(row));
    const left = Math.min(Math.max(4, sx - card.offsetWidth / 2), this.camera.width - card.offsetWidth - 4);
    const above = sy - card.offsetHeight - 14;
    Object.assign(card.style, { left: `${left}px`, top: `${above > 4 ? above : sy + 14}px` });
  }

  #picture(selector, pixels) {
    const canvas = this.find(selector);
    const [, height, width] = this.model.shape;
    Object.assign(canvas, { width, height });
    canvas.getContext("2d").putImageData(imageData(pixels, this.model.shape), 0, 0);
  }

  leave() {
    clearTimeout(this.cardTimer);
    this.find(".card").hidden = true;
    this.hovered = null;
    this.root.dataset.hoverRow = -1;
    this.panelAgain();
    this.drawOverlay();
  }

  click(sx, sy) {
    const { x, y, row } = this.#at(sx, sy);
    this.#pinAt(x, y, row);
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

  /** Pin a position and ask Python to explain it. */
  pin(pinned, { tell = true } = {}) {
    const round = Array.from(pinned.code, (v) => Number(v.toPrecision(6)));
    pinned.code = Float32Array.from(round);
    this.pinned = pinned;
    this.answer = null;
    this.panelAgain();
    this.drawOverlay();
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
    if (this.selected) this.panel.gallery([...this.selected], this.pictures, this.palette);
    if (!this.pinned) {
      this.root.dataset.pin = "";
      return;
    }
    const { x, y, code, row } = this.pinned;
    this.root.dataset.pin = Array.from(code).join(",");
    this.panel.answer(this.answer, this.pictures);
    this.root.dataset.answered = this.answer ? "yes" : "no";
    if (this.hovered) return;
    const pixels = this.answer ? this.answer.pixels : this.decode(code);
    const share = this.answer
      ? this.model.onMap(this.answer.support, x, y)
      : this.model.supportOf(code, x, y);
    this.find(".readout").textContent = this.panel.decoded({ code, x, y, pixels, share, row }, true);
  }

  drag([sx, sy], [dx, dy], press) {
    this.find(".card").hidden = true;
    const selecting = this.mode !== "pan" || press.shift;
    if (!selecting) {
      this.map.classList.add("panning");
      this.camera.pan(dx, dy);
      this.#moved();
      return;
    }
    press.outline ??= [press.at];
    if (this.mode === "box") {
      const [x0, y0] = press.at;
      press.outline = [[x0, y0], [sx, y0], [sx, sy], [x0, sy]];
    } else press.outline.push([sx, sy]);
    this.outline = press.outline;
    this.drawOverlay();
  }

  dragEnd(press) {
    this.map.classList.remove("panning");
    this.outline = null;
    if (!press.outline) return;
    const polygon = press.outline.map(([sx, sy]) => this.camera.toPlane(sx, sy));
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
    this.panel.gallery(rows, this.pictures, this.palette);
    this.draw();
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
    this.#moved();
    this.hovered = { sx, sy, ...this.#at(sx, sy) };
  }

  resetZoom() {
    this.camera.fit(this.model.box);
    this.#moved();
  }

  step(dx, dy) {
    const from = this.hovered ?? this.pinned ?? { x: this.camera.x, y: this.camera.y };
    const [sx, sy] = this.camera.toScreen(from.x, from.y);
    const clamp = (value, size) => Math.min(size, Math.max(0, value));
    this.hover(clamp(sx + dx, this.camera.width), clamp(sy + dy, this.camera.height));
  }

  escape() {
    if (this.selected || this.hidden.some(Boolean)) {
      this.legend.reset();
      return;
    }
    this.pinned = this.answer = null;
    this.component.setStateValue("pin", { key: this.model.header.key, code: [], row: -1, place: [0, 0] });
    this.leave();
  }

  // ---- tools -------------------------------------------------------------------------------

  #buttons() {
    this.find(".reset-zoom").addEventListener("click", () => this.model && this.resetZoom());
    this.find(".clear-selection").addEventListener("click", () => this.model && this.legend.reset());
    this.find(".download").addEventListener("click", () => this.#download());
    this.find(".colour").addEventListener("change", (event) => this.recolour(event.target.value));
    this.find(".fill-choice").addEventListener("change", (event) => {
      this.model.plane.fill = event.target.value;
      this.#refresh();
    });
    for (const button of this.root.querySelectorAll("[data-layer]")) {
      button.addEventListener("click", () => this.toggle(button.dataset.layer));
    }
    for (const button of this.root.querySelectorAll("[data-mode]")) {
      button.addEventListener("click", () => {
        this.mode = button.dataset.mode;
        for (const each of this.root.querySelectorAll("[data-mode]")) {
          each.setAttribute("aria-pressed", each === button);
        }
      });
    }
  }

  recolour(colour) {
    this.colour = colour;
    this.version++;
    this.legend.show(this.model, colour, this.hidden, this.palette);
    this.draw();
    this.#tellView();
  }

  toggle(layer) {
    if (!this.model) return;
    this.#press(layer, !this.shown.has(layer));
    this.#refresh();
    this.draw();
    this.#tellView();
  }

  #press(layer, on) {
    if (on) this.shown.add(layer);
    else this.shown.delete(layer);
    this.find(`[data-layer="${layer}"]`).setAttribute("aria-pressed", on);
  }

  #download() {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([this.panel.csv([...this.selected])], { type: "text/csv" }));
    link.download = `${this.model.header.name}-selection.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  // ---- drawing -----------------------------------------------------------------------------

  #resize() {
    const wide = this.root.clientWidth;
    const besides = wide > 1500 ? SIDE_WIDE : SIDE;
    const top = this.map.getBoundingClientRect().top + (this.root.ownerDocument.defaultView?.scrollY ?? 0);
    const high = Math.max(360, innerHeight - Math.max(top, 150) - 74);
    const side = Math.round(Math.max(320, Math.min(high, wide - besides)));
    if (!wide || side === this.side) return;
    this.side = side;
    this.map.style.width = this.map.style.height = `${side}px`;
    this.find(".map").style.width = `${side + 2}px`;
    this.camera.resize(side, side);
    for (const canvas of [this.ground, this.overlay]) {
      canvas.width = canvas.height = Math.round(side * (globalThis.devicePixelRatio || 1));
    }
    this.#refresh();
    this.draw();
  }

  #moved() {
    this.moving = true;
    this.draw();
    clearTimeout(this.restTimer);
    this.restTimer = setTimeout(() => {
      this.moving = false;
      this.#refresh();
      this.draw();
      this.#tellView();
    }, REST_MS);
  }

  /** Draw the slow layers anew for the view as it is. */
  #refresh() {
    if (!this.model) return;
    const { model } = this;
    const scene = {
      shape: model.shape,
      decodeAt: (x, y) => model.decodeAt(x, y),
      supportAt: (x, y) => model.supportOf(model.codeAt(x, y), x, y),
    };
    for (const name of ["tiles", "fog"]) {
      if (this.shown.has(name)) this.layers[name].refresh(this.camera, scene, () => this.draw());
      else this.layers[name].stop();
    }
  }

  draw() {
    if (!this.model || this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = null;
      this.#drawGround();
      this.drawOverlay();
    });
  }

  #clear(canvas) {
    const ratio = globalThis.devicePixelRatio || 1;
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.camera.width, this.camera.height);
    return context;
  }

  #drawGround() {
    const context = this.#clear(this.ground);
    const { camera, layers, model, shown, colours } = this;
    if (shown.has("tiles")) layers.tiles.draw(context, camera);
    if (shown.has("fog")) layers.fog.draw(context, camera);
    const scene = this.#scene();
    const thumbnails = shown.has("thumbnails") && this.#inView();
    if (thumbnails) this.#drawThumbnails(context, thumbnails);
    else layers.points.draw(context, camera, scene, this.moving);
    if (shown.has("prior") && !this.find('[data-layer="prior"]').hidden) {
      drawPrior(context, camera, model.plane.transform(new Float32Array(model.d)), colours);
    }
    if (this.colour === "class" && !thumbnails) drawNames(context, camera, scene, colours);
  }

  #scene() {
    const { model, colour } = this;
    const values = model.values[colour];
    const paintRow = values
      ? (row) => model.scales[colour].colour(values[row])
      : (row) => this.palette[model.labels[row]];
    return {
      n: model.n, points: model.points, names: model.names, hidden: this.hidden,
      version: `${this.version},${model.header.key},${colour}`,
      visible: (row) => this.visible(row), selected: this.selected, colour: paintRow,
      pale: "rgba(140, 146, 154, 0.35)",
    };
  }

  /** The rows in view if they are few enough for pictures, else null. */
  #inView() {
    const { left, right, bottom, top } = this.camera.box;
    const rows = [];
    for (let row = 0; row < this.model.n; row++) {
      const [x, y] = this.model.place(row);
      if (x < left || x > right || y < bottom || y > top || !this.visible(row)) continue;
      rows.push(row);
      if (rows.length > MANY) return null;
    }
    return rows;
  }

  #drawThumbnails(context, rows) {
    const { model, camera } = this;
    const [, height, width] = model.shape;
    const size = rows.length > 200 ? 20 : 28;
    const tile = new OffscreenCanvas(width, height);
    const pen = tile.getContext("2d");
    context.imageSmoothingEnabled = false;
    context.lineWidth = 1.5;
    for (const row of rows) {
      const pixels = this.pictures?.get(row) ?? model.decode(model.codeOf(row));
      pen.putImageData(imageData(pixels, model.shape), 0, 0);
      const [x, y] = camera.toScreen(...model.place(row));
      context.globalAlpha = this.selected && !this.selected.has(row) ? 0.25 : 1;
      context.drawImage(tile, x - size / 2, y - size / 2, size, size);
      context.strokeStyle = this.palette[model.labels[row]];
      context.strokeRect(x - size / 2, y - size / 2, size, size);
    }
    context.globalAlpha = 1;
  }

  drawOverlay() {
    if (!this.model) return;
    const context = this.#clear(this.overlay);
    const { camera, colours } = this;
    if (this.pinned) this.#drawPin(context);
    if (this.hovered) {
      const { x, y, row } = this.hovered;
      cross(context, camera.toScreen(x, y), 6, colours.text);
      if (row >= 0) ring(context, camera.toScreen(...this.model.place(row)), 6, colours.text, this.palette[this.model.labels[row]]);
    }
    if (this.outline) outline(context, this.outline, colours.accent);
  }

  #drawPin(context) {
    const { camera, colours, pinned, answer } = this;
    const at = camera.toScreen(pinned.x, pinned.y);
    if (answer?.posterior?.ellipse) {
      outline(context, answer.posterior.ellipse.map(([x, y]) => camera.toScreen(x, y)), colours.text);
    }
    for (const [x, y] of answer?.posterior?.places ?? []) {
      ring(context, camera.toScreen(x, y), 2, colours.text, colours.background);
    }
    if (answer) arrow(context, at, camera.toScreen(...answer.roundtrip.place), colours.accent);
    ring(context, at, 7, colours.background, colours.accent);
  }

  #tellView() {
    clearTimeout(this.urlTimer);
    this.urlTimer = setTimeout(() => {
      const view = this.camera.view.map((v) => Number(v.toPrecision(4)));
      this.component.setStateValue("view", {
        key: this.model.header.key, view, colour: this.colour, layers: [...this.shown],
      });
    }, URL_AFTER_MS);
  }
}

const same = (a, b) => a.length === b.length && a.every((v, i) => Math.abs(v - b[i]) <= 1e-5 * (1 + Math.abs(v)));

function contains(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}

function ring(context, [x, y], radius, edge, fill) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = edge;
  context.lineWidth = 2;
  context.stroke();
}

function cross(context, [x, y], size, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x - size, y);
  context.lineTo(x + size, y);
  context.moveTo(x, y - size);
  context.lineTo(x, y + size);
  context.stroke();
}

function outline(context, corners, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  context.stroke();
}

function arrow(context, [x0, y0], [x1, y1], colour) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 3) return;
  const angle = Math.atan2(y1 - y0, x1 - x0);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
  const head = Math.min(9, length);
  context.beginPath();
  context.moveTo(x1, y1);
  for (const side of [-0.45, 0.45]) {
    context.lineTo(x1 - head * Math.cos(angle + side), y1 - head * Math.sin(angle + side));
  }
  context.closePath();
  context.fill();
}
