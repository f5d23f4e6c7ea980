"""Pictures of the user's own, made ready for a model; nothing of them is kept on disk."""

import numpy as np
import streamlit as st

from aecore.checkpoints import Card
from aecore.data.catalogue import DATASETS
from aecore.errors import DataError
from aeview.denoising import Own
from aeview.pixels import as_bytes

MOST = 4
TYPES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]


def choose(card: Card) -> list[Own]:
    """Let the user add pictures; those that can't be read are named with the reason."""
    with st.expander("Your own pictures"):
        files = st.file_uploader(
            f"Up to {MOST} pictures: they stand on the left of the images above",
            type=TYPES,
            accept_multiple_files=True,
            key="denoise_files",
        )
        if len(files) > MOST:
            st.info(f"The first {MOST} of {len(files)} pictures are shown.")
        found = []
        for number, file in enumerate(files[:MOST], 1):
            try:
                pixels, words = _prepared(file.getvalue(), file.name, card)
            except DataError as error:
                st.error(str(error))
                continue
            st.caption(f"Picture {number}: {words}")
            found.append(Own(f"your picture {number}", pixels))
    return found


def _prepared(content: bytes, name: str, card: Card) -> tuple[np.ndarray, str]:
    from aecore.data.pictures import open_picture, prepare

    known = DATASETS.get(card.data)
    made = prepare(
        open_picture(content, name),
        card.model.shape,
        handwriting=known.handwriting if known else False,
    )
    return as_bytes(made.image), made.words
