// Anomaly: state, and what each control does to it. Python is told when the hand rests.

/** @import { Block, Component } from "../types.js" */
import { Fields } from "../controls/fields.js";
import { make } from "../controls/dom.js";
import { called } from "../controls/wording.js";
import { store } from "../payload/store.js";
import { all, finder } from "../shell/find.js";
import { axisOf } from "./axis.js";
import { Gallery } from "./gallery.js";
import { showHeader, sideOf } from "./header.js";
import { Histogram } from "./histogram.js";
import { Images } from "./images.js";
import { Plot } from "./plots.js";
import { GUARANTEED, rates, showGuarantees, showRates } from "./classes.js";
import { Rows } from "./rows.js";
import { said } from "./said.js";
import { count, share, short } from "./texts.js";
import { curves, figures } from "./thresholds.js";
import { BY_CLASS, judged, Verdict } from "./verdict.js";

/** @typedef {import("./thresholds.js").Figures} Figures */
/** @typedef {{ score: string, rule: string, value: number | null | undefined, threshold: number }} State the rule's setting, and what follows */
/** @import { Bound } from "../controls/fields.js" */
/** @import { Header, Score } from "./header.js" */
/** @import { Rules } from "./said.js" */
/** @import { Side } from "./verdict.js" */
/** @typedef {{ key: string, start: State, rules: Rules, fields: Record<string, Bound>, anew: boolean }} Data anew: a threshold set by hand was for something else */

const TILES = 16;
const BAR_TILES = 40;
const GALLERIES = ["alarms", "misses", "most", "least", "of-bar"];
const FIRST_RULE = "conformal";
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
  values = {};
  /** @type {Verdict | undefined} */
  verdict;
  /** @type {string | undefined} the score that is drawn */
  scored;
  /** @type {string | undefined} what the threshold belongs to besides its score */
  owner;
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
    const { key, start, rules, fields, anew } = component.data;
    this.component = component;
    this.fields.declare({ threshold: fields.threshold });
    if (!this.state.rule) {
      for (const [name, { first }] of Object.entries(rules.of)) if (first !== undefined) this.values[name] = first;
      Object.assign(this.state, start);
      if (start.value !== null && start.value !== undefined) this.#setting(start.value);
      if (anew) this.#anew("another model or other data");
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
    const { header } = block;
    const { scores } = header;
    const home = this.find(".one");
    const items = header.kind === "images" ? await Images.unpack(block, home) : new Rows(block, home);
    if (this.block !== block) return; // another one came meanwhile
    this.items = items;
    this.version++;
    this.sides = Object.fromEntries(scores.map(({ name }) => [name, sideOf(block, name)]));
    called(this.root, [header.noun, header.nouns, header.part]);
    this.alone = !header.n_strange;
    this.selected = null;
    showHeader(this.root, header);
    this.curves = Object.fromEntries(scores.map(({ name }) => [name, curves(this.sides[name].normal, this.sides[name].strange)]));
    if (this.owner !== undefined && this.owner !== header.owner && this.state.rule === "hand") this.#anew("another model or other data");
    this.owner = header.owner;
    this.find(".scores tbody").replaceChildren(...scores.map((score) => this.#line(score)));
    this.#score(scores.some(({ name }) => name === this.state.score) ? this.state.score : scores[0].name);
    const worst = this.byScore.findLast(([index]) => index < header.n_normal);
    if (worst) this.#select(worst[0]);
    this.root.dataset.ready = "yes";
  }

  #score(/** @type {string} */ name) {
    if (name !== this.scored && this.scored && this.state.rule === "hand") this.#anew("another score");
    this.state.score = this.scored = name;
    this.side = this.sides[name];
    const { normal, strange } = this.side;
    const axis = axisOf([normal.values, strange.values]);
    this.histogram.show([normal.values, strange.values], axis);
    const { title, unit } = this.#about;
    this.find(".axis").textContent =
      `${title}${unit ? `, ${unit}` : ""}${axis.log ? " (logarithmic)" : ""}. Bars: share of each side; what is judged wrongly is hatched. Click a bar to see what stands in it.`;
    if (!this.alone) this.#curves(name);
    const { rule } = this.state;
    if ((rule === "f1" && this.alone) || (rule === BY_CLASS && !this.side.near)) this.state.rule = FIRST_RULE;
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

  // A threshold set by hand is for one score, model and data; with another of them a rule sets it.
  #anew(/** @type {string} */ what) {
    this.state.rule = FIRST_RULE;
    this.fields.show();
    this.fields.problem(`The threshold set by hand belonged to ${what}; it is set anew, by the rule “${GUARANTEED[FIRST_RULE].title}”.`);
    this.fields.tell();
  }

  // Rules with a guarantee have one rate, so that they can be compared.
  #setting(/** @type {number} */ value) {
    const { rule } = this.state;
    for (const name of rule in GUARANTEED ? Object.keys(GUARANTEED) : [rule]) this.values[name] = value;
  }

  #rule() {
    const { state, side } = this;
    const { rules } = this.component.data;
    if (state.rule === "hand" && !Number.isFinite(state.threshold)) state.rule = FIRST_RULE;
    state.value = this.values[state.rule];
    this.verdict = state.rule === "hand" ? new Verdict(side, state.threshold) : judged(side, state.rule, state.value ?? 0, rules.delta);
    state.threshold = this.verdict.threshold;
    const { unit, low, high } = rules.of[state.rule] ?? {};
    this.find(".setting").hidden = !unit;
    this.find(".setting .unit").textContent = unit ?? "";
    this.fields.bound({ value: { low, high } });
    this.#guarantees();
    this.#draw();
  }

  #guarantees() {
    const { header, arrays } = this.block;
    const { rules } = this.component.data;
    const home = this.find(".guarantees");
    const key = [this.version, this.scored, this.values[FIRST_RULE], this.state.rule].join(" ");
    if (home.dataset.key === key || this.alone) return; // nothing of it follows the hand
    home.dataset.key = key;
    showGuarantees(home, this.side, {
      value: this.values[FIRST_RULE], now: this.state.rule, rules, labels: arrays.labels, classes: header.classes,
      choose: (rule) => this.fields.set({ rule }),
    });
  }

  #draw() {
    const { verdict } = this;
    if (!verdict) return;
    const { normal, strange, limits } = verdict;
    const { header, arrays } = this.block;
    const lines = limits?.map((value, number) => ({ value, name: header.classes[number] }));
    this.histogram.draw(verdict.threshold, lines ? { lines, wrong: verdict.wrong() } : null);
    const now = figures(normal, strange, verdict.at);
    const rate = this.state.rule in GUARANTEED ? Number(this.state.value) / 100 : null;
    showRates(this.find(".classes"), this.alone ? [] : rates(verdict, arrays.labels, header.classes), rate);
    const cell = (/** @type {"hits" | "misses" | "alarms" | "passed"} */ name, /** @type {number} */ of) =>
      this.find(`[data-cell=${name}]`).replaceChildren(count(now[name]), make("small", {}, of ? share(now[name] / of) : "–"));
    cell("hits", strange.length);
    cell("misses", strange.length);
    cell("alarms", normal.length);
    cell("passed", normal.length);
    for (const value of all(this.root, "dd[data-figure]")) value.textContent = share(now[/** @type {keyof Figures} */ (value.dataset.figure)]);
    this.plots.roc.mark(now.falseAlarms, now.recall, `ROC: ${share(now.recall)} recall at ${share(now.falseAlarms)} false alarms`);
    this.plots.pr.mark(now.recall, now.precision, `Precision ${share(now.precision)} at ${share(now.recall)} recall`);
    this.#galleries(now, verdict);
    this.#said(now, verdict);
    this.#showThreshold();
    if (this.selected !== null) this.#aboutOne(this.selected);
    this.frames++;
    Object.assign(this.root.dataset, { frames: this.frames, alarms: now.alarms, misses: now.misses });
  }

  #said(/** @type {Figures} */ now, /** @type {Verdict} */ verdict) {
    const { rule, value } = this.state;
    const { normal, strange } = verdict;
    const { held: where, nouns } = this.block.header;
    const which = this.alone ? nouns : `normal test ${nouns}`;
    this.find(".said").textContent = said({ rule, value: Number(value), verdict, now, rules: this.component.data.rules, where, nouns, which });
    const strangers = this.alone ? "" : `, ${count(now.hits)} of ${count(strange.length)} strange ones`;
    const above = verdict.limits ? "the threshold of its class" : `the threshold of ${short(verdict.threshold)}`;
    this.histogram.label(`Histogram of ${this.#about.title}. Above ${above}: `
      + `${count(now.alarms)} of ${count(normal.length)} ${this.alone ? nouns : "normal ones"}${strangers}.`);
  }

  #galleries(/** @type {Figures} */ now, /** @type {Verdict} */ { normal, strange }) {
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
    const [which, place] = this.#place(index);
    return this.side.raw[which][place];
  }

  /** @type {(index: number) => ["normal" | "strange", number]} its side, and which it is there */
  #place(index) {
    const { n_normal } = this.block.header;
    return index < n_normal ? ["normal", index] : ["strange", index - n_normal];
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
    const flagged = this.verdict?.flags(...this.#place(index));
    this.find(".one .name").textContent = name;
    for (const figure of all(this.root, ".one figure")) {
      figure.firstElementChild?.setAttribute("aria-label", `${figure.lastElementChild?.textContent}: ${name}`);
    }
    this.find(".one .about").textContent =
      `${title} ${short(value)}${unit ? ` ${unit}` : ""}: higher than ${share(held.below(value) / held.length)} of ${count(held.length)} `
      + `${this.block.header.held}. ${flagged ? "Flagged." : "Passed."}`;
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
      const { low = -Infinity, high = Infinity } = fields.of("threshold");
      if (low <= threshold && threshold <= high && this.items) return fields.set({ rule: "hand", threshold });
      this.#showThreshold(true);
      fields.problem(`The threshold goes from ${written(low)} to ${written(high)}; it stays as it was.`);
    });
    find("select.what").addEventListener("change", () => this.#tiles());
  }

  #changed(/** @type {Partial<State>} */ { score, value }) {
    if (value !== undefined && value !== null) this.#setting(value);
    if (score) this.#score(score);
    else this.#rule();
  }

  #showThreshold(anyway = false) {
    const { threshold } = this.state;
    const field = this.find("input.threshold");
    const value = Number.isFinite(threshold) && !this.verdict?.limits ? String(Number(threshold.toPrecision(4))) : "";
    if (anyway || (field.value !== value && !this.fields.typesInto(field))) field.value = value;
  }

  #tell() {
    const { score, rule, value, threshold } = this.state;
    this.component.setStateValue("shown", { score, rule, value: value ?? null, threshold: rule === "hand" ? threshold : null });
  }
}

const written = (/** @type {number} */ value) => value.toLocaleString("en").replace("-", "−");
