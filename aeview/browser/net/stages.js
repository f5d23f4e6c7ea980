// A network's layers as the stages one looks at: a layer with weights and what follows it.

/** @import { Layer, LinearLayer, Shape, Weights } from "../types.js" */
/** @import { Traced } from "./net.js" */
/** @typedef {{ title: string, shape: Shape, values: Float32Array, index: number, layer: Layer }} Stage `index` is of the layer with weights */
/** @typedef {{ shape: Shape, count: number, of: (i: number) => Float32Array }} Filters as pictures */

const WEIGHTED = ["linear", "conv", "conv_transpose", "residual", "upsample"];

/** @type {Record<string, (layer: any) => string>} by kind, with what a layer of that kind has */
const WORDS = {
  linear: ({ n_in, n_out }) => `dense, ${n_in} → ${n_out}`,
  conv: ({ kernel, stride }) => `convolution ${kernel}×${kernel}${stride > 1 ? `, stride ${stride}` : ""}`,
  conv_transpose: ({ kernel, stride }) => `transposed convolution ${kernel}×${kernel}, stride ${stride}`,
  residual: () => "residual block: two convolutions, added",
  upsample: ({ factor }) => `upsampling ×${factor}`,
};

/** "32 maps of 14×14" or "512 units". @param {Shape} shape */
export function shapeWords(shape) {
  if (shape.length < 3) return `${shape[0]} ${shape[0] === 1 ? "unit" : "units"}`;
  return `${shape[0]} ${shape[0] === 1 ? "map" : "maps"} of ${sizeWords(shape)}`;
}

/** A picture's width × height, as everywhere where a person reads it. @param {Shape} shape */
export const sizeWords = ([, height, width]) => (height === 1 ? `${width}` : `${width}×${height}`);

/** @param {Layer} layer */
const wordsOf = (layer) => (WORDS[layer.kind] ?? (({ kind }) => kind.replaceAll("_", " ")))(layer);

/** @param {Traced[]} trace */
export function stages(trace) {
  /** @type {Stage[]} */
  const found = [];
  for (const [index, { layer, shape, values }] of trace.entries()) {
    if (WEIGHTED.includes(layer.kind) || "n_in" in layer) {
      found.push({ title: wordsOf(layer), shape, values, index, layer });
    } else if (found.length && layer.kind !== "recall") {
      const last = found[found.length - 1];
      const flattened = layer.kind === "reshape" && shape.length < 3; // maps stay maps to the eye
      Object.assign(last, { values, shape: flattened ? last.shape : shape });
      if (layer.kind === "activation" && layer.name !== "identity") last.title += `, ${layer.name}`;
      if (layer.kind === "leaky_relu") last.title += ", leaky relu";
      if (layer.kind === "add") last.title += ", an earlier layer added";
      if (layer.kind === "top_k") last.title += `, the ${layer.k} largest`;
    }
  }
  return found;
}

/**
 * The filters of a stage as pictures: what a dense layer looks for in an image (or paints into it),
 * or the kernels of a convolution.
 * @param {{ layer: Layer, index: number }} stage
 * @param {"encoder" | "decoder"} side "encoder" for its first stage, "decoder" for its last
 * @param {Weights} weights @param {Shape} imageShape
 * @returns {Filters | null} null for a layer without weights
 */
export function filters(stage, side, weights, imageShape) {
  const { layer, index } = stage;
  const weight = /** @type {Float32Array | undefined} */ (weights[`${side}.${index}.weight`]);
  if (!weight) return null;
  if (layer.kind === "linear") return dense(layer, side, weight, imageShape);
  if (layer.kind !== "conv" && layer.kind !== "conv_transpose") return null;
  const { kernel: k, n_in, n_out } = layer;
  const [channels, count] = layer.kind === "conv" ? [n_in, n_out] : [n_out, n_in];
  const size = channels * k * k;
  return { shape: [channels, k, k], count, of: (i) => weight.subarray(i * size, (i + 1) * size) };
}

/** @type {(layer: LinearLayer, side: "encoder" | "decoder", weight: Float32Array, shape: Shape) => Filters | null} */
function dense({ n_in, n_out }, side, weight, shape) {
  const size = shape.reduce((a, b) => a * b, 1);
  if (side === "encoder" && n_in === size) {
    return { shape, count: n_out, of: (i) => weight.subarray(i * n_in, (i + 1) * n_in) };
  }
  if (side === "decoder" && n_out === size) {
    return { shape, count: n_in, of: (i) => Float32Array.from({ length: n_out }, (_, o) => weight[o * n_in + i]) };
  }
  return null;
}
