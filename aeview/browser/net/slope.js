// How what a network answers changes with what it is given: its layers gone through backwards
// (reverse-mode differentiation). What is linear goes back by its own weights, with ways in and out
// exchanged: a convolution as a transposed one, and the other way round.

/** @import { ActivationLayer, ConvLayer, Layer, LinearLayer, PadLayer, ResidualLayer, Shape, UpsampleLayer, Values, Weights } from "../types.js" */
/** @import { Runnable } from "./net.js" */
/** @typedef {(change: Values, x: Values, y: Values) => Values} Back of a layer: change by each number that comes out → by each that goes in */
import { conv, convTranspose, pad } from "./net.js";

const sigmoid = (/** @type {number} */ x) => 1 / (1 + Math.exp(-x));

/** Derivatives at x, where y comes out. @type {Record<string, (x: number, y: number) => number>} */
const DERIVATIVES = {
  identity: () => 1,
  relu: (x) => Number(x > 0),
  silu: (x, y) => sigmoid(x) * (1 + x - y),
  gelu: (x) => {
    const t = Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * 0.7978845608028654 * (1 + 3 * 0.044715 * x * x);
  },
  tanh: (_, y) => 1 - y * y,
  sigmoid: (_, y) => y * (1 - y),
};

/** @type {(layer: LinearLayer, weight: Values) => Back} */
const linear = ({ n_in, n_out }, weight) => (change) => {
  const out = new Float64Array(n_in);
  for (let o = 0, at = 0; o < n_out; o++, at += n_in) {
    const by = change[o];
    for (let i = 0; i < n_in; i++) out[i] += by * weight[at + i];
  }
  return out;
};

/** @type {(layer: ActivationLayer) => Back} */
const activation = ({ name }) => (change, x, y) => {
  const by = DERIVATIVES[name];
  const out = new Float64Array(x.length);
  for (let i = 0; i < out.length; i++) out[i] = change[i] * by(x[i], y[i]);
  return out;
};

/** @type {(layer: ConvLayer, weight: Values, before: Shape, after: Shape) => Back} */
function convolution(layer, weight, before, after) {
  const across = { ...layer, n_in: layer.n_out, n_out: layer.n_in };
  const nothing = new Float32Array(layer.n_in);
  const step = layer.kind.endsWith("transpose") ? conv(across, weight, nothing, after) : convTranspose(across, weight, nothing, after, before);
  return (change) => step.run(change);
}

// The change passes both convolutions, and by them.
/** @type {(layer: ResidualLayer, weights: Weights, name: string, shape: Shape) => Back} */
function residual({ n }, weights, name, shape) {
  /** @type {ConvLayer} */
  const layer = { kind: "conv", n_in: n, n_out: n, kernel: 3, stride: 1, padding: 1 };
  const [first, second] = ["first", "second"].map((part) => weights[`${name}.${part}.weight`]);
  const hidden = conv(layer, first, weights[`${name}.first.bias`], shape);
  const [intoFirst, intoSecond] = [first, second].map((weight) => convolution(layer, weight, shape, shape));
  return (change, x, y) => {
    const on = hidden.run(x);
    const inner = Float64Array.from(intoSecond(change, x, y), (value, i) => (on[i] > 0 ? value : 0));
    return Float64Array.from(intoFirst(inner, x, y), (value, i) => value + change[i]);
  };
}

/** @type {(layer: UpsampleLayer, shape: Shape) => Back} */
const upsample = ({ factor }, [channels, height, width]) => (change) => {
  const out = new Float64Array(channels * height * width);
  const wide = width * factor;
  for (let at = 0; at < change.length; at++) out[Math.floor(at / wide / factor) * width + Math.floor((at % wide) / factor)] += change[at];
  return out;
};

// What was put around is cut off, and what was cut off does not matter.
/** @type {(layer: PadLayer, after: Shape) => Back} */
function padding({ top, left, bottom, right }, after) {
  const step = pad({ kind: "pad", top: -top, left: -left, bottom: -bottom, right: -right }, after);
  return (change) => step.run(change);
}

/** @type {(a: Values | undefined, b: Values) => Values} */
const sum = (a, b) => (a ? Float64Array.from(b, (value, i) => value + a[i]) : b);

/** @type {(layer: Layer, weights: Weights, name: string, before: Shape, after: Shape) => Back} */
function back(layer, weights, name, before, after) {
  switch (layer.kind) {
    case "linear": return linear(layer, weights[`${name}.weight`]);
    case "activation": return activation(layer);
    case "residual": return residual(layer, weights, name, before);
    case "upsample": return upsample(layer, before);
    case "pad": return padding(layer, after);
    case "leaky_relu": return (change, x) => Float64Array.from(change, (value, i) => (x[i] > 0 ? value : layer.slope * value));
    case "add": return (change) => change; // and to the layer it looks back at: see `backwards`
    case "recall": return (_, x) => new Float64Array(x.length);
    case "top_k": return (change, _, y) => Float64Array.from(change, (value, i) => (y[i] ? value : 0));
    case "reshape": return (change) => change;
    case "onnx": throw new Error("a graph that the server runs has no slopes");
    default: return convolution(layer, weights[`${name}.weight`], before, after);
  }
}

/**
 * The way back through a network's last run: what was put in, and the change of something by each
 * number that came out → its change by each number that was put in; overwritten by the next call.
 * @type {(net: Runnable, layers: Layer[], weights: Weights, prefix: string, inputShape: Shape) => (x: Values, change: Values) => Values}
 */
export function backwards(net, layers, weights, prefix, inputShape) {
  const shapes = [inputShape, ...net.shapes];
  const backs = layers.map((layer, i) => back(layer, weights, `${prefix}.${i}`, shapes[i], shapes[i + 1]));
  return (x, change) => {
    const values = [x, ...net.seen().map((each) => each.values)];
    /** @type {(Values | undefined)[]} what branches that begin at a place add to its change */
    const owed = new Array(values.length);
    return backs.reduceRight((by, each, i) => {
      const layer = layers[i];
      if ("back" in layer) owed[i + 1 - layer.back] = sum(owed[i + 1 - layer.back], by);
      return sum(owed[i], each(by, values[i], values[i + 1]));
    }, change);
  };
}
