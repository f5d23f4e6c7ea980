// The window with the speaker's notes: it hears from the presenter's tab and asks it to turn.

import { deed } from "./keys.js";
import { clock, elapsed } from "./lecture.js";
import { channelOf } from "./speaker.js";

/** @import { Told } from "./speaker.js" */

const OURS = ["next", "previous", "reset", "clock"];
const NO_NOTES = "No notes for this scene.";
const LEFT = "Presenter mode was left: press P there to go on.";

const channel = channelOf(location.hash.slice(1));
const find = (/** @type {string} */ selector) => /** @type {HTMLElement} */ (document.querySelector(selector));
/** @type {Told | null} */
let told = null;

function tick() {
  if (told) find(".clock").textContent = clock(elapsed(told, Date.now()));
}

channel.onmessage = ({ data }) => {
  const now = /** @type {Told} */ (data);
  told = now;
  for (const name of /** @type {const} */ (["at", "title", "claim"])) find(`.${name}`).textContent = now[name];
  find(".notes").textContent = now.on ? now.notes || NO_NOTES : LEFT;
  find(".notes").classList.toggle("none", !now.on || !now.notes);
  find(".next").textContent = now.next ? `Next: ${now.next}` : "";
  document.body.dataset.ready = "yes";
  tick();
};

addEventListener("keydown", (event) => {
  const what = deed(event, null, true);
  if (!what || !OURS.includes(what)) return;
  event.preventDefault();
  channel.postMessage({ deed: what });
});
for (const button of document.querySelectorAll("button")) {
  button.addEventListener("click", () => channel.postMessage({ deed: button.dataset.do }));
}
setInterval(tick, 500);
channel.postMessage({ hello: true });
