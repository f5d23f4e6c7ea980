// A t-SNE that forms on the map shown meanwhile: its points go from layout to layout as they come.

/** @import { Block } from "../types.js" */
/** @import { Explorer } from "./main.js" */
/** @typedef {Block<{ key: string, of: string }, { points: Int16Array }>} Layout of a map's points so far; of: which points they are */
import { fitted, steady, still } from "../map/flight.js";
import { store } from "../payload/store.js";

const TOPIC = "latent_map/forming";
const HOP_MS = 700; // a little longer than it takes until the next layout comes: nothing ever stands

export class Forming {
  laid = ""; // the key of the map that is forming here

  /** @param {Explorer} map */
  constructor(map) {
    this.map = map;
    this.close = store("lab").follow((topic, block) => topic === TOPIC && this.#receive(block));
  }

  /** @param {Layout} layout */
  #receive({ header, arrays }) {
    const { model, stage, component, root } = this.map;
    if (!model || still() || header.key !== component.data.forms || header.of !== model.header.pictures) return;
    stage.lay(fitted(arrays.points, model.box), { ms: HOP_MS, pace: steady });
    this.laid = header.key;
    root.dataset.layouts = String(Number(root.dataset.layouts ?? 0) + 1);
  }

  /** Where it came to nothing, the points go back; where it is done, its own map will take them along. */
  check() {
    const { model, stage, component: { data } } = this.map;
    if (!this.laid || data.forms === this.laid) return;
    if (data.keys[0] === model.header.key && stage.motion.laid) stage.lay(null);
    this.laid = "";
  }
}
