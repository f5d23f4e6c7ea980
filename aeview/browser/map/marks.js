// Shapes drawn on a map, in css pixels of the screen.

/** @import { Camera, Colours, Pen, Place } from "../types.js" */
import { haloed, path } from "../charts/canvas.js";

/** @type {(context: Pen, at: Place, radius: number, edge: string, fill: string) => void} */
export function ring(context, [x, y], radius, edge, fill) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = edge;
  context.lineWidth = 2;
  context.stroke();
}

/**
 * Two lines that cross, with a halo on demand: a colour around them, so that they are seen on any ground.
 * @type {(context: Pen, at: Place, size: number, colour: string, halo?: string | null) => void}
 */
export function cross(context, [x, y], size, colour, halo = null) {
  for (const { edge, width, more } of [{ edge: halo, width: 3.5, more: 1 }, { edge: colour, width: 1, more: 0 }]) {
    if (!edge) continue;
    const reach = size + more;
    context.strokeStyle = edge;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x - reach, y);
    context.lineTo(x + reach, y);
    context.moveTo(x, y - reach);
    context.lineTo(x, y + reach);
    context.stroke();
  }
}

/** @type {(context: Pen, corners: Place[], colour: string, halo?: string | null) => void} */
export function outline(context, corners, colour, halo = null) {
  path(context, corners);
  context.closePath();
  haloed(context, colour, 1.8, halo, 5);
}

/** @type {(context: Pen, from: Place, to: Place, colour: string) => void} */
export function arrow(context, [x0, y0], [x1, y1], colour) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  if (length < 3) return;
  const angle = Math.atan2(y1 - y0, x1 - x0);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 2;
  path(context, [[x0, y0], [x1, y1]]);
  context.stroke();
  const head = Math.min(9, length);
  context.beginPath();
  context.moveTo(x1, y1);
  for (const side of [-0.45, 0.45]) {
    context.lineTo(x1 - head * Math.cos(angle + side), y1 - head * Math.sin(angle + side));
  }
  context.closePath();
  context.fill();
}

/** A way on the map, from its first place to a ring around its last. @type {(context: Pen, places: Place[], colours: Colours) => void} */
export function way(context, places, colours) {
  if (!places.length) return;
  path(context, places);
  haloed(context, colours.text, 2.5, colours.background, 6);
  ring(context, places[places.length - 1], 5, colours.text, colours.background);
}

/**
 * Where one thought that something lies, and the way from there to where it does: places of the map.
 * @type {(context: Pen, camera: Camera, guess: {from: Place, to: Place}, colours: Colours) => void}
 */
export function drawGuess(context, camera, guess, colours) {
  const [from, to] = [camera.toScreen(...guess.from), camera.toScreen(...guess.to)];
  Object.assign(context, { strokeStyle: colours.text, lineWidth: 2 });
  context.setLineDash([6, 5]);
  path(context, [from, to]);
  context.stroke();
  context.setLineDash([]);
  ring(context, from, 7, colours.text, colours.background);
  ring(context, to, 4, colours.background, colours.text);
  named(context, "your guess", from, colours);
  named(context, "here it is", to, colours);
}

/** @type {(context: Pen, words: string, at: Place, colours: Colours) => void} */
function named(context, words, [x, y], colours) {
  context.font = `600 13px ${colours.font}`;
  Object.assign(context, { lineJoin: "round", lineWidth: 4, strokeStyle: colours.background, fillStyle: colours.text });
  context.strokeText(words, x + 11, y - 9);
  context.fillText(words, x + 11, y - 9);
}
