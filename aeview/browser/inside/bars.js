// A histogram as an svg, with a mark where a value lies.

import { draw } from "../charts/svg.js";
import { number } from "../controls/words.js";

const [WIDTH, HEIGHT, LEFT, BOTTOM] = [360, 130, 8, 22];

/**
 * @param svg an empty element
 * @param counts of equal bins from low to high
 * @param about { low, high, title, mark, markWords }; mark in the units of low and high, or null
 */
export function histogram(svg, counts, { low, high, title, mark = null, markWords = "" }) {
  svg.replaceChildren();
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT + BOTTOM}`);
  svg.setAttribute("aria-label", described(counts, { low, high, title, markWords }));
  const most = Math.max(1, ...counts);
  const wide = (WIDTH - 2 * LEFT) / counts.length;
  counts.forEach((count, i) => {
    const high_ = (count / most) * (HEIGHT - 18);
    const bar = draw(svg, "rect", {
      class: "bar", x: LEFT + i * wide + 0.5, y: HEIGHT - high_, width: Math.max(1, wide - 1), height: high_,
    });
    draw(bar, "title", {}, `${count} images`);
  });
  draw(svg, "line", { class: "axis", x1: LEFT, x2: WIDTH - LEFT, y1: HEIGHT, y2: HEIGHT });
  draw(svg, "text", { x: LEFT, y: HEIGHT + 15 }, number(low));
  draw(svg, "text", { x: WIDTH - LEFT, y: HEIGHT + 15, "text-anchor": "end" }, number(high));
  draw(svg, "text", { x: WIDTH / 2, y: HEIGHT + 15, "text-anchor": "middle" }, title);
  if (mark === null) return;
  const share = Math.min(1, Math.max(0, (mark - low) / (high - low || 1)));
  const x = LEFT + share * (WIDTH - 2 * LEFT);
  draw(svg, "line", { class: "mark", x1: x, x2: x, y1: 12, y2: HEIGHT });
  draw(svg, "text", {
    class: "mark-words", x, y: 10, "text-anchor": share > 0.7 ? "end" : share < 0.3 ? "start" : "middle",
  }, markWords);
}

/** A histogram in words: its ends, its highest bar, its mark. */
function described(counts, { low, high, title, markWords }) {
  const top = counts.indexOf(Math.max(...counts));
  const edge = (bin) => number(low + ((high - low) * bin) / counts.length);
  const said = `${title}: from ${number(low)} to ${number(high)}, most between ${edge(top)} and ${edge(top + 1)}`;
  return markWords ? `${said}; ${markWords}` : said;
}
