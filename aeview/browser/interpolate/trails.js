// The ways and their ends on the small map.

/** @import { Camera, Colours, Place } from "../types.js" */
/** @typedef {{name: string, colour: string, dash: number[]}} Style of a way */
/** @typedef {{styles: Style[], trails: Record<string, Place[]>, places: Record<string, Place>, chosen: string, ends: Place[]}} Shown by name */
import { path } from "../charts/canvas.js";
import { ring } from "../map/marks.js";
import { least } from "../shell/zoom.js";

/** @type {(context: CanvasRenderingContext2D, camera: Camera, colours: Colours, shown: Shown) => void} */
export function drawTrails(context, camera, colours, { styles, trails, places, chosen, ends }) {
  const inOrder = [...styles].sort((a, b) => Number(a.name === chosen) - Number(b.name === chosen));
  context.lineJoin = context.lineCap = "round";
  for (const { name, colour, dash } of inOrder) {
    path(context, trails[name].map((place) => camera.toScreen(...place)));
    const wide = name === chosen ? 3.5 : 2;
    Object.assign(context, { strokeStyle: colours.background, lineWidth: wide + 2.5 });
    context.stroke();
    Object.assign(context, { strokeStyle: colour, lineWidth: wide });
    context.setLineDash(dash);
    context.stroke();
    context.setLineDash([]);
  }
  for (const { name, colour } of inOrder) {
    ring(context, camera.toScreen(...places[name]), name === chosen ? 6 : 4, colours.background, colour);
  }
  for (const [i, place] of ends.entries()) end(context, camera.toScreen(...place), String(i + 1), colours);
}

/** @type {(context: CanvasRenderingContext2D, at: Place, number: string, colours: Colours) => void} */
function end(context, [x, y], number, colours) {
  ring(context, [x, y], 9, colours.background, colours.text);
  context.fillStyle = colours.background;
  context.font = `700 ${Math.max(12, least())}px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(number, x, y + 0.5);
}
