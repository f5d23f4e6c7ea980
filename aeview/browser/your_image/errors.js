// Where a reconstruction is too dark (blue) or too bright (red): the larger the error, the more of
// the colour; black where it is right.

const BLUE = [74, 158, 255];
const RED = [255, 92, 76];

/** Mean over the channels of reconstruction − input. */
export function differences(reconstruction, input, [channels, height, width]) {
  const n = height * width;
  const out = new Float32Array(n);
  for (let at = 0; at < channels * n; at++) out[at % n] += (reconstruction[at] - input[at]) / channels;
  return out;
}

/** [red, green, blue, alpha 0 to 255] of an error in [−1, 1]. */
export function tint(error) {
  const share = Math.min(1, Math.abs(error));
  return [...(error < 0 ? BLUE : RED), Math.round(255 * Math.sqrt(share))];
}

export function paintErrors(canvas, errors, [, height, width]) {
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width;
    canvas.height = height;
  }
  const image = new ImageData(width, height);
  errors.forEach((error, i) => image.data.set(tint(error), 4 * i));
  canvas.getContext("2d").putImageData(image, 0, 0);
}
