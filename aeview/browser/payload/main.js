// Shows nothing: hands a block of bytes from Python to the page's other components.

import { unpack } from "./pack.js";
import { store } from "./store.js";

/** @param {import("../types.js").Component<unknown>} component */
export default function ({ data }) {
  if (!(data instanceof Uint8Array)) return;
  const block = unpack(data);
  store(block.header.store).set(block.header.topic, block);
}
