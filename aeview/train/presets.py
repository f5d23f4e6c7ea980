"""What the Train page's controls say before the user does: for each family something that works.

Where a family is chosen, the settings that the user has not touched follow it.
"""

from typing import Any

import streamlit as st

from aeview import state

LINEAR, STACKED, RBM = "linear", "stacked", "rbm"
FAMILIES = {
    "vae": "VAE, β-VAE",
    "ae": "autoencoder",
    LINEAR: "linear autoencoder",
    STACKED: "stacked autoencoder (784–400–200–100–50–2)",
    "sparse": "sparse autoencoder",
    "dae": "denoising autoencoder",
    "masked": "masked autoencoder",
    "adversarial": "adversarial autoencoder",
    RBM: "deep autoencoder, pre-trained with RBMs",
    "pca": "PCA (closed form)",
}
AUTOENCODERS = (LINEAR, STACKED, RBM)  # the family "ae" of the engine, with settings of their own
DENSE = (STACKED, RBM)  # whose body is given

USUAL = {
    state.CODE_DIM: 2, state.NODES: "256, 128", state.ACTIVATION: "silu", state.LOSS: "bernoulli",
    state.RBM: 0, state.RATE: 3e-3, state.PENALTY: "kl", state.LAMBDA: 10.0,
}  # fmt: skip
PRESETS: dict[str, dict[str, Any]] = {
    "vae": {state.RATE: 5e-3},
    LINEAR: {state.RATE: 1e-2},
    STACKED: {state.NODES: "400, 200, 100, 50", state.LOSS: "gaussian"},
    "sparse": {state.CODE_DIM: 32, state.LOSS: "gaussian"},
    "dae": {state.CODE_DIM: 32},
    "masked": {state.CODE_DIM: 16},
    "adversarial": {state.LOSS: "gaussian"},
    RBM: {state.NODES: "256, 128, 64", state.LOSS: "gaussian", state.RBM: 20, state.RATE: 1e-2},
}


def preset(family: str, signal: bool) -> dict[str, Any]:
    """What the controls begin with; the values of a signal are no probabilities of ink."""
    loss = {state.LOSS: "gaussian"} if signal else {}
    return USUAL | PRESETS.get(family, {}) | loss


def begin(family: str, signal: bool) -> None:
    """Where the family or the kind of data is another, settings nobody touched become its own."""
    before = preset(*st.session_state.get(state.FAMILY_BEFORE, (family, signal)))
    for key, value in preset(family, signal).items():
        if st.session_state.get(key, before[key]) == before[key]:
            st.session_state[key] = value
    st.session_state[state.FAMILY_BEFORE] = (family, signal)


def engine_kind(family: str) -> str:
    """The engine's name of a family."""
    return "ae" if family in AUTOENCODERS else family
