// Pointer, fingers, wheel and keys on the map, told to whoever listens in terms of screen places.
// One finger does what the mouse does while its button is held; resting first, it explores as the
// mouse does without. Two fingers zoom and move.

/** @import { Place } from "../types.js" */
/**
 * A button or finger that is down: where and when (ms) it came down and where it was last. Whoever listens may keep what it holds in `held`.
 * @typedef {{at: Place, last: Place, when: number, shift: boolean, touch: boolean, held?: any}} Press
 * @typedef {Pick<Press, "at" | "when">} Click
 */
/**
 * What to do; `click` is told whether it came by touch.
 * @typedef {{hover: (x: number, y: number) => void, leave: () => void, click: (x: number, y: number, touch: boolean) => void,
 *   drag: (at: Place, by: Place, press: Press) => void, dragEnd: (press: Press) => void, pan: (dx: number, dy: number) => void,
 *   zoom: (factor: number, x: number, y: number) => void, doubleClick: () => void, step: (dx: number, dy: number) => void,
 *   key: (key: string) => void}} Gestures
 */
import { WAYS, focusByPointer, placeOf } from "../controls/point.js";

/** @type {Record<string, number>} */
const DRAG = { mouse: 4, pen: 4, touch: 10 }; // css pixels before a press becomes a drag
const HOLD_MS = 350; // after which a finger that rests explores
const TWICE_MS = 500; // from one press to the next of a double-click
const STEP = 12;

/**
 * The same actions, of which none does anything before a thing is there.
 * @type {<T extends object>(there: () => unknown, actions: T) => T}
 */
export const ready = (there, actions) => new Proxy(actions, {
  get: (/** @type {any} */ of, name) => (/** @type {any[]} */ ...values) => void (there() && of[name](...values)),
});

/**
 * How two fingers have moved: the factor to zoom by, where they are, and how far they went.
 * @type {(before: Place[], after: Place[]) => {factor: number, at: Place, by: Place}}
 */
export function pinch([a, b], [c, d]) {
  /** @type {(p: Place, q: Place) => Place} */
  const middle = (p, q) => [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2];
  const apart = (/** @type {Place} */ p, /** @type {Place} */ q) => Math.max(1, Math.hypot(p[0] - q[0], p[1] - q[1]));
  const [before, after] = [middle(a, b), middle(c, d)];
  return { factor: apart(c, d) / apart(a, b), at: after, by: [after[0] - before[0], after[1] - before[1]] };
}

/**
 * Whether two clicks are one double-click. Engines count by a clock and a distance of their own, and for fingers not
 * all of them do; theirs is heard, too, for those who have set it slower.
 * @type {(before: Click | null, after: Click, apart: number) => boolean}
 */
export const twice = (before, after, apart) => before !== null && after.when - before.when <= TWICE_MS
  && Math.hypot(after.at[0] - before.at[0], after.at[1] - before.at[1]) <= apart;

/** Listen until what it returns is called. @param {HTMLElement} element @param {Gestures} on */
export function listen(element, on) {
  const abort = new AbortController();
  const options = { signal: abort.signal };
  /** @type {Map<number, Place>} */
  const fingers = new Map();
  /** @type {Press | null} */
  let pressed = null;
  let dragging = false;
  let exploring = false;
  let held = 0;
  /** @type {Place | null} */
  let latest = null;
  /** @type {Click | null} */
  let before = null;
  /** Where the last click was, until the pointer leaves it. @type {Place | null} */
  let rests = null;

  /** @type {(event: MouseEvent) => Place} */
  const place = (event) => placeOf(element, event);
  const told = () => {
    if (latest) on.hover(...latest);
    latest = null;
  };
  const soon = (/** @type {Place} */ at) => {
    if (!latest) requestAnimationFrame(told);
    latest = at;
  };
  const clicked = (/** @type {Press} */ press, /** @type {PointerEvent} */ event) => {
    latest = null; // the move that led here would be told after the click
    rests = place(event);
    on.click(...rests, press.touch);
    const now = { at: press.at, when: press.when };
    const double = twice(before, now, 2 * (DRAG[event.pointerType] ?? DRAG.mouse));
    before = double ? null : now;
    if (double) on.doubleClick();
  };
  const letGo = () => {
    clearTimeout(held);
    if (dragging && pressed) on.dragEnd(pressed);
    pressed = null;
    dragging = exploring = false;
  };
  const leave = () => {
    latest = rests = null;
    on.leave();
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    focusByPointer(element);
    const touch = event.pointerType === "touch";
    if (touch) fingers.set(event.pointerId, place(event));
    if (fingers.size > 1) {
      letGo();
      leave();
      return;
    }
    const press = { at: place(event), last: place(event), when: event.timeStamp, shift: event.shiftKey, touch };
    pressed = press;
    dragging = exploring = false;
    if (touch) {
      held = setTimeout(() => {
        exploring = true;
        on.hover(...press.at);
      }, HOLD_MS);
    }
  }, options);
  element.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (fingers.size > 1) {
      const before = [...fingers.values()];
      fingers.set(event.pointerId, at);
      const { factor, at: middle, by } = pinch(before.slice(0, 2), [...fingers.values()].slice(0, 2));
      on.pan(...by);
      on.zoom(factor, ...middle);
      return;
    }
    if (!pressed || exploring) {
      if (rests && at[0] === rests[0] && at[1] === rests[1]) return; // where things change under a pointer, browsers say that it moved
      rests = null;
      soon(at);
      return;
    }
    dragging ||= Math.hypot(at[0] - pressed.at[0], at[1] - pressed.at[1]) > (DRAG[event.pointerType] ?? DRAG.mouse);
    if (!dragging) return;
    clearTimeout(held);
    on.drag(at, [at[0] - pressed.last[0], at[1] - pressed.last[1]], pressed);
    pressed.last = at;
  }, options);
  element.addEventListener("pointerup", (event) => {
    const alone = fingers.size < 2;
    fingers.delete(event.pointerId);
    if (!pressed) {
      if (!alone) leave(); // two fingers zoomed, and one of them is lifted
      return;
    }
    if (exploring) leave();
    if (!dragging && alone) clicked(pressed, event);
    letGo();
  }, options);
  element.addEventListener("pointercancel", (event) => {
    fingers.delete(event.pointerId);
    letGo();
  }, options);
  element.addEventListener("pointerleave", (event) => {
    latest = rests = null;
    if (!pressed && event.pointerType !== "touch") on.leave();
  }, options);
  element.addEventListener("contextmenu", (event) => fingers.size && event.preventDefault(), options);
  element.addEventListener("blur", leave, options);
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    on.zoom(Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) / 400), ...place(event));
  }, { ...options, passive: false });
  element.addEventListener("dblclick", () => on.doubleClick(), options);
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in WAYS) {
      event.preventDefault();
      const far = event.shiftKey ? 5 * STEP : STEP;
      on.step(WAYS[event.key][0] * far, WAYS[event.key][1] * far);
    } else if (["Enter", "Escape", " "].includes(event.key)) {
      event.preventDefault();
      on.key(event.key);
    } else if (event.key === "Home") {
      event.preventDefault();
      on.doubleClick();
    } else if (event.key === "+" || event.key === "-") {
      on.zoom(event.key === "+" ? 1.25 : 0.8, element.clientWidth / 2, element.clientHeight / 2);
    }
  }, options);
  return () => {
    clearTimeout(held);
    abort.abort();
  };
}
