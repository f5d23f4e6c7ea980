// Numbers with a sign as colours: blue below zero, orange above, the page's own colour at zero.

import { cover, imageData, theme } from "./paint.js";
import { pen } from "./canvas.js";

/** @import { Shape, Values } from "../types.js" */
/** @typedef {{ n: number, columns: number, rows: number, gap: number, height: number, width: number }} Grid of pictures */

const BELOW = [43, 111, 214];
const ABOVE = [226, 88, 22];
const FADE = 0.75; // small values are lifted, so that they are seen on a projector

/** "#rrggbb" or "rgb(r, g, b)" as three numbers. @param {string} text */
export function rgb(text) {
  const hex = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(text);
  if (hex) return hex.slice(1).map((part) => parseInt(part, 16));
  const numbers = text.match(/[\d.]+/g)?.slice(0, 3).map(Number);
  return numbers?.length === 3 ? numbers : [255, 255, 255];
}

/** @param {Element} element */
export const zeroColour = (element) => rgb(theme(element).background);

/** The largest size among numbers, never 0. @param {Values} values */
export function largest(values) {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most || 1;
}

/** The colour of t in [−1, 1]. @param {number} t @param {number[]} zero */
export function signed(t, zero) {
  const share = Math.min(1, Math.abs(t)) ** FADE;
  const end = t < 0 ? BELOW : ABOVE;
  return zero.map((v, i) => v + share * (end[i] - v));
}

/** How n pictures of h × w are laid out side by side, about `aspect` times as wide as high. @type {(n: number, height: number, width: number, aspect?: number) => Grid} */
export function grid(n, height, width, aspect = 1) {
  const gap = height * width > 1 ? 1 : 0;
  const columns = Math.max(1, Math.min(n, Math.ceil(Math.sqrt((n * aspect * height) / width))));
  return { n, columns, rows: Math.ceil(n / columns), gap, height, width };
}

/**
 * Paint pictures by a grid, one canvas pixel a number, on the scale −most to most.
 * @type {(canvas: HTMLCanvasElement, values: Values, at: Grid, most: number, zero: number[]) => void}
 */
export function mosaic(canvas, values, at, most, zero) {
  const [stepX, stepY] = [at.width + at.gap, at.height + at.gap];
  canvas.width = at.columns * stepX - at.gap;
  canvas.height = at.rows * stepY - at.gap;
  const image = new ImageData(canvas.width, canvas.height);
  const size = at.height * at.width;
  for (let i = 0; i < at.n; i++) {
    const left = (i % at.columns) * stepX;
    const top = Math.floor(i / at.columns) * stepY;
    for (let p = 0; p < size; p++) {
      const to = 4 * ((top + Math.floor(p / at.width)) * canvas.width + left + (p % at.width));
      image.data.set(signed(values[i * size + p] / most, zero), to);
      image.data[to + 3] = 255;
    }
  }
  pen(canvas).putImageData(image, 0, 0);
}

/** Which picture of a grid lies at a share of the canvas's width and height; −1 for none. @type {(at: Grid, x: number, y: number) => number} */
export function hit(at, x, y) {
  const column = Math.min(at.columns - 1, Math.floor(x * at.columns));
  const i = Math.min(at.rows - 1, Math.floor(y * at.rows)) * at.columns + column;
  return i < at.n ? i : -1;
}

/**
 * Paint one picture with a sign: three channels as what they add to a grey in red, green and blue, other numbers of
 * channels averaged.
 * @type {(canvas: HTMLCanvasElement, values: Values, shape: Shape, zero: number[]) => void}
 */
export function paintSigned(canvas, values, [channels, height, width], zero) {
  const size = height * width;
  if (channels === 3) {
    const most = largest(values);
    cover(canvas, imageData(Float32Array.from(values, (value) => 0.5 + value / most / 2), [channels, height, width]));
    return;
  }
  const mean = Float32Array.from({ length: size }, (_, p) => {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += values[c * size + p];
    return sum / channels;
  });
  mosaic(canvas, mean, grid(1, height, width), largest(mean), zero);
}
