// Rows of a table are drawn as lines; under the pointer a drawing says which column it is over.

/** @import { Shape } from "../types.js" */
import { shareOf } from "../controls/point.js";

/** A shape that knows the names of the columns; as it was where there are none. @type {(shape: Shape, names?: string[]) => Shape} */
export const named = (shape, names) => (names?.length ? Object.assign([...shape], { names }) : shape);

/** The column at a share, 0 to 1, of the way from left to right. @type {(names: string[], share: number) => string} */
export function columnAt(names, share) {
  const i = Math.round(share * (names.length - 1));
  return names[Math.min(names.length - 1, Math.max(0, i))];
}

/** The columns with the largest values, the largest first. @type {(names: string[], values: ArrayLike<number>, n?: number) => string[]} */
export function largest(names, values, n = 3) {
  const order = names.map((_, i) => i).sort((a, b) => values[b] - values[a]);
  return order.slice(0, n).map((i) => names[i]);
}

/** Where a row's intensities are farthest from the columns' means, which lie in the middle, in words. @type {(names: string[], pixels: ArrayLike<number>) => string} */
export function farthest(names, pixels) {
  const off = names.map((_, i) => pixels[i] - 0.5);
  const most = largest(names, off.map(Math.abs));
  const said = most.map((name) => `${name} ${off[names.indexOf(name)] < 0 ? "↓" : "↑"}`);
  return `farthest from the mean: ${said.join(", ")}`;
}

/** @type {WeakMap<HTMLCanvasElement, { names: string[] | null, tiles: number }>} */
const columns = new WeakMap();

/**
 * Let a canvas say, as its tooltip, which column the pointer is over; of several rows side by side
 * each is a tile.
 * @type {(canvas: HTMLCanvasElement, shape: Shape, tiles?: number) => void}
 */
export function tell(canvas, { names = undefined }, tiles = 1) {
  if (!names && !columns.get(canvas)?.names) return;
  const listens = columns.has(canvas);
  columns.set(canvas, { names: names ?? null, tiles });
  if (!names) canvas.removeAttribute("title"); // it showed a row before
  if (listens) return;
  canvas.addEventListener("pointermove", (event) => {
    const now = columns.get(canvas);
    if (now?.names) canvas.title = columnAt(now.names, (now.tiles * shareOf(canvas, event)[0]) % 1);
  });
}
