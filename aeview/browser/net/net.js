// The forward pass of a network that aecore described: plain loops over float32 arrays.

/** @import { ActivationLayer, ConvLayer, Layer, LinearLayer, Network, ResidualLayer, Shape, TopKLayer, UpsampleLayer, Values, Weights } from "../types.js" */
/** @typedef {{shape: Shape, run: (x: Values) => Float32Array}} Step */
/** @typedef {{layer: Layer, shape: Shape, values: Float32Array}} Traced what comes out of a layer */
/** @typedef {{shape: Shape, trace: (x: Values) => Traced[], run: (x: Values) => Float32Array, seen: () => Traced[]}} Runnable */

/** @type {Record<string, (x: number) => number>} */
const ACTIVATIONS = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  silu: (x) => x / (1 + Math.exp(-x)),
  gelu: (x) => 0.5 * x * (1 + Math.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x))),
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

const product = (/** @type {Shape} */ shape) => shape.reduce((a, b) => a * b, 1);

/** @type {(layer: LinearLayer, weight: Values, bias: Values) => Step} */
function linear({ n_in, n_out }, weight, bias) {
  const out = new Float32Array(n_out);
  return {
    shape: [n_out],
    run(x) {
      for (let o = 0, at = 0; o < n_out; o++, at += n_in) {
        let a = bias[o];
        let b = 0;
        let i = 0;
        for (; i + 1 < n_in; i += 2) {
          a += weight[at + i] * x[i];
          b += weight[at + i + 1] * x[i + 1];
        }
        if (i < n_in) a += weight[at + i] * x[i];
        out[o] = a + b;
      }
      return out;
    },
  };
}

// The range of positions p for which offset + stride·p lies in [0, size).
/** @type {(offset: number, stride: number, size: number, n: number) => [number, number]} */
function inside(offset, stride, size, n) {
  const first = offset < 0 ? Math.ceil(-offset / stride) : 0;
  const last = Math.min(n - 1, Math.floor((size - 1 - offset) / stride));
  return [first, last];
}

// A 3×3 convolution that keeps the size, which is where a spatial network spends its time: four
// maps at once from an input with a border of zeros, 36 products for nine numbers that are read.
// Everything is kept as doubles, which spares their conversion.
/** @type {(layer: ConvLayer, weight: Values, bias: Values, shape: Shape) => Step} */
function conv3({ n_in, n_out }, weight, bias, [, height, width]) {
  const wide = width + 2;
  const area = wide * (height + 2);
  const size = height * width;
  const padded = new Float64Array(n_in * area);
  const maps = 4 * Math.ceil(n_out / 4); // maps beyond the last stay empty
  const out = new Float32Array(maps * size);
  const sums = [0, 1, 2, 3].map(() => new Float64Array(size));
  const [first, second, third, fourth] = sums;
  const weights = new Float64Array(maps * n_in * 9);
  weights.set(weight);

  function pad(/** @type {Values} */ x) {
    for (let c = 0; c < n_in; c++) {
      for (let y = 0; y < height; y++) {
        const from = (c * height + y) * width;
        const to = c * area + (y + 1) * wide + 1;
        for (let i = 0; i < width; i++) padded[to + i] = x[from + i];
      }
    }
  }

  // Each weight is read by its place: `const [a0, a1] = weights` costs Firefox and WebKit more than all the products.
  function add(/** @type {number} */ o, /** @type {number} */ c) {
    const w = weights;
    const atA = (o * n_in + c) * 9, atB = atA + 9 * n_in, atC = atB + 9 * n_in, atD = atC + 9 * n_in;
    const a0 = w[atA], a1 = w[atA + 1], a2 = w[atA + 2], a3 = w[atA + 3], a4 = w[atA + 4], a5 = w[atA + 5], a6 = w[atA + 6], a7 = w[atA + 7], a8 = w[atA + 8];
    const b0 = w[atB], b1 = w[atB + 1], b2 = w[atB + 2], b3 = w[atB + 3], b4 = w[atB + 4], b5 = w[atB + 5], b6 = w[atB + 6], b7 = w[atB + 7], b8 = w[atB + 8];
    const c0 = w[atC], c1 = w[atC + 1], c2 = w[atC + 2], c3 = w[atC + 3], c4 = w[atC + 4], c5 = w[atC + 5], c6 = w[atC + 6], c7 = w[atC + 7], c8 = w[atC + 8];
    const d0 = w[atD], d1 = w[atD + 1], d2 = w[atD + 2], d3 = w[atD + 3], d4 = w[atD + 4], d5 = w[atD + 5], d6 = w[atD + 6], d7 = w[atD + 7], d8 = w[atD + 8];
    for (let y = 0, to = 0; y < height; y++) {
      let top = c * area + y * wide;
      let mid = top + wide;
      let low = mid + wide;
      for (let i = 0; i < width; i++, to++, top++, mid++, low++) {
        const p0 = padded[top], p1 = padded[top + 1], p2 = padded[top + 2];
        const p3 = padded[mid], p4 = padded[mid + 1], p5 = padded[mid + 2];
        const p6 = padded[low], p7 = padded[low + 1], p8 = padded[low + 2];
        first[to] += a0 * p0 + a1 * p1 + a2 * p2 + a3 * p3 + a4 * p4 + a5 * p5 + a6 * p6 + a7 * p7 + a8 * p8;
        second[to] += b0 * p0 + b1 * p1 + b2 * p2 + b3 * p3 + b4 * p4 + b5 * p5 + b6 * p6 + b7 * p7 + b8 * p8;
        third[to] += c0 * p0 + c1 * p1 + c2 * p2 + c3 * p3 + c4 * p4 + c5 * p5 + c6 * p6 + c7 * p7 + c8 * p8;
        fourth[to] += d0 * p0 + d1 * p1 + d2 * p2 + d3 * p3 + d4 * p4 + d5 * p5 + d6 * p6 + d7 * p7 + d8 * p8;
      }
    }
  }

  const shown = out.subarray(0, n_out * size);
  return {
    shape: [n_out, height, width],
    run(x) {
      pad(x);
      for (let o = 0; o < maps; o += 4) {
        for (let k = 0; k < 4; k++) sums[k].fill(bias[o + k] ?? 0);
        for (let c = 0; c < n_in; c++) add(o, c);
        for (let k = 0; k < 4; k++) out.set(sums[k], (o + k) * size);
      }
      return shown;
    },
  };
}

// Kernel, stride and padding down and across: along a row, a kernel is one high.
/** @type {(layer: ConvLayer) => number[]} */
const down = ({ kind, kernel, stride, padding }) => (kind.startsWith("row_") ? [1, 1, 0] : [kernel, stride, padding]);

/** @type {(layer: ConvLayer, weight: Values, bias: Values, shape: Shape) => Step} */
function conv(layer, weight, bias, shape) {
  const { n_in, n_out, kernel, stride, padding } = layer;
  const [, height, width] = shape;
  const [high, pace, above] = down(layer);
  if (high > 1 && kernel === 3 && stride === 1 && padding === 1) return conv3(layer, weight, bias, shape);
  const rows = Math.floor((height + 2 * above - high) / pace) + 1;
  const columns = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  const out = new Float32Array(n_out * rows * columns);
  return {
    shape: [n_out, rows, columns],
    run(x) {
      for (let o = 0; o < n_out; o++) {
        const plane = o * rows * columns;
        out.fill(bias[o], plane, plane + rows * columns);
        for (let c = 0; c < n_in; c++) {
          for (let ky = 0; ky < high; ky++) {
            const [top, bottom] = inside(ky - above, pace, height, rows);
            for (let kx = 0; kx < kernel; kx++) {
              const w = weight[((o * n_in + c) * high + ky) * kernel + kx];
              const [left, right] = inside(kx - padding, stride, width, columns);
              for (let y = top; y <= bottom; y++) {
                const to = plane + y * columns;
                const from = (c * height + y * pace + ky - above) * width + kx - padding;
                for (let i = left; i <= right; i++) out[to + i] += w * x[from + i * stride];
              }
            }
          }
        }
      }
      return out;
    },
  };
}

// Each place of the input adds one patch to the output: the patch is a product with all weights of
// the place's channels, four at a time over one long run, which is where the time goes.
/** @type {(layer: ConvLayer, weight: Values, bias: Values, shape: Shape) => Step} */
function convTranspose(layer, weight, bias, [, height, width]) {
  const { n_in, n_out, kernel, stride, padding } = layer;
  const [high, pace, above] = down(layer);
  const rows = (height - 1) * pace - 2 * above + high;
  const columns = (width - 1) * stride - 2 * padding + kernel;
  const out = new Float32Array(n_out * rows * columns);
  const size = n_out * high * kernel;
  const patch = new Float32Array(size);

  function fillPatch(/** @type {Values} */ x, /** @type {number} */ at) {
    patch.fill(0);
    const plane = height * width;
    let c = 0;
    for (; c + 3 < n_in; c += 4) {
      const [a0, a1, a2, a3] = [x[c * plane + at], x[(c + 1) * plane + at], x[(c + 2) * plane + at], x[(c + 3) * plane + at]];
      const w0 = c * size;
      const [w1, w2, w3] = [w0 + size, w0 + 2 * size, w0 + 3 * size];
      for (let j = 0; j < size; j++) {
        patch[j] += a0 * weight[w0 + j] + a1 * weight[w1 + j] + a2 * weight[w2 + j] + a3 * weight[w3 + j];
      }
    }
    for (; c < n_in; c++) {
      const a = x[c * plane + at];
      for (let j = 0; j < size; j++) patch[j] += a * weight[c * size + j];
    }
  }

  function addPatch(/** @type {number} */ top, /** @type {number} */ left) {
    for (let o = 0, j = 0; o < n_out; o++) {
      for (let ky = 0; ky < high; ky++, j += kernel) {
        const y = top + ky;
        if (y < 0 || y >= rows) continue;
        const to = (o * rows + y) * columns + left;
        for (let kx = Math.max(0, -left); kx < kernel && left + kx < columns; kx++) out[to + kx] += patch[j + kx];
      }
    }
  }

  return {
    shape: [n_out, rows, columns],
    run(x) {
      for (let o = 0; o < n_out; o++) out.fill(bias[o], o * rows * columns, (o + 1) * rows * columns);
      for (let y = 0; y < height; y++) {
        for (let i = 0; i < width; i++) {
          fillPatch(x, y * width + i);
          addPatch(y * pace - above, i * stride - padding);
        }
      }
      return out;
    },
  };
}

// What comes in, and what two convolutions add to it.
/** @type {(layer: ResidualLayer, weights: Weights, name: string, shape: Shape) => Step} */
function residual({ n }, weights, name, shape) {
  /** @type {ConvLayer} */
  const layer = { kind: "conv", n_in: n, n_out: n, kernel: 3, stride: 1, padding: 1 };
  const [first, second] = ["first", "second"].map((part) =>
    conv(layer, weights[`${name}.${part}.weight`], weights[`${name}.${part}.bias`], shape));
  const out = new Float32Array(product(shape));
  return {
    shape,
    run(x) {
      const hidden = first.run(x);
      for (let i = 0; i < hidden.length; i++) if (hidden[i] < 0) hidden[i] = 0;
      const added = second.run(hidden);
      for (let i = 0; i < out.length; i++) out[i] = x[i] + added[i];
      return out;
    },
  };
}

/** @type {(layer: UpsampleLayer, shape: Shape) => Step} */
function upsample({ factor }, [channels, height, width]) {
  const out = new Float32Array(channels * height * width * factor * factor);
  const wide = width * factor;
  return {
    shape: [channels, height * factor, wide],
    run(x) {
      for (let row = 0; row < channels * height * factor; row++) {
        const from = Math.floor(row / factor) * width;
        for (let i = 0; i < wide; i++) out[row * wide + i] = x[from + Math.floor(i / factor)];
      }
      return out;
    },
  };
}

/** @type {(layer: ActivationLayer, shape: Shape) => Step} */
function activation({ name }, shape) {
  const f = ACTIVATIONS[name];
  const out = new Float32Array(product(shape));
  return {
    shape,
    run(x) {
      for (let i = 0; i < out.length; i++) out[i] = f(x[i]);
      return out;
    },
  };
}

// The k largest, as far as they are above 0; of equal ones the first.
/** @type {(layer: TopKLayer, shape: Shape) => Step} */
function topK({ k }, shape) {
  const out = new Float32Array(product(shape));
  return {
    shape,
    run(x) {
      const order = Array.from(x, (_, i) => i).filter((i) => x[i] > 0).sort((a, b) => x[b] - x[a]);
      out.fill(0);
      for (const i of order.slice(0, k)) out[i] = x[i];
      return out;
    },
  };
}

/** @type {(layer: Exclude<Layer, ResidualLayer>, shape: Shape, weight: Values, bias: Values) => Step} */
function step(layer, shape, weight, bias) {
  switch (layer.kind) {
    case "linear": return linear(layer, weight, bias);
    case "conv":
    case "row_conv": return conv(layer, weight, bias, shape);
    case "conv_transpose":
    case "row_conv_transpose": return convTranspose(layer, weight, bias, shape);
    case "upsample": return upsample(layer, shape);
    case "activation": return activation(layer, shape);
    case "top_k": return topK(layer, shape);
    case "reshape": return { shape: layer.shape, run: (x) => /** @type {Float32Array} */ (x) };
    default: throw new Error(`unknown layer ${/** @type {any} */ (layer).kind}`);
  }
}

/**
 * Make a runnable network. The result of `run` is overwritten by the next call.
 * @param {Layer[]} layers as in the checkpoint's card
 * @param {Weights} weights
 * @param {string} prefix "encoder" or "decoder"
 * @param {Shape} inputShape without the batch axis
 * @returns {Runnable}
 */
export function network(layers, weights, prefix, inputShape) {
  let shape = inputShape;
  const steps = layers.map((layer, i) => {
    const name = `${prefix}.${i}`;
    const made = layer.kind === "residual" ? residual(layer, weights, name, shape)
      : step(layer, shape, weights[`${name}.weight`], weights[`${name}.bias`]);
    shape = made.shape;
    return made;
  });
  /** @type {Float32Array[]} */
  const outputs = [];
  const run = (/** @type {Values} */ x) => /** @type {Float32Array} */ (
    steps.reduce((value, each, i) => (outputs[i] = each.run(value)), x));
  /** What came out of every layer in the last run, overwritten by the next. @type {Runnable["seen"]} */
  const seen = () => outputs.map((values, i) => ({ layer: layers[i], shape: steps[i].shape, values }));
  /** What comes out of every layer, one after the other, as copies. @type {Runnable["trace"]} */
  const trace = (x) => {
    run(x);
    return seen().map((each) => ({ ...each, values: Float32Array.from(each.values) }));
  };
  return { shape, trace, run, seen };
}

/** @type {(header: Network, weights: Weights) => Runnable} */
export function decoder(header, weights) {
  return network(header.decoder, weights, "decoder", [header.code_dim]);
}

/** @type {(header: Network, weights: Weights) => Runnable} */
export function encoder(header, weights) {
  return network(header.encoder, weights, "encoder", header.shape);
}

/** From picture to picture, by the mean of the code. @type {(header: Network, weights: Weights) => (pixels: Values) => Float32Array} */
export function restorer(header, weights) {
  const [toCode, toPixels] = [encoder(header, weights), decoder(header, weights)];
  return (pixels) => toPixels.run(toCode.run(pixels).subarray(0, header.code_dim));
}
