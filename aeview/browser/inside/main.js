// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Inside } from "./inside.js";

export default mount(Inside);
