// Networks that the server runs (aeview/work/served.py): what isn't known yet is asked for, several at once and no more
// often than Python says, and drawn again when it has come.

/** @import { Network, Shape, Values } from "../types.js" */
/** @import { Runnable } from "./net.js" */
/** @typedef {(values: Float32Array) => Promise<Float32Array | null>} Ask answers several inputs at once; null if it is too early */
/** @typedef {{ n: number, size: number, most: number, ask: Ask, came: (latest: boolean) => void }} On n numbers go in and `size` come out; `most` at once;
 *   came: told whether none but the latest of a place has come */
import { store } from "../payload/store.js";

const KEPT = 16_000_000; // numbers of answers
const LEAST = 300; // answers, however large
const PATIENT = 1000; // wanted ones that wait
const SECOND = 1050; // milliseconds, and a few: what leaves here evenly arrives less so
const ADDRESS = "../../../served/"; // from here
const ANSWERS = "answers"; // in the store "served"

/** Takes turns: one request at a time of all networks, and so many milliseconds from one to the next. */
export class Turns {
  /** @type {Set<Answers>} */ #waiting = new Set();
  #busy = false;
  #before = Number.NEGATIVE_INFINITY;

  /** @param {number} interval */
  constructor(interval) {
    this.interval = interval;
  }

  /** @param {Answers} one */
  want(one) {
    this.#waiting.add(one);
    this.#next();
  }

  #next() {
    if (this.#busy || !this.#waiting.size) return;
    this.#busy = true;
    setTimeout(() => this.#go(), Math.max(0, this.#before + this.interval - Date.now()));
  }

  async #go() {
    const [one] = this.#waiting;
    this.#waiting.delete(one);
    this.#before = Date.now();
    await one.send();
    this.#busy = false;
    if (one.wants) this.#waiting.add(one);
    this.#next();
  }
}

/** What one network has answered, and what it is to be asked. */
export class Answers {
  /** @type {Map<string, Float32Array>} the least recently used first */ #known = new Map();
  /** @type {Map<string, { values: Float32Array, place: string }>} the newest last */ #wanted = new Map();
  /** @type {Float32Array} */ #last;

  /** @param {Turns} turns @param {On} on */
  constructor(turns, on) {
    this.turns = turns;
    this.on = on;
    this.#last = new Float32Array(on.size);
  }

  get wants() {
    return this.#wanted.size > 0;
  }

  /**
   * The answer; where it isn't known yet, the one that came last, until this one has come.
   * @param {Values} x @param {string} [place] where nothing but the latest is wanted, as under the cursor
   */
  run(x, place = "") {
    const values = Float32Array.from(x);
    const key = keyOf(values);
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
    }
    if (place) for (const [other, each] of this.#wanted) if (each.place === place) this.#wanted.delete(other);
    if (known) return known;
    this.#wanted.delete(key);
    this.#wanted.set(key, { values, place });
    for (const oldest of this.#wanted.keys()) {
      if (this.#wanted.size <= PATIENT) break;
      this.#wanted.delete(oldest);
    }
    this.turns.want(this);
    return this.#last;
  }

  /** Ask for what is wanted, the newest first. */
  async send() {
    const { n, size, most, ask, came } = this.on;
    const asked = [...this.#wanted].slice(-most);
    if (!asked.length) return;
    const values = new Float32Array(asked.length * n);
    for (const [i, [, each]] of asked.entries()) values.set(each.values, i * n);
    const made = await ask(values);
    if (!made) return; // too early: what is wanted then is asked for again
    for (const [key] of asked) this.#wanted.delete(key);
    if (made.length !== asked.length * size) return; // it can't be had, as a model that was deleted
    for (const [i, [key]] of asked.entries()) this.#known.set(key, made.slice(i * size, (i + 1) * size));
    this.#last = /** @type {Float32Array} */ (this.#known.get(asked[asked.length - 1][0]));
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= Math.max(LEAST, KEPT / size)) break;
      this.#known.delete(oldest);
    }
    came(asked.every(([, { place }]) => place));
  }
}

const LATIN = new TextDecoder("latin1"); // a character for each byte

/** @param {Float32Array} values */
const keyOf = (values) => LATIN.decode(new Uint8Array(values.buffer));

/** @type {Turns | undefined} of this page */
let turns;

/** @type {Map<string, Answers>} by address, so that all parts of a page know what one has asked */
const networks = new Map();

/** One of a model's networks as one that runs here. @param {Network} header @param {"encoder" | "decoder"} side @returns {Runnable} */
export function served(header, side) {
  const { digest, a_second, most } = /** @type {NonNullable<Network["served"]>} */ (header.served);
  const [given, shape] = side === "decoder" ? [[header.code_dim], header.shape] : [header.shape, sizeOf(header)];
  turns ??= new Turns(SECOND / a_second);
  const address = `${digest}/${side}`;
  const product = (/** @type {Shape} */ sizes) => sizes.reduce((a, b) => a * b, 1);
  const answers = networks.get(address) ?? new Answers(turns, {
    n: product(given), size: product(shape), most, ask: (values) => fetched(address, values),
    came: (latest) => store("served").set(ANSWERS, latest),
  });
  networks.set(address, answers);
  return { shape, shapes: [shape], run: (x, place) => answers.run(x, place), trace: () => [], seen: () => [] };
}

/** How many numbers its encoder gives. @param {Network} header @returns {Shape} */
function sizeOf({ encoder, code_dim }) {
  const [layer] = encoder;
  return layer && "shape" in layer ? layer.shape : [code_dim];
}

/** @type {(address: string, values: Float32Array) => Promise<Float32Array | null>} */
async function fetched(address, values) {
  const pass = store("lab").get("pass")?.header.pass;
  if (!pass) return null; // Python sends it along, and may be slower than who asks
  const headers = { "X-Class-Pass": pass, "Content-Type": "application/octet-stream" };
  try {
    const answer = await fetch(new URL(ADDRESS + address, import.meta.url), { method: "POST", headers, body: /** @type {Float32Array<ArrayBuffer>} */ (values), cache: "no-store" });
    if (answer.ok) return new Float32Array(await answer.arrayBuffer());
    return answer.status === 429 ? null : new Float32Array();
  } catch {
    return new Float32Array(); // the server is away for a moment, or this page is left
  }
}

/**
 * Be told when answers have come, once a frame.
 * @param {(latest: boolean) => void} again is told whether all are the latest of a place @returns {() => void} the way out
 */
export function answered(again) {
  let [frame, all] = [0, true];
  const leave = store("served").follow((_, latest) => {
    all &&= latest;
    frame ||= requestAnimationFrame(() => {
      const told = all;
      [frame, all] = [0, true];
      again(told);
    });
  });
  return () => {
    leave();
    if (frame) cancelAnimationFrame(frame);
  };
}
