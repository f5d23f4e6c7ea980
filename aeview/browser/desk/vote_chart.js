// The map of a vote on a place: points of the model, one tap as the answer, and all answers once they are shown.

/** @import { Share, Vote } from "./vote.js" */
import { pen as ink } from "../charts/canvas.js";
import { theme } from "../charts/paint.js";
import { make } from "../controls/dom.js";
import { pointAt } from "../controls/point.js";

const SIDE = 640; // pixels of the canvas; its size on the page is the style's
const CELLS = 64; // steps of the arrow keys across it
const DOT = 5; // radius, in these pixels
const GUESS = 9;

/** @param {Vote} vote @param {(place: Share) => void} answered */
export function chart(vote, answered) {
  const canvas = make("canvas", { width: SIDE, height: SIDE, ariaLabel: "Map: tap where it lands, or go there by the arrow keys and press Answer" });
  const home = make("div", { className: "pointed map" }, canvas, make("b", { ariaHidden: "true" }, "✕"));
  queueMicrotask(() => draw(canvas, vote)); // once it is on the page, and has its colours
  if (vote.shown) return make("div", { className: "place" }, make("p", { className: "legend" }, legend(vote)), home);
  const image = make("img", { src: /** @type {NonNullable<Vote["chart"]>} */ (vote.chart).image, alt: "the image" });
  /** @type {Share} */
  let at = [0.5, 0.5];
  pointAt(canvas, CELLS, CELLS, (column, row) => {
    at = [(column + 0.5) / CELLS, (row + 0.5) / CELLS];
  });
  canvas.addEventListener("click", () => answered(at));
  const button = make("button", { type: "button", className: "by-keys" }, "Answer");
  button.addEventListener("click", () => answered(at));
  return make("div", { className: "place" }, image, home, button);
}

/** What the marks stand for. @param {Vote} vote */
function legend({ answers, landed }) {
  const marks = answers ? ["● an answer", ...(answers.length > 1 ? ["○ one of the first vote"] : [])] : [];
  return [...marks, ...(landed ? ["◎ where it lands"] : [])].join(" · ");
}

/** @type {(canvas: HTMLCanvasElement, vote: Vote) => void} */
function draw(canvas, { chart: map, answers, landed }) {
  if (!map) return;
  const pen = ink(canvas);
  const { text: colour, background } = theme(canvas);
  const disc = (/** @type {Share} */ [x, y], /** @type {number} */ radius) => {
    pen.beginPath();
    pen.arc(SIDE * x, SIDE * y, radius, 0, 2 * Math.PI);
  };
  pen.globalAlpha = answers ? 0.35 : 0.8;
  for (const [x, y, label] of map.points) {
    pen.fillStyle = label < 0 ? colour : map.palette[label % map.palette.length];
    disc([x, y], DOT);
    pen.fill();
  }
  pen.globalAlpha = 1;
  Object.assign(pen, { font: "600 30px system-ui, sans-serif", textAlign: "center", textBaseline: "middle", lineJoin: "round", strokeStyle: background, lineWidth: 8 });
  for (const [x, y, name] of map.names) pen.strokeText(name, SIDE * x, SIDE * y);
  Object.assign(pen, { fillStyle: colour, strokeStyle: colour, lineWidth: 4 });
  for (const [x, y, name] of map.names) pen.fillText(name, SIDE * x, SIDE * y);
  const votes = /** @type {Share[][]} */ (answers ?? []);
  for (const [round, places] of votes.entries()) {
    for (const place of places) {
      disc(place, GUESS);
      if (round === votes.length - 1) pen.fill();
      else pen.stroke();
    }
  }
  if (!landed) return;
  for (const radius of [GUESS + 5, GUESS + 14]) {
    disc(landed, radius);
    pen.stroke();
  }
}
