// Drawing on a canvas in css pixels, however dense the screen.

/** @import { Place } from "../types.js" */
/** @typedef {{width: number, height: number}} Size css pixels */
/** @typedef {CanvasRenderingContext2D} Pen */
import { density } from "../shell/zoom.js";

/** The pen of a canvas. @type {(canvas: HTMLCanvasElement) => Pen} */
export const pen = (canvas) => /** @type {Pen} */ (canvas.getContext("2d"));

/** Make a canvas so large; what was drawn stays where nothing changes. @type {(canvas: HTMLCanvasElement, size: Size) => void} */
export function fit(canvas, size) {
  const [width, height] = [size.width, size.height].map((side) => Math.round(side * density()));
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
}

/** Wipe a canvas; its pen draws in css pixels from then on. @type {(canvas: HTMLCanvasElement, size: Size) => Pen} */
export function clear(canvas, { width, height }) {
  const context = pen(canvas);
  context.setTransform(density(), 0, 0, density(), 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/** Begin a path along these places. @type {(context: Pen, corners: Place[]) => void} */
export function path(context, corners) {
  context.beginPath();
  for (const corner of corners) context.lineTo(...corner); // the first of a path only moves
}

/**
 * Draw the path, with a halo on demand: a colour around the line, so that it is seen on any ground.
 * @type {(context: Pen, colour: string, width: number, halo: string | null, wide: number) => void}
 */
export function haloed(context, colour, width, halo, wide) {
  for (const { strokeStyle, lineWidth } of [{ strokeStyle: halo, lineWidth: wide }, { strokeStyle: colour, lineWidth: width }]) {
    if (!strokeStyle) continue;
    Object.assign(context, { strokeStyle, lineWidth });
    context.stroke();
  }
}
