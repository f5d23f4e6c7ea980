// Says when nothing else is on the page any more.

import { finder } from "../shell/find.js";

const WAIT_MS = 60; // the browser has painted the empty page by then

/** @param {import("../types.js").Component<{ title: string }>} component */
export default function ({ data, parentElement, setTriggerValue }) {
  finder(parentElement)(".between").textContent = data.title;
  const timer = setTimeout(() => setTriggerValue("empty", true), WAIT_MS);
  return () => clearTimeout(timer);
}
