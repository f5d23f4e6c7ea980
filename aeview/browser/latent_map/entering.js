// Which image enters the network at the left of the row, and what is said of it.

/** @import { Model, Spot, Values } from "../types.js" */
/** @import { Keep } from "../net/neighbours.js" */
/** @typedef {{ row: number, own: boolean }} Entering row −1: none is near; own: it is the pinned image itself */
import { nearest } from "../net/neighbours.js";

export const REACH = 26; // css pixels within which an image counts as near, where the map is the whole code
export const SUPPORT = 0.1; // and else the least support that a code has to have

/**
 * The image whose code is nearest to this one, if any is near: on a map of all units that is the nearest point.
 * @type {(model: Pick<Model, "d" | "codes" | "map">, spot: Pick<Spot, "nearest" | "away">, code: Values, support: number, keep?: Keep) => Entering}
 */
export function entering({ d, codes, map }, { nearest: point, away }, code, support, keep = null) {
  if (d <= 2 && map.kind === "linear") return { row: away <= REACH ? point : -1, own: false };
  const [row] = nearest(codes, d, code, 1, keep).index;
  return { row: support >= SUPPORT ? row : -1, own: false };
}

/**
 * The caption of what enters.
 * @type {(entering: Entering, original: boolean, label: string, thing: string) => string}
 */
export function caption({ row, own }, original, label, thing) {
  if (row < 0) return `no ${thing} near here`;
  const which = `${own ? thing : "nearest"}: ${label}`;
  return original ? which : `${which}, reconstruction`;
}
