// What a rule flags: one threshold for all, or one for each class.

/** @import { Values } from "../types.js" */
/** @import { Sorted } from "./thresholds.js" */
/** @typedef {"held" | "normal" | "strange"} Which */
/**
 * Scores of all three groups: sorted, and in their own order; the class that each counts to where a threshold is by class, and how many there are.
 * @typedef {Record<Which, Sorted> & { raw: Record<Which, Values>, near: Record<Which, Values> | null, nClasses: number }} Side
 */
import { byClass, margins, RULES } from "./thresholds.js";

/** The rule that is applied within each class. */
export const BY_CLASS = "by_class";

export class Verdict {
  /**
   * @param {Side} side
   * @param {number} threshold of all; where there are limits only where the hand would begin
   * @param {number[] | null} limits a threshold for each class
   */
  constructor(side, threshold, limits = null) {
    const { normal, strange, raw, near } = side;
    this.side = side;
    this.threshold = threshold;
    this.limits = near && limits;
    /** Sorted by what is compared with `at`: the scores, or how far they are above their class's threshold. */
    this.normal = this.limits && near ? margins(raw.normal, near.normal, this.limits) : normal;
    this.strange = this.limits && near ? margins(raw.strange, near.strange, this.limits) : strange;
    this.at = this.limits ? 0 : threshold;
  }

  /** The threshold that counts for one of them. @param {Which} which @param {number} index in its own order */
  limitOf(which, index) {
    return this.limits && this.side.near ? this.limits[this.side.near[which][index]] : this.threshold;
  }

  /** Whether one is flagged. @param {Which} which @param {number} index */
  flags(which, index) {
    return this.side.raw[which][index] > this.limitOf(which, index);
  }

  /** The scores that are judged wrongly, of normal and of strange ones. */
  wrong() {
    const { raw } = this.side;
    return [Array.from(raw.normal).filter((_, i) => this.flags("normal", i)), Array.from(raw.strange).filter((_, i) => !this.flags("strange", i))];
  }
}

/**
 * What a rule flags, with its setting.
 * @param {Side} side @param {string} rule @param {number} value @param {number} delta
 */
export function judged(side, rule, value, delta) {
  const { held, normal, strange, raw, near, nClasses } = side;
  const of = (/** @type {Sorted} */ scores) => RULES[rule](scores, { value, normal, strange, delta });
  return new Verdict(side, of(held), rule === BY_CLASS && near ? byClass(of, raw.held, near.held, nClasses) : null);
}
