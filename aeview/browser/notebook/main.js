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
  const wished = new Set();
  const send = () => {
    // Another view has told both, and a place alone says less than a code.
    if (wished.has("code") && traits.get("code").length) wished.delete("pin");
    for (const name of wished) {
      const value = traits.get(name);
      if (JSON.stringify(value) !== told[name]) port.postMessage([name, value]);
    }
    wished.clear();
  };
  const wish = (/** @type {string} */ name) => {
    if (!wished.size) queueMicrotask(send);
    wished.add(name);
  };
  const tell = (/** @type {Record<string, unknown>} */ values) => {
    for (const [name, value] of Object.entries(values)) told[name] = JSON.stringify(value);
    // What Python has wished for is no news to it: sent back, it would undo a later wish on its way.
    const news = Object.entries(values).filter(([name, value]) => JSON.stringify(traits.get(name)) !== JSON.stringify(value));
    for (const [name, value] of news) traits.set(name, value);
    if (news.length) traits.save_changes();
  };
  const listeners = WISHES.map((name) => /** @type {const} */ ([`change:${name}`, () => wish(name)]));
  for (const [event, call] of listeners) traits.on(event, call);
  port.onmessage = ({ data: [topic, value] }) => {
    if (topic === "height") frame.style.height = `${value}px`;
    else if (topic === "pin") tell({ code: value.code, pin: value.code.length ? value.place : [] });
    else if (topic === "selection") tell({ selection: value });
  };
  for (const name of WISHES) if (traits.get(name).length) wished.add(name);
  send();
  port.postMessage(["listen"]); // from here on: what it showed before is nobody's choice
  return () => {
    for (const [event, call] of listeners) traits.off(event, call);
    port.close();
  };
}

/** Whether a notebook is light or dark, which the system need not be: text is the other way round. */
function scheme() {
  const paint = new OffscreenCanvas(1, 1).getContext("2d"); // reads a colour however it is written
  if (!paint) return "light dark";
  paint.fillStyle = getComputedStyle(document.body).color;
  paint.fillRect(0, 0, 1, 1);
  const [r, g, b] = paint.getImageData(0, 0, 1, 1).data;
  return r + g + b > 382 ? "dark" : "light";
}

/** @type {(page: BufferSource) => Promise<string>} */
const unzipped = (page) => new Response(new Blob([page]).stream().pipeThrough(new DecompressionStream("gzip"))).text();

/** @param {{model: Traits, el: HTMLElement}} place */
async function render({ model, el }) {
  const frame = document.createElement("iframe");
  frame.title = model.get("title");
  frame.setAttribute("sandbox", "allow-scripts allow-downloads");
  Object.assign(frame.style, { width: "100%", height: "700px", border: "0", display: "block", colorScheme: scheme() });
  frame.srcdoc = await unzipped(model.get("page"));
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

/** Show it in an exported notebook, where nothing is behind it. @type {(el: HTMLElement, traits: Record<string, any>) => void} */
export function alone(el, traits) {
  const page = Uint8Array.from(atob(traits.page), (letter) => letter.charCodeAt(0));
  const model = { get: (/** @type {string} */ name) => (name === "page" ? page : traits[name]), set() {}, save_changes() {}, on() {}, off() {} };
  render({ model, el });
}

export default { render };
