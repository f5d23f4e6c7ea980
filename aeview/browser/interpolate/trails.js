// The ways and their ends on the small map.

import { ring } from "../map/marks.js";

/** @param shown { styles, trails by name, places by name, chosen, ends: [place, place] } */
export function drawTrails(context, camera, colours, { styles, trails, places, chosen, ends }) {
  const inOrder = [...styles].sort((a, b) => (a.name === chosen) - (b.name === chosen));
  context.lineJoin = context.lineCap = "round";
  for (const { name, colour, dash } of inOrder) {
    const corners = trails[name].map(([x, y]) => camera.toScreen(x, y));
    const wide = name === chosen ? 3.5 : 2;
    line(context, corners, colours.background, wide + 2.5, []);
    line(context, corners, colour, wide, dash);
  }
  for (const { name, colour } of inOrder) {
    ring(context, camera.toScreen(...places[name]), name === chosen ? 6 : 4, colours.background, colour);
  }
  ends.forEach((place, i) => end(context, camera.toScreen(...place), i + 1, colours));
}

function line(context, corners, colour, width, dash) {
  context.setLineDash(dash);
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  corners.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
  context.setLineDash([]);
}

function end(context, [x, y], number, colours) {
  ring(context, [x, y], 9, colours.background, colours.text);
  context.fillStyle = colours.background;
  context.font = `700 12px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(String(number), x, y + 0.5);
}
