// The entry point that Streamlit calls.

import { mount } from "../mount.js";
import { Arithmetic } from "./arithmetic.js";

export default mount(Arithmetic);
