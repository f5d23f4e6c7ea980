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

/** @type {WeakMap<HTMLCanvasElement, string[] | null>} */
const columns = new WeakMap();

/** Let a canvas say, as its tooltip, which column the pointer is over. @type {(canvas: HTMLCanvasElement, shape: Shape) => void} */
export function tell(canvas, { names = undefined }) {
  if (!names && !columns.get(canvas)) return;
  const listens = columns.has(canvas);
  columns.set(canvas, names ?? null);
  if (!names) canvas.removeAttribute("title"); // it showed a row before
  if (listens) return;
  canvas.addEventListener("pointermove", (event) => {
    const now = columns.get(canvas);
    if (now) canvas.title = columnAt(now, shareOf(canvas, event)[0]);
  });
}
