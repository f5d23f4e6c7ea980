// How large the page is drawn: presenter mode and very large windows enlarge it (`zoom` in frame.css).

const BAR = 52; // css pixels at the foot of the window that presenter mode takes, before any zoom

const page = () => globalThis.document?.documentElement;

/** Screen pixels of the window for one css pixel of the page: 1 or more. */
export const zoom = () => Number(page()?.dataset.zoom) || 1;

/** Pixels of a canvas for one css pixel, so that lines are as sharp as the screen. */
export const density = () => (globalThis.devicePixelRatio || 1) * zoom();

const bar = () => BAR * (Number(page()?.dataset.settled) || 1);

/** Css pixels that the smallest text has: 0, or what the back row can read while a scene's figure is shown alone. */
export const least = () => parseFloat(page()?.style?.getPropertyValue("--least") ?? "") || 0;

/** Whether one presents. */
export const presenting = () => "presenting" in (page()?.dataset ?? {});

/** Css pixels from the top of the window to its foot. */
export const height = () => (innerHeight - (presenting() ? bar() : 0)) / zoom();

/** @type {WeakMap<Document, boolean>} */
const engines = new WeakMap();

// Whether this engine tells a box in pixels of the page, as WebKit does, not of the window: seen on a box of its own.
function tellsPagePixels() {
  const known = engines.get(document);
  if (known !== undefined) return known;
  const probe = document.createElement("div");
  probe.style.cssText = "position: absolute; visibility: hidden; width: 8px; zoom: 2";
  document.body.append(probe);
  const told = probe.getBoundingClientRect().width < 12;
  probe.remove();
  engines.set(document, told);
  return told;
}

/** @typedef {{left: number, top: number, right: number, bottom: number, width: number, height: number}} Box */

/** An element's box in pixels of the window, as `clientX` and `innerWidth` count them, in every engine. @type {(element: Element) => Box} */
export function boxOf(element) {
  const by = zoom() !== 1 && tellsPagePixels() ? zoom() : 1;
  const { left, top, width, height } = element.getBoundingClientRect();
  return {
    left: by * left, top: by * top, right: by * (left + width), bottom: by * (top + height), width: by * width, height: by * height,
  };
}

/** How far below the top of the window an element begins, css pixels. */
export const top = (/** @type {Element} */ element) => boxOf(element).top / zoom();

/**
 * Calls back when an element's size has changed, or how large all is drawn; returns the way out.
 * @type {(element: Element, act: () => void) => () => void}
 */
export function resized(element, act) {
  const observer = new ResizeObserver(() => act());
  const again = () => act();
  observer.observe(element);
  addEventListener("resize", again);
  return () => {
    observer.disconnect();
    removeEventListener("resize", again);
  };
}
