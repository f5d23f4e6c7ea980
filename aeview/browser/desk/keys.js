// Which key does what. Pure: the desk says where the focus is, and does what is named here.

/** @type {Record<string, string>} */
const ALWAYS = { "?": "help", p: "present" };
/** @type {Record<string, string>} */
const PRESENTING = {
  p: "leave", Escape: "leave", b: "black", ".": "black", t: "clock", 0: "reset", q: "code", h: "controls", l: "lead", v: "vote", 2: "again",
  r: "afresh", e: "route", n: "notes",
  PageDown: "next", PageUp: "previous", "?": "help",
};
/** @type {Record<string, string>} */
const ARROWS = { ArrowRight: "next", ArrowLeft: "previous" };
const UNTYPED = /^(range|checkbox|radio|button|submit|reset|color|file|image)$/;

/** @typedef {Element & { type?: string, isContentEditable?: boolean }} Focus where the focus is, inside all shadow roots */

/** Whether keys are letters here: a field that is typed in, or a list that is searched by letters. @param {Focus | null} element */
export function typed(element) {
  if (!element?.tagName) return false;
  const tag = element.tagName.toLowerCase();
  if (tag === "input") return !UNTYPED.test(element.type ?? "text");
  return tag === "textarea" || tag === "select" || element.isContentEditable === true
    || /^(combobox|listbox|textbox|searchbox)$/.test(element.getAttribute?.("role") ?? "");
}

/** Whether arrow keys move something here: a slider, a map, the tabs of a list. @param {Focus | null} element */
export function steered(element) {
  if (!element?.tagName) return false;
  const tag = element.tagName.toLowerCase();
  if (tag === "input") return /^(range|radio)$/.test(element.type ?? "");
  return /^(application|slider|tab|radio|menuitem|grid|gridcell)$/.test(element.getAttribute?.("role") ?? "");
}

/**
 * What a key asks for, or null.
 * @param {KeyboardEvent} event @param {Focus | null} element where the focus is
 * @param {boolean} presenting whether presenter mode is on
 */
export function deed(event, element, presenting) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typed(element)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (!presenting) return event.repeat ? null : ALWAYS[key] ?? null;
  if (key in ARROWS) return steered(element) ? null : ARROWS[key];
  return event.repeat ? null : PRESENTING[key] ?? null;
}

/** The deeds of several parts; that two have one of the same name is our mistake. @param {Record<string, () => void>[]} parts */
export function together(...parts) {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new Error(`Two parts of the desk do “${twice}”.`);
  return Object.fromEntries(entries);
}
