"""Large constants for the browser: sent once, then only referred to.

Their headers say `store` (always `STORE`) and `topic`: "atlas/0" (network, points, codes of the
model in slot 0), "pictures/0" (the original images of its points); slots 1 to 3 are for pages that
show several models. `feed.js` receives them. "network/0" is a network alone.
"""

from aeview.work.component import component

STORE = "lab"
ATLAS = "atlas"
PICTURES = "pictures"
NETWORK = "network"


def topic(name: str, slot: int) -> str:
    """Name what is sent for one of a page's models."""
    return f"{name}/{slot}"


def payload(content: bytes, key: str) -> None:
    """Send a block of `aecore.export.pack`."""
    component("payload")(key=key, data=content, height=1)
