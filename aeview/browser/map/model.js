// What one model is in the browser: its decoder, its map and the points on it.

/** @import { AtlasBlock, Place, Values } from "../types.js" */
/** @import { Runnable } from "../net/net.js" */
import { named } from "../charts/columns.js";
import { IMAGES, say } from "../controls/wording.js";
import { decoder, encoder, networkOf } from "../net/net.js";
import { plane } from "../net/plane.js";
import { support } from "../net/support.js";
import { crowd } from "../net/neighbours.js";
import { scale } from "./layers.js";
import { grounds, peaks } from "./peak.js";

const N_AMONG = 6; // five neighbours besides the point itself

/** What `aeview.work.cache.atlas` packed. */
export class Model {
  /** @param {AtlasBlock} block */
  constructor({ header, arrays }) {
    const { network, map } = header;
    this.header = header;
    this.arrays = arrays; // the weights among them, "encoder.0.weight"
    this.map = map;
    this.shape = named(network.shape, network.names);
    this.words = network.things;
    this.encodes = network.encoder.length > 0;
    this.served = network.served; // how the server runs it, where no browser can
    const [thing, things, part] = this.words ?? IMAGES;
    this.thing = thing;
    this.things = things;
    this.part = part; // what a thing consists of
    this.d = network.code_dim;
    this.n = arrays.labels.length;
    this.labels = arrays.labels;
    this.palette = header.classes.map((_, i) => header.palette[i % header.palette.length]);
    this.codes = arrays.codes;
    this.logVar = arrays.log_var; // empty for a model without a posterior
    this.points = arrays.points;
    this.rows = { split: arrays.split, index: arrays.index };
    this.plane = plane(map.kind, arrays, this.d);
    this.box = crowd(this.points);
    this.decoder = decoder(network, arrays);
    this.encoder = encoder(network, arrays);
    /** @type {Record<"encoder" | "decoder", Runnable[]>} by class, of a conditional model */
    this.networks = { encoder: [], decoder: [] };
    this.trainingCodes = arrays.support_codes;
    this.support = support(arrays.support_codes, arrays.support_scale, arrays.support_reference, header.support);
    this.onPlane = map.kind === "neighbours" ? this.#planeSupport() : null;
    /** @type {Record<string, Float32Array>} */
    this.values = { ...(this.encodes ? { error: arrays.error } : {}), ...(header.has_posterior ? { kl: arrays.kl } : {}) };
    this.scales = Object.fromEntries(Object.entries(this.values).map(([k, v]) => [k, scale(v)]));
    this.names = this.#names();
    this.code = new Float32Array(this.d);
  }

  // A layout by neighbours decodes a blend of real codes anywhere, also far outside the points:
  // there the distance on the map has to say that nothing is near. It counts from where the most
  // isolated point of the map lies from its own neighbours, and leaves nothing at twice that.
  #planeSupport() {
    const mean = (/** @type {Float64Array} */ distance) => distance.reduce((a, b) => a + b, 0) / (N_AMONG - 1);
    const { grid } = this.plane;
    let limit = 1e-9;
    const step = Math.max(1, Math.floor(this.n / 2000));
    for (let i = 0; i < this.n; i += step) {
      limit = Math.max(limit, mean(grid.nearest(...this.place(i), N_AMONG).distance));
    }
    return (/** @type {number} */ x, /** @type {number} */ y) => 2 - mean(grid.nearest(x, y, N_AMONG - 1).distance) / limit;
  }

  // Each class is named where it is densest: of two clusters in the larger one, never between.
  // Where that place is taken, elsewhere on its own ground.
  #names() {
    const { classes } = this.header;
    const { left, right, bottom, top } = this.box;
    /** @type {[Values, Values, number, number]} */
    const map = [this.points, this.labels, classes.length, Math.max(right - left, top - bottom)];
    const own = grounds(...map);
    return peaks(...map)
      .map(([best, ...others], label) => ({ label, rows: best === undefined ? [] : [best, ...own[label], ...others] }))
      .filter(({ rows }) => rows.length)
      .map(({ label, rows }) => ({ name: classes[label], label, rows, places: rows.map((row) => this.place(row)) }));
  }

  /** @type {(x: number, y: number) => Float32Array} */
  codeAt(x, y) {
    return this.plane.inverse(x, y, this.code);
  }

  /** @param {number} row */
  codeOf(row) {
    return this.codes.subarray(row * this.d, (row + 1) * this.d);
  }

  /** The standard deviations of the posterior of a row; null for a model without one. @param {number} row */
  spreadOf(row) {
    if (!this.logVar.length) return null;
    return this.logVar.subarray(row * this.d, (row + 1) * this.d).map((v) => Math.exp(0.5 * v));
  }

  /** @param {number} row */
  labelOf(row) {
    return this.header.classes[this.labels[row]];
  }

  /** @param {number} row */
  colourOf(row) {
    return this.palette[this.labels[row]];
  }

  /** @type {(row: number) => Place} */
  place(row) {
    return [this.points[2 * row], this.points[2 * row + 1]];
  }

  /**
   * The picture of a code: overwritten by the next call. Of a model that the server runs another one, until this has come.
   * @param {Values} code @param {string} [place] where none but the latest is wanted
   */
  decode(code, place) {
    return this.decoder.run(code, place);
  }

  /** Whether its networks are told a class, and may be told another. */
  get told() {
    return "tables.decoder" in this.arrays;
  }

  /** One of its networks, told a class where it is told one. @param {"encoder" | "decoder"} side @param {number} label */
  networkAs(side, label) {
    if (!this.told || label < 0) return this[side];
    this.networks[side][label] ??= networkOf(side, this.header.network, this.arrays, label);
    return this.networks[side][label];
  }

  /** The picture of a code as a class, where the model is told one. @param {Values} code @param {number} label */
  decodeAs(code, label) {
    return this.networkAs("decoder", label).run(code);
  }

  /** What it makes of a stored image, told that image's class where it is told one. @param {number} row */
  reconstruction(row) {
    return this.decodeAs(this.codeOf(row), this.labels[row]);
  }

  /** The code of a picture; for a VAE the mean of its posterior. @param {Values} pixels */
  encode(pixels) {
    if (!this.encodes) throw new Error("this model has no encoder");
    return this.encoder.run(pixels).subarray(0, this.d);
  }

  /** A text about images as one about what this model reads or draws. @param {string} text */
  says(text) {
    return say(text, this.words ?? IMAGES);
  }

  /** @type {(x: number, y: number) => Float32Array} */
  decodeAt(x, y) {
    return this.decode(this.codeAt(x, y));
  }

  /** @type {(code: Values, x: number, y: number) => number} */
  supportOf(code, x, y) {
    return this.onMap(this.support.share(code), x, y);
  }

  /** A support as far as the map allows it at this place. @type {(share: number, x: number, y: number) => number} */
  onMap(share, x, y) {
    return this.onPlane ? Math.max(0, Math.min(share, this.onPlane(x, y))) : share;
  }
}
