// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Traverse } from "./traverse.js";

export default mount(Traverse);
