// aecore.latents.position in the browser: what can be said of one place in latent space.

/** @import { Code, Model, Place, Values } from "../types.js" */
/** @typedef {{row: number, distance: number}} Neighbour */
/** @typedef {{row: number, seed: number, n: number, draw: (i: number) => Float32Array, places: Place[], ellipse: Place[] | null}} Posterior draw(i) decodes the ith draw, once, as the image's own class */
/** @typedef {{pixels: Float32Array, support: number, roundtrip: {place: Place, distance: number} | null,
 *   neighbours: Neighbour[], posterior: Posterior | null}} Position */
import { nearest } from "./neighbours.js";
import { normal } from "./noise.js";

/**
 * Decode a code and say how far it can be trusted.
 * @param {Model} model with the constants of the engine in `header.position`
 * @param {Values} code
 * @returns {Position} null are the posterior of the nearest training image for a model without one, and the round trip
 *   without an encoder
 */
export function explain(model, code) {
  const pixels = model.decode(code).slice();
  const neighbours = training(model, code);
  return {
    pixels, neighbours,
    support: model.support.share(code),
    roundtrip: roundtrip(model, code, pixels),
    posterior: neighbours.length ? posterior(model, neighbours[0].row) : null,
  };
}

/** Where a code's picture is encoded to; null without an encoder. @type {(model: Model, code: Values, pixels: Float32Array) => {place: Place, distance: number} | null} */
export function roundtrip(model, code, pixels) {
  if (!model.encodes) return null;
  const landing = model.encode(pixels).slice();
  return { place: model.plane.transform(landing), distance: Math.hypot(...landing.map((v, j) => v - code[j])) };
}

/**
 * The training images nearest to a code, nearest first.
 * @type {(model: Pick<Model, "codes" | "d" | "rows" | "header">, code: Values) => Neighbour[]}
 */
export function training({ codes, d, rows, header }, code) {
  const { index, distance } = nearest(codes, d, code, header.position.neighbours, (row) => rows.split[row] === 0);
  return Array.from(index, (row, i) => ({ row, distance: distance[i] })).filter(({ row }) => row >= 0);
}

/** @type {(model: Model, row: number) => Posterior | null} */
function posterior(model, row) {
  const [mean, spread] = [model.codeOf(row), model.spreadOf(row)];
  if (!spread) return null;
  const { draws, seed } = model.header.position;
  const codes = Array.from({ length: draws }, (_, i) => {
    const noise = normal(seed, "posterior", i, model.d);
    return mean.map((value, j) => value + spread[j] * noise[j]);
  });
  /** @type {Float32Array[]} */
  const drawn = [];
  return {
    row, seed, n: draws,
    draw: (i) => (drawn[i] ??= model.decodeAs(codes[i], model.labels[row]).slice()),
    places: codes.map((code) => model.plane.transform(code)),
    ellipse: "basis" in model.plane ? ellipse(model, model.plane.basis, mean, spread) : null,
  };
}

// A circle times √C = (C + s·I) / √(tr C + 2s), where C is the covariance on the map and s = √det C.
/** @type {(model: Model, basis: Values, mean: Values, spread: Float32Array) => Place[]} */
function ellipse({ plane, header }, basis, mean, spread) {
  const { ellipse_points: n, ellipse_sigmas: sigmas } = header.position;
  let [xx, xy, yy] = [0, 0, 0];
  spread.forEach((sigma, j) => {
    const [bx, by] = [basis[2 * j] * sigma, basis[2 * j + 1] * sigma];
    xx += bx * bx;
    xy += bx * by;
    yy += by * by;
  });
  const s = Math.sqrt(Math.max(xx * yy - xy * xy, 0));
  const scale = sigmas / Math.max(Math.sqrt(xx + yy + 2 * s), 1e-12);
  const [x, y] = plane.transform(mean);
  return Array.from({ length: n }, (_, i) => {
    const [cos, sin] = [Math.cos((2 * Math.PI * i) / n), Math.sin((2 * Math.PI * i) / n)];
    return [x + scale * (cos * (xx + s) + sin * xy), y + scale * (cos * xy + sin * (yy + s))];
  });
}
