// What a rule's threshold is worth, in words.

/** @import { Figures } from "./thresholds.js" */
/** @import { Verdict } from "./verdict.js" */
import { conformalRank, pacRank, realised } from "./guarantees.js";
import { count, range, share } from "./texts.js";
import { interval } from "./thresholds.js";

/** @typedef {{ first?: number, low?: number, high?: number, unit: string }} Bounds of a rule's setting */
/** @typedef {{ of: Record<string, Bounds>, delta: number, band: number }} Rules as Python declares them */
/** @typedef {{ rule: string, value: number, verdict: Verdict, now: Figures, rules: Rules, where: string, nouns: string, which: string }} Said `where`: what the held-out ones are */

/** A sentence or three on the threshold of now. @param {Said} said */
export function said({ rule, value, verdict, now, rules, where, nouns, which }) {
  const { held, normal } = verdict.side;
  const rate = Number(value) / 100;
  const n = `${count(held.length)} ${where}`;
  const seen = `Of ${count(normal.length)} ${which} ${share(now.falseAlarms)} are flagged (95 % interval ${range(interval(now.alarms, normal.length))}).`;
  const few = (/** @type {number} */ least) => `${n} are too few for ${value} %: at least ${least} are needed. Nothing is flagged; choose a higher rate.`;
  /** @type {Record<string, () => string>} */
  const texts = {
    conformal: () => {
      const rank = conformalRank(held.length, rate);
      if (rank > held.length) return few(leastConformal(rate));
      const { low, high, exceeds } = realised(held.length, rank, rate, rules.band);
      return `On average over calibration sets at most ${value} % of new ${nouns} of the same source are flagged; not so for each class, nor for another source. `
        + `Of sets of ${n} like this one ${100 * rules.band} % come to ${range([low, high])}, and ${percent(exceeds)} exceed ${value} %. ${seen}`;
    },
    by_class: () => perClass(verdict, value, nouns) + seen,
    pac: () => {
      const rank = pacRank(held.length, rate, rules.delta);
      if (rank > held.length) return few(leastPac(rate, rules.delta));
      return `For this very set of ${n}, at most ${value} % of new ${nouns} of the same source are flagged, unless it is among the ${100 * rules.delta} % of sets that mislead (δ). `
        + `So the line is at number ${count(rank)}, not ${count(Math.min(held.length, conformalRank(held.length, rate)))}. ${seen}`;
    },
    percentile: () => `${value} % of ${n} do not exceed it. ${seen}`,
    deviation: () => `Mean + ${value} standard deviations of ${n}: how many lie above it depends on the shape of the scores. ${seen}`,
    f1: () => `Chosen by the labels of what is shown, so these figures are too good to be expected again. ${seen}`,
    hand: () => `Set by hand: higher than ${share(held.below(verdict.threshold) / held.length)} of ${n}. ${seen}`,
  };
  return texts[rule]();
}

/** @param {Verdict} verdict @param {number} value @param {string} nouns */
function perClass({ limits, side }, value, nouns) {
  const known = side.near ? [...new Set(Array.from(side.near.held))] : [];
  const without = known.filter((number) => limits?.[number] === Infinity).length;
  const few = without ? ` ${without} of ${known.length} classes have fewer than ${leastConformal(value / 100)} held-out ${nouns}: nothing of theirs is flagged; choose a higher rate.` : "";
  return `Within each class, on average over calibration sets, at most ${value} % of new ${nouns} of the same source are flagged. A new one has no label, `
    + `so all, held-out ones too, count to the class that most of their 5 nearest training codes have.${few} `;
}

const percent = (/** @type {number} */ value) => `${Math.round(100 * value)} %`;

/** How many held-out scores a threshold at a rate needs. @param {number} rate */
export const leastConformal = (rate) => Math.ceil(1 / rate - 1e-9) - 1;

/** The same for one set: (1 − rate)ⁿ ≤ δ. @param {number} rate @param {number} delta */
export const leastPac = (rate, delta) => Math.ceil(Math.log(delta) / Math.log1p(-rate) - 1e-9);
