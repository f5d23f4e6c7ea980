// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Search } from "./search.js";

export default mount(Search);
