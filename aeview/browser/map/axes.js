// Tick marks with numbers along the lower and the left edge of a map, inside its frame.

/** @import { Camera, Colours } from "../types.js" */
/** @typedef {{text: string, at: number}} Mark a number, and where it stands along its edge, css pixels */
import { haloed } from "../charts/canvas.js";
import { ticks } from "../charts/ticks.js";

const MANY = 8; // numbers along an edge
const LONG = 5; // css pixels of a tick mark
const NAME = 34; // css pixels at the end of an axis that its name takes
const CORNER = 18; // css pixels near the lower left corner that the other axis takes

/**
 * The round numbers in view, and how far along their edge they stand.
 * @param {Camera} camera of the map
 * @param {string[]} names of the axis across and the axis up; one without a name means nothing and has no ticks
 * @returns {{across: Mark[], up: Mark[]}} css pixels from the left, and from above
 */
export function marks(camera, [across, up]) {
  const { left, right, bottom, top } = camera.box;
  const { width, height } = camera;
  return {
    across: across ? placed(left, right, (x) => camera.toScreen(x, 0)[0])
      .filter(({ at }) => at > CORNER + 6 && at < width - NAME - 6 * across.length) : [],
    up: up ? placed(bottom, top, (y) => camera.toScreen(0, y)[1])
      .filter(({ at }) => at < height - CORNER && at > NAME + 6 * up.length) : [],
  };
}

/** @type {(from: number, to: number, place: (value: number) => number) => Mark[]} */
const placed = (from, to, place) => ticks(from, to, MANY).map((value) => ({
  text: String(value).replace("-", "−"), at: place(value),
}));

/**
 * Draw them; the halo keeps the numbers readable over pictures and points.
 * @type {(context: CanvasRenderingContext2D, camera: Camera, names: string[], colours: Colours) => void}
 */
export function drawAxes(context, camera, names, colours) {
  const { across, up } = marks(camera, names);
  context.font = `${11 * camera.lettering}px ${colours.font}`;
  context.lineJoin = "round";
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  for (const { text, at } of across) {
    stroke(context, colours, at, camera.height, at, camera.height - LONG);
    written(context, colours, text, at, camera.height - LONG - 4);
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  for (const { text, at } of up) {
    stroke(context, colours, 0, at, LONG, at);
    written(context, colours, text, LONG + 4, at);
  }
  context.globalAlpha = 1;
}

/** @param {CanvasRenderingContext2D} context @param {Colours} colours @param {[number, number, number, number]} ends */
function stroke(context, colours, ...[x0, y0, x1, y1]) {
  context.globalAlpha = 1;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  haloed(context, colours.text, 1, colours.background, 3);
}

/** @type {(context: CanvasRenderingContext2D, colours: Colours, text: string, x: number, y: number) => void} */
function written(context, colours, text, x, y) {
  context.globalAlpha = 1;
  context.strokeStyle = colours.background;
  context.lineWidth = 4;
  context.strokeText(text, x, y);
  context.fillStyle = colours.text;
  context.globalAlpha = 0.8;
  context.fillText(text, x, y);
}
