// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Bench } from "./bench.js";

export default mount(Bench);
