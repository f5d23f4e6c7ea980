// Layers that look back, and one with a slope below 0: what they compute, and the way back through them.
import assert from "node:assert/strict";
import test from "node:test";

import { network } from "../../aeview/browser/net/net.js";
import { backwards } from "../../aeview/browser/net/slope.js";

const layers = [
  { kind: "linear", n_in: 2, n_out: 2 },
  { kind: "leaky_relu", slope: 0.1 },
  { kind: "add", back: 3 }, // what was given
  { kind: "linear", n_in: 2, n_out: 2 },
  { kind: "recall", back: 2 }, // before that layer
  { kind: "add", back: 2 },
];
const weights = {
  "n.0.weight": [1, -2, 0.5, 1], "n.0.bias": [0.1, -0.2],
  "n.3.weight": [2, 0, 1, -1], "n.3.bias": [0, 1],
};
const net = network(layers, weights, "n", [2]);

const byHand = ([a, b]) => {
  const leaky = (x) => (x > 0 ? x : 0.1 * x);
  const h = [leaky(a - 2 * b + 0.1) + a, leaky(0.5 * a + b - 0.2) + b];
  return [2 * h[0] + h[0], h[0] - h[1] + 1 + h[1]];
};

test("what earlier layers gave is found again", () => {
  for (const x of [[1, 2], [-3, 0.5]]) {
    const made = net.run(x);
    byHand(x).forEach((want, i) => assert.ok(Math.abs(made[i] - want) < 1e-5));
  }
});

test("the way back follows every branch", () => {
  const back = backwards(net, layers, weights, "n", [2]);
  const x = [1.5, -0.7];
  for (const change of [[1, 0], [0, 1]]) {
    net.run(x);
    const slope = back(x, change);
    const along = (y) => change[0] * y[0] + change[1] * y[1];
    for (const i of [0, 1]) {
      const [low, high] = [-1e-4, 1e-4].map((step) => along(byHand(x.map((v, j) => v + (i === j ? step : 0)))));
      assert.ok(Math.abs(slope[i] - (high - low) / 2e-4) < 1e-3);
    }
  }
});
