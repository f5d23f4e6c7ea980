// Inside: stages, filters, in-painting, arrows: node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { network } = await import(new URL("net/net.js", home));
const { filters, shapeWords, stages } = await import(new URL("net/stages.js", home));
const { composite, hide, hiddenMse, pcaFill } = await import(new URL("inside/inpaint.js", home));
const { grid, hit, largest, rgb, signed } = await import(new URL("charts/signed.js", home));
const { shadow, walk } = await import(new URL("inside/way.js", home));
const { found } = await import(new URL("codes_at_work/main.js", home));

const layers = [
  { kind: "conv", n_in: 1, n_out: 2, kernel: 3, stride: 2, padding: 1 },
  { kind: "activation", name: "relu" },
  { kind: "reshape", shape: [8] },
  { kind: "linear", n_in: 8, n_out: 3 },
];
const weights = {
  "encoder.0.weight": Float32Array.from({ length: 18 }, (_, i) => i - 9),
  "encoder.0.bias": Float32Array.of(0, 1),
  "encoder.3.weight": Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
  "encoder.3.bias": new Float32Array(3),
};

test("units are numbered from 1 wherever one reads them", async () => {
  const { unitName, unitNames } = await import(new URL("controls/words.js", home));
  assert.equal(unitName(0), "z1");
  assert.deepEqual(unitNames(3), ["z1", "z2", "z3"]);
});

test("a trace holds every layer's output, and its last is what run returns", () => {
  const net = network(layers, weights, "encoder", [1, 4, 4]);
  const image = Float32Array.from({ length: 16 }, (_, i) => i / 16);
  const trace = net.trace(image);
  assert.deepEqual(trace.map(({ shape }) => shape), [[2, 2, 2], [2, 2, 2], [8], [3]]);
  assert.deepEqual(trace.at(-1).values, Float32Array.from(net.run(image)));
  assert.deepEqual(trace[1].values, trace[0].values.map((v) => Math.max(0, v)));
});

test("stages join a layer with its activation; maps stay maps when they are flattened", () => {
  const net = network(layers, weights, "encoder", [1, 4, 4]);
  const [conv, dense, ...rest] = stages(net.trace(new Float32Array(16)));
  assert.equal(rest.length, 0);
  assert.equal(conv.title, "convolution 3×3, stride 2, relu");
  assert.deepEqual(conv.shape, [2, 2, 2]);
  assert.equal(shapeWords(conv.shape), "2 maps of 2×2");
  assert.equal(dense.title, "dense, 8 → 3");
  assert.equal(shapeWords([1]), "1 unit");
});

test("of a code the largest are left, as far as they are above 0", () => {
  const net = network([{ kind: "reshape", shape: [5] }, { kind: "top_k", k: 2 }], {}, "encoder", [1, 1, 5]);
  assert.deepEqual(Array.from(net.run(Float32Array.of(1, -4, 3, 2, 0))), [0, 0, 3, 2, 0]);
  assert.deepEqual(Array.from(net.run(Float32Array.of(-1, -4, 0.5, -2, -3))), [0, 0, 0.5, 0, 0]);
});

test("filters are the weights as pictures: of a unit all its pixels, on the way out all it paints", () => {
  const net = network(layers, weights, "encoder", [1, 4, 4]);
  const [conv, dense] = stages(net.trace(new Float32Array(16)));
  const kernels = filters(conv, "encoder", weights, [1, 4, 4]);
  assert.deepEqual([kernels.count, kernels.shape], [2, [1, 3, 3]]);
  assert.deepEqual(Array.from(kernels.of(1)), [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(filters(dense, "encoder", weights, [1, 4, 4]), null); // its inputs are no pixels
  const out = { layer: { kind: "linear", n_in: 2, n_out: 4 }, index: 0 };
  const painted = filters(out, "decoder", { "decoder.0.weight": Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) }, [1, 2, 2]);
  assert.deepEqual(Array.from(painted.of(1)), [2, 4, 6, 8]);
});

test("PCA fills a hidden pixel with its conditional mean", () => {
  const w = Math.sqrt(1.5 / 2); // W Wᵀ + s² I has 1.25 on the diagonal and 0.75 beside it
  const fill = { mean: Float32Array.of(0.1, 0.1), loadings: Float32Array.of(w, w), k: 1, noise: 0.5 };
  const image = Float32Array.of(0.6, 9);
  const filled = pcaFill(image, Uint8Array.of(0, 1), fill);
  assert.ok(Math.abs(filled[1] - (0.1 + 0.6 * 0.5)) < 1e-6);
  assert.equal(filled[0], image[0]);
});

test("the asked share of patches is hidden, others for another seed", () => {
  const hidden = hide(0.5, [1, 28, 28], 3, 0);
  assert.equal(hidden.reduce((a, b) => a + b), Math.round(0.5 * 49) * 16);
  assert.deepEqual(hidden, hide(0.5, [1, 28, 28], 3, 0));
  assert.notDeepEqual(hidden, hide(0.5, [1, 28, 28], 4, 0));
  const pinned = [[9, 24, 27, 38, 39], [12, 16, 18, 27, 37]]; // tests/aecore/test_inpainting.py has them too
  pinned.forEach((patches, place) => {
    const gone = hide(0.1, [1, 28, 28], 7, place);
    assert.deepEqual([...Array(49).keys()].filter((i) => gone[4 * Math.floor(i / 7) * 28 + 4 * (i % 7)]), patches);
  });
  const both = hide(0.3, [2, 8, 8], 0, 0);
  assert.deepEqual(both.slice(0, 64), both.slice(64)); // all channels of a pixel
  const made = composite(Float32Array.of(1, 2), Float32Array.of(3, 4), Uint8Array.of(0, 1));
  assert.deepEqual(Array.from(made), [1, 4]);
  assert.equal(hiddenMse(made, Float32Array.of(0, 1), Uint8Array.of(0, 1)), 9);
});

test("a grid finds the picture under the mouse", () => {
  const at = grid(5, 7, 7, 1);
  assert.deepEqual([at.columns, at.rows, at.gap], [3, 2, 1]);
  assert.equal(hit(at, 0.9, 0.1), 2);
  assert.equal(hit(at, 0.5, 0.9), 4);
  assert.equal(hit(at, 0.9, 0.9), -1);
  assert.equal(grid(1, 1, 1).gap, 0);
});

test("zero has the page's colour, the ends have theirs", () => {
  assert.deepEqual(signed(0, [1, 2, 3]), [1, 2, 3]);
  assert.ok(signed(1, [0, 0, 0])[0] > 200 && signed(-1, [0, 0, 0])[2] > 200);
  assert.deepEqual(rgb("#ff8000"), [255, 128, 0]);
  assert.deepEqual(rgb("rgb(1, 2, 3)"), [1, 2, 3]);
  assert.equal(largest([0, -4, 2]), 4);
  assert.equal(largest([0]), 1);
});

test("the arrow of an image is the shadow of D(E(x̃)) − x̃, whatever its begin", () => {
  const mean = Float32Array.of(0.5, 0.5, 0.5);
  const directions = Float32Array.of(1, 0, 0, 1, 0, 0);
  const from = shadow([0.5, 0.9, 3], mean, directions);
  const to = shadow([0.7, 0.8, -3], mean, directions);
  [0.2, -0.1].forEach((step, i) => assert.ok(Math.abs(to[i] - from[i] - step) < 1e-6));
});

test("turns give the model its own answer again", () => {
  const half = { encode: (x) => x.map((v) => v / 2), decode: (z) => z.slice() };
  const { images, codes, before, after } = walk(half, Float32Array.of(0), Float32Array.of(8), 3);
  assert.deepEqual(images.map(([v]) => v), [8, 4, 2, 1]);
  assert.deepEqual(codes.map(([v]) => v), [4, 2, 1, 0.5]);
  assert.deepEqual([before, after], [64, 1]);
});

test("a search leaves the image itself out", () => {
  const rows = found(Float32Array.of(0, 1, 2, 3), 1, Float32Array.of(1), 1);
  assert.deepEqual(rows.map(({ row }) => row).slice(0, 2).sort(), [0, 2]);
  assert.equal(rows.length, 3);
});
