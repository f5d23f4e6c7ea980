// The least change after which a picture is seen as another class: asked for by class, found, told,
// and gone through. The page says where it begins, and shows the way on its map.

/** @import { Code, Model, Place, Values } from "../types.js" */
/** @import { ClassifierBlock } from "../net/classifier.js" */
/** @import { Counterfactual } from "../net/counterfactual.js" */
/** @typedef {{ asked: (label: number) => void, changed: () => void, go: (code: Float32Array | null) => void }} On asked: another class, −1 for none; go: through the codes of the way, null at its end */
import { make } from "../controls/dom.js";
import { figure } from "../controls/figure.js";
import { Player } from "../controls/player.js";
import { percent, shown } from "../controls/words.js";
import { Classifier } from "../net/classifier.js";
import { find } from "../net/counterfactual.js";
import { store } from "../payload/store.js";
import { Part } from "../shell/part.js";
import { still } from "./flight.js";

const TOPIC = "classifier";
const FRAMES = 6;
const ONCE_MS = 1400;

/** @extends {Part<On>} */
export class LeastChange extends Part {
  /** @type {Model | null} */ model = null;
  /** @type {Classifier | null} of the model's pictures, once it is here */ classifier = null;
  /** @type {Counterfactual | null} */ found = null;
  /** @type {Values | null} */ start = null;
  key = ""; // of the classifier; empty where there is none
  label = -1;
  t = 0; // where one is on the way
  frame = 0;
  /** @type {ClassifierBlock | null} */ #block = null;

  /** @param {HTMLElement} home @param {On} on */
  constructor(home, on) {
    super(home, on);
    this.select = make("select", { ariaLabel: "Class to be seen as", onchange: () => this.#ask(Number(this.select.value)) });
    this.button = make("button", { type: "button", hidden: true }, "Play");
    this.strip = make("div", { className: "strip" });
    this.note = make("p", { className: "note" });
    const about = "A counterfactual: the shortest way in latent space that was found to a place whose picture our classifier of this data set takes for the class, with a support of 10 % or more";
    home.append(make("div", { className: "asked" }, make("h3", { title: about }, "Least change"), make("label", { className: "field" }, "to be seen as", this.select), this.button), this.strip, this.note);
    this.player = new Player(this.button, {
      frames: () => FRAMES, place: () => this.t, go: (t) => this.#go(t), stopped: () => this.#end(),
    });
    this.unfollow = store("lab").follow((topic, block) => topic === TOPIC && this.#receive(block));
  }

  close() {
    this.unfollow();
    this.#halt();
  }

  /** Another model; `key` of the classifier of its data set, and the class that is asked for. @type {(model: Model, key: string, label: number) => void} */
  open(model, key, label) {
    this.#halt();
    const offered = Boolean(key) && !model.told; // a class that is told is not in the code
    Object.assign(this, { model, key, classifier: null, start: null, found: null, label: offered ? label : -1 });
    this.home.hidden = !offered;
    this.select.replaceChildren(new Option("–", "-1"), ...model.header.classes.map((name, i) => new Option(name, String(i))));
    this.select.value = String(this.label);
    this.#meet();
    this.#tell();
  }

  /** @param {ClassifierBlock} block */
  #receive(block) {
    this.#block = block;
    if (!this.model || this.classifier) return;
    this.#meet();
    if (!this.classifier) return;
    this.from(this.start);
    this.on.changed();
  }

  #meet() {
    if (this.model && this.#block && this.#block.header.key === this.key) this.classifier = new Classifier(this.model, this.#block);
  }

  #ask(/** @type {number} */ label) {
    this.label = label;
    this.on.asked(label);
    this.from(this.start);
    if (this.found?.distance && !still()) this.#once();
  }

  /** Where the way begins; null for nowhere. @param {Values | null} start */
  from(start) {
    this.#halt();
    this.start = start;
    const { classifier, label } = this;
    const begun = performance.now();
    this.found = start && classifier && label >= 0 ? find(classifier, start, label) : null;
    if (this.found) this.home.dataset.ms = (performance.now() - begun).toFixed(1);
    this.#tell();
    this.on.changed();
  }

  /** The code at t of the way, 0 to 1. @param {number} t */
  #at(t) {
    const { start, end } = /** @type {Counterfactual} */ (this.found);
    return start.map((value, j) => value + t * (end[j] - value));
  }

  /** The codes of the way, both ends among them. @returns {Float32Array[]} */
  get codes() {
    return this.found?.distance ? Array.from({ length: FRAMES }, (_, i) => this.#at(i / (FRAMES - 1))) : [];
  }

  /** The way on the map, and where one is on it. @returns {Place[]} */
  get places() {
    return this.codes.map((code) => /** @type {Model} */ (this.model).plane.transform(code));
  }

  // ---- what is said ------------------------------------------------------------------------

  #tell() {
    const { found, model, classifier, start, label, home } = this;
    const asked = label >= 0 && start !== null;
    home.dataset.state = !asked ? "none" : !classifier ? "waits" : !found ? "nothing" : found.distance ? "found" : "already";
    const codes = this.codes;
    this.button.hidden = !codes.length;
    if (!model || !classifier || !codes.length) this.strip.replaceChildren();
    else this.strip.replaceChildren(...codes.map((code) => this.#frame(model, classifier, code)));
    this.note.textContent = asked ? this.#words() : "";
  }

  /** @type {(model: Model, classifier: Classifier, code: Float32Array) => HTMLElement} */
  #frame(model, classifier, code) {
    const share = percent(classifier.probability(code, this.label));
    return figure(model.decode(code), model.shape, [share, ""], `Seen as ${this.#name} with ${share}`);
  }

  get #name() {
    return this.model?.header.classes[this.label] ?? "";
  }

  #words() {
    const { found, classifier, model } = this;
    if (!model || !classifier) return "The classifier is on its way …";
    if (!found) return `None of the nearest training ${model.things} of class ${this.#name} is seen as ${this.#name} and supported.`;
    const sure = `seen as ${this.#name} with ${percent(found.probability)}`;
    if (!found.distance) return `It is ${sure} already.`;
    const least = Math.min(...this.codes.map((code) => model.support.share(code)));
    this.home.dataset.probability = String(found.probability);
    return `At distance ${shown(found.distance)} ${sure}; support ${percent(found.support)}, on the way at least ${percent(least)}`
      + (found.roundtrip ? `; encoded again it lands ${shown(found.roundtrip.distance)} away.` : ".");
  }

  // ---- the way is gone through -------------------------------------------------------------

  #go(/** @type {number} */ t) {
    this.t = t;
    if (this.found) this.on.go(this.#at(t));
  }

  #once() {
    const begun = performance.now();
    const step = (/** @type {number} */ now) => {
      const t = Math.min(1, Math.max(0, (now - begun) / ONCE_MS));
      this.#go(t);
      if (t < 1) this.frame = requestAnimationFrame(step);
      else this.#end();
    };
    this.frame = requestAnimationFrame(step);
  }

  #end() {
    this.t = 0;
    this.on.go(null);
  }

  #halt() {
    cancelAnimationFrame(this.frame);
    this.player.stop();
    this.t = 0;
  }
}
