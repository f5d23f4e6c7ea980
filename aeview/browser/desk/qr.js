// A QR code as one path: dark squares on white in both themes, with the quiet zone it needs.

const QUIET = 4;

/** @param {string[]} rows text of 0 and 1 for each row of modules */
export function path(rows) {
  return rows.flatMap((row, y) => [...row].map((cell, x) => (cell === "1" ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")))
    .join("");
}

/** @param {SVGElement} svg @param {string[]} rows */
export function draw(svg, rows) {
  const side = rows.length + 2 * QUIET;
  svg.setAttribute("viewBox", `0 0 ${side} ${side}`);
  const dark = document.createElementNS("http://www.w3.org/2000/svg", "path");
  dark.setAttribute("d", path(rows));
  dark.setAttribute("fill", "#000");
  svg.replaceChildren(dark);
}
