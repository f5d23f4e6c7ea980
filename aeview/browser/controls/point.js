// Pointing at the cells of a picture: by the mouse, by a finger, and by arrow keys, which show where.

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

const clamp = (value, n) => Math.min(n - 1, Math.max(0, value));

/**
 * @param canvas cells of one size, alone in an element of the class "pointed"
 * @param told called with (column, row)
 */
export function pointAt(canvas, columns, rows, told) {
  let at = [columns >> 1, rows >> 1];
  const mark = document.createElement("i");
  mark.hidden = true;
  canvas.tabIndex = 0;
  canvas.after(mark);
  const point = (column, row) => {
    at = [clamp(column, columns), clamp(row, rows)];
    told(...at);
  };
  const under = (event) => {
    const box = canvas.getBoundingClientRect();
    mark.hidden = true;
    point(Math.floor((columns * (event.clientX - box.left)) / box.width), Math.floor((rows * (event.clientY - box.top)) / box.height));
  };
  for (const kind of ["pointermove", "pointerdown"]) canvas.addEventListener(kind, under);
  canvas.addEventListener("blur", () => {
    mark.hidden = true;
  });
  canvas.addEventListener("keydown", (event) => {
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    point(at[0] + way[0], at[1] + way[1]);
    const percent = (share) => `${100 * share}%`;
    Object.assign(mark.style, {
      left: percent(at[0] / columns), top: percent(at[1] / rows), width: percent(1 / columns), height: percent(1 / rows),
    });
    mark.hidden = false;
  });
}
