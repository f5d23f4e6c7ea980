// The way back through a network, and the map of what is seen. node --test tests/js
import assert from "node:assert/strict";
import { test } from "node:test";

const home = new URL("../../aeview/browser/", import.meta.url);
const { network } = await import(new URL("net/net.js", home));
const { backwards } = await import(new URL("net/slope.js", home));
const { logOdds, probabilities } = await import(new URL("net/classifier.js", home));
const { CELLS, finer } = await import(new URL("map/regions.js", home));

const wave = (n, step) => Float32Array.from({ length: n }, (_, i) => Math.sin(step * (i + 1)));

/** How many weights a layer has. */
const size = ({ kind, n = 0, n_in = n, n_out = n, kernel = n ? 3 : 1 }) => n_in * n_out * kernel ** (kind.startsWith("row_") ? 1 : 2);

test("the change of what comes out is that between two near inputs, for every kind of layer", () => {
  const conv = { n_in: 2, n_out: 2, kernel: 3, stride: 2, padding: 1 };
  const networks = {
    linear: [{ kind: "linear", n_in: 16, n_out: 3 }],
    convolution: [{ kind: "reshape", shape: [1, 4, 4] }, { kind: "conv", n_in: 1, n_out: 2, kernel: 3, stride: 1, padding: 1 }, { kind: "conv", ...conv }],
    transposed: [{ kind: "reshape", shape: [1, 4, 4] }, { kind: "conv_transpose", ...conv, n_in: 1, kernel: 4 }],
    rows: [{ kind: "reshape", shape: [1, 1, 16] }, { kind: "row_conv", ...conv, n_in: 1 }, { kind: "row_conv_transpose", ...conv, kernel: 4 }],
    residual: [{ kind: "reshape", shape: [1, 4, 4] }, { kind: "residual", n: 1 }, { kind: "upsample", factor: 2 }],
    "top k": [{ kind: "top_k", k: 5 }],
    ...Object.fromEntries(["identity", "relu", "silu", "gelu", "tanh", "sigmoid"].map((name) => [name, [{ kind: "activation", name }]])),
  };
  for (const [name, layers] of Object.entries(networks)) {
    const weights = Object.fromEntries(layers.flatMap((layer, i) => ["", ".first", ".second"].flatMap((part, j) => [
      [`n.${i}${part}.weight`, wave(size(layer), 1.7 + i + j)], [`n.${i}${part}.bias`, wave(4, 0.3 + j)],
    ])));
    const net = network(layers, weights, "n", [16]);
    const x = wave(16, 0.9);
    const change = wave(net.run(x).length, 2.3);
    const sum = (input) => net.run(input).reduce((total, value, i) => total + change[i] * value, 0);
    const near = (i, h) => Float32Array.from(x, (value, j) => value + (i === j ? h : 0));
    const want = Array.from(x, (_, i) => (sum(near(i, 1e-2)) - sum(near(i, -1e-2))) / 2e-2);
    net.run(x);
    const got = backwards(net, layers, weights, "n", [16])(x, change);
    want.forEach((value, i) => assert.ok(Math.abs(got[i] - value) < 2e-3, `${name}, number ${i}: ${got[i]}, not ${value}`));
  }
});

test("log-odds and probabilities are two ways to say the same", () => {
  const answer = [2, -1, 0.5, 800];
  const shares = probabilities(answer.slice(0, 3));
  assert.ok(Math.abs(shares.reduce((a, b) => a + b) - 1) < 1e-12);
  assert.ok(Math.abs(logOdds(answer.slice(0, 3), 1) - Math.log(shares[1] / (1 - shares[1]))) < 1e-12);
  assert.ok(Math.abs(logOdds(answer, 3) - 798) < 0.5); // without an overflow
});

test("the plane is asked only where classes meet, and every cell has the class of its place", () => {
  const at = (column, row) => {
    const [x, y] = [column / CELLS - 0.5, row / CELLS - 0.5];
    return [0, 20 * (0.09 - x * x - y * y), 8 * (x - y - 0.2)];
  };
  const best = (values) => values.indexOf(Math.max(...values));
  let asked = 0;
  let last = null;
  const levels = [];
  for (const level of finer((column, row) => (asked++, at(column, row)))) {
    if (!level) continue;
    levels.push(CELLS / level.wide);
    last = level;
  }
  assert.deepEqual(levels, [8, 16, 32, 64, 128]);
  assert.ok(asked < (CELLS + 1) ** 2 / 5, `${asked} places`);
  assert.equal(last.squares.reduce((area, { side }) => area + side * side, 0), CELLS * CELLS);
  for (const square of last.squares) {
    const corners = last.cornersOf(square).map((values) => best(Array.from(values)));
    if (square.side === 1) continue; // as fine as can be
    assert.equal(new Set(corners).size, 1);
    for (let y = 0; y <= square.side; y++) for (let x = 0; x <= square.side; x++) assert.equal(best(at(square.x + x, square.y + y)), corners[0]);
  }
});
