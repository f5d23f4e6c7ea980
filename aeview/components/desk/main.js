// The entry point that Streamlit calls.

import { mount } from "../mount.js";
import { Desk } from "./desk.js";

export default mount(Desk);
