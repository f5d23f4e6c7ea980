// Elements of an svg, and the frame of a plot in it.

/** @import { Place } from "../types.js" */
/** @import { Scale } from "./scale.js" */
/** @typedef {{left: number, right: number, top: number, bottom: number}} Area where a plot's lines lie, in the svg's units */
/** @typedef {Record<string, string | number>} Attributes */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Add an element to another one; returns it.
 * @type {<Kind extends keyof SVGElementTagNameMap>(home: Element, kind: Kind, values: Attributes, text?: string) => SVGElementTagNameMap[Kind]}
 */
export function draw(home, kind, values, text = "") {
  const element = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(values)) element.setAttribute(name, String(value));
  element.textContent = text;
  home.append(element);
  return element;
}

/** A line through places. @type {(home: Element, places: Place[], values: Attributes) => SVGPolylineElement} */
export const polyline = (home, places, values) =>
  draw(home, "polyline", { ...values, points: places.map(([x, y]) => `${x.toFixed(2)},${y.toFixed(2)}`).join(" ") });

/** @type {(home: Element, x: number, area: Area, values?: Attributes) => SVGLineElement} */
export const upright = (home, x, { top, bottom }, values = {}) => draw(home, "line", { ...values, x1: x, x2: x, y1: top, y2: bottom });

/** @type {(home: Element, y: number, area: Area, values?: Attributes) => SVGLineElement} */
export const level = (home, y, { left, right }, values = {}) => draw(home, "line", { ...values, x1: left, x2: right, y1: y, y2: y });

/** A number with a real minus. */
export const written = (/** @type {number} */ value) => `${value}`.replace("-", "−");

/** Level rules at round numbers, which stand at their left. @type {(home: Element, y: Scale, area: Area, write?: (value: number) => string) => void} */
export function levels(home, y, area, write = written) {
  for (const value of y.ticks()) {
    level(home, y.place(value), area);
    draw(home, "text", { x: area.left - 6, y: y.place(value) + 4, "text-anchor": "end" }, write(value));
  }
}

/** Numbers below the plot. @type {(home: Element, x: Scale, values: number[], area: Area, write?: (value: number) => string) => void} */
export function below(home, x, values, { bottom }, write = written) {
  for (const value of values) draw(home, "text", { x: x.place(value), y: bottom + 16, "text-anchor": "middle" }, write(value));
}

/** What the axes show. @type {(home: Element, across: string, up: string, area: Area) => void} */
export function names(home, across, up, { left, right, top, bottom }) {
  draw(home, "text", { class: "title", x: (left + right) / 2, y: bottom + 35, "text-anchor": "middle" }, across);
  draw(home, "text", { class: "title", transform: `translate(12 ${(top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, up);
}
