// Where a pointer is on an element and what it drags there; and pointing at the cells of a picture: by
// the mouse, by a finger, and by arrow keys, which show where.

import { boxOf, zoom } from "../shell/zoom.js";

/** @type {Record<string, [number, number]>} by key: across and down */
export const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Where on an element an event is: css pixels of the page from its top left. @type {(element: Element, event: MouseEvent) => [number, number]} */
export function placeOf(element, event) {
  const box = boxOf(element);
  return [(event.clientX - box.left) / zoom(), (event.clientY - box.top) / zoom()];
}

/**
 * Where on an element an event is: shares of its width and height from the top left; of a canvas
 * whose picture lies whole in its middle, of that picture.
 * @type {(element: Element, event: MouseEvent) => [number, number]}
 */
export function shareOf(element, event) {
  const box = element.localName === "canvas" ? pictureBox(/** @type {HTMLCanvasElement} */ (element)) : boxOf(element);
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

/** @param {HTMLCanvasElement} canvas */
function pictureBox(canvas) {
  const box = boxOf(canvas);
  if (getComputedStyle(canvas).objectFit !== "contain") return box;
  const by = Math.min(box.width / canvas.width, box.height / canvas.height);
  const [width, height] = [by * canvas.width, by * canvas.height];
  return { left: box.left + (box.width - width) / 2, top: box.top + (box.height - height) / 2, width, height };
}

/** Keys go to it from now on; a ring shows where they go to those who use keys, not to who pressed it. @param {HTMLElement} element */
export const focusByPointer = (element) => element.focus(/** @type {FocusOptions} */ ({ preventScroll: true, focusVisible: false }));

/**
 * A press by the main button or the first finger, its moves, and its end, wherever that is.
 * @param {HTMLElement} element
 * @param {Record<"down" | "move" | "up", (event: PointerEvent) => void>} on
 */
export function pressed(element, { down, move, up }) {
  let held = false;
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !event.isPrimary) return;
    held = true;
    element.setPointerCapture(event.pointerId);
    down(event);
  });
  element.addEventListener("pointermove", (event) => held && event.isPrimary && move(event));
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) {
    element.addEventListener(end, (event) => {
      if (!held || !event.isPrimary) return;
      held = false;
      up(event);
    });
  }
}

/** @type {(value: number, n: number) => number} */
const clamp = (value, n) => Math.min(n - 1, Math.max(0, value));

/**
 * @param {HTMLCanvasElement} canvas cells of one size, alone in an element of the class "pointed"
 * @param {number} columns @param {number} rows @param {(column: number, row: number) => void} told
 */
export function pointAt(canvas, columns, rows, told) {
  /** @type {[number, number]} */
  let at = [columns >> 1, rows >> 1];
  const mark = document.createElement("i");
  mark.hidden = true;
  canvas.tabIndex = 0;
  canvas.after(mark);
  const point = (/** @type {number} */ column, /** @type {number} */ row) => {
    at = [clamp(column, columns), clamp(row, rows)];
    told(...at);
  };
  const under = (/** @type {PointerEvent} */ event) => {
    const [x, y] = shareOf(canvas, event);
    mark.hidden = true;
    point(Math.floor(columns * x), Math.floor(rows * y));
  };
  for (const kind of /** @type {const} */ (["pointermove", "pointerdown"])) canvas.addEventListener(kind, under);
  canvas.addEventListener("blur", () => {
    mark.hidden = true;
  });
  canvas.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    point(at[0] + way[0], at[1] + way[1]);
    const percent = (/** @type {number} */ share) => `${100 * share}%`;
    Object.assign(mark.style, {
      left: percent(at[0] / columns), top: percent(at[1] / rows), width: percent(1 / columns), height: percent(1 / rows),
    });
    mark.hidden = false;
  });
}
