"""A pad to draw on: what is drawn becomes a model's input in the browser, while it is drawn.

Other components of the page follow it in the browser's store ("lab", the topic that the sheet
names: `pixels` as floats channel by channel, `shape`, `empty`, `moving`). Python is told when the
pen is lifted.
"""

import base64
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float

from aecore.data.hand import Hand
from aecore.data.pictures.decode import most_bytes
from aecore.limits import limits
from aeview.work.component import component


class Sample(NamedTuple):
    """A picture that stands beside the pad: its name, what it is, and a data: address."""

    id: str
    title: str
    picture: str


class Pasted(NamedTuple):
    """A picture from the clipboard: its name, and its bytes as they were there."""

    name: str
    content: bytes

    @classmethod
    def of(cls, report: Any) -> "Pasted | None":
        """Read what the pad reported; None for nothing, or for what is not base64."""
        try:
            content = base64.b64decode(report["content"], validate=True) if report else b""
            return cls(str(report["name"])[:120], content) if report else None
        except (ValueError, TypeError, KeyError):
            return None


class Drawn(NamedTuple):
    """What was on the pad when the pen was lifted.

    Attributes:
        image: ink (height, width) in [0, 1], bright on dark.
        empty: whether there is no stroke.
        at: when, in milliseconds of the browser's clock: another report has another one.
    """

    image: Float[np.ndarray, "height width"]
    empty: bool
    at: int

    @classmethod
    def of(cls, values: Any) -> "Drawn | None":
        """Read what the pad reported; None where it did not, or what it can't have sent."""
        report = values.get("drawn") if values else None
        if not report:
            return None
        try:
            height, width, at = (int(report[name]) for name in ("height", "width", "at"))
            pixels = np.frombuffer(base64.b64decode(report["image"]), np.uint8)
            empty = bool(report["empty"])
        except (ValueError, TypeError, KeyError, OverflowError):
            return None
        most = limits().drawn_side
        if not (1 <= height <= most and 1 <= width <= most and pixels.size == height * width):
            return None
        return cls(pixels.reshape(height, width).astype(np.float32) / 255, empty, at)


class Sheet(NamedTuple):
    """What is drawn on.

    Attributes:
        shape: (channels, height, width) of the model's input.
        hand: how the data set's handwriting lies in its frame.
        fit: whether a drawing is fitted into 20×20 and centred at first, or taken as it is.
        hint: what stands on the empty pad.
        topic: where the page's other components find the drawing; another page's pad has another.
        mode: "draw", "paste" (a place for the clipboard instead), or "none" (samples alone). The
            keys that paste work in each of them.
    """

    shape: tuple[int, ...]
    hand: Hand
    fit: bool
    hint: str
    topic: str
    mode: str = "draw"


def can_draw(shape: Sequence[int]) -> bool:
    """Whether images of (channels, height, width) can be drawn: the pad has ink and no colours."""
    return shape[0] == 1


def pad(
    sheet: Sheet,
    key: str,
    samples: tuple[Sample, ...] = (),
    shown: str | None = None,
    **told: Callable[[], None],
) -> None:
    """Show the pad; what was drawn is in the session state under `key` (`Drawn.of`).

    Args:
        sheet: what is drawn on.
        key: the widget's key.
        samples: pictures beside it.
        shown: id of the sample that the page looks at; "" for another picture, None for the
            drawing.
        told: what is called before the page runs, and so although a link is followed at once:
            `drawn` when the pen was lifted; `sample` when one of the samples, `pasted` when a
            picture of the clipboard has come, which stand under these names for that long.
    """
    component("pad", "drawn", "sample", "pasted")(
        key=key,
        **{f"on_{name}_change": call for name, call in told.items()},
        data=data(sheet, samples, shown),
    )


def data(
    sheet: Sheet, samples: tuple[Sample, ...] = (), shown: str | None = None
) -> dict[str, Any]:
    """What the pad is told, as `pad` is."""
    return sheet._asdict() | {
        "hand": sheet.hand._asdict(),
        "max_bytes": most_bytes(),
        "samples": [sample._asdict() for sample in samples],
        "shown": shown,
    }
