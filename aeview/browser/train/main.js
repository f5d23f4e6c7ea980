// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Trainer } from "./trainer.js";

export default mount(Trainer);
