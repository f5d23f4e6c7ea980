// The words and pictures beside the map.

/** @import { Find, Model, Pictures, Pixels, Values } from "../types.js" */
/** @import { Neighbour, Position, Posterior } from "../net/position.js" */
/** @import { Classifier } from "../net/classifier.js" */
/** @typedef {{place: [number, number]} | {code: number[]}} Typed */
import { farthest } from "../charts/columns.js";
import { make } from "../controls/dom.js";
import { figure } from "../controls/figure.js";
import { FILES } from "../map/links.js";
import { paint } from "../charts/paint.js";
import { largest } from "../net/classifier.js";
import { Queue } from "../net/queue.js";
import { words } from "../net/support.js";
import { digits, percent, shown, unitNames } from "../controls/words.js";
import { find, focused } from "../shell/find.js";

const GALLERY = 60;
const NO_ENCODER = "this model has no encoder";
const AT_ONCE_MS = 60; // in which all pictures of a quick decoder are there
const ROUNDING = 1e-4; // a distance that an image has from itself, pinned by a code of six digits

export class Panel {
  /** @type {Model} */ model = /** @type {any} */ (null); // nothing is asked before there is one
  /** @type {HTMLInputElement[]} */ places = [];
  /** @type {HTMLInputElement[]} */ units = [];
  began = 0; // when what is shown was asked for, in ms
  pinned = true; // what is decoded: the pin, or what is under the cursor

  /** @param {Find} find below the explorer @param {(typed: Typed) => void} onType */
  constructor(find, onType) {
    this.find = find;
    this.onType = onType;
    this.later = new Queue(find(".posterior"));
    this.all = find("details.all-units");
  }

  /** Lay out the fields of another model. @param {Model} model */
  reset(model) {
    this.model = model;
    const axes = model.map.axes;
    const onMap = model.d <= 2 && model.map.kind === "linear";
    const names = onMap ? unitNames(model.d) : [axes[0] || "x", axes[1] || "y"];
    this.places = this.#fields(".coordinates", names, "0.1", () => {
      const [x, y = 0] = this.places.map((field) => Number(field.value));
      this.onType({ place: [x, y] });
    });
    this.all.hidden = onMap;
    const units = onMap ? [] : unitNames(model.d);
    this.units = this.#fields(".units", units, "any", () =>
      this.onType({ code: this.units.map((field) => Number(field.value)) }));
    this.find(".roundtrip dd").textContent = "…";
    this.find(".served").hidden = !model.served;
    this.find(".served").textContent = model.served ? `${model.served.words}.` : "";
    this.pinned = true;
  }

  /** @type {(selector: string, names: string[], step: string, changed: () => void) => HTMLInputElement[]} */
  #fields(selector, names, step, changed) {
    const home = this.find(selector);
    home.replaceChildren();
    return names.map((name) => {
      const input = make("input", { type: "number", step, ariaLabel: name });
      input.addEventListener("change", () => Number.isFinite(input.valueAsNumber) && changed());
      home.append(make("label", {}, name.replace(/ \(.*/, ""), input));
      return input;
    });
  }

  /**
   * Show a decoded code: under the cursor, or pinned.
   * @param {{code: Float32Array, x: number, y: number, pixels: Float32Array, share: number, row: number}} decoded
   * @param {boolean} pinned
   */
  decoded({ code, x, y, pixels, share, row }, pinned) {
    const picture = this.find("canvas.picture");
    paint(picture, pixels, this.model.shape);
    const { names } = this.model.shape;
    this.find(".farthest").textContent = names ? farthest(names, pixels) : "";
    this.pinned = pinned;
    this.#titles();
    this.find(".where").replaceChildren(make("b", {}, pinned ? "Pinned" : "Under the cursor"), row >= 0 ? `: ${this.#whose(row)}` : "");
    if (!pinned) this.find(".roundtrip dd").textContent = this.model.encodes ? "click to measure" : NO_ENCODER;
    const support = this.find(".support output");
    this.find(".support meter").value = this.model.header.nothing ? 0 : share;
    support.textContent = this.#supported(share);
    this.#write(this.places, [x, y]);
    if (pinned || this.all.open) this.#write(this.units, code); // there may be a thousand
    const readout = this.#readout(code, share);
    picture.setAttribute("aria-label", `Decoded image at ${readout}`);
    return readout;
  }

  /** The image that a code is of, or, told another class, the code alone. @param {number} row */
  #whose(row) {
    const { model } = this;
    const own = model.labels[row];
    const told = model.told ? (model.header.label ?? own) : own;
    const thing = model.encodes ? model.thing : "draw";
    return told === own ? `${thing} of class ${model.labelOf(row)}` : `code of class ${model.labelOf(row)}, told ${model.header.classes[told]}`;
  }

  /** What the classifier sees in the decoded picture; null where nobody asked for it. @type {(classifier: Classifier | null, pixels: Float32Array) => void} */
  seen(classifier, pixels) {
    this.find(".seen").hidden = !classifier;
    if (!classifier) return;
    const shares = classifier.see(pixels);
    const label = largest(shares);
    this.find(".seen dd").textContent = `${this.model.header.classes[label]}, ${percent(shares[label])}`;
  }

  /** Show what another model, whose slider is pulled, makes of the pinned image. @type {(pixels: Float32Array, heading: string) => void} */
  pulled(pixels, heading) {
    const picture = this.find("canvas.picture");
    paint(picture, pixels, this.model.shape);
    this.find(".where").replaceChildren(make("b", {}, `The pinned ${this.model.thing}`), ` ${heading}`);
    picture.setAttribute("aria-label", this.find(".where").textContent ?? "");
  }

  /** @type {(fields: HTMLInputElement[], values: Values) => void} */
  #write(fields, values) {
    fields.forEach((field, i) => {
      if (!focused(field)) field.value = digits(values[i]);
    });
  }

  /** @type {(code: Float32Array, share: number) => string} */
  #readout(code, share) {
    const first = Array.from(code.slice(0, 4), (v) => shown(v)).join(", ");
    const more = code.length > 4 ? ", …" : "";
    return `z = (${first}${more}) · support ${this.#supported(share)}`;
  }

  /** Codes of a model that learnt nothing lie close together without standing for anything. @type {(share: number) => string} */
  #supported(share) {
    return this.model.header.nothing ? "unknown: this model learnt too little" : `${percent(share)}, ${words(share)}`;
  }

  /**
   * Show what `explain` says of the pin.
   * @param {Position} position @param {Pictures | null} pictures null while they are not here
   * @param {boolean} originals whether they are to be had
   */
  explained({ roundtrip, neighbours, posterior }, pictures, originals) {
    this.began = performance.now();
    this.later.drop("");
    this.find(".roundtrip dd").textContent = roundtrip ? `lands ${shown(roundtrip.distance)} away` : NO_ENCODER;
    this.#neighbours(neighbours, pictures, originals);
    this.#posterior(posterior);
    this.#titles();
  }

  // While the cursor is over the map the large picture is the cursor's, and these stay the pin's.
  #titles() {
    const { thing, things } = this.model;
    const whose = this.pinned ? "" : ", of the pin";
    this.find(".neighbours h3").textContent = `Nearest training ${things}${whose}`;
    this.find(".posterior h3").textContent = `Posterior of the nearest ${thing}${whose}`;
  }

  /** @type {(neighbours: Neighbour[], pictures: Pictures | null, originals: boolean) => void} */
  #neighbours(neighbours, pictures, originals) {
    this.#fill(this.find(".neighbours .strip"), neighbours.map(({ row, distance }) => {
      const label = this.model.labelOf(row);
      const far = distance < ROUNDING ? 0 : distance;
      return {
        pixels: () => pictures?.get(row) ?? this.model.reconstruction(row), caption: [label, shown(far)],
        alt: `Training ${this.model.thing} of class ${label} at distance ${shown(far)}`,
      };
    }));
    this.find(".neighbours .note").textContent = originals || !this.model.encodes
      ? `Class${this.model.encodes ? "" : ", as our classifier sees the picture,"} and distance in latent space.`
      : `Shown as reconstructions: the original ${this.model.things} are not at hand: the sidebar says why.`;
  }

  /**
   * Fill a strip with figures. What a slow decoder has not made in time follows one by one.
   * @param {HTMLElement} strip @param {{pixels: () => Pixels, caption: string[], alt: string}[]} wanted
   */
  #fill(strip, wanted) {
    const { shape } = this.model;
    const until = this.began + AT_ONCE_MS;
    strip.replaceChildren(...wanted.map(({ pixels, caption, alt }, i) => {
      const late = performance.now() > until;
      const made = figure(late ? new Float32Array(shape.reduce((a, b) => a * b, 1)) : pixels(), shape, caption, alt);
      if (late) this.later.put(`${strip.parentElement?.className} ${i}`, () => paint(find(made, "canvas"), pixels(), shape));
      return made;
    }));
  }

  #posterior(/** @type {Posterior | null} */ posterior) {
    const strip = this.find(".posterior .strip");
    const note = this.find(".posterior .note");
    if (!posterior) {
      strip.replaceChildren();
      note.textContent = this.model.encodes ? `This model has none: each ${this.model.thing}'s code is a single point.`
        : "A posterior is an encoder's answer to an image, and this model has no encoder.";
      return;
    }
    this.#fill(strip, Array.from({ length: posterior.n }, (_, i) => (
      { pixels: () => posterior.draw(i), caption: [], alt: `Draw ${i + 1} from the posterior` })));
    const where = posterior.ellipse ? "the ellipse is μ ± 2σ on the map" : "the small rings on the map";
    note.textContent = `${posterior.n} draws, decoded (seed ${posterior.seed}); ${where}.`;
  }

  /** Show the selected rows, or nothing. @type {(rows: number[] | null, pictures?: Pictures | null) => void} */
  gallery(rows, pictures) {
    const home = this.find(".gallery");
    home.hidden = !rows;
    this.find(".neighbours").hidden = this.find(".posterior").hidden = Boolean(rows);
    if (!rows) return;
    const { labels, shape, header } = this.model;
    const counts = header.classes.map((name, label) => ({ name, label, n: 0 }));
    for (const row of rows) counts[labels[row]].n++;
    const present = counts.filter(({ n }) => n).sort((a, b) => b.n - a.n);
    find(home, "h3").textContent = `Selection: ${rows.length.toLocaleString("en")} ${this.model.things}`;
    find(home, ".note").textContent = present
      .map(({ name, n }) => `${name} ${percent(n / Math.max(1, rows.length))}`).join(" · ") || "No points there.";
    find(home, ".mix").replaceChildren(...present.map(({ label, name, n }) => make("span", {
      title: `${name}: ${n}`, style: `width: ${(100 * n) / rows.length}%; background: ${this.model.palette[label]}`,
    })));
    find(home, ".strip").replaceChildren(...rows.slice(0, GALLERY).map((row) =>
      figure(pictures?.get(row) ?? this.model.reconstruction(row), shape, [], `Image of class ${this.model.labelOf(row)}`)));
    find(home, "button.download").disabled = !rows.length;
  }

  /** The selection as CSV: split, index, label, code, place on the map. @param {number[]} rows */
  csv(rows) {
    const { model } = this;
    const cell = (/** @type {string} */ text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const safe = (/** @type {string} */ text) => cell(/^ *[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text);
    const units = unitNames(model.d);
    const lines = rows.map((row) => [
      FILES[model.rows.split[row]], model.rows.index[row], safe(this.model.labelOf(row)),
      ...model.codeOf(row), ...model.place(row),
    ].join(","));
    return [["split", "index", "label", ...units, "map_x", "map_y"].join(","), ...lines, ""].join("\n");
  }
}
