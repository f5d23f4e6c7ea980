// Loss curves: reconstruction and KL apart, training full, validation dashed, nats by epoch.

/** @import { Place } from "../types.js" */
/** @import { Area } from "../charts/svg.js" */
/** @typedef {Record<string, number[]>} Lists by "train reconstruction" and so on */
/** @typedef {{reconstruction: string, regulariser: string}} Terms what the two terms of a loss are called */
/** @typedef {Terms & {title: string, curves: Lists}} Beside another run, drawn thin */
import { Scale } from "../charts/scale.js";
import { below, draw, level, levels, polyline, upright } from "../charts/svg.js";
import { shareOf } from "../controls/point.js";
import { speak } from "../controls/spoken.js";
import { number } from "../controls/words.js";
import { find } from "../shell/find.js";
import { resized } from "../shell/zoom.js";

const [LEFT, RIGHT, BOTTOM] = [46, 8, 34];
const BANDS = [
  { term: /** @type {const} */ ("reconstruction"), from: 0, to: 0.52, colour: "var(--accent)" },
  { term: /** @type {const} */ ("regulariser"), from: 0.54, to: 1, colour: "#e76300" },
];

const LEAST = 0.01; // of its middle that a scale reaches over, so that its numbers are short

/**
 * A scale for a band that fits what is shown; a few first epochs may not dwarf the rest.
 * @type {(values: number[], top: number, bottom: number) => Scale}
 */
export function scale(values, top, bottom) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const low = sorted[0] ?? 0;
  const high = Math.max(sorted[Math.max(1, Math.floor(0.97 * (sorted.length - 1)))] ?? low, low);
  const least = Math.max(1e-3, LEAST * Math.abs(low + high) / 2);
  const margin = Math.max((high - low) * 0.06, (least - (high - low)) / 2);
  return new Scale(low - margin, high + margin, { from: bottom, to: top });
}

/** A term's name without its unit. @param {string} title */
const short = (title) => title.split(",")[0];

export class Losses {
  /** @type {Lists} */ curves = {};
  /** @type {Beside | null} */ beside = null;
  /** @type {Area} */ area = { left: LEFT, right: LEFT, top: 0, bottom: 0 };
  /** @type {Terms} */ terms = { reconstruction: "", regulariser: "" };
  /** @type {number | undefined} */ marked; // an epoch that is marked, and one that is read
  /** @type {number | undefined} */ read;
  x = new Scale(1, 2);
  n = 0;
  count = 0;

  /** @param {HTMLElement} home */
  constructor(home) {
    this.svg = find(home, "svg");
    this.close = resized(this.svg, () => this.n && this.show(this.curves, this.terms, this.n, this.beside));
    for (const kind of /** @type {const} */ (["pointermove", "pointerdown"])) this.svg.addEventListener(kind, (event) => this.#hover(event));
    for (const kind of ["pointerleave", "blur"]) this.svg.addEventListener(kind, () => this.mark(this.marked));
    this.svg.addEventListener("keydown", (event) => this.#key(event));
    this.other = find(home, ".other");
    this.values = find(home, ".values");
  }

  /** @type {(curves: Lists, terms: Terms, n: number, beside?: Beside | null) => void} n is how many epochs there will be */
  show(curves, terms, n, beside = null) {
    const { clientWidth: width, clientHeight: height } = this.svg;
    this.curves = curves;
    this.terms = terms;
    this.beside = beside;
    this.n = Math.max(2, n, beside?.curves["val reconstruction"]?.length ?? 0);
    this.count = curves["train reconstruction"]?.length ?? 0;
    this.area = { left: LEFT, right: (width || 420) - RIGHT, top: 18, bottom: (height || 400) - BOTTOM };
    this.x = new Scale(1, this.n, { from: LEFT, to: this.area.right });
    this.svg.setAttribute("viewBox", `0 0 ${this.area.right + RIGHT} ${this.area.bottom + BOTTOM}`);
    this.svg.replaceChildren();
    this.other.hidden = !beside;
    this.other.textContent = beside ? `validation of: ${beside.title}` : "";
    for (const band of BANDS) this.#band(band);
    below(this.svg, this.x, [...new Set([1, Math.round(this.n / 2), this.n])], this.area);
    draw(this.svg, "text", { x: (LEFT + this.area.right + RIGHT) / 2, y: this.area.bottom + BOTTOM - 2, "text-anchor": "middle" }, "epoch");
    const said = this.count ? `after ${this.count} epochs, validation ${short(terms.reconstruction)} ${number(curves["val reconstruction"][this.count - 1], 1)} nats` : "no epoch yet";
    this.svg.setAttribute("aria-label", `Losses: ${said}. Arrow keys read them epoch by epoch.`);
    this.mark(this.marked);
  }

  /** @param {typeof BANDS[number]} band */
  #band({ term, from, to, colour }) {
    const { svg, curves } = this;
    const title = this.terms[term];
    const beside = this.beside?.[term] === title ? this.beside?.curves : undefined;
    const area = { ...this.area, top: from * this.area.bottom + 18, bottom: to * this.area.bottom };
    const [train, val, other] = [curves[`train ${term}`], curves[`val ${term}`], beside?.[`val ${term}`]].map((list) => list ?? []);
    draw(svg, "text", { x: LEFT, y: area.top - 6 }, title);
    if (this.count && !title) {
      draw(svg, "text", { class: "none", x: (area.left + area.right + RIGHT) / 2, y: (area.top + area.bottom) / 2 }, "this model adds no term to it");
      return;
    }
    const y = scale([...train, ...val, ...other], area.top, area.bottom);
    const places = (/** @type {number[]} */ list) => list.map((value, i) => /** @type {Place} */ ([this.x.place(i + 1), y.place(value)]));
    if (this.count) levels(svg, y, area);
    level(svg, area.bottom, area);
    for (const [name, list] of Object.entries({ train, val })) {
      polyline(svg, places(list), { class: name, stroke: colour });
      if (list.length === 1) draw(svg, "circle", { cx: this.x.place(1), cy: y.place(list[0]), r: 2.5, fill: colour });
    }
    if (other.length) polyline(svg, places(other), { class: "beside" });
  }

  /** @param {PointerEvent} event */
  #hover(event) {
    this.#point(Math.round(this.x.value(shareOf(this.svg, event)[0] * (this.area.right + RIGHT))));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const ends = { Home: 1, End: this.count }[event.key];
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10 }[event.key];
    if (!this.count || (!by && ends === undefined)) return;
    event.preventDefault();
    this.#point(ends ?? (this.read ?? this.count) + (by ?? 0));
    speak(this.svg, this.values.textContent);
  }

  /** Mark an epoch; none where it is undefined. @param {number} [epoch] */
  mark(epoch) {
    this.marked = epoch;
    this.#point(epoch);
  }

  /** @param {number} [wanted] */
  #point(wanted) {
    const epoch = wanted && Math.min(this.count, Math.max(1, wanted));
    this.read = epoch;
    this.svg.querySelector(".cursor")?.remove();
    if (!epoch) {
      this.values.textContent = "";
      return;
    }
    upright(this.svg, this.x.place(epoch), this.area, { class: "cursor" });
    const at = (/** @type {string} */ name) => this.curves[name][epoch - 1];
    const pair = (/** @type {string} */ term) => `${number(at(`train ${term}`), 1)} / ${number(at(`val ${term}`), 1)}`;
    const nothing = at("train regulariser") === 0 && at("val regulariser") === 0;
    const second = nothing ? "" : `, ${short(this.terms.regulariser)} ${pair("regulariser")}`;
    this.values.textContent = `epoch ${epoch}: ${short(this.terms.reconstruction)} ${pair("reconstruction")}${second}`;
  }
}
