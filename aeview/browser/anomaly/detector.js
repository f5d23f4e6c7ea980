// Anomaly: state, and what each control does to it. Python is told when the hand rests.

/** @import { Block, Component } from "../types.js" */
import { Fields } from "../controls/fields.js";
import { make } from "../controls/dom.js";
import { store } from "../payload/store.js";
import { all, finder } from "../shell/find.js";
import { axisOf } from "./axis.js";
import { Gallery } from "./gallery.js";
import { Histogram } from "./histogram.js";
import { Images } from "./images.js";
import { Plot } from "./plots.js";
import { Rows } from "./rows.js";
import { count, range, share, short } from "./texts.js";
import { curves, figures, interval, RULES, Sorted } from "./thresholds.js";

/** @typedef {import("./thresholds.js").Figures} Figures */
/** @typedef {{ score: string, rule: string, value: number | null | undefined, threshold: number }} State the rule's setting, and what follows */
/** @typedef {{ key: string, start: State }} Data */
/** @typedef {{ name: string, title: string, unit: string, words: string }} Score */
/**
 * @typedef {{
 *   key: string, kind: "images" | "rows", scores: Score[], sides: [string, string], n: number, n_normal: number, n_strange: number,
 *   noun: string, nouns: string, held: string, classes: string[], shape: number[], names?: string[],
 *   features: string[], cells: string[][], rebuilt: string[][],
 * }} Header of images shape and names, of rows features, cells and rebuilt
 */
/** @typedef {Record<"held" | "normal" | "strange", Sorted>} Side */

const TILES = 16;
const BAR_TILES = 40;
const GALLERIES = ["alarms", "misses", "most", "least", "of-bar"];
const COLOURS = ["#3f90da", "#e76300"]; // as in anomaly.css

export class Detector {
  component = /** @type {Component<Data>} */ ({});
  block = /** @type {Block<Header>} */ ({});
  /** @type {Block<Header> | undefined} */
  waiting;
  /** @type {Images | Rows | undefined} */
  items;
  /** @type {Record<string, Side>} by score */
  sides = {};
  side = /** @type {Side} */ ({});
  /** @type {Record<string, ReturnType<typeof curves>>} by score */
  curves = {};
  /** @type {[index: number, score: number][]} all images from the lowest score to the highest: numbers as in the block, strange after normal */
  byScore = [];
  /** @type {[number, number] | null} of the chosen bar */
  edges = null;
  /** @type {number | null} */
  selected = null;
  /** @type {Record<string, number>} the settings of rules that are not chosen are kept */
  values = Object.fromEntries(Object.entries(RULES).flatMap(([name, { start }]) => (start === undefined ? [] : [[name, start]])));
  alone = false;
  version = 0;
  frames = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = finder(root)(".anomaly");
    Object.assign(this.root, { anomaly: this }); // for tests and benchmarks
    this.find = finder(this.root);
    /** @type {Fields<State>} */
    this.fields = new Fields(this.root, { value: { title: "The setting" } }, { // its range is the rule's
      ready: () => this.items, changed: (change) => this.#changed(change), tell: () => this.#tell(), choices: ["rule"],
    });
    this.state = this.fields.state;
    this.histogram = new Histogram(this.find(".histogram"), COLOURS, {
      drag: (threshold) => this.fields.set({ rule: "hand", threshold }, false),
      rest: () => this.fields.tell(),
      choose: (edges) => this.#bar(edges),
    });
    const select = (/** @type {number} */ index) => this.#select(index);
    this.galleries = Object.fromEntries(GALLERIES.map((name) => [name, new Gallery(this.find(`section.${name}`), select)]));
    this.plots = { roc: new Plot(this.find(".roc")), pr: new Plot(this.find(".pr")) };
    this.#listen();
    this.unfollow = store("lab").follow((topic, block) => {
      if (topic === "anomaly/0") this.#receive(block);
    });
  }

  close() {
    this.unfollow();
    this.histogram.close();
    this.fields.close();
  }

  /** @param {Component<Data>} component */
  update(component) {
    const { key, start } = component.data;
    this.component = component;
    if (!this.state.rule) {
      if (start.value !== null && start.value !== undefined) this.values[start.rule] = start.value;
      Object.assign(this.state, start);
    }
    if (this.block.header && this.block.header.key !== key) this.root.dataset.ready = "no";
    if (this.waiting?.header.key === key) this.#open(this.waiting);
    else if (this.items) this.#draw();
  }

  #receive(/** @type {Block<Header>} */ block) {
    this.waiting = block;
    if (block.header.key === this.component.data?.key) this.#open(block);
  }

  // ---- what is judged ------------------------------------------------------------------------

  async #open(/** @type {Block<Header>} */ block) {
    if (this.block === block) return;
    this.block = block;
    const { header, arrays } = block;
    const { scores } = header;
    const home = this.find(".one");
    const items = header.kind === "images" ? await Images.unpack(block, home) : new Rows(block, home);
    if (this.block !== block) return; // another one came meanwhile
    this.items = items;
    this.version++;
    this.sides = Object.fromEntries(scores.map(({ name }) => [name, {
      held: new Sorted(arrays[`calibration.${name}`]),
      normal: new Sorted(arrays[`normal.${name}`]),
      strange: new Sorted(arrays[`strange.${name}`]),
    }]));
    this.alone = !header.n_strange;
    this.selected = null;
    this.#words(header);
    this.curves = Object.fromEntries(scores.map(({ name }) => [name, curves(this.sides[name].normal, this.sides[name].strange)]));
    this.find(".scores tbody").replaceChildren(...scores.map((score) => this.#line(score)));
    this.#score(scores.some(({ name }) => name === this.state.score) ? this.state.score : scores[0].name);
    const worst = this.byScore.findLast(([index]) => index < header.n_normal);
    if (worst) this.#select(worst[0]);
    this.root.dataset.ready = "yes";
  }

  #words(/** @type {Header} */ header) {
    const { find, alone } = this;
    this.root.classList.toggle("alone", alone);
    this.root.dataset.kind = header.kind;
    find(".legend .normal").textContent = header.sides[0];
    find(".legend .strange").textContent = header.sides[1];
    find(".legend .strange").hidden = alone;
    find(".matrix .normal").textContent = alone ? header.nouns : "normal";
    find(".whats").hidden = find(".one .pictures").hidden = header.kind !== "images";
    find(".one .columns").hidden = header.kind !== "rows";
    find("button[data-rule=f1]").disabled = alone;
    for (const name of ["recall", "precision", "f1"]) {
      find(`dt:has(+ [data-figure=${name}])`).hidden = find(`dd[data-figure=${name}]`).hidden = alone;
    }
    find("dt:has(+ [data-figure=falseAlarms])").textContent = alone ? "flagged" : "false alarms";
    find("select.score").replaceChildren(...header.scores.map(({ name, title }) => new Option(title, name)));
    find("select.score").disabled = header.scores.length < 2;
  }

  #score(/** @type {string} */ name) {
    this.state.score = name;
    this.side = this.sides[name];
    const { normal, strange } = this.side;
    const axis = axisOf([normal.values, strange.values]);
    this.histogram.show([normal.values, strange.values], axis);
    const { title, unit } = this.#about;
    this.find(".axis").textContent =
      `${title}${unit ? `, ${unit}` : ""}${axis.log ? " (logarithmic)" : ""}. Bars: share of each side; what is judged wrongly is hatched. Click a bar to see what stands in it.`;
    if (!this.alone) this.#curves(name);
    if (this.state.rule === "f1" && this.alone) this.state.rule = "conformal";
    this.find("select.score").value = name;
    for (const line of all(this.root, ".scores tbody tr")) line.classList.toggle("now", line.dataset.score === name);
    this.#bar(null);
    /** @type {(place: number, index: number, value: number) => [number, number]} */
    const entry = (before, index, value) => [before + index, value];
    this.byScore = [
      ...normal.order.map((index, place) => entry(0, index, normal.values[place])),
      ...strange.order.map((index, place) => entry(normal.length, index, strange.values[place])),
    ].sort((a, b) => a[1] - b[1]);
    this.#extremes();
    this.#rule();
  }

  get #about() {
    const { scores } = this.block.header;
    return scores.find(({ name }) => name === this.state.score) ?? scores[0];
  }

  #curves(/** @type {string} */ name) {
    const { roc, pr } = this.curves[name];
    const { n_normal, n_strange } = this.block.header;
    const base = n_strange / (n_normal + n_strange);
    this.plots.roc.show(roc, [[0, 0], [1, 1]]);
    this.plots.pr.show(pr, [[0, base], [1, base]]);
  }

  // ---- the threshold -------------------------------------------------------------------------

  #rule() {
    const { state } = this;
    const { held, normal, strange } = this.side;
    if (state.rule === "hand" && !Number.isFinite(state.threshold)) state.rule = "conformal";
    const { of, unit, low, high } = RULES[state.rule];
    state.value = this.values[state.rule];
    if (of) state.threshold = of(held, state.value, normal, strange);
    this.find(".setting").hidden = !unit;
    this.find(".setting .unit").textContent = unit ?? "";
    this.fields.bound({ value: { low, high } });
    this.#draw();
  }

  #draw() {
    const { threshold } = this.state;
    const { normal, strange } = this.side;
    this.histogram.draw(threshold);
    const now = figures(normal, strange, threshold);
    const cell = (/** @type {"hits" | "misses" | "alarms" | "passed"} */ name, /** @type {number} */ of) =>
      this.find(`[data-cell=${name}]`).replaceChildren(count(now[name]), make("small", {}, of ? share(now[name] / of) : "–"));
    cell("hits", strange.length);
    cell("misses", strange.length);
    cell("alarms", normal.length);
    cell("passed", normal.length);
    for (const value of all(this.root, "dd[data-figure]")) value.textContent = share(now[/** @type {keyof Figures} */ (value.dataset.figure)]);
    this.plots.roc.mark(now.falseAlarms, now.recall, `ROC: ${share(now.recall)} recall at ${share(now.falseAlarms)} false alarms`);
    this.plots.pr.mark(now.recall, now.precision, `Precision ${share(now.precision)} at ${share(now.recall)} recall`);
    this.#galleries(now);
    this.#said(now);
    this.#showThreshold();
    if (this.selected !== null) this.#aboutOne(this.selected);
    this.frames++;
    Object.assign(this.root.dataset, { frames: this.frames, alarms: now.alarms, misses: now.misses });
  }

  #said(/** @type {Figures} */ now) {
    const { rule, value, threshold } = this.state;
    const { held, normal, strange } = this.side;
    const { held: where, nouns } = this.block.header;
    const which = this.alone ? nouns : `normal test ${nouns}`;
    const realised = `Of ${count(normal.length)} ${which} ${share(now.falseAlarms)} are flagged (95 % interval ${range(interval(now.alarms, normal.length))}).`;
    const n = `${count(held.length)} ${where}`;
    /** @type {Record<string, string>} */
    const texts = {
      conformal: Number.isFinite(threshold)
        ? `At most ${value} % false alarms are promised from ${n}. ${realised}`
        : `${n} are too few to promise ${value} %: at least ${Math.ceil(100 / Number(value)) - 1} are needed. Nothing is flagged; choose a higher rate.`,
      percentile: `${value} % of ${n} do not exceed it. ${realised}`,
      deviation: `Mean + ${value} standard deviations of ${n}: no promise. ${realised}`,
      f1: `Chosen by the labels of what is shown, so these figures are too good to be expected again. ${realised}`,
      hand: `Set by hand: higher than ${share(held.below(threshold) / held.length)} of ${n}. ${realised}`,
    };
    this.find(".said").textContent = texts[rule];
    const strangers = this.alone ? "" : `, ${count(now.hits)} of ${count(strange.length)} strange ones`;
    this.histogram.label(`Histogram of ${this.#about.title}. Above the threshold of ${short(threshold)}: `
      + `${count(now.alarms)} of ${count(normal.length)} ${this.alone ? nouns : "normal ones"}${strangers}.`);
  }

  #galleries(/** @type {Figures} */ now) {
    const { normal, strange } = this.side;
    const first = normal.length - now.alarms;
    const alarms = normal.order.slice(Math.max(first, normal.length - TILES)).reverse();
    const misses = strange.order.slice(0, Math.min(now.misses, TILES)).map((index) => normal.length + index);
    this.#gallery("alarms", this.alone ? "Flagged" : "False alarms", alarms, now.alarms);
    this.#gallery("misses", "Misses", misses, now.misses);
  }

  #extremes() {
    const of = (/** @type {typeof this.byScore} */ list) => list.map(([index]) => index);
    this.#gallery("most", "Most anomalous", of(this.byScore.slice(-TILES).reverse()), this.byScore.length);
    this.#gallery("least", "Least anomalous", of(this.byScore.slice(0, TILES)), this.byScore.length);
  }

  /** @param {string} name @param {string} title @param {number[]} list @param {number} total how many there are, if not all are listed */
  #gallery(name, title, list, total, most = TILES) {
    if (!this.items) return;
    this.galleries[name].show(title, list, {
      items: this.items, what: this.find("select.what").value, most, total, selected: this.selected, version: `${this.version} ${this.state.score}`,
      describe: (index) => this.#describe(index), sideOf: (index) => Number(index >= this.side.normal.length),
    });
  }

  #bar(/** @type {[number, number] | null} */ edges) {
    this.edges = edges;
    this.find(".of-bar").hidden = !edges;
    if (!edges) return;
    const inside = this.byScore.filter(([, score]) => score >= edges[0] && score < edges[1]).map(([index]) => index);
    this.#gallery("of-bar", `Scores ${short(edges[0])} to ${short(edges[1])}`, inside, inside.length, BAR_TILES);
  }

  // ---- one image -----------------------------------------------------------------------------

  /** @returns {number} */
  #scoreOf(/** @type {number} */ index) {
    const { n_normal } = this.block.header;
    const [side, place] = index < n_normal ? ["normal", index] : ["strange", index - n_normal];
    return this.block.arrays[`${side}.${this.state.score}`][place];
  }

  #nameOf(/** @type {number} */ index) {
    const { header, arrays } = this.block;
    const label = arrays.labels[index];
    const kind = this.alone ? header.noun : `${index < header.n_normal ? "normal" : "strange"} ${header.noun}`;
    const row = header.kind === "rows" ? ` ${arrays.rows[index]}` : "";
    const what = header.kind === "images" ? "class " : "";
    return `${kind}${row}${label >= 0 ? `, ${what}${header.classes[label]}` : ""}`;
  }

  #describe(/** @type {number} */ index) {
    return `${this.#nameOf(index)}: ${this.#about.title} ${short(this.#scoreOf(index))}`;
  }

  #select(/** @type {number} */ index) {
    this.selected = index;
    this.items?.show(index);
    this.#tiles();
  }

  // The tiles anew: other ones are chosen, or show something else.
  #tiles() {
    this.#extremes();
    this.#bar(this.edges);
    this.#draw();
  }

  #aboutOne(/** @type {number} */ index) {
    const value = this.#scoreOf(index);
    const { held } = this.side;
    const { unit, title } = this.#about;
    const name = this.#nameOf(index);
    this.find(".one .name").textContent = name;
    for (const figure of all(this.root, ".one figure")) {
      figure.firstElementChild?.setAttribute("aria-label", `${figure.lastElementChild?.textContent}: ${name}`);
    }
    this.find(".one .about").textContent =
      `${title} ${short(value)}${unit ? ` ${unit}` : ""}: higher than ${share(held.below(value) / held.length)} of ${count(held.length)} `
      + `${this.block.header.held}. ${value > this.state.threshold ? "Flagged." : "Passed."}`;
  }

  // ---- scores side by side -------------------------------------------------------------------

  #line(/** @type {Score} */ { name, title, words }) {
    const choose = make("button", { type: "button", textContent: title, onclick: () => this.fields.set({ score: name }) });
    const number = (/** @type {number} */ value) => {
      const cell = make("td", { className: "number", textContent: (100 * value).toFixed(1) });
      cell.style.setProperty("--share", String(value));
      return cell;
    };
    const { auroc, averagePrecision } = this.curves[name];
    const line = make("tr", {}, make("th", { scope: "row" }, choose), number(auroc), number(averagePrecision), make("td", {}, words));
    line.dataset.score = name;
    return line;
  }

  // ---- controls ------------------------------------------------------------------------------

  #listen() {
    const { find, fields } = this;
    find("select.score").addEventListener("change", () => fields.set({ score: find("select.score").value }));
    find("input.threshold").addEventListener("change", () => {
      const threshold = find("input.threshold").valueAsNumber;
      if (Number.isFinite(threshold) && this.items) return fields.set({ rule: "hand", threshold });
      this.#showThreshold(true);
      fields.problem("The threshold is a number on the axis.");
    });
    find("select.what").addEventListener("change", () => this.#tiles());
  }

  #changed(/** @type {Partial<State>} */ { score, value }) {
    if (value !== undefined && value !== null) this.values[this.state.rule] = value;
    if (score) this.#score(score);
    else this.#rule();
  }

  #showThreshold(anyway = false) {
    const { threshold } = this.state;
    const field = this.find("input.threshold");
    const value = Number.isFinite(threshold) ? String(Number(threshold.toPrecision(4))) : "";
    if (anyway || field.value !== value) field.value = value;
  }

  #tell() {
    const { score, rule, value, threshold } = this.state;
    this.component.setStateValue("shown", { score, rule, value: value ?? null, threshold: rule === "hand" ? threshold : null });
  }
}
