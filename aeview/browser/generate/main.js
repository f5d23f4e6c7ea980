// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Generator } from "./generator.js";

export default mount(Generator);
