// The scored images: tiles, and one of them with its reconstruction and error map.

import { named } from "../charts/columns.js";
import { difference, paintError } from "../charts/errors.js";
import { Pictures } from "../map/pictures.js";
import { paint } from "../charts/paint.js";

const GAIN = 1.5;

export class Images {
  /** @param block the payload; @param home where one image is shown */
  constructor({ header }, home) {
    this.shape = named(header.shape, header.names);
    this.n = header.n;
    this.home = home;
  }

  static async unpack(block, home) {
    const images = new Images(block, home);
    images.pixels = await Pictures.unpack(block);
    return images;
  }

  get tileTag() {
    return "canvas";
  }

  /** @param what "original", "reconstruction" or "error" */
  tile(canvas, index, what) {
    const original = this.pixels.get(index);
    const rebuilt = this.pixels.get(this.n + index);
    if (what === "original") paint(canvas, original, this.shape);
    else if (what === "reconstruction") paint(canvas, rebuilt, this.shape);
    else paintError(canvas, difference(Float32Array.from(rebuilt, (v) => v / 255), original, this.shape), this.shape, GAIN);
  }

  show(index) {
    for (const figure of this.home.querySelectorAll("figure[data-what]")) {
      this.tile(figure.querySelector("canvas"), index, figure.dataset.what);
    }
  }
}
