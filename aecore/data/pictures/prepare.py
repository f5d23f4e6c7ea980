"""The preparation of a picture from end to end: which steps are taken, and the verdict."""

from typing import NamedTuple

import numpy as np

from aecore.data.hand import MNIST, Hand
from aecore.data.pictures import desk, paper, place, rules
from aecore.data.pictures import ink as marks
from aecore.data.pictures.judgement import MOST_DRAWINGS, is_thing
from aecore.data.pictures.records import (
    BLANK,
    LOW_CONTRAST,
    NOT_HANDWRITING,
    SCORED,
    SEVERAL,
    Grey,
    Picture,
    Preparation,
)
from aecore.data.pictures.switches import Switches
from aecore.data.pictures.things import Shape, grey_of, prepare_thing
from aecore.data.pictures.trail import Trail

LONGEST = 1000
SHORTEST = 280
LOW = 0.1
STRONG = 0.4
CLEAR = 0.25
CROP_MARGIN = 0.25
OFF_CENTRE = 0.55  # of 28 pixels
READY_INK = 0.1
AUTOMATIC = Switches()

WORDS = {
    BLANK: "There is nothing on it: draw or write something.",
    LOW_CONTRAST: "The ink is too faint to tell from the paper: use a darker pen or more light.",
    NOT_HANDWRITING: "This looks like a photograph of a thing, not like handwriting: it is "
    "scored as it is.",
}


def prepare(
    picture: Picture,
    shape: Shape = (1, 28, 28),
    handwriting: bool = True,
    switches: Switches = AUTOMATIC,
    hand: Hand = MNIST,
) -> Preparation:
    """Make a picture ready for a model of images of `shape`, in steps that are shown.

    Handwriting is found on its paper, and fitted and centred as MNIST was; a picture of a thing
    is cropped and resized. A picture that already is as the data set's images is left alone.
    `hand` says how the data set's own handwriting lies in its frame.
    """
    trail = Trail()
    if not handwriting:
        image = prepare_thing(picture, shape, switches, trail)
        return _finish(SCORED, trail, image)
    if (ready := _ready(picture, shape, switches, hand)) is not None:
        trail.add("placed", "already placed as the data set's images are", False, ready)
        return _finish(SCORED, trail, ready[None])
    return _written(picture, shape, switches, trail, hand)


def _finish(
    verdict: str, trail: Trail, image: np.ndarray, crops: tuple[Picture, ...] = ()
) -> Preparation:
    said = WORDS.get(verdict, trail.done())
    if verdict == SEVERAL:
        said = f"There are {len(crops)} drawings on it: choose one."
    # In whole bytes, as the data sets are: on its way to a browser it does not change any more.
    image = np.rint(255 * np.ascontiguousarray(image, dtype=np.float32)) / np.float32(255)
    return Preparation(verdict, said, tuple(trail.steps), image, crops)


def _ready(picture: Picture, shape: Shape, switches: Switches, hand: Hand) -> Grey | None:
    """Return the image of a picture that is placed as all of the data set's images are, else None.

    Their centre of mass is the frame's to half a pixel, and the box around them has one size.
    """
    if picture.shape[:2] != shape[1:] or switches != AUTOMATIC or np.ptp(picture, axis=2).any():
        return None
    grey = grey_of(picture)
    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    if np.median(edge) > 0.5:
        grey, edge = 1 - grey, 1 - edge
    if np.median(edge) > 0.06 or grey.max() < 0.5:
        return None
    side = min(shape[1:])
    scale = side / 28
    shortest, longest = (scale * each for each in hand.box)
    rows, columns = np.indices(grey.shape)
    middle = [float((grid * grey).sum() / grey.sum()) for grid in (rows, columns)]
    goals = [place.middle(hand, side) + (length - side) / 2 for length in shape[1:]]
    near = all(
        abs(each - goal) <= OFF_CENTRE * scale for each, goal in zip(middle, goals, strict=True)
    )
    fits = shortest <= marks.box_of(grey > READY_INK).side <= longest
    return grey if near and fits else None


class _Page(NamedTuple):
    picture: Picture
    shape: Shape
    switches: Switches
    trail: Trail
    hand: Hand


def _written(
    picture: Picture, shape: Shape, switches: Switches, trail: Trail, hand: Hand
) -> Preparation:
    page = _Page(_working_size(picture), shape, switches, trail, hand)
    sheet = _sheet(page)
    limit = paper.threshold(sheet, switches.threshold)
    if switches.threshold == "auto":
        limit = paper.made_whole(sheet, limit)
    ink = _ink(page, sheet, limit)
    if not paper.solid(ink).any():
        return _finish(BLANK, trail, np.zeros(shape, np.float32))
    kept = _clean(page, ink)
    thing = is_thing(page.picture, sheet, limit, kept)
    if marks.is_trace(kept, limit.contrast > CLEAR) and not (thing and limit.contrast > STRONG):
        return _finish(BLANK, trail, np.zeros(shape, np.float32))
    if limit.contrast < LOW:
        return _finish(LOW_CONTRAST, trail, _place(page, ink, kept))
    found = marks.drawings(kept)
    if thing or len(found) > MOST_DRAWINGS:
        image = prepare_thing(picture, shape, switches, trail)
        return _finish(NOT_HANDWRITING, trail, image)
    if len(found) > 1:
        crops = tuple(_crop(page.picture, marks.box_of(m)) for m in found)
        return _finish(SEVERAL, trail, _place(page, ink, np.any(found, axis=0)), crops)
    return _finish(SCORED, trail, _place(page, ink, found[0]))


def _ink(page: _Page, sheet: paper.Sheet, limit: paper.Threshold) -> Grey:
    """Separate ink from paper, and from the lines printed on it."""
    if not np.isfinite(limit.level):
        nothing = np.zeros_like(sheet.strength)
        page.trail.add("threshold", "no ink found", False, nothing)
        return nothing
    ink = paper.soft_mask(sheet, limit)
    page.trail.add("threshold", "separated from the paper", True, ink)
    mask = paper.solid(ink)
    unruled, n_lines = rules.without_lines(mask, page.switches.lines, sheet.page)
    words = f"{n_lines} ruled lines removed" if n_lines else "no ruled lines"
    ink = ink * (unruled | ~mask)
    page.trail.add("lines", words, n_lines > 0, ink)
    return ink


def _clean(page: _Page, ink: Grey) -> marks.Mask:
    """Drop specks; on request keep them all."""
    mask = paper.solid(ink)
    kept = mask if page.switches.despeckle == "off" else marks.without_specks(mask)
    dropped = bool((mask & ~kept).any())
    shown = ink * (kept | ~mask)
    page.trail.add("despeckle", "specks dropped" if dropped else "no specks", dropped, shown)
    return kept


def _working_size(picture: Picture) -> Picture:
    from PIL import Image

    scale = min(1.0, LONGEST / max(picture.shape)) * max(1.0, SHORTEST / max(picture.shape))
    if scale == 1:
        return picture
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    kind = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BOX
    return np.asarray(Image.fromarray(picture).resize((width, height), kind))


def _sheet(page: _Page) -> paper.Sheet:
    grey, channel = paper.greyscale(page.picture, page.switches.greyscale)
    coloured = bool(np.ptp(page.picture, axis=2).any())
    words = f"turned grey by {channel}" if coloured else "already grey"
    page.trail.add("greyscale", words, coloured, grey)
    sheet_mask = desk.sheet_of(grey)
    if sheet_mask is not None:
        grey = desk.cover_desk(grey, sheet_mask)
        page.trail.add("desk", "desk around the sheet covered", True, grey)
    chosen = page.switches.polarity
    dark = paper.is_dark_ink(grey) if chosen == "auto" else chosen == "dark ink"
    light, flat = _light(grey, dark, page.switches.flatten)
    sheet = paper.strength(grey, light, dark)
    shown = 1 - sheet.strength if dark else sheet.strength
    page.trail.add("flatten", "light evened" if flat else "the light is even", flat, shown)
    page.trail.add("polarity", "inverted" if dark else "not inverted", dark, sheet.strength)
    return sheet._replace(page=sheet_mask)


def _light(grey: Grey, dark: bool, choice: str) -> tuple[Grey | float, bool]:
    """The paper's brightness, and whether it varies and is divided out."""
    even = paper.even_light(grey, dark) if choice == "auto" else None
    if even is not None:
        return even, False
    light = paper.light_of(grey, dark)
    if choice == "on" or (choice == "auto" and float(np.ptp(light)) > 0.04):
        return light, True
    return np.full_like(grey, np.percentile(grey, 75 if dark else 25)), False


def _place(page: _Page, ink: Grey, drawing: marks.Mask) -> np.ndarray:
    side, trail = min(page.shape[1:]), page.trail
    fine = place.enlarge(ink * drawing, drawing, side)
    trail.add("crop", "cropped", True, fine)
    width = place.stroke_width(fine)
    choice, evened = page.switches.stroke, width
    if choice != "off":
        fine, evened = place.even_stroke(fine, width, choice == "on", page.hand)
    words = f"stroke evened from {width:.1f} to {evened:.1f} px"
    trail.add("stroke", words if evened != width else "stroke left alone", evened != width, fine)
    small = place.fit(fine, side)
    image = place.centre(small, page.shape[1:], page.switches.centre, page.hand)
    trail.add("centre", "centred", True, image)
    return image[None]


def _crop(picture: Picture, box: marks.Box) -> Picture:
    margin = max(4, round(CROP_MARGIN * box.side))
    top, left = max(0, box.top - margin), max(0, box.left - margin)
    return np.ascontiguousarray(picture[top : box.bottom + margin, left : box.right + margin])
