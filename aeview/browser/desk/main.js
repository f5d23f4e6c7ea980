// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Desk } from "./desk.js";

export default mount(Desk);
