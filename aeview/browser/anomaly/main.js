// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Detector } from "./detector.js";

export default mount(Detector);
