// The entry point that Streamlit calls.

import { mount } from "../mount.js";
import { Detector } from "./detector.js";

export default mount(Detector);
