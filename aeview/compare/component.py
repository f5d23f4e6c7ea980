"""Linked maps of two to four models, one card for a sample, and rows of reconstructions.

The models come through `payload`, one slot each; everything that follows the pointer happens in
the browser.
"""

from typing import Any, NamedTuple

from aeview.work.component import component


class Sample(NamedTuple):
    """An image of the data set: its split (0 train, 1 validation, 2 test) and its place there."""

    split: int
    position: int


class CompareState(NamedTuple):
    """What the browser has reported so far; None for what it has not.

    Attributes:
        sample: the pinned image.
        seed: of the images in the rows, after "another ten".
        gain: by what the differences are multiplied before they are coloured.
    """

    sample: Sample | None
    seed: int | None
    gain: float | None

    @classmethod
    def of(cls, values: Any) -> "CompareState":
        """Read the component's session state."""
        values = values or {}
        sample = values.get("sample")
        seed, gain = values.get("seed"), values.get("gain")
        return cls(
            Sample(*map(int, sample)) if sample else None,
            None if seed is None else int(seed),
            None if gain is None else float(gain),
        )


def compare(
    keys: list[str],
    titles: list[tuple[str, str]],
    start: dict[str, Any],
    rows: list[Sample],
    originals: bool,
    key: str,
) -> None:
    """Show the maps; what it reports is in the session state under `key` (`CompareState.of`).

    Args:
        keys: keys of the payloads, one for each slot.
        titles: for each model what it is, and its name.
        start: `sample` and `gain` to begin with, `seed` of the rows.
        rows: the images shown in rows.
        originals: whether the original images are on this machine.
        key: the widget's key.
    """
    component("compare")(
        key=key,
        data={
            "keys": keys,
            "titles": titles,
            "start": start,
            "rows": rows,
            "originals": originals,
        },
        on_sample_change=_nothing,
        on_seed_change=_nothing,
        on_gain_change=_nothing,
    )


def _nothing() -> None:
    """Streamlit wants a callback to know the names."""
