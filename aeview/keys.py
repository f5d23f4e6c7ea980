"""The keys of every page, for its help. A test holds them against the code that listens."""

from typing import NamedTuple


class Keys(NamedTuple):
    """The keys of one place of a page.

    Attributes:
        where: has to have the focus.
        source: the module below `browser/` that listens; empty for what browsers do.
        rows: keys, separated by spaces, and what they do.
    """

    where: str
    source: str
    rows: tuple[tuple[str, str], ...]


EVERYWHERE = Keys(
    "Everywhere", "desk/keys.js",
    (("?", "show or close this list"), ("P", "presenter mode")),
)  # fmt: skip
PRESENTING = Keys(
    "Presenter mode", "desk/keys.js",
    (
        ("→ PageDown", "next scene; in a lesson: reveal, next step"),
        ("← PageUp", "previous scene; in a lesson: the step before"),
        ("B .", "black screen; any key goes on"), ("Q", "link and QR code of the scene"),
        ("H", "show or hide the page's controls"), ("T", "pause the timer, or let it run"),
        ("0", "timer from zero"), ("Esc P", "leave"),
    ),
)  # fmt: skip
MAP = Keys(
    "On the map", "map/gestures.js",
    (
        ("← ↑ → ↓", "move the cursor; with Shift five times as far"), ("Enter", "pin"),
        ("Esc", "unpin, clear"), ("+ −", "zoom"), ("Home", "see all of it"),
    ),
)  # fmt: skip
LARGE_MAP = MAP._replace(
    rows=(*MAP.rows, ("Space", "a corner of a selection, and again the other"))
)
LEGEND = Keys(
    "On the legend", "latent_map/legend.js",
    (("Shift+Enter", "the class alone, and all of them again"),),
)  # fmt: skip
SMALL_MAP = MAP._replace(where="On the small map")
SLIDERS = Keys(
    "On a slider of a unit", "traverse/rows.js",
    (("← →", "0.1 σ"), ("PageUp PageDown", "1 σ"), ("Home End", "−3 σ, 3 σ")),
)  # fmt: skip
PLAIN_SLIDER = Keys("On a slider", "", (("← →", "one step"), ("Home End", "to its ends")))
SEED = Keys("In the field of the seed", "traverse/traverse.js", (("Enter", "draw again"),))
PAD = Keys("On the drawing pad", "pad/pad.js", (("Ctrl+Z", "take back: a stroke, or Clear"),))
BRUSH = Keys(
    "On the image to be painted", "denoise/painter.js",
    (("← ↑ → ↓", "move the brush"), ("Space", "wipe out"), ("Ctrl+Z", "take Clear back")),
)  # fmt: skip
LINE = Keys(
    "On the threshold", "anomaly/histogram.js",
    (("← →", "move it; with Shift ten times as far"), ("Home End", "to its ends")),
)  # fmt: skip
COLUMNS = Keys(
    "On an original", "denoise/table.js", (("Enter Space", "the image to paint a patch away"),)
)
BARS = Keys(
    "On the histogram", "anomaly/histogram.js",
    (("← →", "from bar to bar, and see what stands in it"), ("Esc", "none")),
)  # fmt: skip
CURVES = Keys("On the losses", "train/losses.js", (("← →", "read them epoch by epoch"),))
GRID = Keys("On the grid of the prior", "controls/point.js", (("← ↑ → ↓", "from cell to cell"),))
PARTS = Keys("On the parts of the page", "inside/inside.js", (("← →", "the next part"),))
LAYER = Keys("On the maps of a layer", "inside/layers.js", (("← ↑ → ↓", "the next of them"),))
PASTE = Keys("With “Paste” chosen", "pad/clipboard.js", (("Ctrl+V", "paste a picture"),))

OF_PAGE: dict[str, tuple[Keys, ...]] = {
    "Latent map": (LARGE_MAP, LEGEND),
    "Interpolate": (SMALL_MAP, PLAIN_SLIDER),
    "Traverse": (SLIDERS, SEED, SMALL_MAP),
    "Generate": (PLAIN_SLIDER, SMALL_MAP, GRID),
    "Your image": (PAD, PASTE, SMALL_MAP),
    "Denoise": (PLAIN_SLIDER, COLUMNS, BRUSH, PAD),
    "Anomaly": (LINE, BARS),
    "Lessons": (MAP._replace(where="On a map"), PLAIN_SLIDER),
    "Train": (PLAIN_SLIDER, CURVES),
    "Inside": (PARTS, LAYER, PLAIN_SLIDER, SMALL_MAP),
    "Compare": (MAP._replace(where="On a map"), PLAIN_SLIDER),
}


def of(page: str, presents: bool = True) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The keys of a page as its help lists them: its own first, then what holds everywhere.

    Args:
        page: its title.
        presents: this session may present; else the presenter's keys are left out.
    """
    always = EVERYWHERE._replace(rows=tuple(r for r in EVERYWHERE.rows if presents or r[0] != "P"))
    last = (always, PRESENTING) if presents else (always,)
    return [(k.where, k.rows) for k in (*OF_PAGE.get(page, ()), *last)]
