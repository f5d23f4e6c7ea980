// The scored images: tiles, and one of them with its reconstruction and error map.

/** @import { Block } from "../types.js" */
/** @import { Header } from "./header.js" */
import { named } from "../charts/columns.js";
import { difference, paintError } from "../charts/errors.js";
import { Pictures } from "../map/pictures.js";
import { paint } from "../charts/paint.js";
import { all, find } from "../shell/find.js";

const GAIN = 1.5;

export class Images {
  tileTag = "canvas";

  /** @param {Header} header of the payload @param {Pictures} pixels @param {HTMLElement} home where one image is shown */
  constructor(header, pixels, home) {
    this.shape = named(header.shape, header.names);
    this.n = header.n;
    this.pixels = pixels;
    this.home = home;
  }

  /** @param {Block<any>} block the payload @param {HTMLElement} home */
  static async unpack(block, home) {
    return new Images(block.header, await Pictures.unpack(block), home);
  }

  /** @param {HTMLCanvasElement} canvas @param {number} index @param {string | undefined} what "original", "reconstruction" or "error" */
  tile(canvas, index, what) {
    const original = this.pixels.get(index);
    const rebuilt = this.pixels.get(this.n + index);
    if (what === "original") paint(canvas, original, this.shape);
    else if (what === "reconstruction") paint(canvas, rebuilt, this.shape);
    else paintError(canvas, difference(Float32Array.from(rebuilt, (v) => v / 255), original, this.shape), this.shape, GAIN);
  }

  /** @param {number} index */
  show(index) {
    for (const figure of all(this.home, "figure[data-what]")) this.tile(find(figure, "canvas"), index, figure.dataset.what);
  }
}
