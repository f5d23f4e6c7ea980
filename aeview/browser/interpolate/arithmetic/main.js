// The entry point that Streamlit calls.

import { mount } from "../../shell/mount.js";
import { Arithmetic } from "./arithmetic.js";

export default mount(Arithmetic);
