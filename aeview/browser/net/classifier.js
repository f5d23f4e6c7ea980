// What our own classifier of a data set (aecore.classifier) sees in what a model decodes.

/** @import { Block, Layer, Model, Values, Weights } from "../types.js" */
/** @import { Search } from "./counterfactual.js" */
/** @typedef {Block<{ key: string, layers: Layer[], accuracy: number, search: Search }, Weights>} ClassifierBlock as `aeview.work.classifiers` packs it */
import { network } from "./net.js";
import { backwards } from "./slope.js";

const PREFIX = "classifier";

/** log p − log(1 − p) of a class, of what a classifier answers. @type {(answer: Values, label: number) => number} */
export function logOdds(answer, label) {
  const most = others(answer, label).reduce((a, b) => Math.max(a, b), -Infinity);
  return answer[label] - most - Math.log(others(answer, label).reduce((sum, value) => sum + Math.exp(value - most), 0));
}

const others = (/** @type {Values} */ answer, /** @type {number} */ label) => Array.from(answer).filter((_, i) => i !== label);

/** The probabilities of all classes. @type {(answer: Values) => number[]} */
export function probabilities(answer) {
  const most = Array.from(answer).reduce((a, b) => Math.max(a, b), -Infinity);
  const sizes = Array.from(answer, (value) => Math.exp(value - most));
  const all = sizes.reduce((a, b) => a + b, 0);
  return sizes.map((size) => size / all);
}

/** The place of the largest. @param {Values} values */
export const largest = (values) => Array.from(values).reduce((best, value, i) => (value > values[best] ? i : best), 0);

export class Classifier {
  /** @param {Model} model @param {ClassifierBlock} block */
  constructor(model, { header, arrays }) {
    this.model = model;
    this.search = header.search;
    this.accuracy = header.accuracy;
    this.net = network(header.layers, arrays, PREFIX, model.shape);
    this.intoPixels = backwards(this.net, header.layers, arrays, PREFIX, model.shape);
    this.intoCode = backwards(model.decoder, model.header.network.decoder, model.arrays, "decoder", [model.d]);
  }

  /** What it answers to the picture of a code, a number a class: overwritten by the next call. @param {Values} code */
  answer(code) {
    return this.net.run(this.model.decode(code));
  }

  /** The probabilities of all classes in a picture. @param {Values} pixels */
  see(pixels) {
    return probabilities(this.net.run(pixels));
  }

  /** @type {(code: Values, label: number) => number} */
  odds(code, label) {
    return logOdds(this.answer(code), label);
  }

  /** @type {(code: Values, label: number) => number} */
  probability(code, label) {
    return 1 / (1 + Math.exp(-this.odds(code, label)));
  }

  /** The log-odds of a class, and their change by each unit of the code. @type {(code: Values, label: number) => { odds: number, slope: Values }} */
  slope(code, label) {
    const pixels = this.model.decode(code);
    const answer = this.net.run(pixels).slice();
    const odds = logOdds(answer, label);
    const rest = Math.log1p(Math.exp(-Math.abs(odds))) + Math.max(odds, 0); // −log(1 − p)
    const p = probabilities(answer);
    const change = p.map((each, i) => (i === label ? 1 : -each * Math.exp(rest)));
    return { odds, slope: this.intoCode(code, this.intoPixels(pixels, change)) };
  }
}
