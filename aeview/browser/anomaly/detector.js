// Anomaly: state, and what each control does to it. Python is told when the hand rests.

import { store } from "../payload/store.js";
import { axisOf } from "./axis.js";
import { Gallery } from "./gallery.js";
import { Histogram } from "./histogram.js";
import { Images } from "./images.js";
import { Plot } from "./plots.js";
import { Rows } from "./rows.js";
import { count, range, share, short } from "./texts.js";
import { curves, figures, interval, RULES, Sorted } from "./thresholds.js";

const TELL_AFTER_MS = 400;
const TILES = 16;
const BAR_TILES = 40;
const UNITS = { conformal: "% false alarms", percentile: "% below", deviation: "standard deviations" };
const COLOURS = ["#3f90da", "#e76300"]; // as in anomaly.css

export class Detector {
  constructor(root) {
    this.root = root.querySelector(".anomaly");
    this.root.anomaly = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.histogram = new Histogram(this.find(".histogram"), COLOURS, {
      drag: (value) => this.#live({ rule: "hand", threshold: value }),
      rest: () => this.#tell(),
      choose: (edges) => this.#bar(edges),
    });
    const gallery = (name) => new Gallery(this.find(name), (index) => this.#select(index));
    this.galleries = Object.fromEntries(["alarms", "misses", "most", "least", "of-bar"].map((name) => [name, gallery(`.${name}`)]));
    this.plots = { roc: new Plot(this.find(".roc")), pr: new Plot(this.find(".pr")) };
    this.version = 0;
    this.frames = 0;
    this.#listen();
  }

  close() {
    this.unfollow?.();
    this.histogram.close();
    clearTimeout(this.timer);
  }

  update(component) {
    this.component = component;
    const { key, start } = component.data;
    this.state ??= { ...start, values: { ...firsts(), ...(start.value === null ? {} : { [start.rule]: start.value }) } };
    this.unfollow ??= store("lab").follow((topic, block) => {
      if (topic === "anomaly/0") this.#receive(block);
    });
    if (this.block && this.block.header.key !== key) this.root.dataset.ready = "no";
    if (this.waiting?.header.key === key) this.#open(this.waiting);
    else if (this.items) this.#draw();
  }

  #receive(block) {
    this.waiting = block;
    if (block.header.key === this.component?.data.key) this.#open(block);
  }

  // ---- what is judged ------------------------------------------------------------------------

  async #open(block) {
    if (this.block === block) return;
    this.block = block;
    const { header, arrays } = block;
    const home = this.find(".one");
    const items = header.kind === "images" ? await Images.unpack(block, home) : new Rows(block, home);
    if (this.block !== block) return; // another one came meanwhile
    this.items = items;
    this.version++;
    this.sides = Object.fromEntries(header.scores.map(({ name }) => [name, {
      held: new Sorted(arrays[`calibration.${name}`]),
      normal: new Sorted(arrays[`normal.${name}`]),
      strange: new Sorted(arrays[`strange.${name}`]),
    }]));
    this.alone = !header.n_strange;
    this.selected = null;
    this.#words(header);
    this.#table(header);
    this.#score(header.scores.some(({ name }) => name === this.state.score) ? this.state.score : header.scores[0].name);
    const worst = this.byScore.findLast(([index]) => index < header.n_normal);
    if (worst) this.#select(worst[0]);
    this.root.dataset.ready = "yes";
  }

  #words(header) {
    this.root.classList.toggle("alone", this.alone);
    this.root.dataset.kind = header.kind;
    this.find(".legend .normal").textContent = header.sides[0];
    this.find(".legend .strange").textContent = header.sides[1];
    this.find(".legend .strange").hidden = this.alone;
    this.find(".matrix .normal").textContent = this.alone ? header.nouns : "normal";
    this.find(".whats").hidden = header.kind !== "images";
    this.find(".one .pictures").hidden = header.kind !== "images";
    this.find(".one .columns").hidden = header.kind !== "rows";
    this.find("[data-rule=f1]").disabled = this.alone;
    for (const name of ["recall", "precision", "f1"]) {
      const value = this.find(`[data-figure=${name}]`);
      value.hidden = value.previousElementSibling.hidden = this.alone;
    }
    this.find("[data-figure=falseAlarms]").previousElementSibling.textContent = this.alone ? "flagged" : "false alarms";
    const list = header.scores.map(({ name, title }) => new Option(title, name));
    this.find(".score").replaceChildren(...list);
    this.find(".score").disabled = list.length < 2;
  }

  #score(name) {
    const side = this.sides[name];
    this.state.score = name;
    this.side = side;
    const axis = axisOf([side.normal.values, side.strange.values]);
    this.histogram.show([side.normal.values, side.strange.values], axis);
    const { title, unit } = this.#about();
    this.find(".axis").textContent =
      `${title}${unit ? `, ${unit}` : ""}${axis.log ? " (logarithmic)" : ""}. Bars: share of each side; what is judged wrongly is hatched. Click a bar to see what stands in it.`;
    if (!this.alone) this.#curves(name);
    if (this.state.rule === "f1" && this.alone) this.state.rule = "conformal";
    this.find(".score").value = name;
    this.find(".of-bar").hidden = true;
    this.byScore = this.#ranked();
    this.#extremes();
    this.#rule();
  }

  #about() {
    return this.block.header.scores.find(({ name }) => name === this.state.score);
  }

  #curves(name) {
    const { roc, pr } = this.figures[name];
    const { n_normal, n_strange } = this.block.header;
    const base = n_strange / (n_normal + n_strange);
    this.plots.roc.show(roc, [[0, 0], [1, 1]]);
    this.plots.pr.show(pr, [[0, base], [1, base]]);
  }

  // All images from the lowest score to the highest: numbers as in the block, strange after normal.
  #ranked() {
    const { normal, strange } = this.side;
    const all = [
      ...normal.order.map((index, place) => [index, normal.values[place]]),
      ...strange.order.map((index, place) => [normal.length + index, strange.values[place]]),
    ];
    return all.sort((a, b) => a[1] - b[1]);
  }

  // ---- the threshold -------------------------------------------------------------------------

  #rule() {
    const { rule, values } = this.state;
    const { held, normal, strange } = this.side;
    if (rule !== "hand") this.state.threshold = RULES[rule].of(held, values[rule], normal, strange);
    else if (!Number.isFinite(this.state.threshold)) {
      this.state.rule = "conformal";
      this.#rule();
      return;
    }
    this.#draw();
  }

  #draw() {
    const { threshold } = this.state;
    const { normal, strange } = this.side;
    this.histogram.draw(threshold);
    const now = figures(normal, strange, threshold);
    const cell = (name, n, of) => {
      this.find(`[data-cell=${name}]`).innerHTML = `${count(n)}<small>${of ? share(n / of) : "–"}</small>`; // numbers alone
    };
    cell("hits", now.hits, strange.length);
    cell("misses", now.misses, strange.length);
    cell("alarms", now.alarms, normal.length);
    cell("passed", now.passed, normal.length);
    for (const value of this.root.querySelectorAll("[data-figure]")) value.textContent = share(now[value.dataset.figure]);
    this.plots.roc.mark(now.falseAlarms, now.recall, `ROC: ${share(now.recall)} recall at ${share(now.falseAlarms)} false alarms`);
    this.plots.pr.mark(now.recall, now.precision, `Precision ${share(now.precision)} at ${share(now.recall)} recall`);
    this.#galleries(now);
    this.#said(now);
    this.#fields();
    if (this.selected !== null) this.#about_one();
    this.frames++;
    this.root.dataset.frames = this.frames;
    this.root.dataset.alarms = now.alarms;
    this.root.dataset.misses = now.misses;
  }

  #said(now) {
    const { rule, values, threshold } = this.state;
    const { held, normal, strange } = this.side;
    const { held: where, nouns } = this.block.header;
    const which = this.alone ? nouns : `normal test ${nouns}`;
    const realised = `Of ${count(normal.length)} ${which} ${share(now.falseAlarms)} are flagged (95 % interval ${range(interval(now.alarms, normal.length))}).`;
    const n = `${count(held.length)} ${where}`;
    const texts = {
      conformal: Number.isFinite(threshold)
        ? `At most ${values.conformal} % false alarms are promised from ${n}. ${realised}`
        : `${n} are too few to promise ${values.conformal} %: at least ${Math.ceil(100 / values.conformal) - 1} are needed. Nothing is flagged; choose a higher rate.`,
      percentile: `${values.percentile} % of ${n} do not exceed it. ${realised}`,
      deviation: `Mean + ${values.deviation} standard deviations of ${n}: no promise. ${realised}`,
      f1: `Chosen by the labels of what is shown, so these figures are too good to be expected again. ${realised}`,
      hand: `Set by hand: higher than ${share(held.below(threshold) / held.length)} of ${n}. ${realised}`,
    };
    this.find(".said").textContent = texts[rule];
    const strangers = this.alone ? "" : `, ${count(now.hits)} of ${count(strange.length)} strange ones`;
    this.histogram.label(`Histogram of ${this.#about().title}. Above the threshold of ${short(threshold)}: `
      + `${count(now.alarms)} of ${count(normal.length)} ${this.alone ? nouns : "normal ones"}${strangers}.`);
  }

  #galleries(now) {
    const { normal, strange } = this.side;
    const first = normal.length - now.alarms;
    const alarms = normal.order.slice(Math.max(first, normal.length - TILES)).reverse();
    const misses = strange.order.slice(0, Math.min(now.misses, TILES)).map((index) => normal.length + index);
    this.#gallery("alarms", this.alone ? "Flagged" : "False alarms", alarms, { total: now.alarms });
    this.#gallery("misses", "Misses", misses, { total: now.misses });
  }

  #extremes() {
    const of = (list) => list.map(([index]) => index);
    this.#gallery("most", "Most anomalous", of(this.byScore.slice(-TILES).reverse()), { total: this.byScore.length });
    this.#gallery("least", "Least anomalous", of(this.byScore.slice(0, TILES)), { total: this.byScore.length });
  }

  #gallery(name, title, list, { total, most = TILES }) {
    this.galleries[name].show(title, list, {
      items: this.items, what: this.find(".what").value, most, total, selected: this.selected, version: `${this.version} ${this.state.score}`,
      describe: (index) => this.#describe(index), sideOf: (index) => Number(index >= this.side.normal.length),
    });
  }

  #bar(edges) {
    this.edges = edges;
    this.find(".of-bar").hidden = !edges;
    if (!edges) return;
    const inside = this.byScore.filter(([, score]) => score >= edges[0] && score < edges[1]).map(([index]) => index);
    const title = `Scores ${short(edges[0])} to ${short(edges[1])}`;
    this.#gallery("of-bar", title, inside, { total: inside.length, most: BAR_TILES });
  }

  // ---- one image -----------------------------------------------------------------------------

  #scoreOf(index) {
    const { n_normal } = this.block.header;
    const side = index < n_normal ? "normal" : "strange";
    return this.block.arrays[`${side}.${this.state.score}`][index - (side === "normal" ? 0 : n_normal)];
  }

  #nameOf(index) {
    const { header, arrays } = this.block;
    const label = arrays.labels[index];
    const kind = this.alone ? header.noun : `${index < header.n_normal ? "normal" : "strange"} ${header.noun}`;
    const row = header.kind === "rows" ? ` ${arrays.rows[index]}` : "";
    const what = header.kind === "images" ? "class " : "";
    return `${kind}${row}${label >= 0 ? `, ${what}${header.classes[label]}` : ""}`;
  }

  #describe(index) {
    return `${this.#nameOf(index)}: ${this.#about().title} ${short(this.#scoreOf(index))}`;
  }

  #select(index) {
    this.selected = index;
    this.items.show(index);
    this.#about_one();
    this.#extremes();
    if (this.edges) this.#bar(this.edges);
    this.#draw();
  }

  #about_one() {
    const value = this.#scoreOf(this.selected);
    const { held } = this.side;
    const { unit, title } = this.#about();
    const name = this.#nameOf(this.selected);
    this.find(".one .name").textContent = name;
    for (const figure of this.root.querySelectorAll(".one figure")) {
      figure.firstElementChild.setAttribute("aria-label", `${figure.lastElementChild.textContent}: ${name}`);
    }
    this.find(".one .about").textContent =
      `${title} ${short(value)}${unit ? ` ${unit}` : ""}: higher than ${share(held.below(value) / held.length)} of ${count(held.length)} `
      + `${this.block.header.held}. ${value > this.state.threshold ? "Flagged." : "Passed."}`;
  }

  // ---- scores side by side -------------------------------------------------------------------

  #table(header) {
    this.figures = Object.fromEntries(header.scores.map(({ name }) => [name, curves(this.sides[name].normal, this.sides[name].strange)]));
    this.find(".scores tbody").replaceChildren(...header.scores.map((score) => this.#line(score)));
  }

  #line({ name, title, words }) {
    const line = document.createElement("tr");
    const head = Object.assign(document.createElement("th"), { scope: "row" });
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: title });
    button.addEventListener("click", () => this.#change({ score: name }));
    head.append(button);
    const number = (value) => {
      const cell = Object.assign(document.createElement("td"), { className: "number", textContent: (100 * value).toFixed(1) });
      cell.style.setProperty("--share", value);
      return cell;
    };
    const { auroc, averagePrecision } = this.figures[name];
    line.dataset.score = name;
    line.append(head, number(auroc), number(averagePrecision), Object.assign(document.createElement("td"), { textContent: words }));
    return line;
  }

  // ---- controls ------------------------------------------------------------------------------

  #listen() {
    this.find(".score").addEventListener("change", (event) => this.#change({ score: event.target.value }));
    for (const button of this.root.querySelectorAll("[data-rule]")) {
      button.addEventListener("click", () => this.items && this.#change({ rule: button.dataset.rule }));
    }
    this.find(".value").addEventListener("change", (event) => this.#typed(event.target));
    this.find("input.threshold").addEventListener("change", (event) => {
      const value = event.target.valueAsNumber;
      if (Number.isFinite(value) && this.items) this.#change({ rule: "hand", threshold: value });
      else this.#refuse("The threshold is a number on the axis");
    });
    this.find(".what").addEventListener("change", () => {
      this.#extremes();
      if (this.edges) this.#bar(this.edges);
      this.#draw();
    });
  }

  #typed(field) {
    const { rule, values } = this.state;
    const [low, high] = RULES[rule].limits;
    const value = field.valueAsNumber;
    if (value >= low && value <= high && this.items) this.#change({ values: { ...values, [rule]: value } });
    else this.#refuse(`The setting goes from ${short(low)} to ${short(high)}; it stays at ${values[rule]}`);
  }

  #refuse(text) {
    this.#fields(true);
    this.#problem(`${text}.`);
  }

  #live(change) {
    Object.assign(this.state, change);
    this.#problem("");
    this.#draw();
  }

  #change(change) {
    Object.assign(this.state, change);
    this.#problem("");
    if (change.score) {
      this.edges = null;
      this.#score(change.score);
    } else this.#rule();
    this.#tell();
  }

  #fields(anyway = false) {
    const { rule, values, threshold, score } = this.state;
    const write = (field, value) => {
      if (anyway || field.value !== value) field.value = value;
    };
    for (const button of this.root.querySelectorAll("[data-rule]")) button.setAttribute("aria-pressed", button.dataset.rule === rule);
    this.find(".setting").hidden = !(rule in UNITS);
    this.find(".setting .unit").textContent = UNITS[rule] ?? "";
    if (rule in UNITS) write(this.find(".value"), String(values[rule]));
    write(this.find("input.threshold"), Number.isFinite(threshold) ? String(Number(threshold.toPrecision(4))) : "");
    for (const line of this.root.querySelectorAll(".scores tbody tr")) line.classList.toggle("now", line.dataset.score === score);
  }

  #problem(text) {
    const home = this.find(".problem");
    home.hidden = !text;
    home.textContent = text;
  }

  #tell() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const { score, rule, values, threshold } = this.state;
      this.component.setStateValue("shown", {
        score, rule, value: values[rule] ?? null, threshold: rule === "hand" ? threshold : null,
      });
    }, TELL_AFTER_MS);
  }
}

const firsts = () => Object.fromEntries(Object.entries(RULES).filter(([, { first }]) => first !== undefined).map(([name, { first }]) => [name, first]));
