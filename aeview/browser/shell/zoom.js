// How large the page is drawn: presenter mode and very large windows enlarge it (`zoom` in frame.css).

const BAR = 52; // css pixels at the foot of the window that presenter mode takes, before any zoom

const page = () => globalThis.document?.documentElement;

/** Screen pixels of the window for one css pixel of the page: 1 or more. */
export const zoom = () => Number(page()?.dataset.zoom) || 1;

/** Pixels of a canvas for one css pixel, so that lines are as sharp as the screen. */
export const density = () => (globalThis.devicePixelRatio || 1) * zoom();

const bar = () => BAR * (Number(page()?.dataset.settled) || 1);

/** Css pixels from the top of the window to its foot. */
export const height = () => (innerHeight - ("presenting" in (page()?.dataset ?? {}) ? bar() : 0)) / zoom();

/** How far below the top of the window an element begins, css pixels. */
export const top = (/** @type {Element} */ element) => element.getBoundingClientRect().top / zoom();

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
