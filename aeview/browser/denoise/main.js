// The entry point that Streamlit calls.

import { mount } from "../shell/mount.js";
import { Denoiser } from "./denoiser.js";

export default mount(Denoiser);
