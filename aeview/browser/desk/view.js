// The main figure of a page as one SVG: canvases and pictures embedded as pixels, texts, axes and
// other drawings as vectors, all where they stand on the screen. Buttons and fields are left out.

import { make } from "../controls/dom.js";

const NS = "http://www.w3.org/2000/svg";
const LEFT_OUT = new Set(["TEXTAREA", "DIALOG", "STYLE", "SCRIPT", "PROGRESS"]);
const KEPT_BUTTONS = ".legend button, .classes button, td button, th button, [aria-pressed=true]"; // of the others only pictures
const TOOLS = ".modes, .layers, .shows"; // what a press or a drag does, and what is drawn: nothing of the figure
const METER = ["#107c10", "#f2b600", "#d83b01"]; // Chromium's own: from high on, from low on, below
const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap",
  "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "visibility", "display"];
const STOP = /((?:rgba?|color)\([^)]*\))(?: ([\d.]+)(?:%|px))?/g; // of a gradient; in px there is only 0
const PAD = 12;

/** @typedef {{ left: number, top: number, width: number, height: number }} Box screen pixels */

/** The figure, a component's or a chart, that fills most of the window. @param {ParentNode} root */
export function figure(root) {
  const area = (/** @type {Element} */ element) => {
    const { width, top, bottom } = element.getBoundingClientRect();
    return width * Math.max(0, Math.min(bottom, innerHeight) - Math.max(top, 0));
  };
  return [...figures(root)].filter((each) => area(each) > 0).sort((a, b) => area(b) - area(a))[0] ?? null;
}

/** @param {ParentNode} root @returns {Generator<Element>} */
function* figures(root) {
  for (const each of root.querySelectorAll("*")) {
    if (each.matches(".lab, .js-plotly-plot")) yield each;
    if (each.shadowRoot) yield* figures(each.shadowRoot);
  }
}

const clear = (/** @type {string} */ colour) => !colour || /^(transparent|rgba\(0, 0, 0, 0\))$/.test(colour);
// Mixed colours are written as color(srgb …), which few readers of SVG know.
const known = (/** @type {string} */ colour) => {
  const [red, green, blue, alpha] = colour.match(/^color\(srgb (.*)\)$/)?.[1].split(/[ /]+/).map(Number) ?? [];
  return red === undefined ? colour : `rgba(${[red, green, blue].map((part) => Math.round(255 * part))}, ${alpha ?? 1})`;
};
const round = (/** @type {number} */ value) => Math.round(100 * value) / 100;

// Control characters have no place in XML, escaped or not.
const escaped = (/** @type {string} */ text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
  .replace(/(?![\t\n\r])\p{Cc}/gu, "");

/** The SVG of an element as it is drawn now. @param {Element} element */
export function picture(element) {
  const frame = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const ground = background(element);
  const { parts } = new Sheet(frame.left - PAD, frame.top - PAD).draw(element);
  const [width, height] = [round(frame.width + 2 * PAD), round(frame.height + 2 * PAD)];
  return `<svg xmlns="${NS}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" `
    + `font-family="${escaped(style.fontFamily)}"><rect width="100%" height="100%" fill="${ground}"/>${parts.join("")}</svg>`;
}

// The page's colour, through all shadow roots.
function background(/** @type {Element} */ element) {
  for (let at = element; at; at = at.parentElement ?? /** @type {ShadowRoot} */ (at.getRootNode()).host) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!clear(colour)) return colour;
  }
  return "#fff";
}

/** A picture on a canvas of its own, enlarged. @param {HTMLCanvasElement | HTMLImageElement} node @param {number[]} size @param {number} times */
function enlarged(node, [width, height], times, smooth = false) {
  const canvas = make("canvas", { width: Math.round(width * times), height: Math.round(height * times) });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.imageSmoothingEnabled = smooth;
  pen.drawImage(node, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Parts of an SVG, of what stands right of `left` and below `top`. */
class Sheet {
  /** @type {string[]} */
  parts = [];

  /** @param {number} left @param {number} top screen pixels */
  constructor(left, top) {
    this.left = left;
    this.top = top;
  }

  /** Adds an element with all it holds, or a text. @param {Node} node */
  draw(node) {
    if (node instanceof Text) this.#text(node);
    else if (node instanceof Element) this.#element(node, getComputedStyle(node));
    return this;
  }

  /** @param {Element} node @param {CSSStyleDeclaration} style */
  #element(node, style) {
    if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0) return;
    if (style.clipPath === "inset(50%)" || node.matches(TOOLS)) return; // said, not shown; or for the mouse
    if (node instanceof HTMLCanvasElement) this.#image(node, style, [node.width, node.height]);
    else if (node instanceof HTMLImageElement) this.#image(node, style, [node.naturalWidth, node.naturalHeight]);
    else if (node instanceof SVGSVGElement) this.#vector(node);
    else if (LEFT_OUT.has(node.tagName) || node.classList.contains("waiting")) return;
    else if (node instanceof HTMLSelectElement) this.#value(node, node.selectedOptions[0]?.textContent ?? "", style);
    else if (node instanceof HTMLInputElement) this.#value(node, /^(number|text)$/.test(node.type) ? node.value : "", style);
    else if (node instanceof HTMLMeterElement) this.#meter(node, style);
    else this.#whole(node, style);
  }

  /** @param {Element} node @param {CSSStyleDeclaration} style */
  #whole(node, style) {
    const button = node.tagName === "BUTTON";
    const bare = button && !node.matches(KEPT_BUTTONS);
    if (!button && !node.matches(".group")) this.#box(node, style);
    if (!bare) this.#swatch(node, style);
    for (const child of node.childNodes) if (!bare || child instanceof Element) this.draw(child);
  }

  /** @param {Box} box */
  #place({ left, top, width, height }) {
    return `x="${round(left - this.left)}" y="${round(top - this.top)}" width="${round(width)}" height="${round(height)}"`;
  }

  // The dot before a class's name.
  #swatch(/** @type {Element} */ node, /** @type {CSSStyleDeclaration} */ style) {
    const dot = getComputedStyle(node, "::before");
    const [width, height] = [parseFloat(dot.width), parseFloat(dot.height)];
    if (dot.content === "none" || !(width > 0) || !(height > 0) || clear(dot.backgroundColor)) return;
    const at = node.getBoundingClientRect();
    const where = this.#place({ left: inner(at, style), top: at.top + (at.height - height) / 2, width, height });
    this.parts.push(`<rect ${where} rx="${round(Math.min(width, height) / 2)}" fill="${dot.backgroundColor}"/>`);
  }

  // What a field says; sliders stand beside their numbers.
  #value(/** @type {Element} */ node, /** @type {string} */ said, /** @type {CSSStyleDeclaration} */ style) {
    const at = node.getBoundingClientRect();
    const room = Math.floor((2 * at.width) / parseFloat(style.fontSize)); // a long code is cut, as in its field
    const words = said.length > room ? `${said.slice(0, room - 1)}…` : said;
    if (said) this.#write(words, { left: inner(at, style), top: at.top, height: at.height, width: 0 }, style);
  }

  #meter(/** @type {HTMLMeterElement} */ node, /** @type {CSSStyleDeclaration} */ { color }) {
    const { left, top, width, height } = node.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (node.value - node.min) / (node.max - node.min || 1)));
    const shade = METER[[node.high, node.low].filter((bound) => node.value < bound).length];
    const bars = /** @type {const} */ ([[width, color, 0.16], [width * share, shade, 1]]);
    for (const [wide, fill, opacity] of bars) {
      const where = this.#place({ left, top: top + height / 4, width: wide, height: height / 2 });
      this.parts.push(`<rect ${where} fill="${fill}" fill-opacity="${opacity}"/>`);
    }
  }

  // Coloured boxes and thin frames: legends, bars, rules.
  #box(/** @type {Element} */ node, /** @type {CSSStyleDeclaration} */ style) {
    const at = node.getBoundingClientRect();
    if (at.width < 1 || at.height < 1) return;
    const shades = /^linear-gradient\((90deg|to right)/.test(style.backgroundImage) ? [...style.backgroundImage.matchAll(STOP)] : [];
    if (shades.length) return this.#ramp(at, shades);
    const filled = !clear(style.backgroundColor);
    const wide = parseFloat(style.borderTopWidth) || 0;
    const framed = wide && style.borderTopStyle !== "none" && style.borderLeftStyle !== "none";
    if (!filled && !framed) return;
    const stroke = framed ? ` stroke="${known(style.borderTopColor)}" stroke-width="${wide}"` : "";
    this.parts.push(`<rect ${this.#place(at)} rx="${parseFloat(style.borderTopLeftRadius) || 0}" fill="${filled ? known(style.backgroundColor) : "none"}"${stroke}/>`);
  }

  // A scale from left to right, or a bar: no stop lies left of the one before it.
  #ramp(/** @type {Box} */ at, /** @type {RegExpMatchArray[]} */ shades) {
    const id = `ramp-${this.parts.length}`;
    let offset = 0;
    const stops = shades.map(([, shade, place], i) => {
      offset = Math.max(offset, place ? parseFloat(place) / 100 : i / (shades.length - 1));
      return `<stop offset="${offset}" stop-color="${known(shade)}"/>`;
    }).join("");
    this.parts.push(`<linearGradient id="${id}">${stops}</linearGradient><rect ${this.#place(at)} fill="url(#${id})"/>`);
  }

  /** @param {HTMLCanvasElement | HTMLImageElement} node @param {CSSStyleDeclaration} style @param {[number, number]} size */
  #image(node, style, size) {
    const at = node.getBoundingClientRect();
    if (at.width < 1 || at.height < 1 || !size[0] || !size[1]) return;
    const sharp = style.imageRendering === "pixelated";
    // Small sharp pictures are enlarged here: not every viewer knows how to keep them sharp.
    const times = sharp ? Math.max(1, Math.min(16, Math.ceil(at.width / size[0]))) : 1;
    this.parts.push(`<image ${this.#place(at)} preserveAspectRatio="none"${sharp ? ' style="image-rendering:pixelated"' : ""} href="${enlarged(node, size, times, !sharp).toDataURL("image/png")}"/>`);
  }

  #vector(/** @type {SVGSVGElement} */ node) {
    const at = node.getBoundingClientRect();
    if (at.width < 1 || at.height < 1) return;
    const copy = /** @type {SVGSVGElement} */ (node.cloneNode(true));
    const [originals, copies] = [node, copy].map((each) => [each, .../** @type {NodeListOf<SVGElement>} */ (each.querySelectorAll("*"))]);
    copies.forEach((element, i) => {
      const style = getComputedStyle(originals[i]);
      for (const name of DRAWN) {
        const value = style.getPropertyValue(name);
        if (value) element.style.setProperty(name, value);
      }
      for (const name of ["class", "tabindex"]) element.removeAttribute(name);
    });
    const place = { x: at.left - this.left, y: at.top - this.top, width: at.width, height: at.height };
    for (const [name, value] of Object.entries(place)) copy.setAttribute(name, String(round(value)));
    copy.style.removeProperty("display");
    copy.setAttribute("overflow", "visible");
    this.parts.push(new XMLSerializer().serializeToString(copy));
  }

  // A text, line by line as the browser broke it.
  #text(/** @type {Text} */ node) {
    if (!node.data.trim() || !node.parentElement) return;
    const style = getComputedStyle(node.parentElement);
    for (const { words, at } of lines(node)) this.#write(words, at, style);
  }

  // As wide as on the screen, whatever font the reader of the file has.
  #write(/** @type {string} */ words, /** @type {Box} */ at, /** @type {CSSStyleDeclaration} */ style) {
    const size = parseFloat(style.fontSize);
    const base = at.top + at.height / 2 + size * 0.35;
    const wide = at.width ? ` textLength="${round(at.width)}" lengthAdjust="spacingAndGlyphs"` : "";
    this.parts.push(`<text x="${round(at.left - this.left)}" y="${round(base - this.top)}" fill="${style.color}" `
      + `font-size="${size}" font-weight="${style.fontWeight}"${wide}>${escaped(words.trim())}</text>`);
  }
}

// Where the content of an element begins, from the left.
const inner = (/** @type {Box} */ at, /** @type {CSSStyleDeclaration} */ style) =>
  at.left + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);

/** @param {Text} node */
function* lines(node) {
  const range = document.createRange();
  const box = (/** @type {number} */ from, /** @type {number} */ to) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return range.getBoundingClientRect();
  };
  const part = (/** @type {number} */ from, /** @type {number} */ to) => ({ words: node.data.slice(from, to).replace(/\s+/g, " "), at: box(from, to) });
  let begin = 0;
  let before = null;
  for (let i = 0; i < node.length; i++) {
    const at = box(i, i + 1);
    if (!at.width) continue;
    if (before !== null && at.top - before > at.height / 2) {
      yield part(begin, i);
      begin = i;
    }
    before = at.top;
  }
  const last = part(begin, node.length);
  if (last.at.width) yield last;
}

/** The SVG as PNG, two pixels for one of the screen. @param {string} svg @returns {Promise<Blob | null>} */
export async function raster(svg, finer = 2) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const drawn = make("img", { src: address });
    await drawn.decode();
    const canvas = enlarged(drawn, [drawn.width, drawn.height], finer);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
