// The pad: pointer, pen and buttons; whatever changes is told at once in the browser (in the store)
// and, when the pen is lifted, to Python.

/** @import { Colours, Component, Shape } from "../types.js" */
/** @import { Size } from "../charts/canvas.js" */
/** @import { Hand } from "./ink.js" */
/** @typedef {{id: string, title: string, picture: string}} Sample */
/** @typedef {{shape: Shape, topic: string, hand: Hand, fit: boolean, hint: string, mode: string,
 *   samples: Sample[], max_bytes: number, shown: string | null}} Data */
import { clear, fit } from "../charts/canvas.js";
import { theme } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { focusByPointer, pressed, shareOf } from "../controls/point.js";
import { Redraw } from "../controls/redraw.js";
import { store } from "../payload/store.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { resized } from "../shell/zoom.js";
import { Clipboard } from "./clipboard.js";
import { Drawing } from "./drawing.js";
import { ink } from "./ink.js";

const FRAME = 28;
const GUIDE = 20;

/** @extends {Page<Data>} */
class Pad extends Page {
  fit = true;
  sampled = "";
  moving = false;
  /** @type {Float32Array} */ pixels = new Float32Array();

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "pad");
    this.canvas = this.find("canvas.sheet");
    this.drawing = new Drawing();
    this.#listen();
    this.keep(new Clipboard(this.find(".paste"), {
      pasted: (picture) => {
        this.#mark("");
        this.component.setTriggerValue("pasted", picture);
      },
      problem: (text) => this.#say(text),
      limit: () => this.component.data.max_bytes,
    }));
    this.keep(resized(this.canvas, () => this.draw()));
    this.frame = this.keep(new Redraw(() => {
      this.draw();
      this.#publish();
      if (!this.moving) this.#tell();
    }));
  }

  /** @param {Component<Data>} component */
  update(component) {
    const { data } = component;
    const before = /** @type {Data | undefined} */ (this.component.data);
    const others = before?.shape.join() !== data.shape.join() || JSON.stringify(before?.hand) !== JSON.stringify(data.hand);
    const turned = before?.shown !== data.shown; // else Python has yet to hear of it
    super.update(component);
    if (turned) this.drawing.watch(data.shown === null);
    if (others) {
      this.fit = data.fit;
      this.#shape(data.shape);
    }
    this.find("input.pen").value = String(this.drawing.pen);
    this.find(".hint").textContent = data.hint;
    this.find(".surface").hidden = this.find(".toolbar").hidden = data.mode !== "draw";
    this.find(".clipboard").hidden = data.mode !== "paste";
    this.#samples(data.samples);
    this.#mark(data.shown);
    this.root.dataset.ready = "yes";
    this.draw();
    if (others && !this.drawing.empty && data.shape[0] === 1) this.#publish();
    if (this.drawing.cameBack && data.mode === "draw") { // it is looked at again
      this.#mark(null);
      this.drawing.watch(true);
      this.changed(false);
    }
  }

  // ---- what the user does ------------------------------------------------------------------

  #listen() {
    const { canvas, drawing } = this;
    pressed(canvas, {
      down: (event) => {
        event.preventDefault(); // no scrolling, no selecting; the focus has to be asked for then
        focusByPointer(canvas);
        drawing.begin(shareOf(canvas, event));
        this.#mark(null);
        drawing.watch(true);
        this.changed();
      },
      move: (event) => {
        const events = event.getCoalescedEvents?.() ?? [];
        drawing.extend((events.length ? events : [event]).map((each) => shareOf(canvas, each)));
        this.changed();
      },
      up: () => this.#act(null, () => drawing.end()),
    });
    this.root.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "z") this.#act(event, () => drawing.undo());
    });
    this.find(".undo").addEventListener("click", (event) => this.#act(event, () => drawing.undo()));
    this.find(".clear").addEventListener("click", (event) => this.#act(event, () => drawing.clear()));
    this.find(".fit").addEventListener("click", (event) => this.#act(event, () => { this.fit = !this.fit; }));
    const pen = this.find("input.pen");
    pen.addEventListener("input", () => {
      drawing.pen = Number(pen.value);
      this.changed(true);
    });
    pen.addEventListener("change", () => this.#act(null, () => drawing.keep()));
  }

  /** @type {(event: Event | null, act: () => void) => void} */
  #act(event, act) {
    event?.preventDefault();
    act();
    this.changed();
  }

  // As the model's images are, and no higher than a square would be.
  #shape(/** @type {Shape} */ [, height, width]) {
    const wide = `${Math.min(100, (100 * width) / height)}%`;
    Object.assign(this.find(".surface").style, { aspectRatio: `${width} / ${height}`, width: wide });
  }

  #samples(/** @type {Sample[]} */ samples) {
    const text = JSON.stringify(samples);
    if (text === this.sampled) return;
    this.sampled = text;
    this.find(".samples").hidden = !samples.length;
    this.find(".samples .choices").replaceChildren(...samples.map(({ id, title, picture }) => make("button", {
      type: "button", title, ariaLabel: `Sample: ${title}`, dataset: { sample: id },
      onclick: () => {
        this.drawing.cameBack = false;
        this.#mark(id);
        this.component.setTriggerValue("sample", id);
      },
    }, make("img", { src: picture, alt: "" }))));
  }

  // Which of all this the page looks at.
  #mark(/** @type {string | null} */ shown) {
    this.root.classList.toggle("aside", shown !== null);
    for (const button of all(this.root, ".choices button")) {
      button.setAttribute("aria-pressed", String(button.dataset.sample === shown));
    }
  }

  #say(/** @type {string} */ text) {
    this.find(".problem").textContent = text;
    this.find(".problem").hidden = !text;
  }

  // ---- what follows ------------------------------------------------------------------------

  /** @param moving true while more of the same is to come, so that Python is not told yet */
  changed(moving = this.drawing.open) {
    this.moving = moving;
    this.frame.soon();
  }

  get hand() {
    const { hand } = this.component.data;
    return { ...hand, stroke: hand.stroke * this.drawing.pen, fit: this.fit };
  }

  #publish() {
    const { shape, topic } = this.component.data;
    const pixels = ink(this.drawing.strokes, [shape[1], shape[2]], this.hand);
    this.pixels = pixels;
    store("lab").set(topic, { pixels, shape, empty: this.drawing.empty, moving: this.moving });
  }

  // The picture itself is small: a byte a pixel.
  #tell() {
    this.drawing.cameBack = false;
    const bytes = Uint8Array.from(this.pixels, (value) => Math.round(255 * value));
    const image = btoa(String.fromCharCode(...bytes));
    const [, height, width] = this.component.data.shape;
    this.component.setStateValue("drawn", {
      image, height, width, empty: this.drawing.empty, at: Date.now(),
    });
  }

  draw() {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    if (!width || !this.component.data) return;
    const size = { width, height };
    const side = Math.min(width, height);
    fit(this.canvas, size);
    const pen = clear(this.canvas, size);
    const colours = theme(this.root);
    this.#guide(pen, colours, size);
    pen.strokeStyle = pen.fillStyle = colours.text;
    pen.lineCap = pen.lineJoin = "round";
    pen.lineWidth = (side * this.hand.stroke) / FRAME;
    for (const stroke of this.drawing.strokes) {
      const places = stroke.map(([x, y]) => /** @type {const} */ ([x * width, y * height]));
      pen.beginPath();
      pen.moveTo(...places[0]);
      for (const place of places.length > 1 ? places.slice(1) : places) pen.lineTo(...place);
      pen.stroke();
    }
    this.find(".hint").hidden = !this.drawing.empty;
    this.find("button.undo").disabled = !this.drawing.undoable;
    this.find("button.clear").disabled = this.drawing.empty;
    this.find(".fit").setAttribute("aria-pressed", String(this.fit));
  }

  /** @type {(pen: CanvasRenderingContext2D, colours: Colours, size: Size) => void} */
  #guide(pen, colours, { width, height }) {
    const side = Math.min(width, height);
    const box = (side * GUIDE) / FRAME;
    pen.strokeStyle = colours.text;
    pen.globalAlpha = 0.42;
    pen.lineWidth = 0.003 * side;
    pen.setLineDash([0.018 * side, 0.018 * side]);
    pen.strokeRect((width - box) / 2, (height - box) / 2, box, box);
    pen.setLineDash([]);
    pen.globalAlpha = 1;
  }
}

export default mount(Pad);
