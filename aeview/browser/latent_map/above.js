// What stands above the map: the network with its code, and the models of its sweep; and the tour of
// the map that a first visit begins with. Whether it is there, and what runs through it.

/** @import { Spot } from "../types.js" */
/** @import { Explorer, Start } from "./main.js" */
import { fitted } from "../map/flight.js";
import { ready } from "../map/gestures.js";
import { resized } from "../shell/zoom.js";
import { entering } from "./entering.js";
import { Passage } from "./passage.js";
import { Sweeps } from "./sweeps.js";
import { stops, tour } from "./tour.js";

export class Above {
  wanted = true; // it has not been put away
  sweepsOf = ""; // what the sweeps on offer are of
  endTour = () => {};

  /** @param {Explorer} map */
  constructor(map) {
    this.map = map;
    const knobs = ready(() => map.model, { turned: this.turn.bind(this), settled: this.settle.bind(this) });
    this.passage = new Passage(map.find(".network"), knobs, () => this.again());
    this.sweeps = new Sweeps(map.root, {
      choose: (name) => map.component.setTriggerValue("member", name),
      compare: () => map.tellView(),
      see: (back, heading) => map.see(back, heading),
      lay: (layout) => map.stage.lay(layout && fitted(layout, map.model.box)),
    });
    this.unwatch = resized(map.root, () => map.model && this.offer()); // presenting, it makes room
  }

  close() {
    this.endTour();
    this.unwatch();
    this.sweeps.close();
    this.passage.close();
  }

  /** Another model. @param {Start} start */
  open({ put_away, beside }) {
    this.wanted = !put_away?.includes("network");
    this.sweeps.compares = Boolean(beside?.includes("pca"));
    this.offer();
  }

  /** Show it, or put it away, as is wanted; a scene that is presented has a subject of its own. */
  offer() {
    const { map, passage, wanted } = this;
    const { network, sentence, sweeps, keys } = map.component.data;
    const offered = network && !("presenting" in document.documentElement.dataset);
    const on = offered && wanted;
    map.find(".shows").hidden = !offered;
    map.toolbar.network = wanted;
    map.root.dataset.network = on ? "yes" : "no";
    const of = JSON.stringify([sweeps, on, map.model.header.key]);
    if (of !== this.sweepsOf && keys[0] === map.model.header.key) { // else they are of a model that has yet to come
      this.sweepsOf = of;
      this.sweeps.open(sweeps, map.model, on);
    }
    const begins = on && (!passage.shown || passage.model !== map.model);
    if (!begins && passage.shown === on) return;
    passage.home.hidden = !on;
    if (begins) passage.open(map.model, sentence);
    this.again();
  }

  toggle() {
    this.wanted = !this.wanted;
    this.offer();
    this.map.tellView();
  }

  /** As the link tells it. */
  get told() {
    return { put_away: this.wanted ? [] : ["network"], beside: this.sweeps.compares ? ["pca"] : [] };
  }

  // ---- what runs through it ----------------------------------------------------------------

  /** Before the code under the cursor is decoded: the nearest image enters. @type {(spot: Spot, code: Float32Array, support: number) => void} */
  enter(spot, code, support) {
    const { map, passage } = this;
    if (!passage.shown) return;
    passage.enter(entering(map.model, spot, code, support, map.visible), map.pictures, map.stage.colours, { moving: true });
  }

  /** What the decoder has just made of it; a place of the map, which may not fix all units, or a whole code. @type {(code: Float32Array, pixels: Float32Array, whole: boolean) => void} */
  leave(code, pixels, whole) {
    const { model, stage } = this.map;
    const filled = !whole && model.map.kind === "linear" ? Math.max(0, model.d - 2) : 0;
    if (this.passage.shown) this.passage.leave(code, pixels, stage.colours, filled);
  }

  /** As it is when nothing is under the cursor: with the pin, else the middle of the map. */
  rest() {
    const { passage, map: { model, pinned, hovered, camera, pictures, stage } } = this;
    if (!passage.shown || hovered) return;
    const [x, y] = pinned ? [pinned.x, pinned.y] : [camera.x, camera.y];
    const code = Float32Array.from(pinned?.code ?? model.codeAt(x, y));
    const near = entering(model, this.map.at(...camera.toScreen(x, y)), code, model.supportOf(code, x, y), this.map.visible);
    passage.enter(pinned && pinned.row >= 0 ? { row: pinned.row, own: true } : near, pictures, stage.colours);
    passage.leave(code, model.decode(code), stage.colours);
  }

  /** Draw it again as it is. */
  again() {
    if (!this.map.model || !this.passage.shown) return;
    if (this.map.hovered) this.map.showHovered(this.map.hovered);
    else this.rest();
  }

  /** A handle of the code is being moved: the cursor goes along. @param {Float32Array} code */
  turn(code) {
    const { map } = this;
    const [x, y] = map.model.plane.transform(code);
    map.card.hide();
    map.hovered = map.at(...map.camera.toScreen(x, y));
    map.showHovered(map.hovered, code);
  }

  /** It was let go: its code is pinned. @param {Float32Array} code */
  settle(code) {
    const [x, y] = this.map.model.plane.transform(code);
    this.map.hovered = null;
    this.map.pin({ x, y, code, row: -1 });
  }

  // ---- the tour ----------------------------------------------------------------------------

  /** Once, by itself, a cursor goes through a few classes, so that one sees what the map is for. */
  tour() {
    const { map, map: { camera, root } } = this;
    const ghost = map.find("svg.ghost");
    const way = () => stops(map.pinned ? [map.pinned.x, map.pinned.y] : [camera.x, camera.y],
      map.model.names.map(({ places }) => places[0]));
    this.endTour();
    this.endTour = tour(way, (place) => {
      const [sx, sy] = camera.toScreen(...place);
      ghost.toggleAttribute("hidden", false);
      ghost.style.translate = `${sx}px ${sy}px`;
      root.dataset.tour = "yes";
      map.hovered = map.at(sx, sy);
      map.showHovered(map.hovered);
    }, (begun) => {
      ghost.toggleAttribute("hidden", true);
      root.dataset.tour = begun ? "done" : "none";
      if (begun) map.leave();
    });
  }
}
