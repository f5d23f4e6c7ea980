// What crosses modules, as types: nothing here runs.

/** @typedef {[number, number]} Place on a map, or on the screen in css pixels */
/** @typedef {{left: number, right: number, bottom: number, top: number}} Box in units of the plane */
/** @typedef {number[] & {names?: string[]}} Shape [channels, height, width]; of a row, its columns' names */
/** @typedef {ArrayLike<number>} Values numbers that are only read: a code, pixels */
/** @typedef {Float32Array | Float64Array | number[]} Code one code, written or changed */
/** @typedef {Float32Array | Uint8Array | number[]} Pixels floats 0 to 1 or bytes, channel by channel */
/** @typedef {{background: string, text: string, accent: string, rule: string, font: string}} Colours of the theme */

/**
 * What Streamlit calls a component with.
 * @template [Data=any] JSON that Python sent
 * @typedef {{data: Data, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void,
 *   setTriggerValue: (name: string, value: unknown) => void}} Component
 */

/** @typedef {{kind: "linear", n_in: number, n_out: number}} LinearLayer */
/**
 * @typedef {{kind: "conv" | "row_conv" | "conv_transpose" | "row_conv_transpose", n_in: number, n_out: number,
 *   kernel: number, stride: number, padding: number}} ConvLayer
 */
/** @typedef {{kind: "activation", name: string}} ActivationLayer */
/** @typedef {{kind: "top_k", k: number}} TopKLayer */
/** @typedef {{kind: "reshape", shape: number[]}} ReshapeLayer */
/** @typedef {{kind: "upsample", factor: number}} UpsampleLayer */
/** @typedef {{kind: "pad", top: number, left: number, bottom: number, right: number}} PadLayer below 0: cut off */
/** @typedef {{kind: "residual", n: number}} ResidualLayer */
/** @typedef {{kind: "leaky_relu", slope: number}} LeakyLayer */
/** @typedef {{kind: "recall" | "add", back: number}} EarlierLayer */
/** @typedef {{kind: "onnx", given: Shape, shape: Shape}} GraphLayer a whole network that the server runs */
/** @typedef {LinearLayer | ConvLayer | ActivationLayer | TopKLayer | ReshapeLayer | UpsampleLayer | PadLayer | ResidualLayer | LeakyLayer | EarlierLayer | GraphLayer} Layer */
/** @typedef {Record<string, Values>} Weights by name, "decoder.0.weight" */
/**
 * What a checkpoint's two networks are, as `aecore.export.network` says it.
 * @typedef {{kind: string, shape: number[], code_dim: number, names: string[], things?: import("./controls/wording.js").Words,
 *   encoder: Layer[], decoder: Layer[], served?: {digest: string, a_second: number, most: number, words: string}}} Network served: where the server runs it, and how often and how many at once it may be asked
 */
/** @typedef {{kind: "linear" | "neighbours", axes: [string, string]}} MapHeader */
/** @typedef {{neighbours: number, draws: number, seed: number, ellipse_points: number, ellipse_sigmas: number}} PositionConstants */

/**
 * A block of bytes from Python, unpacked.
 * @template [Header=any] JSON
 * @template {Record<string, any>} [Arrays=Record<string, any>] typed arrays by name, each with its `.shape`
 * @typedef {{header: Header & {store: string, topic: string}, arrays: Arrays}} Block
 */
/**
 * The header of an atlas: a model with its map, as `aeview.work.cache.atlas` packs it.
 * @typedef {{key: string, name: string, data: string, count: string, network: Network, map: MapHeader, classes: string[],
 *   palette: string[], label?: number | null, has_posterior: boolean, pictures: string, position: PositionConstants, directions: { neighbours: number },
 *   support: {near: number, around: number}, nothing: boolean}} AtlasHeader
 */
/**
 * @typedef {Weights & {points: Float32Array, codes: Float32Array, log_var: Float32Array, error: Float32Array,
 *   kl: Float32Array, labels: Int16Array, split: Uint8Array, index: Int32Array, support_codes: Float32Array,
 *   support_scale: Float32Array, support_reference: Float32Array, origin: Float32Array, basis: Float32Array}} AtlasArrays
 */
/** @typedef {Block<AtlasHeader, AtlasArrays>} AtlasBlock */
/** @typedef {import("./charts/canvas.js").Pen} Pen */
/** @typedef {import("./controls/fields.js").Bound} Bound */
/** @typedef {import("./controls/subject.js").Subject} Subject */
/** @typedef {import("./map/camera.js").Camera} Camera */
/** @typedef {import("./map/links.js").Sample} Sample */
/** @typedef {import("./map/gestures.js").Gestures} Gestures */
/** @typedef {import("./map/gestures.js").Press} Press */
/** @typedef {import("./map/minimap.js").Spot} Spot */
/** @typedef {import("./map/model.js").Model} Model */
/** @typedef {import("./map/pictures.js").Pictures} Pictures */
/** @typedef {import("./net/queue.js").Queue} Queue */
/** @typedef {import("./shell/find.js").Find} Find */
export {};
