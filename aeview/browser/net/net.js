// The forward pass of a network that aecore described: plain loops over float32 arrays.

/** @import { ActivationLayer, ConvLayer, EarlierLayer, Layer, LeakyLayer, LinearLayer, Network, PadLayer, ResidualLayer, Shape, TopKLayer, UpsampleLayer, Values, Weights } from "../types.js" */
/** @typedef {{shape: Shape, run: (x: Values) => Float32Array}} Step */
/** @typedef {{layer: Layer, shape: Shape, values: Float32Array}} Traced what comes out of a layer */
/** @typedef {{shape: Shape, shapes: Shape[], trace: (x: Values) => Traced[], run: (x: Values, place?: string) => Float32Array, seen: () => Traced[]}} Runnable shapes: after each layer; place: of `served.js` */
import { served } from "./served.js";

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

// Four numbers at once, so that what comes in is read once for four products.
/** @type {(layer: LinearLayer, weight: Values, bias: Values) => Step} */
function linear({ n_in, n_out }, weight, bias) {
  const out = new Float32Array(n_out);
  const input = new Float64Array(n_in);
  return {
    shape: [n_out],
    run(x) {
      for (let i = 0; i < n_in; i++) input[i] = x[i];
      let o = 0;
      for (; o + 3 < n_out; o += 4) {
        const p = o * n_in, q = p + n_in, r = q + n_in, s = r + n_in;
        let a = bias[o], b = bias[o + 1], c = bias[o + 2], d = bias[o + 3];
        for (let i = 0; i < n_in; i++) {
          const value = input[i];
          a += weight[p + i] * value;
          b += weight[q + i] * value;
          c += weight[r + i] * value;
          d += weight[s + i] * value;
        }
        out[o] = a;
        out[o + 1] = b;
        out[o + 2] = c;
        out[o + 3] = d;
      }
      for (; o < n_out; o++) {
        let a = bias[o];
        for (let i = 0; i < n_in; i++) a += weight[o * n_in + i] * input[i];
        out[o] = a;
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

/**
 * out[i·down + j·across] = the product of row i of `a` and row j of `b`: eight at once, so that six
 * numbers are read for eight products. Doubles spare the conversion. Both have rows of zeros beyond
 * their last, up to an even number of `a` and a multiple of four of `b`.
 * @type {(a: Float64Array, m: number, b: Float64Array, n: number, depth: number, out: Values & { [at: number]: number }, down: number, across: number) => void}
 */
function products(a, m, b, n, depth, out, down, across) {
  for (let j = 0; j < n; j += 4) {
    for (let i = 0; i < m; i += 2) {
      let p = i * depth, q = p + depth;
      let w = j * depth, x = w + depth, y = x + depth, z = y + depth;
      let pw = 0, px = 0, py = 0, pz = 0, qw = 0, qx = 0, qy = 0, qz = 0;
      for (const end = q; p < end; p++, q++, w++, x++, y++, z++) {
        const u = a[p], v = a[q];
        const e = b[w], f = b[x], g = b[y], h = b[z];
        pw += u * e; px += u * f; py += u * g; pz += u * h;
        qw += v * e; qx += v * f; qy += v * g; qz += v * h;
      }
      const to = i * down + j * across;
      const more = Math.min(4, n - j);
      out[to] = pw;
      if (more > 1) out[to + across] = px;
      if (more > 2) out[to + 2 * across] = py;
      if (more > 3) out[to + 3 * across] = pz;
      if (i + 1 === m) continue;
      out[to + down] = qw;
      if (more > 1) out[to + down + across] = qx;
      if (more > 2) out[to + down + 2 * across] = qy;
      if (more > 3) out[to + down + 3 * across] = qz;
    }
  }
}

/** Rows of zeros up to a multiple of `by`. @type {(rows: number, depth: number, by: number) => Float64Array} */
const blank = (rows, depth, by) => new Float64Array(by * Math.ceil(rows / by) * depth);

// Kernel, stride and padding down and across: along a row, a kernel is one high.
/** @type {(layer: ConvLayer) => number[]} */
const down = ({ kind, kernel, stride, padding }) => (kind.startsWith("row_") ? [1, 1, 0] : [kernel, stride, padding]);

/** Each place of the output looks at one patch of the input. @type {(layer: ConvLayer, weight: Values, bias: Values, shape: Shape) => Step} */
export function conv(layer, weight, bias, shape) {
  const { n_in, n_out, kernel, stride, padding } = layer;
  const [, height, width] = shape;
  const [high, pace, above] = down(layer);
  if (high > 1 && kernel === 3 && stride === 1 && padding === 1) return conv3(layer, weight, bias, shape);
  const rows = Math.floor((height + 2 * above - high) / pace) + 1;
  const columns = Math.floor((width + 2 * padding - kernel) / stride) + 1;
  const places = rows * columns;
  const depth = n_in * high * kernel;
  const out = new Float32Array(n_out * places);
  const patches = blank(places, depth, 2); // what lies outside the input stays 0
  const weights = blank(n_out, depth, 4);
  weights.set(weight);

  function lookAt(/** @type {Values} */ x) {
    for (let c = 0, j = 0; c < n_in; c++) {
      for (let ky = 0; ky < high; ky++) {
        const [top, bottom] = inside(ky - above, pace, height, rows);
        for (let kx = 0; kx < kernel; kx++, j++) {
          const [left, right] = inside(kx - padding, stride, width, columns);
          for (let y = top; y <= bottom; y++) {
            const from = (c * height + y * pace + ky - above) * width + kx - padding;
            for (let i = left; i <= right; i++) patches[(y * columns + i) * depth + j] = x[from + i * stride];
          }
        }
      }
    }
  }

  return {
    shape: [n_out, rows, columns],
    run(x) {
      lookAt(x);
      products(patches, places, weights, n_out, depth, out, 1, places);
      for (let o = 0, at = 0; o < n_out; o++) for (let i = 0; i < places; i++, at++) out[at] += bias[o];
      return out;
    },
  };
}

/**
 * Each place of the input adds one patch to the output: the products of all weights and the place's channels.
 * @param {ConvLayer} layer @param {Values} weight @param {Values} bias @param {Shape} shape @param {Shape} [into] of what comes out, if
 * not the smallest that it may have
 * @returns {Step}
 */
export function convTranspose(layer, weight, bias, [, height, width], into) {
  const { n_in, n_out, kernel, stride, padding } = layer;
  const [high, pace, above] = down(layer);
  const [, rows, columns] = into ?? [0, (height - 1) * pace - 2 * above + high, (width - 1) * stride - 2 * padding + kernel];
  const places = height * width;
  const out = new Float32Array(n_out * rows * columns);
  const size = n_out * high * kernel;
  const patches = new Float64Array(places * size);
  const inputs = blank(places, n_in, 2); // by place, its channels
  const weights = blank(size, n_in, 4);
  for (let c = 0; c < n_in; c++) for (let j = 0; j < size; j++) weights[j * n_in + c] = weight[c * size + j];

  function addPatch(/** @type {number} */ j, /** @type {number} */ top, /** @type {number} */ left) {
    for (let o = 0; o < n_out; o++) {
      for (let ky = 0; ky < high; ky++, j += kernel) {
        const y = top + ky;
        if (y < 0 || y >= rows) continue;
        const to = (o * rows + y) * columns + left;
        for (let kx = Math.max(0, -left); kx < kernel && left + kx < columns; kx++) out[to + kx] += patches[j + kx];
      }
    }
  }

  return {
    shape: [n_out, rows, columns],
    run(x) {
      for (let c = 0; c < n_in; c++) for (let at = 0; at < places; at++) inputs[at * n_in + c] = x[c * places + at];
      products(inputs, places, weights, size, n_in, patches, size, 1);
      for (let o = 0; o < n_out; o++) out.fill(bias[o], o * rows * columns, (o + 1) * rows * columns);
      for (let y = 0, at = 0; y < height; y++) {
        for (let i = 0; i < width; i++, at++) addPatch(at * size, y * pace - above, i * stride - padding);
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

/** Zeros around each map; what is below 0 is cut off. @type {(layer: PadLayer, shape: Shape) => Step} */
export function pad({ top, left, bottom, right }, [channels, height, width]) {
  const [high, wide] = [height + top + bottom, width + left + right];
  const out = new Float32Array(channels * high * wide);
  const rows = [Math.max(0, top), Math.min(high, height + top)];
  const columns = [Math.max(0, left), Math.min(wide, width + left)];
  return {
    shape: [channels, high, wide],
    run(x) {
      for (let c = 0; c < channels; c++) {
        for (let row = rows[0]; row < rows[1]; row++) {
          const [to, from] = [(c * high + row) * wide, (c * height + row - top) * width - left];
          for (let i = columns[0]; i < columns[1]; i++) out[to + i] = x[from + i];
        }
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

/** @type {(layer: LeakyLayer, shape: Shape) => Step} */
function leaky({ slope }, shape) {
  const out = new Float32Array(product(shape));
  return {
    shape,
    run(x) {
      for (let i = 0; i < out.length; i++) out[i] = x[i] > 0 ? x[i] : slope * x[i];
      return out;
    },
  };
}

/** What left an earlier layer, alone or added. @type {(layer: EarlierLayer, shape: Shape, earlier: () => Values) => Step} */
function lookBack({ kind }, shape, earlier) {
  const out = new Float32Array(product(shape));
  return {
    shape,
    run(x) {
      const seen = earlier();
      for (let i = 0; i < out.length; i++) out[i] = kind === "add" ? x[i] + seen[i] : seen[i];
      return out;
    },
  };
}

/** @type {(layer: Exclude<Layer, ResidualLayer | EarlierLayer>, shape: Shape, weight: Values, bias: Values) => Step} */
function step(layer, shape, weight, bias) {
  switch (layer.kind) {
    case "linear": return linear(layer, weight, bias);
    case "conv":
    case "row_conv": return conv(layer, weight, bias, shape);
    case "conv_transpose":
    case "row_conv_transpose": return convTranspose(layer, weight, bias, shape);
    case "upsample": return upsample(layer, shape);
    case "pad": return pad(layer, shape);
    case "activation": return activation(layer, shape);
    case "top_k": return topK(layer, shape);
    case "leaky_relu": return leaky(layer, shape);
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
  /** @type {Float32Array[]} */
  const outputs = [];
  /** @type {Values} */
  let given = [];
  const shapes = [inputShape];
  const steps = layers.map((layer, i) => {
    const name = `${prefix}.${i}`;
    const made = layer.kind === "residual" ? residual(layer, weights, name, shape)
      : "back" in layer ? lookBack(layer, shapes[i + 1 - layer.back], () => outputs[i - layer.back] ?? given)
      : step(layer, shape, weights[`${name}.weight`], weights[`${name}.bias`]);
    shape = made.shape;
    shapes.push(shape);
    return made;
  });
  const run = (/** @type {Values} */ x) => {
    given = x;
    return /** @type {Float32Array} */ (steps.reduce((value, each, i) => (outputs[i] = each.run(value)), x));
  };
  /** What came out of every layer in the last run, overwritten by the next. @type {Runnable["seen"]} */
  const seen = () => outputs.map((values, i) => ({ layer: layers[i], shape: steps[i].shape, values }));
  /** What comes out of every layer, one after the other, as copies. @type {Runnable["trace"]} */
  const trace = (x) => {
    run(x);
    return seen().map((each) => ({ ...each, values: Float32Array.from(each.values) }));
  };
  return { shape, shapes: steps.map((each) => each.shape), trace, run, seen };
}

/** @type {(header: Network, weights: Weights) => Runnable} */
export function decoder(header, weights) {
  if (header.served) return served(header, "decoder");
  return network(header.decoder, weights, "decoder", [header.code_dim]);
}

/** @type {(header: Network, weights: Weights) => Runnable} */
export function encoder(header, weights) {
  if (header.served) return served(header, "encoder");
  return network(header.encoder, weights, "encoder", header.shape);
}

/**
 * A network of a conditional model as it is when told another class than the weights are told already: that class's
 * row of the table is added to what the first linear layer gives (aecore/models/conditional.py).
 * @param {"encoder" | "decoder"} side @param {Network} header @param {Weights} weights @param {number} label @returns {Runnable}
 */
export function networkOf(side, header, weights, label) {
  const bias = `${side}.${header[side].findIndex(({ kind }) => kind === "linear")}.bias`;
  const width = weights[bias].length;
  const table = /** @type {Float32Array} */ (weights[`tables.${side}`]);
  const told = Float32Array.from({ length: width }, (_, i) => weights[bias][i] + table[label * width + i]);
  return { encoder, decoder }[side](header, { ...weights, [bias]: told });
}

/** From picture to picture, by the mean of the code. @type {(header: Network, weights: Weights) => (pixels: Values) => Float32Array} */
export function restorer(header, weights) {
  const [toCode, toPixels] = [encoder(header, weights), decoder(header, weights)];
  return (pixels) => toPixels.run(toCode.run(pixels).subarray(0, header.code_dim));
}
