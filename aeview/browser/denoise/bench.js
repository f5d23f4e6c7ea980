// What is denoised and by what: images, noise, paint, networks. No screen.

import { draws, HOLE, spoil } from "../net/corruption.js";
import { psnr, ssim } from "../net/fidelity.js";
import { decoder, encoder } from "../net/net.js";

/** A network's restoration of an image. */
export class Restorer {
  /** @param block { header: { network }, arrays } as `aecore.export.network` packs it */
  constructor({ header, arrays }) {
    this.d = header.network.code_dim;
    this.encoder = encoder(header.network, arrays);
    this.decoder = decoder(header.network, arrays);
  }

  restore(pixels) {
    const code = this.encoder.run(pixels).subarray(0, this.d);
    return Float32Array.from(this.decoder.run(code), (v) => Math.min(1, Math.max(0, v)));
  }
}

/** How near a picture is to the original. */
export const fidelity = (pixels, original, shape) => ({
  psnr: psnr(pixels, original),
  ssim: ssim(pixels, original, shape),
});

export class Bench {
  images = []; // { name, label, pixels }
  #draws = new Map();
  #paint = new Map();
  #cleared = new Map();

  constructor(shape) {
    this.shape = shape;
    this.area = shape[1] * shape[2];
  }

  /** The image in this place with noise and paint on it. */
  spoilt(place, { kind, level, seed }) {
    const { name, pixels } = this.images[place];
    const out = spoil(kind, pixels, this.shape, level, kind === "none" ? null : this.#numbers(kind, seed, place));
    const painted = this.#paint.get(name);
    if (painted) for (let i = 0; i < out.length; i++) if (painted[i % this.area]) out[i] = HOLE;
    return out;
  }

  #numbers(kind, seed, place) {
    const key = `${kind}/${seed}/${place}`;
    if (!this.#draws.has(key)) {
      if (this.#draws.size > 60) this.#draws.clear();
      this.#draws.set(key, draws(kind, this.shape, seed, place));
    }
    return this.#draws.get(key);
  }

  /** Wipe out a disc of an image; returns whether anything changed. */
  wipe(place, x, y, width) {
    const { name } = this.images[place];
    const [, height, wide] = this.shape;
    const painted = this.#paint.get(name) ?? new Uint8Array(this.area);
    const reach = (width / 2) ** 2;
    let changed = false;
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < wide; column++) {
        const inside = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2 <= Math.max(reach, 0.25);
        if (!inside || painted[row * wide + column]) continue;
        painted[row * wide + column] = 1;
        changed = true;
      }
    }
    if (changed) this.#paint.set(name, painted);
    return changed;
  }

  unpaint(place) {
    const { name } = this.images[place];
    if (this.#paint.has(name)) this.#cleared.set(name, this.#paint.get(name));
    return this.#paint.delete(name);
  }

  /** Whether `repaint` would bring anything back. */
  cleared(place) {
    return this.#cleared.has(this.images[place].name) && !this.nPainted(place);
  }

  /** Bring back what was last cleared. */
  repaint(place) {
    const { name } = this.images[place];
    if (!this.cleared(place)) return;
    this.#paint.set(name, this.#cleared.get(name));
    this.#cleared.delete(name);
  }

  nPainted(place) {
    return this.#paint.get(this.images[place].name)?.reduce((sum, each) => sum + each, 0) ?? 0;
  }

  /** What is painted, by place, as base64 of one byte a pixel. */
  paint() {
    const painted = this.images.map(({ name }, place) => [place, this.#paint.get(name)]).filter(([, each]) => each);
    return Object.fromEntries(painted.map(([place, each]) => [place, btoa(String.fromCharCode(...each))]));
  }
}

/** The mean of what is known of a row, over its images. */
export function mean(row) {
  const known = row.filter(Boolean);
  if (!known.length) return null;
  const of = (name) => known.reduce((sum, each) => sum + each[name], 0) / known.length;
  return { psnr: of("psnr"), ssim: of("ssim"), n: known.length };
}

/** The ids of the rows with the highest mean of a figure. */
export function best(means, name) {
  const top = Math.max(...Object.values(means).filter(Boolean).map((each) => each[name]));
  return Object.keys(means).filter((id) => means[id] && means[id][name] >= top - 1e-9);
}
