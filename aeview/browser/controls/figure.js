// One small picture with its caption.

/** @import { Pixels, Shape } from "../types.js" */
import { paint } from "../charts/paint.js";
import { make, picture } from "./dom.js";

/**
 * @param {Pixels} pixels @param {Shape} shape
 * @param {string[]} caption
 * @param {string} alt what it is, in words
 */
export function figure(pixels, shape, [strong, rest] = [], alt = "") {
  const canvas = picture(alt);
  paint(canvas, pixels, shape);
  return make("figure", {}, canvas, ...(strong ? [make("b", {}, strong), ` ${rest}`] : []));
}
