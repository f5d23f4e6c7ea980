// The main figure of a page as one SVG: canvases and pictures embedded as pixels, texts, axes and
// other drawings as vectors, all where they stand on the screen. Buttons and fields are left out.

const NS = "http://www.w3.org/2000/svg";
const LEFT_OUT = new Set(["TEXTAREA", "DIALOG", "STYLE", "SCRIPT", "PROGRESS"]);
const KEPT_BUTTONS = ".legend button, .classes button, td button, th button, [aria-pressed=true]"; // of the others only pictures
const DRAWN = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "stroke-linecap",
  "stroke-linejoin", "opacity", "font-family", "font-size", "font-weight", "text-anchor", "dominant-baseline", "visibility", "display"];
const PAD = 12;

/** The largest figure on the page: a component's, or a chart. */
export function figure(root) {
  const found = [];
  const walk = (node) => {
    for (const each of node.querySelectorAll("*")) {
      if (each.matches(".lab, .js-plotly-plot")) found.push(each);
      if (each.shadowRoot) walk(each.shadowRoot);
    }
  };
  walk(root);
  const area = (element) => {
    const box = element.getBoundingClientRect();
    return box.width * box.height;
  };
  return found.filter((each) => area(each) > 0).sort((a, b) => area(b) - area(a))[0] ?? null;
}

const clear = (colour) => !colour || /^(transparent|rgba\(0, 0, 0, 0\))$/.test(colour);
const round = (value) => Math.round(100 * value) / 100;
const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c])
  .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "");

/** @returns {string} the SVG of an element as it is drawn now */
export function picture(element) {
  const frame = element.getBoundingClientRect();
  const style = getComputedStyle(element);
  const ground = background(element);
  const parts = [];
  draw(element, { left: frame.left - PAD, top: frame.top - PAD }, parts);
  const [width, height] = [round(frame.width + 2 * PAD), round(frame.height + 2 * PAD)];
  return `<svg xmlns="${NS}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" `
    + `font-family="${escape(style.fontFamily)}"><rect width="100%" height="100%" fill="${ground}"/>${parts.join("")}</svg>`;
}

// The page's colour, through all shadow roots.
function background(element) {
  for (let at = element; at; at = at.parentElement ?? at.getRootNode().host) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!clear(colour)) return colour;
  }
  return "#fff";
}

function draw(node, origin, parts) {
  if (node.nodeType === Node.TEXT_NODE) return text(node, origin, parts);
  if (node.nodeType !== Node.ELEMENT_NODE) return undefined;
  const style = getComputedStyle(node);
  if (style.display === "none" || style.visibility === "hidden" || Number(style.opacity) === 0) return undefined;
  const tag = node.tagName.toUpperCase();
  if (tag === "CANVAS" || tag === "IMG") return image(node, style, origin, parts);
  if (tag === "SVG") return vector(node, origin, parts);
  if (LEFT_OUT.has(tag) || node.classList.contains("waiting")) return undefined;
  if (tag === "INPUT" || tag === "SELECT") return value(node, tag, style, origin, parts);
  if (tag === "METER") return meter(node, style, origin, parts);
  const bare = tag === "BUTTON" && !node.matches(KEPT_BUTTONS);
  if (tag !== "BUTTON" && !node.matches(".group")) box(node, style, origin, parts);
  if (!bare) swatch(node, style, origin, parts);
  for (const child of node.childNodes) {
    if (!bare || child.nodeType === Node.ELEMENT_NODE) draw(child, origin, parts);
  }
  return undefined;
}

// The dot before a class's name.
function swatch(node, style, origin, parts) {
  const dot = getComputedStyle(node, "::before");
  const [width, height] = [parseFloat(dot.width), parseFloat(dot.height)];
  if (dot.content === "none" || !(width > 0) || !(height > 0) || clear(dot.backgroundColor)) return;
  const at = node.getBoundingClientRect();
  const left = at.left + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
  const where = place({ left, top: at.top + (at.height - height) / 2, width, height }, origin);
  parts.push(`<rect ${where} rx="${round(Math.min(width, height) / 2)}" fill="${dot.backgroundColor}"/>`);
}

// What a field says; sliders stand beside their numbers.
function value(node, tag, style, origin, parts) {
  const said = tag === "SELECT" ? node.selectedOptions[0]?.textContent ?? "" : node.value;
  if (!said || !(tag === "SELECT" || /^(number|text)$/.test(node.type))) return;
  const at = node.getBoundingClientRect();
  const left = at.left + parseFloat(style.paddingLeft) + parseFloat(style.borderLeftWidth);
  write(said, { left, top: at.top, height: at.height, width: 0 }, style, origin, parts);
}

function meter(node, style, origin, parts) {
  const at = node.getBoundingClientRect();
  const share = Math.max(0, Math.min(1, (node.value - node.min) / (node.max - node.min || 1)));
  const full = place({ left: at.left, top: at.top + at.height / 4, width: at.width, height: at.height / 2 }, origin);
  const part = place({ left: at.left, top: at.top + at.height / 4, width: at.width * share, height: at.height / 2 }, origin);
  parts.push(`<rect ${full} fill="${style.color}" fill-opacity="0.16"/><rect ${part} fill="${style.color}" fill-opacity="0.6"/>`);
}

const place = (box, origin) => `x="${round(box.left - origin.left)}" y="${round(box.top - origin.top)}" `
  + `width="${round(box.width)}" height="${round(box.height)}"`;

// Coloured boxes and thin frames: legends, bars, rules.
function box(node, style, origin, parts) {
  const at = node.getBoundingClientRect();
  if (at.width < 1 || at.height < 1) return;
  const filled = !clear(style.backgroundColor);
  const wide = parseFloat(style.borderTopWidth) || 0;
  const framed = wide && style.borderTopStyle !== "none" && style.borderLeftStyle !== "none";
  if (!filled && !framed) return;
  const stroke = framed ? ` stroke="${style.borderTopColor}" stroke-width="${wide}"` : "";
  parts.push(`<rect ${place(at, origin)} rx="${parseFloat(style.borderTopLeftRadius) || 0}" fill="${filled ? style.backgroundColor : "none"}"${stroke}/>`);
}

function image(node, style, origin, parts) {
  const at = node.getBoundingClientRect();
  const [width, height] = [node.naturalWidth ?? node.width, node.naturalHeight ?? node.height];
  if (at.width < 1 || at.height < 1 || !width || !height) return;
  const sharp = style.imageRendering === "pixelated" ? ' style="image-rendering:pixelated"' : "";
  parts.push(`<image ${place(at, origin)} preserveAspectRatio="none"${sharp} href="${pixels(node, width, height, sharp, at)}"/>`);
}

// Small sharp pictures are enlarged here: not every viewer knows how to keep them sharp.
function pixels(node, width, height, sharp, at) {
  const times = sharp ? Math.max(1, Math.min(16, Math.ceil(at.width / width))) : 1;
  const copy = document.createElement("canvas");
  Object.assign(copy, { width: width * times, height: height * times });
  const pen = copy.getContext("2d");
  pen.imageSmoothingEnabled = !sharp;
  pen.drawImage(node, 0, 0, copy.width, copy.height);
  return copy.toDataURL("image/png");
}

function vector(node, origin, parts) {
  const at = node.getBoundingClientRect();
  if (at.width < 1 || at.height < 1) return;
  const copy = node.cloneNode(true);
  const originals = [node, ...node.querySelectorAll("*")];
  [copy, ...copy.querySelectorAll("*")].forEach((element, i) => {
    const style = getComputedStyle(originals[i]);
    for (const name of DRAWN) {
      const value = style.getPropertyValue(name);
      if (value) element.style.setProperty(name, value);
    }
    for (const name of ["class", "id", "tabindex"]) if (name !== "id") element.removeAttribute(name);
  });
  for (const [name, value] of Object.entries({
    x: at.left - origin.left, y: at.top - origin.top, width: at.width, height: at.height,
  })) copy.setAttribute(name, round(value));
  copy.style.removeProperty("display");
  copy.setAttribute("overflow", "visible");
  parts.push(new XMLSerializer().serializeToString(copy));
}

// A text, line by line as the browser broke it.
function text(node, origin, parts) {
  if (!node.data.trim()) return;
  const style = getComputedStyle(node.parentElement);
  for (const { words, at } of lines(node)) write(words, at, style, origin, parts);
}

// As wide as on the screen, whatever font the reader of the file has.
function write(words, at, style, origin, parts) {
  const size = parseFloat(style.fontSize);
  const base = at.top + at.height / 2 + size * 0.35;
  const wide = at.width ? ` textLength="${round(at.width)}" lengthAdjust="spacingAndGlyphs"` : "";
  parts.push(`<text x="${round(at.left - origin.left)}" y="${round(base - origin.top)}" fill="${style.color}" `
    + `font-size="${size}" font-weight="${style.fontWeight}"${wide}>${escape(words.trim())}</text>`);
}

function* lines(node) {
  const range = document.createRange();
  let begin = 0;
  let before = null;
  const part = (from, to) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return { words: node.data.slice(from, to).replace(/\s+/g, " "), at: range.getBoundingClientRect() };
  };
  for (let i = 0; i < node.length; i++) {
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const at = range.getBoundingClientRect();
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

/** @returns {Promise<Blob>} the SVG as PNG, two pixels for one of the screen */
export async function raster(svg, finer = 2) {
  const address = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const drawn = new Image();
    drawn.src = address;
    await drawn.decode();
    const canvas = document.createElement("canvas");
    Object.assign(canvas, { width: Math.round(drawn.width * finer), height: Math.round(drawn.height * finer) });
    const pen = canvas.getContext("2d");
    pen.imageSmoothingEnabled = false;
    pen.drawImage(drawn, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(address);
  }
}
