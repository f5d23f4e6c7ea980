// The original images of the points, gzipped on the way, as bytes in memory.

/** @import { Block } from "../types.js" */

export class Pictures {
  #pixels;

  /** @param {Uint8Array} pixels @param {{size: number, key: string}} header */
  constructor(pixels, { size, key }) {
    this.#pixels = pixels;
    this.size = size;
    this.key = key;
  }

  /** @param {Block} block the payload "pictures": n images of `size` bytes each, row by row */
  static async unpack({ header, arrays }) {
    const stream = new Blob([arrays.gzip]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Pictures(new Uint8Array(await new Response(stream).arrayBuffer()), header);
  }

  /** The bytes of one image. @param {number} row */
  get(row) {
    return this.#pixels.subarray(row * this.size, (row + 1) * this.size);
  }
}
