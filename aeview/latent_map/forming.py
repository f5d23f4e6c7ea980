"""A t-SNE that forms on screen: its layouts as they are computed, for the map shown meanwhile."""

from collections.abc import Callable

import streamlit as st

from aecore.checkpoints import Stored
from aecore.export import pack
from aeview.shell import map_choice
from aeview.work import cache
from aeview.work.jobs import Job
from aeview.work.payload import STORE, payload

TOPIC = "latent_map/forming"
MOST = 20_000  # points: 80 kB twice a second, for each who waits


def sender(checkpoint: Stored) -> Callable[[Job], None]:
    """What sends the layout that a job has so far, for `map_choice.ready`."""

    def send(job: Job) -> None:
        layout = job.so_far
        if layout is None or len(layout) > MOST:
            return
        choice = map_choice.choice(checkpoint)
        header = {
            "store": STORE, "topic": TOPIC, "key": cache.atlas_key(checkpoint, choice),
            "of": cache.pictures_key(checkpoint, choice),
        }  # fmt: skip
        with st.container(key="forming"):  # that takes no room
            payload(pack(header, {"points": layout}), key=TOPIC)

    return send
