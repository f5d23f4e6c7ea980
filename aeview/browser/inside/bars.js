// A histogram as an svg, with a mark where a value lies.

import { Scale } from "../charts/scale.js";
import { draw, level, upright } from "../charts/svg.js";
import { number } from "../controls/words.js";

const AREA = { left: 8, right: 352, top: 12, bottom: 130 };
const [WIDTH, BELOW] = [360, 22];

/** @typedef {{low: number, high: number, title: string, mark?: number | null, markWords?: string}} About the mark in the units of low and high */

/** Counts of equal bins from low to high. @type {(svg: SVGElement, counts: number[], about: About) => void} */
export function histogram(svg, counts, { low, high, title, mark = null, markWords = "" }) {
  const { left, right, bottom } = AREA;
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${bottom + BELOW}`);
  svg.setAttribute("aria-label", described(counts, { low, high, title, markWords }));
  const most = Math.max(1, ...counts);
  const wide = (right - left) / counts.length;
  for (const [i, count] of counts.entries()) {
    const height = (count / most) * (bottom - 18);
    const bar = draw(svg, "rect", { class: "bar", x: left + i * wide + 0.5, y: bottom - height, width: Math.max(1, wide - 1), height });
    draw(bar, "title", {}, `${count} images`);
  }
  level(svg, bottom, AREA, { class: "axis" });
  draw(svg, "text", { x: left, y: bottom + 15 }, number(low));
  draw(svg, "text", { x: right, y: bottom + 15, "text-anchor": "end" }, number(high));
  draw(svg, "text", { x: WIDTH / 2, y: bottom + 15, "text-anchor": "middle" }, title);
  if (mark === null) return;
  const scale = new Scale(low, high, { from: left, to: right });
  const [x, share] = [scale.place(mark), scale.share(mark)];
  upright(svg, x, AREA, { class: "mark" });
  draw(svg, "text", { class: "mark-words", x, y: 10, "text-anchor": share > 0.7 ? "end" : share < 0.3 ? "start" : "middle" }, markWords);
}

/** A histogram in words: its ends, its highest bar, its mark. @type {(counts: number[], about: About) => string} */
function described(counts, { low, high, title, markWords }) {
  const top = counts.indexOf(Math.max(...counts));
  const edge = (/** @type {number} */ bin) => number(low + ((high - low) * bin) / counts.length);
  const said = `${title}: from ${number(low)} to ${number(high)}, most between ${edge(top)} and ${edge(top + 1)}`;
  return markWords ? `${said}; ${markWords}` : said;
}
