// How a component gets its models: Python names keys in small data, the blocks come through the
// store, in any order and perhaps much later. A slot is told of each when both sides have met.

/** @import { AtlasBlock, Block } from "../types.js" */
import { Model } from "../map/model.js";
import { Pictures } from "../map/pictures.js";
import { store } from "./store.js";

export class Feed {
  /** @type {Model[]} */ models = []; // one a slot, once it is here
  /** @type {string[]} */ #keys = [];
  /** @type {Map<number, AtlasBlock>} */ #blocks = new Map();
  /** @type {Pictures[]} */ #pictures = [];
  #opened;
  #pictured;
  /** @type {(() => void) | undefined} */ #unfollow;

  /**
   * @param {(model: Model, slot: number) => void} opened when another model is there
   * @param {(slot: number) => void} pictured when the original images of a model are there
   */
  constructor(opened, pictured) {
    this.#opened = opened;
    this.#pictured = pictured;
  }

  /** @param {string[]} keys the atlas keys that are wanted, one for each slot */
  want(keys) {
    this.#keys = keys;
    this.models.length = Math.min(this.models.length, keys.length);
    this.#unfollow ??= store("lab").follow((topic, block) => this.#receive(topic, block));
    for (const slot of keys.keys()) this.#meet(slot);
  }

  /** Whether every slot has the model that is wanted now. */
  get complete() {
    return this.#keys.every((key, slot) => this.models[slot]?.header.key === key);
  }

  close() {
    this.#unfollow?.();
  }

  /** The original images of a slot's model, or null where they are not (yet) here. */
  pictures(slot = 0) {
    const pictures = this.#pictures[slot];
    return pictures && pictures.key === this.models[slot]?.header.pictures ? pictures : null;
  }

  /** @type {(topic: string, block: any) => Promise<void>} an atlas or pictures, as the topic says */
  async #receive(topic, block) {
    const [kind, name] = topic.split("/");
    const slot = Number(name);
    if (kind === "atlas") {
      this.#blocks.set(slot, block);
      this.#meet(slot);
    } else if (kind === "pictures") {
      this.#pictures[slot] = await Pictures.unpack(block);
      if (this.pictures(slot)) this.#pictured(slot);
    }
  }

  /** @param {number} slot */
  #meet(slot) {
    const block = this.#blocks.get(slot);
    const key = this.#keys[slot];
    if (!key || block?.header.key !== key || this.models[slot]?.header.key === key) return;
    this.models[slot] = new Model(block);
    this.#opened(this.models[slot], slot);
  }
}
