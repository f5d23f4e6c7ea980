// A saved web page: mounts the app's components as Streamlit does, without a server behind them.

/** @import { Component } from "../types.js" */
/** @typedef {(component: Component) => (() => void) | undefined} Mount */
/** @typedef {{ folder: string, data: unknown, html: string, css: string }} Mounted a component with what it is told */
/** @typedef {{ name: string, title: string, sentence: string, components: Mounted[] }} Section */
/** @typedef {(folder: string) => Promise<Mount>} Load */
import { make } from "../controls/dom.js";
import { meet } from "./around.js";

/** Undo what `planes` in `web_page.py` among the view's `work` does. @type {(planes: Uint8Array) => Uint8Array} */
function joined(planes) {
  const n = planes.length / 2;
  const block = new Uint8Array(planes.length);
  for (let i = 0; i < n; i++) {
    block[2 * i] = planes[i];
    block[2 * i + 1] = planes[n + i];
  }
  return block;
}

class Tab {
  /** @type {(() => void)[]} */ #again = [];
  /** @type {Promise<void> | undefined} */ #opened;

  /** @param {Section} section @param {Load} load */
  constructor(section, load) {
    this.section = section;
    this.load = load;
    this.link = make("a", { href: `#${section.name}` }, section.title);
    this.home = make("section", { ariaLabel: section.title, hidden: true },
      make("p", { className: "sentence" }, section.sentence));
  }

  /** Show it or put it away; it is made when it is shown first. @param {boolean} on */
  async show(on) {
    this.home.hidden = !on;
    this.link.ariaCurrent = on ? "page" : null;
    if (!on) return;
    this.#opened ??= this.#open();
    await this.#opened;
  }

  async #open() {
    const { components } = this.section;
    const places = components.map(() => make("div")); // all at once, so that each has its width
    this.home.append(make("div", { className: "parts" }, ...places));
    for (const [i, { folder, data, html, css }] of components.entries()) {
      const mount = await this.load(folder);
      const root = places[i].attachShadow({ mode: "open" });
      root.innerHTML = `<style>${css}</style>${html}`;
      const again = () => void mount({ data, parentElement: /** @type {any} */ (root), setStateValue: () => {}, setTriggerValue: () => {} });
      this.#again.push(again);
      again();
    }
  }

  /** Draw it in the theme's other colours. */
  redraw() {
    for (const again of this.#again) again();
  }
}

/** @param {Section[]} sections @param {Load} load a component's module by its folder @param {Uint8Array[]} payloads */
export default async function start(sections, load, payloads) {
  const unpack = await load("payload");
  for (const planes of payloads) unpack(/** @type {any} */ ({ data: joined(planes) }));
  const tabs = sections.map((section) => new Tab(section, load));
  const main = /** @type {HTMLElement} */ (document.querySelector("main"));
  main.replaceChildren(...tabs.map(({ home }) => home));
  const menu = /** @type {HTMLElement} */ (document.querySelector("nav"));
  menu.replaceChildren(...tabs.map(({ link }) => link));
  menu.hidden = tabs.length < 2;
  const turn = async () => {
    const chosen = tabs.find(({ section }) => `#${section.name}` === location.hash) ?? tabs[0];
    await Promise.all(tabs.map((tab) => tab.show(tab === chosen)));
  };
  addEventListener("hashchange", turn);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    for (const tab of tabs) tab.redraw();
  });
  await turn();
  meet();
}
