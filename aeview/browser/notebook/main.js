// A notebook's output: the saved web page in a frame, and the traits of what is pinned and selected in it.
// An anywidget's module, whole in itself: the notebook is handed nothing else.

/** @typedef {{get: (name: string) => any, set: (name: string, value: unknown) => void, save_changes: () => void,
 *   on: (event: string, call: () => void) => void, off: (event: string, call: () => void) => void}} Traits
 */
/** @typedef {{code: number[], place: number[]}} Pin what the map tells of its pin; no code for none */

const WISHES = ["code", "pin", "selection"];

/** @type {(frame: HTMLIFrameElement, traits: Traits, port: MessagePort) => () => void} what undoes it */
function connect(frame, traits, port) {
  /** @type {Record<string, string>} */
  const told = {}; // by the page, as text: no wish of Python's
  const wish = (/** @type {string} */ name) => {
    const value = traits.get(name);
    if (JSON.stringify(value) !== told[name]) port.postMessage([name, value]);
  };
  const tell = (/** @type {Record<string, unknown>} */ values) => {
    for (const [name, value] of Object.entries(values)) {
      told[name] = JSON.stringify(value);
      traits.set(name, value);
    }
    traits.save_changes();
  };
  const listeners = WISHES.map((name) => /** @type {const} */ ([`change:${name}`, () => wish(name)]));
  for (const name of WISHES) if (traits.get(name).length) wish(name);
  for (const [event, call] of listeners) traits.on(event, call);
  port.onmessage = ({ data: [topic, value] }) => {
    if (topic === "height") frame.style.height = `${value}px`;
    else if (topic === "pin") tell({ code: value.code, pin: value.code.length ? value.place : [] });
    else if (topic === "selection") tell({ selection: value });
  };
  return () => {
    for (const [event, call] of listeners) traits.off(event, call);
    port.close();
  };
}

/** Whether a notebook is light or dark, which the system need not be: text is the other way round. */
function scheme() {
  const [r = 0, g = 0, b = 0] = getComputedStyle(document.body).color.match(/\d+/g)?.map(Number) ?? [];
  return r + g + b > 382 ? "dark" : "light";
}

/** @param {{model: Traits, el: HTMLElement}} place */
function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = model.get("title");
  frame.setAttribute("sandbox", "allow-scripts allow-downloads");
  frame.srcdoc = model.get("page");
  Object.assign(frame.style, { width: "100%", height: "700px", border: "0", display: "block", colorScheme: scheme() });
  let leave = () => {};
  const meet = (/** @type {MessageEvent} */ event) => {
    if (event.source !== frame.contentWindow || !event.ports.length) return;
    leave();
    leave = connect(frame, model, event.ports[0]);
  };
  addEventListener("message", meet);
  el.append(frame);
  return () => {
    removeEventListener("message", meet);
    leave();
  };
}

export default { render };
