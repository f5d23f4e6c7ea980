// A network's layers as the stages one looks at: a layer with weights and what follows it.

const WEIGHTED = ["linear", "conv", "conv_transpose", "residual", "upsample"];

const WORDS = {
  linear: ({ n_in, n_out }) => `dense, ${n_in} → ${n_out}`,
  conv: ({ kernel, stride }) => `convolution ${kernel}×${kernel}${stride > 1 ? `, stride ${stride}` : ""}`,
  conv_transpose: ({ kernel, stride }) => `transposed convolution ${kernel}×${kernel}, stride ${stride}`,
  residual: () => "residual block: two convolutions, added",
  upsample: ({ factor }) => `upsampling ×${factor}`,
};

/** "32 maps of 14×14" or "512 units". */
export function shapeWords(shape) {
  if (shape.length < 3) return `${shape[0]} ${shape[0] === 1 ? "unit" : "units"}`;
  return `${shape[0]} ${shape[0] === 1 ? "map" : "maps"} of ${shape[1]}×${shape[2]}`;
}

const wordsOf = (layer) => (WORDS[layer.kind] ?? (({ kind }) => kind.replaceAll("_", " ")))(layer);

/**
 * @param trace what `network.trace` returned
 * @returns [{ title, shape, values, index }] index of the layer that has the weights
 */
export function stages(trace) {
  const found = [];
  trace.forEach(({ layer, shape, values }, index) => {
    if (WEIGHTED.includes(layer.kind) || layer.n_in) {
      found.push({ title: wordsOf(layer), shape, values, index, layer });
    } else if (found.length) {
      const last = found.at(-1);
      const flattened = layer.kind === "reshape" && shape.length < 3; // maps stay maps to the eye
      Object.assign(last, { values, shape: flattened ? last.shape : shape });
      if (layer.kind === "activation" && layer.name !== "identity") last.title += `, ${layer.name}`;
    }
  });
  return found;
}

/**
 * The filters of a stage as pictures: what a dense layer looks for in an image (or paints into it),
 * or the kernels of a convolution.
 * @param side "encoder" for its first stage, "decoder" for its last
 * @returns { shape, count, of(i) → Float32Array } or null for a layer without weights
 */
export function filters(stage, side, weights, imageShape) {
  const { layer, index } = stage;
  const weight = weights[`${side}.${index}.weight`];
  if (!weight) return null;
  if (layer.kind === "linear") return dense(layer, side, weight, imageShape);
  const k = layer.kernel;
  const size = k * k;
  if (layer.kind === "conv") {
    return { shape: [layer.n_in, k, k], count: layer.n_out, of: (i) => weight.subarray(i * layer.n_in * size, (i + 1) * layer.n_in * size) };
  }
  if (layer.kind === "conv_transpose") {
    return { shape: [layer.n_out, k, k], count: layer.n_in, of: (i) => weight.subarray(i * layer.n_out * size, (i + 1) * layer.n_out * size) };
  }
  return null;
}

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
