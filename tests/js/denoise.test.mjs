// The Denoise page's arithmetic: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { draws, HOLE, spoil } = await import(new URL("net/corruption.js", home));
const { psnr, ssim } = await import(new URL("net/fidelity.js", home));
const { network } = await import(new URL("net/net.js", home));
const { Bench, best, mean } = await import(new URL("denoise/bench.js", home));
const { between } = await import(new URL("denoise/curves.js", home));

const SHAPE = [1, 28, 28];
const grey = new Float32Array(784).fill(0.5);
const share = (image, value) => image.filter((v) => v === value).length / image.length;

test("each kind spoils its share, and nothing at level 0 or without a kind", () => {
  for (const kind of ["gaussian", "salt_and_pepper", "masking", "patches"]) {
    assert.deepEqual(spoil(kind, grey, SHAPE, 0, draws(kind, SHAPE, 1, 0)), grey);
  }
  const spoilt = (kind, level) => spoil(kind, new Float32Array(784).fill(0.3), SHAPE, level, draws(kind, SHAPE, 4, 2));
  assert.ok(Math.abs(share(spoilt("masking", 0.5), 0) - 0.5) < 0.06);
  assert.ok(Math.abs(share(spoilt("salt_and_pepper", 0.4), 1) - 0.2) < 0.05);
  assert.equal(spoilt("patches", 0.5).filter((v) => v === HOLE).length, 196);
  const noisy = spoilt("gaussian", 0.1).map((v) => v - 0.3);
  const deviation = Math.sqrt(noisy.reduce((sum, v) => sum + v * v, 0) / 784);
  assert.ok(Math.abs(deviation - 0.1) < 0.01);
  assert.deepEqual(spoil("none", grey, SHAPE, 0.5, null), grey);
});

test("PSNR and SSIM of known pairs", () => {
  const other = grey.map((v) => v + 0.1);
  assert.ok(Math.abs(psnr(other, grey) - 20) < 1e-4);
  assert.equal(psnr(grey, grey), 100);
  assert.ok(Math.abs(ssim(grey, grey, SHAPE) - 1) < 1e-12);
  const [x, y] = [0.5, 0.6];
  const wanted = (2 * x * y + 1e-4) / (x * x + y * y + 1e-4); // without texture brightness alone counts
  assert.ok(Math.abs(ssim(other, grey, SHAPE) - wanted) < 1e-5);
});

test("the fast 3×3 convolution is the plain one", () => {
  const [n_in, n_out, height, width] = [3, 5, 6, 4];
  const fill = (n, f) => Float32Array.from({ length: n }, (_, i) => Math.sin(f * i));
  const weight = fill(n_in * n_out * 9, 0.7);
  const bias = fill(n_out, 2);
  const image = fill(n_in * height * width, 0.3);
  const layer = { kind: "conv", n_in, n_out, kernel: 3, stride: 1, padding: 1 };
  const made = network([layer], { "e.0.weight": weight, "e.0.bias": bias }, "e", [n_in, height, width]);
  assert.deepEqual(made.shape, [n_out, height, width]);
  for (const input of [fill(image.length, 1.1), image]) { // twice: nothing of the first is left
    const out = made.run(input);
    assert.equal(out.length, n_out * height * width);
    for (let o = 0; o < n_out; o++) {
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          let sum = bias[o];
          for (let c = 0; c < n_in; c++) {
            for (let k = 0; k < 9; k++) {
              const [row, column] = [y + Math.floor(k / 3) - 1, x + (k % 3) - 1];
              if (row < 0 || column < 0 || row >= height || column >= width) continue;
              sum += weight[(o * n_in + c) * 9 + k] * input[(c * height + row) * width + column];
            }
          }
          assert.ok(Math.abs(out[(o * height + y) * width + x] - sum) < 1e-5);
        }
      }
    }
  }
});

test("a residual block adds to what it gets, and forgets what it got before", () => {
  const n = 2;
  const shape = [n, 3, 3];
  const unit = (gain) => Float32Array.from({ length: n * n * 9 }, (_, i) => ([4, 31].includes(i) ? gain : 0)); // o = c, middle
  const weights = {
    "e.0.first.weight": unit(1), "e.0.first.bias": new Float32Array(n),
    "e.0.second.weight": unit(2), "e.0.second.bias": Float32Array.of(0, 0.5),
  };
  const made = network([{ kind: "residual", n }], weights, "e", shape);
  for (const sign of [1, -1]) {
    const image = Float32Array.from({ length: 18 }, (_, i) => sign * (i + 1));
    const wanted = Array.from(image, (v, i) => v + 2 * Math.max(0, v) + (i < 9 ? 0 : 0.5));
    assert.deepEqual(Array.from(made.run(image)), wanted);
  }
});

test("paint wipes a disc to grey, belongs to its image and can be cleared", () => {
  const bench = new Bench(SHAPE);
  bench.images = [0, 1].map((i) => ({ name: `image ${i}`, pixels: new Float32Array(784) }));
  const state = { kind: "none", level: 0.4, seed: 0 };
  assert.ok(bench.wipe(1, 14, 14, 4));
  assert.ok(!bench.wipe(1, 14, 14, 4)); // nothing new
  assert.equal(bench.nPainted(1), 12); // pixels whose middle is within 2 of the pen
  assert.equal(bench.spoilt(1, state).filter((v) => v === HOLE).length, 12);
  assert.equal(bench.spoilt(0, state).filter((v) => v === HOLE).length, 0);
  assert.deepEqual(Object.keys(bench.paint()), ["1"]);
  bench.images.reverse(); // paint follows the image
  assert.equal(bench.nPainted(0), 12);
  bench.unpaint(0);
  assert.deepEqual(bench.paint(), {});
  bench.wipe(0, 3.2, 3.9, 1); // the thinnest brush takes one pixel
  assert.equal(bench.nPainted(0), 1);
});

test("means leave out what is not there yet, and the best may be two", () => {
  assert.deepEqual(mean([{ psnr: 10, ssim: 0.5 }, null, { psnr: 20, ssim: 0.7 }]), { psnr: 15, ssim: 0.6, n: 2 });
  assert.equal(mean([null]), null);
  const means = { a: { psnr: 20 }, b: { psnr: 21 }, c: null, d: { psnr: 21 } };
  assert.deepEqual(best(means, "psnr"), ["b", "d"]);
});

test("a curve between two levels, and none outside", () => {
  assert.equal(between([0.1, 0.3], [10, 20], 0.2).toFixed(6), "15.000000");
  assert.equal(between([0.1, 0.3], [10, 20], 0.4), null);
});
