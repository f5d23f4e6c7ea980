// The presenter's side of the speaker notes, which stand in a window of their own (notes.html): it tells
// them what is on screen, and does what their keys ask for. Nothing of it goes over the network.

/** @import { Presenter } from "./presenter.js" */

const WINDOW = "popup,width=720,height=800";
const BLOCKED = "This browser did not let the page open a window: allow pop-ups for this address, and press N again.";

/** The channel of one presenter's tab. @param {string} name drawn for it */
export const channelOf = (name) => new BroadcastChannel(`aeview.notes.${name}`);

/** @typedef {{ on: boolean, at: string, title: string, claim: string, notes: string, next: string, since: number | null, spent: number }} Told the timer as `Lecture` has it */

/** What the notes are told of the scene on screen. @param {Presenter} presenter @returns {Told} */
export function told({ on, scene, scenes, elsewhere, lesson, lecture, desk }) {
  const shown = elsewhere || lesson ? null : scene;
  const next = scenes[scenes.findIndex(({ id }) => id === scene?.id) + 1];
  return {
    on, at: desk.find(".at-scene").textContent ?? "",
    title: shown?.title ?? desk.data.page, claim: shown?.claim ?? "", notes: shown?.notes ?? "",
    next: lesson ? "" : next?.title ?? "", since: lecture.since, spent: lecture.spent,
  };
}

// One channel for all pages of the tab: between two of them there is no desk, and keys count all the same.
/** @type {BroadcastChannel | null} */
let channel = null;

export class Speaker {
  said = "";

  /** @param {Presenter} presenter @param {(deed: string) => void} heard does what the notes ask for, whichever page is there */
  constructor(presenter, heard) {
    this.presenter = presenter;
    this.heard = heard;
    this.deeds = { notes: () => this.#open() };
    if (presenter.lecture.notes) this.#listen();
  }

  /** Tell the notes how it is now. */
  tell() {
    const state = told(this.presenter);
    const text = JSON.stringify(state);
    if (text === this.said) return;
    this.said = text;
    channel?.postMessage(state);
  }

  #open() {
    const { lecture, desk } = this.presenter;
    if (!lecture.notes) lecture.name(Math.random().toString(36).slice(2));
    this.#listen();
    const address = new URL("notes.html", import.meta.url);
    address.hash = lecture.notes;
    if (!open(address, `notes-${lecture.notes}`, WINDOW)) desk.say(BLOCKED);
  }

  #listen() {
    channel ??= channelOf(this.presenter.lecture.notes);
    channel.onmessage = ({ data }) => {
      if (data.hello) this.said = "";
      if (data.hello) this.tell();
      if (data.deed) this.heard(data.deed);
    };
  }
}
