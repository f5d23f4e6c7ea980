// One small picture with its caption.

/** @import { Pixels, Shape } from "../types.js" */
import { paint } from "../charts/paint.js";

/**
 * @param {Pixels} pixels @param {Shape} shape
 * @param {[strong?: string, rest?: string]} caption
 * @param {string} alt what it is, in words
 */
export function figure(pixels, shape, [strong, rest] = [], alt = "") {
  const home = document.createElement("figure");
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", alt);
  paint(canvas, pixels, shape);
  home.append(canvas);
  if (strong) {
    const label = document.createElement("b");
    label.textContent = strong;
    home.append(label, ` ${rest}`);
  }
  return home;
}
