// The share of each class that is flagged, and what the thresholds with a guarantee come to.

/** @import { Values } from "../types.js" */
/** @import { Rules } from "./said.js" */
/** @import { Side, Verdict } from "./verdict.js" */
import { make } from "../controls/dom.js";
import { find } from "../shell/find.js";
import { conformalRank, pacRank, realised } from "./guarantees.js";
import { count, range, share } from "./texts.js";
import { interval } from "./thresholds.js";
import { BY_CLASS, judged } from "./verdict.js";

/** @typedef {{ name: string, k: number, n: number }} Rate of a class: k of n are flagged */
/** @typedef {{ title: string, holds: (delta: string) => string }} Guarantee */

/** @type {Record<string, Guarantee>} rules that guarantee a rate of false alarms */
export const GUARANTEED = {
  conformal: { title: "conformal", holds: () => "on average over calibration sets" },
  [BY_CLASS]: { title: "per class", holds: () => "so for each class, as told by the nearest codes" },
  pac: { title: "for this set", holds: (delta) => `for this calibration set, but for ${delta} of such sets` },
};

/** How many of each class are flagged. @param {Verdict} verdict @param {Values} labels of normal ones @param {string[]} classes @returns {Rate[]} */
export function rates(verdict, labels, classes) {
  const found = classes.map((name) => ({ name, k: 0, n: 0 }));
  for (let i = 0; i < verdict.side.normal.length; i++) {
    const own = found[labels[i]];
    if (!own) continue;
    own.n++;
    own.k += Number(verdict.flags("normal", i));
  }
  return found.filter(({ n }) => n);
}

/** The lowest and the highest share. @param {Rate[]} found @returns {[number, number]} */
const ends = (found) => [Math.min(...found.map(({ k, n }) => k / n)), Math.max(...found.map(({ k, n }) => k / n))];

/** Bars of all classes, each with its 95 % interval. @param {HTMLElement} home @param {Rate[]} found @param {number | null} rate what is asked for, 0 to 1 */
export function showRates(home, found, rate) {
  home.hidden = found.length < 2;
  if (home.hidden) return;
  const most = Math.max(3 * (rate ?? 0), ...found.map(({ k, n }) => k / n), 0.01);
  find(home, "ul").replaceChildren(...found.map(({ name, k, n }) => {
    const ends = interval(k, n);
    const bar = make("span", { className: "rate" });
    const values = { share: k / n / most, low: ends[0] / most, high: Math.min(1, ends[1] / most), asked: (rate ?? -1) / most };
    for (const [key, value] of Object.entries(values)) bar.style.setProperty(`--${key}`, String(value));
    bar.classList.toggle("free", rate === null);
    const title = `${name}: ${count(k)} of ${count(n)} flagged, 95 % interval ${range(ends)}`;
    return make("li", { title }, make("span", { className: "class", textContent: name }), make("b", { textContent: share(k / n) }), bar);
  }));
}

/**
 * A line for each rule that guarantees something, all at the same rate.
 * @param {HTMLElement} home
 * @param {Side} side
 * @param {{ value: number, now: string, rules: Rules, labels: Values, classes: string[], choose: (rule: string) => void }} asked
 */
export function showGuarantees(home, side, { value, now, rules, labels, classes, choose }) {
  const names = Object.keys(GUARANTEED).filter((name) => name !== BY_CLASS || side.near);
  find(home, "tbody").replaceChildren(...names.map((rule) => {
    const verdict = judged(side, rule, value, rules.delta);
    const button = make("button", { type: "button", textContent: GUARANTEED[rule].title, onclick: () => choose(rule) });
    const of = rates(verdict, labels, classes);
    const cell = (/** @type {string} */ textContent) => make("td", { className: "number", textContent });
    const line = make("tr", { className: rule === now ? "now" : "" }, make("th", { scope: "row" }, button),
      make("td", { textContent: GUARANTEED[rule].holds(`${100 * rules.delta} %`) }),
      cell(band(side, rule, value / 100, rules)),
      cell(share(verdict.normal.above(verdict.at) / verdict.normal.length)),
      cell(of.length > 1 ? range(ends(of)) : "–"),
      cell(share(verdict.strange.length ? verdict.strange.above(verdict.at) / verdict.strange.length : null)));
    return line;
  }));
  find(home, ".rate-asked").textContent = `${value} %`;
}

/** What most calibration sets as large as this one lead to. @param {Side} side @param {string} rule @param {number} rate @param {Rules} rules */
function band({ held }, rule, rate, { delta, band }) {
  if (rule === BY_CLASS) return "–";
  const rank = rule === "pac" ? pacRank(held.length, rate, delta) : conformalRank(held.length, rate);
  if (rank > held.length) return "–";
  const { low, high } = realised(held.length, rank, rate, band);
  return range([low, high]);
}
