// aecore.latents.counterfactual in the browser: the least change of a code after which its picture is
// seen as another class.

/** @import { Model, Place, Values } from "../types.js" */
/** @import { Classifier } from "./classifier.js" */
/** @typedef {Float64Array} Code */
/**
 * The constants of the engine.
 * @typedef {{ probability: number, floor: number, tries: number, halvings: number, steps: number, shorter: number, gain: number, beyond: number }} Search
 */
/** @typedef {{ odds: (code: Code) => number, slope: (code: Code) => { odds: number, slope: Values }, support: (code: Code) => number }} Terrain log-odds of the class asked for, and support */
/**
 * distance: from the start to the end, 0 where the start is seen as the class
 * @typedef {{ label: number, start: Float32Array, end: Float32Array, pixels: Float32Array, probability: number, support: number, distance: number,
 *   roundtrip: { place: Place, distance: number } | null }} Counterfactual
 */
import { nearest } from "./neighbours.js";
import { roundtrip } from "./position.js";

const wanted = (/** @type {Search} */ { probability }) => Math.log(probability / (1 - probability));

/**
 * Null where none of the nearest training images of the class is seen as it and supported.
 * @type {(classifier: Classifier, code: Values, label: number) => Counterfactual | null}
 */
export function find(classifier, code, label) {
  const { model, search: how } = classifier;
  const start = Float32Array.from(code);
  const land = {
    odds: (/** @type {Code} */ at) => classifier.odds(at, label),
    slope: (/** @type {Code} */ at) => classifier.slope(at, label),
    support: (/** @type {Code} */ at) => model.support.share(at),
  };
  const begin = Float64Array.from(start);
  const there = land.odds(begin) >= wanted(how);
  const end = there ? begin : search(begin, candidates(model, start, label, how.tries), land, how);
  return end && described(classifier, start, Float32Array.from(end), label);
}

/** @type {(model: Model, code: Values, label: number, n: number) => Code[]} */
function candidates(model, code, label, n) {
  const { codes, d, rows, labels } = model;
  const { index } = nearest(codes, d, code, n, (row) => rows.split[row] === 0 && labels[row] === label);
  return Array.from(index).filter((row) => row >= 0).map((row) => Float64Array.from(model.codeOf(row)));
}

/** @type {(classifier: Classifier, start: Float32Array, end: Float32Array, label: number) => Counterfactual} */
function described(classifier, start, end, label) {
  const { model } = classifier;
  const probability = classifier.probability(end, label);
  const pixels = model.decode(end).slice();
  return {
    label, start, end, pixels, probability, support: model.support.share(end), distance: apart(start, end),
    roundtrip: roundtrip(model, end, pixels),
  };
}

const apart = (/** @type {Values} */ a, /** @type {Values} */ b) => Math.hypot(...Array.from(a, (value, j) => value - b[j]));

/** @type {(a: Code, b: Code, t: number) => Code} */
const between = (a, b, t) => a.map((value, j) => value + t * (b[j] - value));

/**
 * The place nearest to the start that is seen as the class and supported; null where none of the
 * places that it may begin at is.
 * @type {(start: Code, towards: Code[], land: Terrain, how: Search) => Code | null}
 */
export function search(start, towards, land, how) {
  const will = (/** @type {Code} */ code) => land.support(code) >= how.floor && land.odds(code) >= wanted(how);
  let end = towards.find(will) ?? null;
  if (!end) return null;
  end = halved(start, end, will, how);
  for (let step = 0; step < how.steps; step++) {
    const nearer = come(start, end, foot(start, end, land.slope(end), how), will, how);
    if (!nearer) break;
    end = nearer;
  }
  return end;
}

/** A place on the line to an end that will do, about where it begins to. @type {(start: Code, end: Code, will: (code: Code) => boolean, how: Search) => Code} */
function halved(start, end, will, { halvings }) {
  let [low, high] = [0, 1];
  for (let i = 0; i < halvings; i++) {
    const middle = (low + high) / 2;
    if (will(between(start, end, middle))) high = middle;
    else low = middle;
  }
  return between(start, end, high);
}

/** The place nearest to the start where the log-odds, linear around the end, are as wanted. @type {(start: Code, end: Code, there: { odds: number, slope: Values }, how: Search) => Code} */
function foot(start, end, { odds, slope }, how) {
  let [ascent, steep] = [wanted(how) + how.beyond - odds, 0];
  for (let j = 0; j < start.length; j++) {
    ascent += slope[j] * (end[j] - start[j]);
    steep += slope[j] ** 2;
  }
  return steep > 0 ? start.map((value, j) => value + (Math.max(ascent, 0) / steep) * slope[j]) : end;
}

/** How far one can go from an end to a foot: a place that is nearer and will do, or none. @type {(start: Code, end: Code, to: Code, will: (code: Code) => boolean, how: Search) => Code | null} */
function come(start, end, to, will, { shorter, gain }) {
  const nearEnough = (1 - gain) * apart(start, end);
  for (let n = 0; n <= shorter; n++) {
    const place = between(end, to, 0.5 ** n);
    if (apart(start, place) <= nearEnough && will(place)) return place;
  }
  return null;
}
