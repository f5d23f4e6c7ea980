// Lines drawn on a canvas.

/** @import { Place } from "../types.js" */

/** Begin a path along these places. @type {(context: CanvasRenderingContext2D, corners: Place[]) => void} */
export function path(context, corners) {
  context.beginPath();
  for (const [x, y] of corners) context.lineTo(x, y); // the first of a path only moves
}

/**
 * Draw the path, with a halo on demand: a colour around the line, so that it is seen on any ground.
 * @type {(context: CanvasRenderingContext2D, colour: string, width: number, halo: string | null, wide: number) => void}
 */
export function haloed(context, colour, width, halo, wide) {
  for (const { strokeStyle, lineWidth } of [{ strokeStyle: halo, lineWidth: wide }, { strokeStyle: colour, lineWidth: width }]) {
    if (!strokeStyle) continue;
    Object.assign(context, { strokeStyle, lineWidth });
    context.stroke();
  }
}
