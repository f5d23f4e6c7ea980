"""Image search: the ten nearest images by code and by pixels, live in the browser.

Its model comes through `payload`, slot 0.
"""

from aeview.work.component import component


def search(
    atlas_key: str, own: dict[str, str] | None, start: str, originals: bool, key: str
) -> None:
    """Show it; the image that is looked for is in the session state under `key`, as `of`.

    Args:
        atlas_key: key of the payload that is shown.
        own: the user's own picture, packed, or None.
        start: the image to begin with, "train-12"; empty for the first.
        originals: whether the original images are on this machine and will be sent.
        key: the widget's key.
    """
    data = {"keys": [atlas_key], "own": own, "start": start, "originals": originals}
    component("codes_at_work", "of")(key=key, data=data)
