// Says when nothing else is on the page any more.

const WAIT_MS = 60; // the browser has painted the empty page by then

export default function ({ data, parentElement, setTriggerValue }) {
  parentElement.querySelector(".between").textContent = data.title;
  const timer = setTimeout(() => setTriggerValue("empty", true), WAIT_MS);
  return () => clearTimeout(timer);
}
