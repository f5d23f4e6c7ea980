// What stands around a saved web page, if anything does: a notebook (notebook/main.js) shows it in a
// frame, is told what is pinned and selected, and may wish for another pin or selection.
// Nothing is told to anyone but the window that holds the frame.

import { store } from "../payload/store.js";

/** Offer a channel to the window around the page, once there is something to see. */
export function meet() {
  if (parent === window) return;
  const { port1, port2 } = new MessageChannel();
  let telling = false; // what the page begins with is nobody's choice, unless it was wished for
  const listen = () => {
    store("told").follow((...told) => telling && port1.postMessage(told));
    telling = true;
  };
  port1.onmessage = ({ data: [topic, value] }) => {
    if (topic === "listen") listen();
    else {
      telling = true;
      store("wished").set(topic, value);
    }
  };
  new ResizeObserver(() => port1.postMessage(["height", document.documentElement.offsetHeight])).observe(document.documentElement);
  parent.postMessage("explorer", "*", [port2]);
}
