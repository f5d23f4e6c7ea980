// The page's state: two ends, the ways between them, and where the scrubber is.

import { Feed } from "../payload/feed.js";
import { MiniMap } from "../map/minimap.js";
import { paint } from "../charts/paint.js";
import { DataGraph } from "../net/paths.js";
import { make } from "../controls/dom.js";
import { Fields } from "../controls/fields.js";
import { Picker, imageName } from "../controls/picker.js";
import { words as supportWords } from "../net/support.js";
import { percent } from "../controls/words.js";
import { Redraw } from "../controls/redraw.js";
import { called } from "../controls/wording.js";
import { Page, mount } from "../shell/mount.js";
import { Player } from "../controls/player.js";
import { Strip } from "./strip.js";
import { drawTrails } from "./trails.js";
import { Ways } from "./ways.js";

/** @import { Actions, Spot } from "../map/minimap.js" */
/** @import { Bound, Component, Model, Place } from "../types.js" */
/** @import { Style } from "./strip.js" */
/** @typedef {{ row: number, code: Float32Array }} End of a way: an image's row or −1, and a code */
/** @typedef {"a" | "b"} Name of an end */
/** @typedef {{ frames: number, t: number, path: string }} State */
/** @typedef {{ row: number, code?: number[] }} Sent an end as Python says it */
/** @typedef {{ keys: string[], fields: Record<string, Bound>, ways: Style[], originals: boolean,
 *   start: { a: Sent, b: Sent, frames: number, path: string, t: number } }} Data what Python sends */

/** @type {Name[]} */
const NAMES = ["a", "b"];
const LEVELS = { place: 0, strips: 1, ends: 2 }; // of what is drawn again
const BUDGET_MS = 16; // of a frame while an end is dragged; strips that wait take turns
const GRAB = 14; // css pixels within which an end on the map is dragged

/** @extends {Page<Data>} */
class Bench extends Page {
  decodes = 0;
  turn = 0;
  due = 0;
  moving = false;
  /** @type {Strip[]} */
  strips = [];
  /** @type {Record<string, Place[]>} by way */
  trails = {};
  /** @type {Record<string, Place>} by way */
  places = {};

  /** @param {HTMLElement} root */
  constructor(root) {
    super(root, "bench");
    /** @type {Fields<State>} */
    this.fields = this.keep(new Fields(this.root, {}, {
      ready: () => this.model, tell: () => this.#tell(),
      changed: (change) => {
        if (change.frames) this.#framed();
        if (change.frames) this.#soon("strips");
        if (change.t !== undefined) this.player.stop();
        if (change.t !== undefined) this.#soon("place");
      },
    }));
    /** @type {Fields<{ sets: Name }>} which end a click on the map sets */
    this.sets = new Fields(this.find(".under"), {}, { choices: ["sets"], ready: () => true, changed: () => {} });
    this.sets.state.sets = "a";
    this.frame = this.keep(new Redraw(() => {
      const { due } = this;
      this.due = 0;
      if (this.model) this.#draw(due);
    }, this.root));
    this.feed = this.keep(new Feed((model) => this.#open(model), () => this.#pictured()));
    const picker = (/** @type {Name} */ end, /** @type {string} */ title) => new Picker(this.find(`.end-${end}`), title, {
      chosen: (chosen) => this.setEnd(end, chosen), pictures: () => this.feed.pictures(),
    });
    this.pickers = { a: picker("a", "First end"), b: picker("b", "Second end") };
    this.map = this.keep(new MiniMap(this.find(".minimap"), this.#onMap()));
    this.player = this.keep(new Player(this.find(".play"), {
      frames: () => this.fields.state.frames, place: () => this.fields.state.t, go: (t) => this.scrub(t), stopped: () => this.fields.tell(),
    }));
    this.fields.click(".swap", () => this.setEnds(this.ends.b, this.ends.a));
    this.fields.click(".random", () => this.#random());
    this.fields.click(".reset-zoom", () => this.map.fit());
  }

  /** @param {Component<Data>} component */
  update(component) {
    super.update(component);
    this.fields.declare(component.data.fields);
    if (!this.model) this.#makeStrips(component.data.ways);
    this.feed.want(component.data.keys);
    this.map.draw();
  }

  /** @param {Style[]} ways */
  #makeStrips(ways) {
    if (ways.every(({ name }, i) => name === this.strips[i]?.style.name) && ways.length === this.strips.length) return;
    this.strips = ways.map((style) => new Strip(style, {
      choose: (name) => this.choose(name),
      scrub: (name, t, done) => {
        this.player.stop();
        if (name !== this.fields.state.path) this.choose(name);
        this.scrub(t);
        if (done) this.fields.tell();
      },
    }));
    this.find(".rows").replaceChildren(...this.strips.map((strip) => strip.root));
  }

  answered() {
    if (!this.model) return;
    this.#pictured();
    this.#soon("ends");
  }

  /** Another model. @param {Model} model */
  #open(model) {
    /** @type {Model} */
    this.model = model;
    called(this.root, model.words);
    this.#makeStrips(this.component.data.ways);
    if ("fill" in model.plane) model.plane.fill = "neighbours";
    /** @type {DataGraph} */
    this.graph = new DataGraph(model.trainingCodes, model.d);
    for (const picker of Object.values(this.pickers)) picker.open(model);
    const { a, b, ...shown } = this.component.data.start;
    Object.assign(this.fields.state, shown);
    this.fields.show();
    this.#framed();
    this.map.show(model);
    /** @type {Record<Name, End>} */
    this.ends = { a: this.#end(a), b: this.#end(b) };
    this.#draw();
    this.root.dataset.ready = "yes";
  }

  /** @type {(sent: Sent) => End} */
  #end({ row, code = [] }) {
    return { row, code: row >= 0 ? this.model.codeOf(row).slice() : Float32Array.from(code) };
  }

  #pictured() {
    for (const end of NAMES) this.pickers[end].show(this.ends[end]);
  }

  // ---- what is done ------------------------------------------------------------------------

  /** @returns {Actions} */
  #onMap() {
    const chosen = (/** @type {Spot} */ { x, y, row }) => ({ row, code: row >= 0 ? this.model.codeOf(row).slice() : this.model.codeAt(x, y).slice() });
    return {
      click: (place) => this.setEnd(this.sets.state.sets, chosen(place)),
      grab: (sx, sy) => [...NAMES].reverse().find((end) => {
        const [x, y] = this.map.camera.toScreen(...this.#placeOf(end));
        return Math.hypot(x - sx, y - sy) <= GRAB;
      }),
      pull: (end, place) => {
        this.moving = true;
        this.setEnd(end, chosen(place), { tell: false });
      },
      drop: (/** @type {Name} */ end) => {
        this.moving = false;
        this.setEnd(end, this.ends[end]);
      },
      over: (...how) => this.ways && drawTrails(...how, {
        styles: this.strips.map(({ style }) => style), trails: this.trails, chosen: this.fields.state.path,
        places: this.places, ends: [this.#placeOf("a"), this.#placeOf("b")],
      }),
    };
  }

  /** @param {Name} end */
  #placeOf(end) {
    return this.model.plane.transform(this.ends[end].code);
  }

  /** @param {Name} end @param {End} chosen */
  setEnd(end, chosen, { tell = true } = {}) {
    this.ends[end] = chosen;
    this.#soon("ends");
    if (tell) this.fields.tell();
  }

  /** @param {End} a @param {End} b */
  setEnds(a, b) {
    this.ends = { a, b };
    this.#soon("ends");
    this.fields.tell();
  }

  #random() {
    const { model } = this;
    const any = (/** @type {number[]} */ rows) => rows[Math.floor(Math.random() * rows.length)];
    const all = Array.from({ length: model.n }, (_, row) => row);
    const a = any(all);
    const others = all.filter((row) => model.labels[row] !== model.labels[a]);
    const b = any(others.length ? others : all);
    this.setEnds(this.#end({ row: a }), this.#end({ row: b }));
  }

  /** @param {string} path */
  choose(path) {
    this.fields.state.path = path;
    this.#soon("place");
    this.fields.tell();
  }

  /** @param {number} t */
  scrub(t) {
    this.fields.state.t = t;
    this.#soon("place");
  }

  #framed() {
    const { frames } = this.fields.state;
    this.find(".n-frames").textContent = String(frames);
    this.find(".strips").style.setProperty("--n", String(frames));
  }

  // ---- what is drawn -----------------------------------------------------------------------

  /** Drawing waits for the next frame, so that a fast pointer costs one drawing a frame. @param {keyof typeof LEVELS} what */
  #soon(what) {
    this.due = Math.max(this.due, LEVELS[what]);
    this.frame.soon();
  }

  #draw(due = 2) {
    if (due >= 2) this.#drawEnds();
    if (due >= 1) this.#drawStrips();
    this.#drawPlace();
    this.root.dataset.decodes = String(this.decodes);
  }

  #drawEnds() {
    const { a, b } = this.ends;
    /** @type {Ways} */
    this.ways = new Ways(this.model, this.graph, a.code, b.code);
    this.decodes += 2;
    for (const end of NAMES) this.pickers[end].show(this.ends[end], this.moving);
    const same = a.code.every((value, j) => value === b.code[j]);
    const originals = this.component.data.originals || !this.model.encodes; // of draws there are none
    this.find(".same").hidden = !same && originals;
    this.find(".same").textContent = [
      same ? "Both ends are the same code, so there is no way to go. Choose another first or second end." : "",
      originals ? "" : `The ends are shown as reconstructions: the original ${this.model.things} are not at hand.`,
    ].join(" ").trim();
    Object.assign(this.root.dataset, { a: this.#name(a), b: this.#name(b) });
  }

  // All strips; or, while an end is dragged, the chosen one and as many others as a frame has time
  // for, so that the picture follows the pointer with slow decoders too.
  #drawStrips() {
    const until = this.moving ? performance.now() + BUDGET_MS : Infinity;
    const { frames, path } = this.fields.state;
    const chosen = (/** @type {Strip} */ strip) => Number(strip.style.name === path);
    const waiting = this.strips.filter((strip) => strip.ways !== this.ways || strip.n !== frames)
      .sort((one, other) => chosen(other) - chosen(one) || one.turn - other.turn);
    let drawn = 0;
    for (const strip of waiting) {
      this.decodes += strip.draw(this.ways, frames);
      strip.turn = ++this.turn;
      const { name } = strip.style;
      this.trails[name] = this.ways.trail(name, frames);
      drawn++;
      if (performance.now() > until) break;
    }
    this.root.dataset.waiting = String(waiting.length - drawn);
    if (waiting.length > drawn) this.#soon("strips");
  }

  #drawPlace() {
    const { ways, fields: { state: { t, path } } } = this;
    this.fields.show();
    for (const strip of this.strips) strip.press(strip.style.name === path);
    // A strip that waits for its turn keeps its place too: that of the cross-fade costs an encoding.
    const before = this.places;
    this.places = Object.fromEntries(this.strips.map((strip) => {
      const { name } = strip.style;
      return [name, strip.ways === ways ? ways.place(name, t) : before[name] ?? ways.place(name, t)];
    }));
    const { pixels, share } = ways.at(path, t);
    this.decodes++;
    const picture = this.find("canvas.picture");
    paint(picture, pixels, this.model.shape);
    const title = this.component.data.ways.find(({ name }) => name === path)?.title ?? path;
    const words = `${percent(t)} of the way · support ${percent(share)}, ${supportWords(share)}`;
    this.find(".where").replaceChildren(make("b", { textContent: title }), `, ${words}`);
    picture.ariaLabel = `Decoded picture: ${title}, ${words}`;
    this.find(".scrubber").ariaValueText = words;
    this.find(".share").textContent = percent(t);
    this.find(".strips").style.setProperty("--t", String(t));
    Object.assign(this.root.dataset, { t: t.toFixed(3), path });
    this.map.draw();
  }

  // ---- what Python is told -----------------------------------------------------------------

  /** @param {End} end */
  #name({ row, code }) {
    return row >= 0 ? imageName(this.model, row) : Array.from(code, (v) => Number(v.toPrecision(6))).join(",");
  }

  #tell() {
    const { model, ends, fields: { state: { frames, path, t } } } = this;
    this.component.setStateValue("shown", {
      key: model.header.key, a: this.#name(ends.a), b: this.#name(ends.b), frames, path, t: Number(t.toFixed(3)),
    });
  }
}

export default mount(Bench);
