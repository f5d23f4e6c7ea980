// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Explorer } from "./explorer.js";

export default mount(Explorer);
