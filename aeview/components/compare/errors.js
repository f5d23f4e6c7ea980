// Reconstruction minus original as colours: blue too dark, white right, red too bright.

const BLUE = [33, 102, 172]; // the ends of ColorBrewer's RdBu
const RED = [178, 24, 43];

/** Mean over the channels of reconstruction − original; the original in bytes. */
export function difference(reconstruction, original, [channels, height, width]) {
  const n = height * width;
  const out = new Float32Array(n);
  for (let at = 0; at < channels * n; at++) {
    out[at % n] += (reconstruction[at] - original[at] / 255) / channels;
  }
  return out;
}

/** A colour for t in [−1, 1], as [red, green, blue]; what lies outside is cut off. */
export function diverging(t) {
  const share = Math.min(1, Math.abs(t));
  return (t < 0 ? BLUE : RED).map((end) => Math.round(255 + share * (end - 255)));
}

/** Paint a difference, multiplied by the gain. */
export function paintError(canvas, values, [, height, width], gain) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const image = new ImageData(width, height);
  values.forEach((value, i) => image.data.set([...diverging(gain * value), 255], 4 * i));
  canvas.getContext("2d").putImageData(image, 0, 0);
}
