// The entry point that Streamlit calls: at mount, and again when data or theme change.

/** @import { Component } from "../../types.js" */
/** @import { Trained } from "../../charts/rate_distortion.js" */
/** @import { Drawn } from "./table.js" */
import { find } from "../../shell/find.js";
import { curve } from "../../charts/rate_distortion.js";
import { table } from "./table.js";

const N_WORDS = 'KL = nats an image that the code carries at most (rate); reconstruction = −log p(x|z), what is lost (distortion).';

/** @param {Component<{models: Trained[], pictures: Drawn | null}>} component */
export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const root = find(parentElement, ".sweep");
  const { models, pictures } = data;
  const choose = (/** @type {string} */ name) => setTriggerValue("choice", name);
  curve(find(root, ".plot"), models, choose);
  find(root, ".curve .note").textContent =
    `Means over ${models[0].n.toLocaleString("en")} held-out ${models[0].split} images, in nats. ${N_WORDS} A larger β pays for a smaller KL with blurrier pictures. Click a point to load that model everywhere.`;
  table(find(root, ".table"), models, pictures, choose);
  find(root, ".pictures .note").textContent = pictures?.note ?? "Reconstructing …";
  root.dataset.ready = "yes";
  root.dataset.pictures = pictures ? "yes" : "no";
  if (!pictures) setStateValue("painted", true);
}
