// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Comparison } from "./comparison.js";

export default mount(Comparison);
