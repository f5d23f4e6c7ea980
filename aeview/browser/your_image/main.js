// One image and what a model makes of it: whether it was drawn just now or came from Python.

/** @import { Block, Camera, Code, Colours, Component, Model, Network, Place, Shape } from "../types.js" */
/** @import { Verdict } from "../net/scores.js" */
/** @import { Step } from "./steps.js" */
import { LeastChange } from "../map/least_change.js";
import { Feed } from "../payload/feed.js";
import { make } from "../controls/dom.js";
import { figure } from "../controls/figure.js";
import { Redraw } from "../controls/redraw.js";
import { MiniMap } from "../map/minimap.js";
import { cross, ring, way } from "../map/marks.js";
import { largest } from "../net/classifier.js";
import { restorer } from "../net/net.js";
import { difference } from "../charts/errors.js";
import { bytes, paint, paintValues } from "../charts/paint.js";
import { store } from "../payload/store.js";
import { number, percent } from "../controls/words.js";
import { Chart } from "./chart.js";
import { tint } from "./errors.js";
import { among, judge } from "../net/scores.js";
import { all } from "../shell/find.js";
import { Page, mount } from "../shell/mount.js";
import { showSteps } from "./steps.js";

const DRAWING = "drawing/own"; // where this page's pad tells of its drawing

/** @typedef {{ pixels: Float32Array, empty: boolean, moving?: boolean, shape: Shape }} Drawing what the pad tells */
/** @typedef {{ pixels: Float32Array, empty: boolean, moving?: boolean, judged: boolean, words: string, headline: string }} Input */
/** @typedef {{ picture: string, image: string, judged: boolean }} Crop one of several drawings */
/**
 * @typedef {{
 *   id: string, of: string, title: string, image: string, judged: boolean, headline: string, words: string, steps: Step[], crops: Crop[],
 * }} Picture
 */
/**
 * @typedef {{
 *   keys: string[], picture: Picture | null, calibration: string, limit: number | null, rate: string, uncalibrated: string,
 *   goes: string[], blank: { headline: string, words: string }, denoiser: { name: string, key: string } | null, classifier: string, towards: number,
 * }} Data
 */

const unpacked = (/** @type {string} */ image) => Float32Array.from(bytes(image), (value) => value / 255);

/** @extends {Page<Data>} */
class Bench extends Page {
  /** @type {Model | undefined} */
  model;
  /** @type {Input | undefined} */
  input;
  /** @type {Picture | null} the newest one */
  picture = null;
  /** @type {Verdict | null} of the input by the model */
  judged = null;
  /** @type {Code} */
  code = [];
  /** @type {Place | undefined} of the code */
  place;
  /** @type {Verdict["near"]} */
  near = [];
  /** @type {Float32Array} scores of normal images, ascending */
  normal = new Float32Array();
  /** @type {number | null} */
  limit = null;
  packed = "";
  /** @type {{ key: string, shape: Shape, run: (pixels: Float32Array) => Float32Array } | undefined} */
  denoiser;
  shown = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "own");
    this.redraw = this.keep(new Redraw(() => this.#show()));
    this.denoising = this.keep(new Redraw(() => this.#denoise()));
    this.feed = this.keep(new Feed((model) => this.#opened(model), () => this.#neighbours()));
    this.map = this.keep(new MiniMap(this.find(".minimap"), { over: (pen, camera, colours) => this.#onMap(pen, camera, colours) }));
    this.chart = this.keep(new Chart(this.find(".chart")));
    this.change = this.keep(new LeastChange(this.find(".least-change"), {
      asked: (label) => this.component.setStateValue("towards", { towards: label }), changed: () => this.#changed(), go: (code) => this.#goes(code),
    }));
    for (const button of all(this.root, "button[data-go]")) {
      button.addEventListener("click", () => this.component.setTriggerValue("go", { page: button.dataset.go, code: Array.from(this.code) }));
    }
    this.keep(store("lab").follow((topic, value) => {
      if (topic === DRAWING) this.#drawn(value);
      if (topic === "network/0") this.#network(value);
    }));
  }

  /** @param {Component<Data>} component */
  update(component) {
    const { data } = component;
    super.update(component);
    if (data.calibration !== this.packed) this.#calibrate(data);
    const { picture } = data;
    if (picture && picture.id !== this.picture?.id) this.#take(picture);
    else if (!picture && (this.picture || !this.input)) this.#drawn(store("lab").get(DRAWING));
    this.picture = picture;
    this.#made(picture);
    this.find(".denoised").hidden = !data.denoiser;
    this.find(".goes").hidden = !data.goes.length;
    for (const button of all(this.root, "button[data-go]")) button.hidden = !data.goes.includes(button.dataset.go ?? "");
    this.find(".denoised .by").textContent = data.denoiser?.name ?? "";
    this.feed.want(data.keys);
    this.redraw.soon();
    this.map.draw();
  }

  #calibrate(/** @type {Data} */ { calibration, limit, rate }) {
    this.packed = calibration;
    this.normal = new Float32Array(bytes(calibration).buffer);
    this.limit = limit;
    this.find(".chart").hidden = !this.normal.length;
    if (this.normal.length) this.chart.show(this.normal, limit, rate);
  }

  // ---- where images come from ---------------------------------------------------------------

  #take(/** @type {Picture} */ picture) {
    this.input = {
      pixels: unpacked(picture.image), judged: picture.judged, words: picture.words, headline: picture.headline, empty: false,
    };
  }

  #drawn(/** @type {Drawing | undefined} */ drawing) {
    if (!drawing || !this.component.data || (drawing.empty && this.component.data.picture)) return;
    const { pixels, empty, moving } = drawing;
    const { headline, words } = this.component.data.blank;
    this.input = {
      pixels, moving, empty, judged: !empty, words: empty ? words : "", headline: empty ? headline : "",
    };
    this.find(".made").hidden = this.find(".crops").hidden = true;
    this.redraw.soon();
  }

  // ---- what is made of it -------------------------------------------------------------------

  #opened(/** @type {Model} */ model) {
    this.model = model;
    this.judged = null; // what was judged was another's
    this.map.show(model);
    this.change.open(model, this.component.data.classifier, this.component.data.towards);
    Object.assign(this.find(".map .count"), { textContent: model.header.count.split(" (")[0], title: model.header.count });
    this.#scores();
    this.root.dataset.ready = "yes";
    this.redraw.soon();
  }

  #network(/** @type {Block<{ key: string, network: Network }>} */ { header: { key, network }, arrays }) {
    this.denoiser = { key, shape: network.shape, run: restorer(network, arrays) };
    this.redraw.soon();
  }

  #show() {
    const { model, input } = this;
    if (!model || !input || input.pixels.length !== model.shape.reduce((a, b) => a * b)) return;
    paint(this.find(".input canvas"), input.pixels, model.shape);
    this.judged = judge(model, input.pixels, this.normal, this.limit);
    const { code, reconstruction } = this.judged;
    this.code = code;
    this.place = model.plane.transform(code);
    paint(this.find(".reconstruction canvas"), reconstruction, model.shape);
    paintValues(this.find(".error canvas"), difference(reconstruction, input.pixels, model.shape), model.shape, tint);
    this.denoising.soon(); // a frame later than the rest: these networks are the larger ones
    if (input.moving) this.#classify();
    else this.change.from(input.judged ? code.slice() : null); // a search takes longer than a frame; then `#changed`
    this.#verdict(input, this.judged);
    this.#neighbours();
    this.root.dataset.shown = String(++this.shown);
  }

  // The classifier came, or the way to another class is another.
  #changed() {
    this.#classify();
    this.map.draw();
  }

  /** Say what the classifier sees in the input, and in the reconstruction where that is another class. */
  #classify() {
    const { model, input, judged, change: { classifier } } = this;
    const line = this.find(".class-seen");
    line.hidden = !model || !classifier || !input?.judged || !judged;
    if (!model || !classifier || line.hidden || !input || !judged) return;
    const [own, other] = [input.pixels, judged.reconstruction].map((pixels) => {
      const shares = classifier.see(pixels);
      const label = largest(shares);
      return { label, words: `as ${model.header.classes[label]} with ${percent(shares[label])}` };
    });
    const also = own.label === other.label ? "" : `, its reconstruction ${other.words}`;
    line.textContent = `Our classifier sees it ${own.words}${also}.`;
  }

  // On the way to another class the reconstruction shows where it is; the error map stays the image's.
  #goes(/** @type {Code | null} */ code) {
    if (!this.model) return;
    const pixels = code ? this.model.decode(code) : this.judged?.reconstruction;
    if (pixels) paint(this.find(".reconstruction canvas"), pixels, this.model.shape);
  }

  #denoise() {
    const { denoiser, model, input } = this;
    if (!denoiser || !model || !input || denoiser.key !== this.component.data.denoiser?.key) return;
    if (denoiser.shape.join() === model.shape.join()) paint(this.find(".denoised canvas"), denoiser.run(input.pixels), model.shape);
  }

  #verdict(/** @type {Input} */ input, /** @type {Verdict} */ { score, anomalous }) {
    const { limit, normal } = this;
    const judged = input.judged && normal.length > 0;
    const side = !judged || anomalous === null ? "none" : anomalous ? "out" : "in";
    const heads = { in: "In: no anomaly for this model.", out: "Out: an anomaly for this model.", none: "" };
    const limits = limit === null ? "" : `; the limit for ${this.component.data.rate} false alarms is ${limit.toFixed(4)}`;
    const said = judged ? `Score ${score.toFixed(4)} (MSE per pixel): ${among(normal, score)}${limits}. ` : "";
    this.find(".headline b").textContent = [input.headline, heads[side]].filter(Boolean).join(" ");
    const unsaid = input.judged ? this.component.data.uncalibrated : "";
    this.find(".headline span").textContent = [said.trim(), unsaid, input.words].filter(Boolean).join(" ");
    this.root.dataset.verdict = side;
    this.root.dataset.judged = input.judged ? "yes" : "no";
    this.root.dataset.score = String(score);
    if (normal.length) this.chart.point(judged ? score : null, said || input.words);
    if (!input.moving) this.find(".readout").textContent = this.find(".headline").textContent;
  }

  #neighbours() {
    const { model } = this;
    if (!model || !this.judged) return;
    this.near = this.input?.judged ? this.judged.near : [];
    this.find(".near").hidden = !this.near.length;
    const pictures = this.feed.pictures();
    this.find(".near .strip").replaceChildren(...this.near.map(({ row, distance }) =>
      figure(pictures?.get(row) ?? model.decode(model.codeOf(row)), model.shape,
        [model.labelOf(row), number(distance)],
        `Training image of class ${model.labelOf(row)} at distance ${number(distance)}`)));
    this.find(".near h3").replaceChildren("Nearest training images",
      make("span", {}, ` class, distance in latent space${pictures ? "" : "; as reconstructions, the originals are not here"}`));
    this.map.draw();
  }

  #onMap(/** @type {CanvasRenderingContext2D} */ pen, /** @type {Camera} */ camera, /** @type {Colours} */ colours) {
    if (!this.place || !this.model || !this.input?.judged) return;
    for (const { row } of this.near) {
      ring(pen, camera.toScreen(...this.model.place(row)), 4, colours.text, this.model.colourOf(row));
    }
    way(pen, this.change.places.map((place) => camera.toScreen(...place)), colours);
    const at = camera.toScreen(...this.place);
    /** @type {Place} */
    const seen = [Math.min(camera.width - 8, Math.max(8, at[0])), Math.min(camera.height - 8, Math.max(8, at[1]))];
    cross(pen, seen, 15, colours.text);
    ring(pen, seen, 7, colours.background, colours.accent);
  }

  // ---- how it was made ----------------------------------------------------------------------

  #made(/** @type {Picture | null} */ picture) {
    this.find(".made").hidden = !picture?.steps.length;
    this.find(".crops").hidden = !picture?.crops.length;
    if (!picture) return;
    this.find(".made .note").textContent = picture.title;
    showSteps(this.find(".steps"), picture.steps, (name, value) => {
      const values = Object.fromEntries(picture.steps.filter((step) => step.choices.length).map((step) => [step.name, step.value]));
      this.component.setStateValue("switches", { of: picture.of, values: { ...values, [name]: value } });
    });
    this.find(".crops").replaceChildren(...picture.crops.map((crop, i) => make("button", {
      type: "button", ariaLabel: `Take drawing ${i + 1}`, onclick: () => this.component.setTriggerValue("crop", i),
    }, make("img", { src: crop.picture, alt: "" }), make("span"))));
    this.#scores();
  }

  /** Say under each of several drawings what its own score is. */
  #scores() {
    const { model, normal, limit, picture } = this;
    if (!model || !picture) return;
    for (const [i, said] of all(this.root, ".crops span").entries()) {
      const { image, judged } = picture.crops[i];
      const verdict = judged && normal.length ? judge(model, unpacked(image), normal, limit) : null;
      const side = verdict && verdict.anomalous !== null ? (verdict.anomalous ? ", out" : ", in") : "";
      said.textContent = verdict ? `${verdict.score.toFixed(4)}${side}` : "no score";
    }
  }
}

export default mount(Bench);
