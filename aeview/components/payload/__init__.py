"""Big constants on their way to the browser: sent once, then only referred to."""

from aeview.components import component


def payload(content: bytes, key: str) -> None:
    """Send a block of `aecore.export.pack`; its header says `store` and `topic`."""
    component("payload")(key=key, data=content, height=1)
