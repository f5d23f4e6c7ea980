// How large the page is drawn in a window: in presenter mode, and else.

// The page is as large as it can be with this much room, css pixels: about a small laptop's.
const ROOM = { width: 1120, height: 630 };
const LEAST = 1.2;

// Beyond this a window is a wall of small type: it is drawn as this large, on a finer raster.
const WIDE = { width: 1920, height: 1080 };

const fits = (/** @type {number} */ width, /** @type {number} */ height, room = ROOM) => Math.min(width / room.width, height / room.height);

/** How much larger everything is drawn in a window, while presenting. @param {number} width @param {number} height */
export const enlarged = (width, height) => Math.max(LEAST, fits(width, height));

/** And else: 1, or more on a screen of 4K that is not scaled. @param {number} width @param {number} height */
export const settled = (width, height) => Math.max(1, fits(width, height, WIDE));

/** Draw the page so large, and say it to the styles; returns the zoom. @param {boolean} presents @param {number} factor of a scene */
export function draw(presents, factor) {
  const page = document.documentElement;
  const [large, plain] = [enlarged, settled].map((size) => size(innerWidth, innerHeight));
  const sizes = {
    zoom: (presents ? large * factor : plain).toFixed(3),
    large: (presents ? large : plain).toFixed(3), // of a scene's sentence
    settled: plain.toFixed(3), // of the bar and the dialogs, which presenting leaves as they are
  };
  for (const [name, size] of Object.entries(sizes)) page.style.setProperty(`--${name}`, size);
  page.style.setProperty("--window", `${innerHeight}px`); // 100vh, which WebKit does not enlarge with the rest
  Object.assign(page.dataset, { zoom: sizes.zoom, settled: sizes.settled });
  return sizes.zoom;
}
