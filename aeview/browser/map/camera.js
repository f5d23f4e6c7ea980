// Between the plane and the screen: the same scale in both directions, y upwards.

/** @import { Box, Place } from "../types.js" */
import { least } from "../shell/zoom.js";

const SMALLEST = 11; // css pixels of the smallest words on a small map
const EDGE = 12; // css pixels from a side of the map that a cursor moved by keys stays away

export class Camera {
  x = 0; // centre, in units of the plane
  y = 0;
  scale = 1; // css pixels a unit
  width = 1;
  height = 1;

  /** How much larger words are written on this map than on a small one: it is seen from further away. */
  get lettering() {
    return Math.max(Math.min(1.5, Math.max(1, this.width / 520)), least() / SMALLEST);
  }

  /** @type {(width: number, height: number) => void} */
  resize(width, height) {
    this.scale *= width / this.width;
    this.width = width;
    this.height = height;
  }

  /** @type {(box: Box, margin?: number) => void} */
  fit({ left, right, bottom, top }, margin = 1.12) {
    this.x = (left + right) / 2;
    this.y = (bottom + top) / 2;
    // Of points that are all the same: wide enough that screens and ticks can tell numbers apart.
    const least = Math.max(1e-6, 1e-4 * Math.abs(this.x), 1e-4 * Math.abs(this.y));
    const wide = Math.max(right - left, least) * margin;
    const high = Math.max(top - bottom, least) * margin;
    this.scale = Math.min(this.width / wide, this.height / high);
  }

  /** @type {(x: number, y: number) => Place} */
  toScreen(x, y) {
    return [
      this.width / 2 + (x - this.x) * this.scale,
      this.height / 2 - (y - this.y) * this.scale,
    ];
  }

  /** @type {(sx: number, sy: number) => Place} */
  toPlane(sx, sy) {
    return [
      this.x + (sx - this.width / 2) / this.scale,
      this.y - (sy - this.height / 2) / this.scale,
    ];
  }

  /** @type {(dx: number, dy: number) => void} */
  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
  }

  /** Move as little as it takes to see a place of the screen; returns where it is then. @type {(sx: number, sy: number) => Place} */
  follow(sx, sy) {
    const inside = (/** @type {number} */ value, /** @type {number} */ size) => Math.min(size - EDGE, Math.max(EDGE, value));
    const [x, y] = [inside(sx, this.width), inside(sy, this.height)];
    this.pan(x - sx, y - sy);
    return [x, y];
  }

  /** Zoom so that the place under the cursor stays under it. @type {(factor: number, sx: number, sy: number) => void} */
  zoom(factor, sx, sy) {
    const [x, y] = this.toPlane(sx, sy);
    this.scale *= factor;
    const [nx, ny] = this.toPlane(sx, sy);
    this.x += x - nx;
    this.y += y - ny;
  }

  /** What is seen, in units of the plane. @returns {Box} */
  get box() {
    const [left, top] = this.toPlane(0, 0);
    const [right, bottom] = this.toPlane(this.width, this.height);
    return { left, right, bottom, top };
  }

  /** The view as [x, y, width in units], which means the same on every screen. @returns {[number, number, number]} */
  get view() {
    return [this.x, this.y, this.width / this.scale];
  }

  set view([x, y, units]) {
    this.x = x;
    this.y = y;
    this.scale = this.width / units;
  }
}

/** A picture of some box of the plane; it moves along with the camera until it is drawn anew. */
export class Plate {
  canvas = document.createElement("canvas");
  /** @type {Box | null} */ box = null;

  /** @type {(context: CanvasRenderingContext2D, camera: Camera, smooth?: boolean) => void} */
  draw(context, camera, smooth = true) {
    if (!this.box) return;
    const [x0, y0] = camera.toScreen(this.box.left, this.box.top);
    const [x1, y1] = camera.toScreen(this.box.right, this.box.bottom);
    context.imageSmoothingEnabled = smooth;
    context.drawImage(this.canvas, x0, y0, x1 - x0, y1 - y0);
  }
}

/** Whether a polygon contains a place (even-odd rule). @type {(polygon: Place[], x: number, y: number) => boolean} */
export function contains(polygon, x, y) {
  let inside = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i++) {
    const [xi, yi] = polygon[i];
    const [xj, yj] = polygon[j];
    if (yi > y !== yj > y && x < ((xj - xi) * (y - yi)) / (yj - yi) + xi) inside = !inside;
  }
  return inside;
}
