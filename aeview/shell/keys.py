"""Keys that several pages know, and all of a page for its help.

A test holds them against the code that listens.
"""

from aeview.shell import contents
from aeview.shell.contents import Keys

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
        ("H", "show or hide the page's controls"),
        ("L", "in class mode: lead the class, or let it go"),
        ("V", "in class mode: put a lesson's question to the class, show its votes, end it"),
        ("2", "a second vote, after a discussion"),
        ("E", "the route: its scenes, your own, prepare them"),
        ("N", "speaker notes in a window of their own"),
        ("R", "reset for class: forget drawings, settings and answers"),
        ("T", "pause the timer, or let it run"), ("0", "timer from zero"), ("Esc P", "leave"),
    ),
)  # fmt: skip
MAP = Keys(
    "On the map", "map/gestures.js",
    (
        ("← ↑ → ↓", "move the cursor; with Shift five times as far"), ("Enter", "pin"),
        ("Esc", "unpin, clear"), ("+ −", "zoom"), ("Home", "see all of it"),
    ),
)  # fmt: skip
SMALL_MAP = MAP._replace(where="On the small map")
PLAIN_SLIDER = Keys("On a slider", "", (("← →", "one step"), ("Home End", "to its ends")))
PAD = Keys("On the drawing pad", "pad/main.js", (("Ctrl+Z", "take back: a stroke, or Clear"),))


def of(page: str, presents: bool = True) -> list[tuple[str, tuple[tuple[str, str], ...]]]:
    """The keys of a page as its help lists them: its own first, then what holds everywhere.

    Args:
        page: its address.
        presents: this session may present; else the presenter's keys are left out.
    """
    always = EVERYWHERE._replace(rows=tuple(r for r in EVERYWHERE.rows if presents or r[0] != "P"))
    last = (always, PRESENTING) if presents else (always,)
    return [(k.where, k.rows) for k in (*contents.pages()[page].keys, *last)]
