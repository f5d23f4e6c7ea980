// The entry point that Streamlit calls: at mount, and again when data or theme change.

import { curve } from "./curve.js";
import { table } from "./table.js";

const N_WORDS = 'KL = nats an image that the code carries (rate); reconstruction = −log p(x|z), what is lost (distortion).';

export default function ({ parentElement, data, setTriggerValue, setStateValue }) {
  const root = parentElement.querySelector(".family");
  const { models, pictures } = data;
  const choose = (name) => setTriggerValue("choice", name);
  curve(root.querySelector(".plot"), models, choose);
  root.querySelector(".curve .note").textContent =
    `Means over ${models[0].n.toLocaleString("en")} held-out ${models[0].split} images, in nats. ${N_WORDS} A larger β pays for a smaller KL with blurrier pictures. Click a point to load that model everywhere.`;
  table(root.querySelector(".table"), models, pictures, choose);
  root.querySelector(".pictures .note").textContent = pictures?.note ?? "Reconstructing …";
  root.dataset.ready = "yes";
  root.dataset.pictures = pictures ? "yes" : "no";
  if (!pictures) setStateValue("painted", true);
}
