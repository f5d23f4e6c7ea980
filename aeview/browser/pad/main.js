// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Pad } from "./pad.js";

export default mount(Pad);
