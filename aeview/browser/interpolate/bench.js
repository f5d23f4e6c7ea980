// The page's state: two ends, the ways between them, and where the scrubber is.

import { Feed } from "../payload/feed.js";
import { MiniMap } from "../map/minimap.js";
import { paint } from "../charts/paint.js";
import { DataGraph } from "../net/paths.js";
import { Picker, imageName } from "../controls/picker.js";
import { words as supportWords } from "../net/support.js";
import { percent } from "../controls/words.js";
import { Player } from "./player.js";
import { Strip } from "./strip.js";
import { drawTrails } from "./trails.js";
import { Ways } from "./ways.js";

const TELL_AFTER_MS = 400;
const BUDGET_MS = 16; // of a frame while an end is dragged; strips that wait take turns
const GRAB = 14; // css pixels within which an end on the map is dragged

export class Bench {
  constructor(root) {
    this.root = root.querySelector(".bench");
    this.root.bench = this; // for tests and benchmarks
    this.find = (selector) => this.root.querySelector(selector);
    this.feed = new Feed((model) => this.#open(model), () => this.#pictured());
    this.ends = { a: null, b: null };
    this.sets = "a";
    this.decodes = this.turn = 0;
    this.trails = {};
    this.pickers = Object.fromEntries([["a", "First end"], ["b", "Second end"]].map(([end, title]) => [
      end, new Picker(this.find(`.end-${end}`), title, {
        chosen: (chosen) => this.setEnd(end, chosen),
        pictures: () => this.feed.pictures(),
      }),
    ]));
    this.map = new MiniMap(this.find(".minimap"), this.#onMap());
    this.player = new Player(this.find(".play"), {
      frames: () => this.n, place: () => this.t, go: (t) => this.scrub(t), stopped: () => this.#tell(),
    });
    this.#controls();
  }

  close() {
    this.player.stop();
    this.map.close();
    this.feed.close();
    clearTimeout(this.tellTimer);
    cancelAnimationFrame(this.frame);
  }

  update(component) {
    this.component = component;
    this.#makeStrips(component.data.ways);
    this.feed.want(component.data.keys);
    this.map.draw();
  }

  #makeStrips(ways) {
    if (this.strips) return;
    this.strips = ways.map((style) => new Strip(style, {
      choose: (name) => this.choose(name),
      scrub: (name, t, done) => {
        this.player.stop();
        if (name !== this.path) this.choose(name);
        this.scrub(t);
        if (done) this.#tell();
      },
    }));
    this.find(".rows").replaceChildren(...this.strips.map((strip) => strip.root));
  }

  /** Another model. */
  #open(model) {
    this.model = model;
    if (model.map.kind === "linear") model.plane.fill = "neighbours";
    this.graph = new DataGraph(model.trainingCodes, model.d);
    for (const picker of Object.values(this.pickers)) picker.open(model);
    const { a, b, frames, path, t } = this.component.data.start;
    this.t = t;
    this.path = path;
    this.#setFrames(frames);
    this.map.show(model);
    this.ends = { a: this.#end(a), b: this.#end(b) };
    this.#draw();
    this.root.dataset.ready = "yes";
  }

  #end({ row, code }) {
    return { row, code: row >= 0 ? this.model.codeOf(row).slice() : Float32Array.from(code) };
  }

  #pictured() {
    for (const [end, picker] of Object.entries(this.pickers)) picker.show(this.ends[end]);
  }

  // ---- what is done ------------------------------------------------------------------------

  #controls() {
    const clicked = (selector, act) => this.find(selector).addEventListener("click", () => this.model && act());
    clicked(".swap", () => this.setEnds(this.ends.b, this.ends.a));
    clicked(".random", () => this.#random());
    clicked(".reset-zoom", () => this.map.fit());
    for (const button of this.root.querySelectorAll("[data-sets]")) {
      button.addEventListener("click", () => this.#toSet(button.dataset.sets));
    }
    const scrubber = this.find(".scrubber");
    scrubber.addEventListener("input", () => {
      this.player.stop();
      if (this.model) this.scrub(scrubber.valueAsNumber);
    });
    scrubber.addEventListener("change", () => this.#tell());
    const frames = this.find(".frames");
    frames.addEventListener("input", () => {
      this.#setFrames(frames.valueAsNumber);
      this.#soon("strips");
    });
    frames.addEventListener("change", () => this.#tell());
  }

  #toSet(end) {
    this.sets = end;
    for (const button of this.root.querySelectorAll("[data-sets]")) {
      button.setAttribute("aria-pressed", button.dataset.sets === end);
    }
  }

  #onMap() {
    const chosen = ({ x, y, row }) => ({ row, code: row >= 0 ? this.model.codeOf(row).slice() : this.model.codeAt(x, y).slice() });
    return {
      click: (place) => this.setEnd(this.sets, chosen(place)),
      grab: (sx, sy) => ["b", "a"].find((end) => {
        const [x, y] = this.map.camera.toScreen(...this.#placeOf(end));
        return Math.hypot(x - sx, y - sy) <= GRAB;
      }),
      pull: (end, place) => {
        this.moving = true;
        this.setEnd(end, chosen(place), { tell: false });
      },
      drop: (end) => {
        this.moving = false;
        this.setEnd(end, this.ends[end]);
      },
      over: (...how) => this.ways && drawTrails(...how, {
        styles: this.component.data.ways, trails: this.trails, chosen: this.path,
        places: this.places, ends: [this.#placeOf("a"), this.#placeOf("b")],
      }),
    };
  }

  #placeOf(end) {
    return this.model.plane.transform(this.ends[end].code);
  }

  setEnd(end, chosen, { tell = true } = {}) {
    this.ends[end] = chosen;
    this.#soon("ends");
    if (tell) this.#tell();
  }

  setEnds(a, b) {
    this.ends = { a, b };
    this.#soon("ends");
    this.#tell();
  }

  #random() {
    const { model } = this;
    const any = (rows) => rows[Math.floor(Math.random() * rows.length)];
    const all = Array.from({ length: model.n }, (_, row) => row);
    const a = any(all);
    const others = all.filter((row) => model.labels[row] !== model.labels[a]);
    const b = any(others.length ? others : all);
    this.setEnds(...[a, b].map((row) => this.#end({ row })));
  }

  choose(name) {
    this.path = name;
    this.#soon("place");
    this.#tell();
  }

  scrub(t) {
    this.t = t;
    this.#soon("place");
  }

  #setFrames(n) {
    this.n = n;
    this.find(".frames").value = n;
    this.find(".n-frames").textContent = n;
    this.find(".strips").style.setProperty("--n", n);
  }

  // ---- what is drawn -----------------------------------------------------------------------

  // Drawing waits for the next frame, so that a fast pointer costs one drawing a frame.
  #soon(what) {
    const level = { place: 0, strips: 1, ends: 2 }[what];
    this.due = Math.max(this.due ?? 0, level);
    this.frame ??= requestAnimationFrame(() => {
      this.frame = null;
      const started = performance.now();
      const { due } = this;
      this.due = 0;
      if (this.model) this.#draw(due);
      this.root.dataset.frameMs = (performance.now() - started).toFixed(2);
    });
  }

  #draw(due = 2) {
    if (due >= 2) this.#drawEnds();
    if (due >= 1) this.#drawStrips();
    this.#drawPlace();
    this.root.dataset.decodes = this.decodes;
  }

  #drawEnds() {
    const { a, b } = this.ends;
    this.ways = new Ways(this.model, this.graph, a.code, b.code);
    this.decodes += 2;
    for (const [end, picker] of Object.entries(this.pickers)) picker.show(this.ends[end], this.moving);
    const same = a.code.every((value, j) => value === b.code[j]);
    this.find(".same").hidden = !same && this.component.data.originals;
    this.find(".same").textContent = [
      same ? "Both ends are the same code, so there is no way to go. Choose another first or second end." : "",
      this.component.data.originals ? "" : `The ends are shown as reconstructions: the original ${this.model.things} are not at hand.`,
    ].join(" ").trim();
    Object.assign(this.root.dataset, { a: this.#name(a), b: this.#name(b) });
  }

  // All strips; or, while an end is dragged, the chosen one and as many others as a frame has time
  // for, so that the picture follows the pointer with slow decoders too.
  #drawStrips() {
    const until = this.moving ? performance.now() + BUDGET_MS : Infinity;
    const chosen = (strip) => strip.style.name === this.path;
    const waiting = this.strips.filter((strip) => strip.ways !== this.ways || strip.n !== this.n)
      .sort((one, other) => chosen(other) - chosen(one) || one.turn - other.turn);
    while (waiting.length) {
      const strip = waiting.shift();
      this.decodes += strip.draw(this.ways, this.n);
      strip.turn = ++this.turn;
      const { name } = strip.style;
      this.trails[name] = this.ways.trail(name, this.n);
      if (performance.now() > until) break;
    }
    this.root.dataset.waiting = waiting.length;
    if (waiting.length) this.#soon("strips");
  }

  #drawPlace() {
    const { t, path, ways } = this;
    for (const strip of this.strips) strip.press(strip.style.name === path);
    // A strip that waits for its turn keeps its place too: that of the cross-fade costs an encoding.
    const before = this.places ?? {};
    this.places = Object.fromEntries(this.strips.map((strip) => {
      const { name } = strip.style;
      return [name, strip.ways === ways ? ways.place(name, t) : before[name] ?? ways.place(name, t)];
    }));
    const { pixels, share } = ways.at(path, t);
    this.decodes++;
    paint(this.find(".picture"), pixels, this.model.shape);
    const { title } = this.strips.find(({ style }) => style.name === path).style;
    const words = `${percent(t)} of the way · support ${percent(share)}, ${supportWords(share)}`;
    const bold = document.createElement("b");
    bold.textContent = title;
    this.find(".where").replaceChildren(bold, `, ${words}`);
    this.find(".picture").setAttribute("aria-label", `Decoded picture: ${title}, ${words}`);
    this.find(".scrubber").value = t;
    this.find(".scrubber").setAttribute("aria-valuetext", words);
    this.find(".share").textContent = percent(t);
    this.find(".strips").style.setProperty("--t", t);
    Object.assign(this.root.dataset, { t: t.toFixed(3), path });
    this.map.draw();
  }

  // ---- what Python is told -----------------------------------------------------------------

  #name({ row, code }) {
    return row >= 0 ? imageName(this.model, row) : Array.from(code, (v) => Number(v.toPrecision(6))).join(",");
  }

  #tell() {
    clearTimeout(this.tellTimer);
    this.tellTimer = setTimeout(() => {
      const { model, ends, n, path, t } = this;
      this.component.setStateValue("shown", {
        key: model.header.key, a: this.#name(ends.a), b: this.#name(ends.b),
        frames: n, path, t: Number(t.toFixed(3)),
      });
    }, TELL_AFTER_MS);
  }
}
