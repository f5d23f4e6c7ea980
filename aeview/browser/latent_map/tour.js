// The short tour of the map that a first visit begins with: a cursor of its own goes through a few
// classes, once, until anything is touched.

/** @import { Place } from "../types.js" */

const TOUR_MS = 4200;
const BEGIN_MS = 700; // after the map is there
const LEGS = 3; // classes that it visits
const REST = 0.22; // of each leg, at its end
const SEEN = "aeview.toured";
const INPUT = ["pointerdown", "pointermove", "wheel", "keydown", "touchstart"];

const away = (/** @type {Place} */ [x, y], /** @type {Place} */ [a, b]) => Math.hypot(x - a, y - b);

/**
 * Where it goes: from the start through classes that lie far apart, the nearest first, and back.
 * @type {(start: Place, places: Place[], legs?: number) => Place[]} none where there is nothing to visit
 */
export function stops(start, places, legs = LEGS) {
  /** @type {Place[]} */
  const chosen = [];
  while (chosen.length < Math.min(legs, places.length)) {
    const far = (/** @type {Place} */ place) => Math.min(...[start, ...chosen].map((each) => away(each, place)));
    const next = places.reduce((best, place) => (far(place) > far(best) ? place : best));
    if (far(next) <= 0) break;
    chosen.push(next);
  }
  if (!chosen.length) return [];
  const way = [start];
  while (chosen.length) {
    const here = way[way.length - 1];
    chosen.sort((a, b) => away(here, a) - away(here, b));
    way.push(/** @type {Place} */ (chosen.shift()));
  }
  return [...way, start];
}

/** Where it is at a time from 0 to 1: slow at each stop. @type {(way: Place[], t: number) => Place} */
export function at(way, t) {
  const legs = way.length - 1;
  const place = Math.min(legs, Math.max(0, t) * legs);
  const leg = Math.min(legs - 1, Math.floor(place));
  const u = Math.min(1, (place - leg) / (1 - REST));
  const s = u * u * (3 - 2 * u);
  const [[x, y], [a, b]] = [way[leg], way[leg + 1]];
  return [x + s * (a - x), y + s * (b - y)];
}

/** Whether this browser has seen it, or wants nothing to move. */
function unwanted() {
  if (globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches || document.visibilityState !== "visible") return true;
  try {
    return sessionStorage.getItem(SEEN) !== null;
  } catch {
    return true;
  }
}

/**
 * Begin it soon, unless something speaks against it.
 * @param {() => Place[]} way asked for when it begins
 * @param {(place: Place) => void} show called once a frame
 * @param {(begun: boolean) => void} done called when it has come to an end, was stopped, or will not begin
 * @returns {() => void} stops it
 */
export function tour(way, show, done) {
  const abort = new AbortController();
  let frame = 0;
  let began = 0;
  /** @type {Place[]} */
  let places = [];
  const stop = () => {
    if (abort.signal.aborted) return;
    abort.abort();
    clearTimeout(timer);
    cancelAnimationFrame(frame);
    done(began > 0);
  };
  const step = (/** @type {number} */ now) => {
    began ||= now;
    const t = (now - began) / TOUR_MS;
    if (t >= 1) return stop();
    show(at(places, t));
    frame = requestAnimationFrame(step);
  };
  const timer = setTimeout(() => {
    if (unwanted()) return stop();
    places = way();
    if (places.length < 2) return stop();
    sessionStorage.setItem(SEEN, "yes");
    frame = requestAnimationFrame(step);
  }, BEGIN_MS);
  // A browser tells of a move, too, where the page alone has moved below the mouse.
  let last = "";
  const still = (/** @type {Event} */ event) => {
    if (event.type !== "pointermove" || !(event instanceof MouseEvent)) return false;
    const [before, here] = [last || `${event.clientX},${event.clientY}`, `${event.clientX},${event.clientY}`];
    last = here;
    return !event.movementX && !event.movementY && here === before;
  };
  for (const kind of INPUT) addEventListener(kind, (event) => still(event) || stop(), { signal: abort.signal, capture: true, passive: true });
  return stop;
}
