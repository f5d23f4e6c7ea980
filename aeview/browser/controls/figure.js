// One small picture with its caption.

import { paint } from "../charts/paint.js";

/**
 * @param pixels floats 0 to 1 or bytes, channel by channel
 * @param shape [channels, height, width]
 * @param caption [bold, rest] or nothing
 * @param alt what it is, in words
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
