// The original images of the points, gzipped on the way, as bytes in memory.

export class Pictures {
  #pixels = null;

  /** @param block the payload "pictures": n images of `size` bytes each, row by row */
  static async unpack({ header, arrays }) {
    const stream = new Blob([arrays.gzip]).stream().pipeThrough(new DecompressionStream("gzip"));
    const pictures = new Pictures();
    pictures.#pixels = new Uint8Array(await new Response(stream).arrayBuffer());
    pictures.size = header.size;
    pictures.key = header.key;
    return pictures;
  }

  /** The bytes of one image. */
  get(row) {
    return this.#pixels.subarray(row * this.size, (row + 1) * this.size);
  }
}
