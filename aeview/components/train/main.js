// The entry point that Streamlit calls.

import { mount } from "../mount.js";
import { Trainer } from "./trainer.js";

export default mount(Trainer);
