// Pointer, wheel and keys on the map, told to whoever listens in terms of screen places.

import { zoom } from "../zoom.js";

const DRAG = 4; // css pixels before a press becomes a drag
const STEP = 12;

/**
 * @param {HTMLElement} element
 * @param {{hover, leave, click, drag, dragEnd, zoom, doubleClick, step, key}} on
 */
export function listen(element, on) {
  const abort = new AbortController();
  const options = { signal: abort.signal };
  let pressed = null;
  let dragging = false;
  let latest = null;

  const place = (event) => {
    const box = element.getBoundingClientRect();
    return [(event.clientX - box.left) / zoom(), (event.clientY - box.top) / zoom()];
  };
  const told = () => {
    if (latest) on.hover(...latest);
    latest = null;
  };

  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    element.focus({ preventScroll: true });
    pressed = { at: place(event), last: place(event), shift: event.shiftKey };
    dragging = false;
  }, options);
  element.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (!pressed) {
      if (!latest) requestAnimationFrame(told);
      latest = at;
      return;
    }
    dragging ||= Math.hypot(at[0] - pressed.at[0], at[1] - pressed.at[1]) > DRAG;
    if (!dragging) return;
    on.drag(at, [at[0] - pressed.last[0], at[1] - pressed.last[1]], pressed);
    pressed.last = at;
  }, options);
  element.addEventListener("pointerup", (event) => {
    if (!pressed) return;
    if (dragging) on.dragEnd(pressed);
    else on.click(...place(event));
    pressed = null;
  }, options);
  element.addEventListener("pointercancel", () => {
    if (dragging) on.dragEnd(pressed);
    pressed = null;
  }, options);
  element.addEventListener("pointerleave", () => {
    latest = null;
    if (!pressed) on.leave();
  }, options);
  element.addEventListener("wheel", (event) => {
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    on.zoom(Math.exp(-Math.max(-200, Math.min(200, event.deltaY * lines)) / 400), ...place(event));
  }, { ...options, passive: false });
  element.addEventListener("dblclick", () => on.doubleClick(), options);
  element.addEventListener("keydown", (event) => {
    const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key in way) {
      event.preventDefault();
      const far = event.shiftKey ? 5 * STEP : STEP;
      on.step(way[event.key][0] * far, way[event.key][1] * far);
    } else if (event.key === "Enter" || event.key === "Escape") {
      event.preventDefault();
      on.key(event.key);
    } else if (event.key === "+" || event.key === "-") {
      on.zoom(event.key === "+" ? 1.25 : 0.8, element.clientWidth / 2, element.clientHeight / 2);
    }
  }, options);
  return () => abort.abort();
}
