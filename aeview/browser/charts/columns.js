// Rows of a table are drawn as lines; under the pointer a drawing says which column it is over.

/** A shape that knows the names of the columns; as it was where there are none. */
export const named = (shape, names) => (names?.length ? Object.assign([...shape], { names }) : shape);

/** The column at a share, 0 to 1, of the way from left to right. */
export function columnAt(names, share) {
  const i = Math.round(share * (names.length - 1));
  return names[Math.min(names.length - 1, Math.max(0, i))];
}

/** Let a canvas say, as its tooltip, which column the pointer is over. */
export function tell(canvas, { names }) {
  if (!names && !canvas.columns) return;
  const listens = canvas.columns !== undefined;
  canvas.columns = names ?? null;
  if (!names) canvas.removeAttribute("title"); // it showed a row before
  if (listens) return;
  canvas.addEventListener("pointermove", (event) => {
    if (!canvas.columns) return;
    const box = canvas.getBoundingClientRect();
    canvas.title = columnAt(canvas.columns, (event.clientX - box.left) / box.width);
  });
}
