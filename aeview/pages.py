"""The table of pages: what the router, links, lessons, help and Copy as Python read.

A page is a folder `aeview/<address>` (`view.py` with `page()`; `shown.py`; `lesson.py` with what a
lesson can show of it; `snippet.py`), a script `pages/<address>.py` and an entry here.
"""

from dataclasses import replace
from types import ModuleType
from typing import Any

from aecore.checkpoints import Stored
from aeview.anomaly import shown as anomaly
from aeview.codes_at_work import shown as codes_at_work
from aeview.compare import shown as compare
from aeview.denoise import shown as denoise
from aeview.generate import shown as generate
from aeview.inside import shown as inside
from aeview.interpolate import shown as interpolate
from aeview.latent_map import shown as latent_map
from aeview.lessons import bar
from aeview.lessons import shown as lessons
from aeview.own_pictures import shown as own_pictures
from aeview.shell import contents, encoders, frame, map_choice, sidebar, web_page
from aeview.shell.contents import Handed, Keys, Page
from aeview.shell.keys import MAP, PAD, PLAIN_SLIDER, SMALL_MAP
from aeview.train import shown as train
from aeview.traverse import shown as traverse
from aeview.your_image import shown as your_image

_ON_A_MAP = MAP._replace(where="On a map")

LARGE_MAP = MAP._replace(
    rows=(*MAP.rows, ("Space", "a corner of a selection, and again the other"))
)
LEGEND = Keys(
    "On the legend", "latent_map/legend.js",
    (("Shift+Enter", "the class alone, and all of them again"),),
)  # fmt: skip
SLIDERS = Keys(
    "On a slider of a unit", "traverse/rows.js",
    (("← →", "0.1 σ"), ("PageUp PageDown", "1 σ"), ("Home End", "−3 σ, 3 σ")),
)  # fmt: skip
SHEETS = Keys(
    "On a sheet of directions", "traverse/directions.js",
    (("← ↑ → ↓", "one step along a direction"),),
)  # fmt: skip
SEED = Keys("In the field of the seed", "traverse/main.js", (("Enter", "draw again"),))
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
PARTS = Keys("On the parts of the page", "inside/main.js", (("← →", "the next part"),))
LAYER = Keys("On the maps of a layer", "inside/layers.js", (("← ↑ → ↓", "the next of them"),))
PASTE = Keys("With “Paste” chosen", "pad/clipboard.js", (("Ctrl+V", "paste a picture"),))

_TABLE = (
    Page(
        title="Latent map", icon="scatter_plot", section="Explore",
        saved="map",
        sentence=(
            "Move over the map to see what every place decodes to. Click to pin a place and "
            "explain it."
        ),
        shown=(map_choice.MapShown, latent_map.Shown),
        keys=(LARGE_MAP, LEGEND, PLAIN_SLIDER),
        controls=("map",),
        figures=("map",),
        needs_encoder="its points are draws of N(0, I), not images",
        partly=True,
    ),
    Page(
        title="Interpolate", icon="linear_scale", section="Explore",
        saved="interpolate",
        sentence=(
            "Choose two ends and drag over a strip: which way stays among pictures that mean "
            "something?"
        ),
        shown=(interpolate.Shown, interpolate.Sums),
        keys=(SMALL_MAP, PLAIN_SLIDER),
        controls=("interpolate", "arithmetic"),
        figures=("strips", "sums", "attribute"),
    ),
    Page(
        title="Traverse", icon="tune", section="Explore",
        saved="traverse",
        sentence=(
            "Drag a slider: the picture follows. Each row shows what one latent unit "
            "changes."
        ),
        shown=(traverse.Shown,),
        keys=(SLIDERS, SHEETS, SEED, SMALL_MAP),
        controls=("traverse", "rate-distortion"),
        figures=("rows", "directions", "curve"),
    ),
    Page(
        title="Generate", icon="casino", section="Explore",
        saved="generate",
        sentence=(
            "Draw random codes and see what two models make of them: throw dice, change the "
            "temperature."
        ),
        shown=(generate.Shown, generate.Partner),
        keys=(PLAIN_SLIDER, SMALL_MAP, GRID),
        controls=("generate",),
        first="vae-16d",
        asks=True,
        figures=("samples", "noise", "styles", "quantiles", "around", "posterior"),
        needs_encoder="there is no image's code to draw around, and no posterior",
        partly=True,
    ),
    Page(
        title="Your image", icon="draw", section="Apply",
        saved="draw",
        sentence="Give it a picture and see what the model makes of it: is it of its own kind?",
        shown=(own_pictures.Way, own_pictures.Shown, your_image.Shown, map_choice.MapShown),
        keys=(PAD, PASTE, SMALL_MAP),
        controls=("own-image",),
        figures=("seen", "verdict", "nearest", "change", "steps"),
        needs_encoder="it makes nothing of your picture: no code, no reconstruction, no score",
    ),
    Page(
        title="Denoise", icon="grain", section="Apply",
        sentence="Drag the noise level and watch networks and classical filters take it off.",
        shown=(denoise.Shown,),
        keys=(PLAIN_SLIDER, COLUMNS, BRUSH, PAD),
        controls=("denoise",),
        figures=("restored", "curves", "painter"),
        needs_encoder="it can't be given a noisy image to restore",
    ),
    Page(
        title="Anomaly", icon="troubleshoot", section="Apply",
        sentence=(
            "Drag the line on the histogram: what lies to the right of it is flagged as an "
            "anomaly."
        ),
        shown=(anomaly.Question, anomaly.Shown),
        keys=(LINE, BARS),
        controls=("anomaly",),
        figures=("histogram", "galleries", "guarantees", "scores", "rivals"),
        needs_encoder="it rebuilds no image, whose error would say how strange it is",
    ),
    Page(
        title="Lessons", icon="school", section="Learn",
        sentence="Choose one: predict first, then see; every control and every number is live.",
        shown=(lessons.Shown,),
        keys=(_ON_A_MAP, PLAIN_SLIDER),
        python=False,
    ),
    Page(
        title="Train", icon="model_training", section="Learn",
        sentence=(
            "Choose a model and press Play: its map forms, its losses fall, its pictures "
            "sharpen."
        ),
        shown=(train.Shown,),
        keys=(PLAIN_SLIDER, CURVES),
        figures=("settings", "run"),
    ),
    Page(
        title="Inside", icon="biotech", section="Learn",
        sentence="Choose an image and see what every layer, every unit of the model makes of it.",
        shown=(inside.Shown,),
        keys=(PARTS, LAYER, PLAIN_SLIDER, SMALL_MAP),
        controls=("inside",),
        figures=("layers", "filters", "units", "way", "masked"),
        needs_encoder="no image goes through its layers",
    ),
    Page(
        title="Codes at work", icon="handyman", section="Learn",
        sentence=(
            "Use the encoder for something: tell classes from few labels, find images, save "
            "bytes."
        ),
        shown=(codes_at_work.Shown,),
        figures=("probe", "search", "compression"),
        needs_encoder="there are no codes of images to put to work",
    ),
    Page(
        title="Compare", icon="compare", section="Learn",
        sentence="Move over a map: the same image is ringed in every model. Click to pin it.",
        shown=(compare.Company, compare.Shown, map_choice.MapShown),
        keys=(_ON_A_MAP, PLAIN_SLIDER),
        controls=("compare", "code-size"),
        figures=("maps", "rows", "table", "code_size"),
        needs_encoder="it has neither codes nor reconstructions of the images to compare",
    ),
)  # fmt: skip
PAGES = {page.address: page for page in _TABLE}


def titled(title: str) -> Page:
    """The page of this title."""
    return next(page for page in _TABLE if page.title == title)


OWN_WORDS = ("your_image", "train")  # of these pages the sidebar's model is not what they speak of


def hand_over() -> None:
    """Let shell and lessons know the pages; before anything is drawn."""
    contents.hand_over(Handed(PAGES, bar))


def web_pages() -> ModuleType:
    """What saves pages for use without a server (`aeview.shell.web_page`), knowing the pages."""
    hand_over()
    return web_page


def explorer(name: str, stored: Stored) -> Any:
    """A model's latent map as a widget of a notebook (`aeview.shell.notebook.Explorer`).

    Raises:
        ModuleNotFoundError: where anywidget isn't installed.
    """
    hand_over()
    from aeview.shell.notebook import Explorer

    return Explorer(name, stored)


def show(address: str) -> None:
    """Show a page, with its head, and what of its link had to be ignored."""
    hand_over()
    page = PAGES[address]
    if address == bar.PAGE:  # its head says which lesson it is
        notices = page.part("view").page()
    else:
        own = address in OWN_WORDS
        notices = frame.head(page if own else replace(page, sentence=sidebar.say(page.sentence)))
        if not encoders.say_missing(page):
            page.part("view").page()
    frame.say_notices(notices)
