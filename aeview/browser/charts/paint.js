// Pixels on canvases, and the colours of the house. A picture is painted as it is, a signal (an
// image with one row) as a line: whoever paints by `paint` or `imageData` need not ask which.

/** @import { Colours, Pixels, Shape, Values } from "../types.js" */
import { pen } from "./canvas.js";
import { tell } from "./columns.js";
import { bars, isSignal, sideFor, TILE, trace } from "./signal.js";
import { density } from "../shell/zoom.js";

export { frame, isSignal } from "./signal.js";

/**
 * Paint one image (channel by channel, floats 0 to 1 or bytes) at its own resolution, or a signal
 * at the canvas's.
 * @type {(canvas: HTMLCanvasElement, pixels: Pixels, shape: Shape) => void}
 */
export function paint(canvas, pixels, shape) {
  tell(canvas, shape);
  if (isSignal(shape)) {
    show(canvas, (side) => trace(pixels, side));
    return;
  }
  smooth(canvas, shape); // a canvas may have held a signal before
  cover(canvas, imageData(pixels, shape));
  shaped(canvas, shape);
}

/**
 * A picture that is not square keeps its proportions where a canvas's height follows from its width,
 * and is whole in the middle of one that has its own height.
 * @type {(canvas: HTMLElement, shape: Shape) => void}
 */
export function shaped({ style }, [, height, width]) {
  const square = isSignal([1, height, width]) || height === width;
  const [aspectRatio, objectFit, background] = square ? ["", "", ""] : [`${width} / ${height}`, "contain", "none"];
  if (style.aspectRatio !== aspectRatio) Object.assign(style, { aspectRatio, objectFit, background });
}

/**
 * Bars of one value a sample of a signal; see `bars`.
 * @param {HTMLCanvasElement} canvas @param {Values} values
 * @param {[colour: (share: number) => number[], paper: number[], fromMiddle?: boolean]} style
 */
export function paintBars(canvas, values, ...style) {
  show(canvas, (side) => bars(values, side, ...style));
}

/** @type {(canvas: HTMLCanvasElement, draw: (side: number) => Uint8ClampedArray<ArrayBuffer>) => void} */
function show(canvas, draw) {
  const side = sideFor(canvas.clientWidth, density());
  Object.assign(canvas.style, { imageRendering: "auto", aspectRatio: "", objectFit: "", background: "" });
  cover(canvas, new ImageData(draw(side), side, side));
}

/** Lines are smoothed where a canvas is shown at another size, pixels are not. @type {(canvas: HTMLCanvasElement, shape: Shape) => void} */
export function smooth(canvas, shape) {
  canvas.style.imageRendering = isSignal(shape) ? "auto" : "";
}

/** @type {(canvas: HTMLCanvasElement, image: ImageData) => void} */
export function cover(canvas, image) {
  if (canvas.width !== image.width || canvas.height !== image.height) {
    canvas.width = image.width;
    canvas.height = image.height;
  }
  pen(canvas).putImageData(image, 0, 0);
}

/**
 * Paint each value of a plane in a colour: red, green, blue, and alpha if need be, 0 to 255.
 * @type {(canvas: HTMLCanvasElement, values: Values, shape: Shape, colour: (value: number) => number[]) => void}
 */
export function paintValues(canvas, values, [, height, width], colour) {
  const image = new ImageData(width, height);
  image.data.fill(255);
  for (let i = 0; i < values.length; i++) image.data.set(colour(values[i]), 4 * i);
  cover(canvas, image);
  shaped(canvas, [1, height, width]);
}

/**
 * A picture's pixels, or a signal as a line in a small square; `frame` says how large.
 * @type {(pixels: Pixels, shape: Shape) => ImageData}
 */
export function imageData(pixels, [channels, height, width]) {
  if (isSignal([channels, height, width])) {
    return new ImageData(trace(pixels, TILE), TILE, TILE);
  }
  const gain = pixels instanceof Uint8Array ? 1 : 255;
  const image = new ImageData(width, height);
  const n = height * width;
  for (let i = 0; i < n; i++) {
    for (let c = 0; c < 3; c++) {
      image.data[4 * i + c] = gain * pixels[(channels === 1 ? 0 : c) * n + i];
    }
    image.data[4 * i + 3] = 255;
  }
  return image;
}

/** Bytes from base64. @type {(text: string) => Uint8Array<ArrayBuffer>} */
export const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

// viridis (van der Walt & Smith, 2015), nine stops.
const VIRIDIS = [
  [68, 1, 84], [71, 44, 122], [59, 81, 139], [44, 113, 142], [33, 144, 141],
  [39, 173, 129], [92, 200, 99], [170, 220, 50], [253, 231, 37],
];

/** A colour of the continuous scale for t in [0, 1]. @param {number} t */
export function viridis(t) {
  const place = Math.min(1, Math.max(0, t)) * (VIRIDIS.length - 1);
  const i = Math.min(VIRIDIS.length - 2, Math.floor(place));
  const mix = VIRIDIS[i].map((v, c) => Math.round(v + (place - i) * (VIRIDIS[i + 1][c] - v)));
  return `rgb(${mix.join(",")})`;
}

/** The theme as it is now, from the page's own variables. @type {(element: Element) => Colours} */
export function theme(element) {
  const style = getComputedStyle(element);
  const read = (/** @type {string} */ name, /** @type {string} */ fallback) => style.getPropertyValue(name).trim() || fallback;
  return {
    background: read("--st-background-color", "#ffffff"),
    text: read("--st-text-color", "#1b1f24"),
    accent: read("--st-primary-color", "#2f6fde"),
    rule: read("--st-border-color", "#d5d9df"),
    font: read("--st-font", "sans-serif"),
  };
}
