"""The steps of the preparation, their switches and verdicts, by their effect."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from aecore.data.catalogue import DATASETS, load
from aecore.data.pictures import Switches, open_picture, prepare
from aecore.data.pictures.switches import CHOICES


def sheet(*strokes, size=(400, 300), paper=245, ink=20, width=12):
    image = Image.new("RGB", size, (paper,) * 3)
    for stroke in strokes:
        ImageDraw.Draw(image).line(stroke, (ink,) * 3, width, joint="curve")
    return np.asarray(image)


SEVEN = [(150, 80), (250, 80), (190, 220)]
FIVE = [(180, 90), (175, 150), (230, 150), (235, 200), (180, 220)]
BAR = [(190, 80), (245, 76)]


def apart(a, b):
    """Mean difference in the best of all places up to a pixel apart."""
    shifts = [(y, x) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    return min(np.abs(np.roll(a, shift, (1, 2)) - b).mean() for shift in shifts)


def centre_of_mass(image):
    rows, columns = np.indices(image.shape)
    return [float((grid * image).sum() / image.sum()) for grid in (rows, columns)]


def test_ink_is_fitted_and_centred_as_mnist_is():
    image = prepare(sheet(SEVEN)).image[0]
    rows, columns = (np.flatnonzero((image > 0.1).any(axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == 20
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.51)
    assert image.max() == 1
    # whole bytes, which a browser gets without a change: its score is the table's
    assert (np.rint(255 * image) / np.float32(255) == image).all()


def test_polarity_place_and_size_make_no_difference():
    first = prepare(sheet(SEVEN)).image
    moved = [(x + 90, y + 40) for x, y in SEVEN]
    large = [(2 * x, 2 * y) for x, y in SEVEN]
    for other in (
        sheet(SEVEN, paper=15, ink=235),
        sheet(moved),
        sheet(large, size=(800, 600), width=24),
    ):
        made = prepare(other)
        assert made.verdict == "scored"
        assert apart(made.image, first) < 0.02


def test_a_thin_and_a_thick_pen_end_alike():
    thin, thick = (prepare(sheet(SEVEN, width=width)).image for width in (4, 16))
    assert thin.sum() == pytest.approx(thick.sum(), rel=0.25)
    raw = prepare(sheet(SEVEN, width=4), switches=Switches(stroke="off")).image
    assert raw.sum() < 0.6 * thin.sum()


def test_uneven_light_is_divided_out():
    light = np.linspace(0.35, 1, 400)[None, :, None]
    made = prepare((sheet(SEVEN) * light).astype(np.uint8))
    assert made.verdict == "scored"
    assert apart(made.image, prepare(sheet(SEVEN)).image) < 0.02
    assert "light evened" in [step.words for step in made.steps if step.applied]


def test_ruled_lines_and_specks_are_dropped():
    clean = prepare(sheet(SEVEN)).image
    lines = [[(0, y), (400, y + 12)] for y in range(30, 300, 45)]
    ruled = np.minimum(sheet(SEVEN), sheet(*lines, ink=90, width=2))
    ruled = np.minimum(ruled, sheet([(60, 60), (62, 62)], width=3))
    made = prepare(ruled)
    assert apart(made.image, clean) < 0.03
    kept = prepare(ruled, switches=Switches(lines="off", despeckle="off"))
    assert apart(kept.image, clean) > 0.05


def test_a_digit_in_two_strokes_is_one_drawing():
    assert prepare(sheet(FIVE, BAR)).verdict == "scored"
    four = [(150, 70), (140, 160), (230, 160)], [(215, 90), (210, 230)]
    assert prepare(sheet(*four)).verdict == "scored"


def test_pieces_of_one_digit_are_one_drawing():
    body = [(114, 75), (108, 144), (150, 135), (186, 165), (186, 210), (150, 240), (108, 225)]
    assert prepare(sheet(body, [(150, 65), (228, 59)])).verdict == "scored"  # a 5's bar, shifted
    for gap in (10, 25):
        one = [(170, 50), (178, 140)], [(180, 140 + gap), (188, 240)]
        assert prepare(sheet(*one)).verdict == "scored"
    stacked = [[(0.6 * x, 0.6 * y + down) for x, y in SEVEN] for down in (0, 120)]
    assert prepare(sheet(*stacked)).verdict == "several drawings"


STEMS = {
    "7": ([[(80, 40), (288, 40), (220, 200), (200, 372)]], []),
    "9": ([[(280, 112), (292, 240), (280, 380)]], [(120, 24, 280, 200)]),
    "1": ([[(200, 20), (212, 200), (200, 380)]], []),
    "4": ([[(140, 24), (100, 220), (320, 220)], [(272, 24), (272, 200), (264, 380)]], []),
}


@pytest.mark.parametrize("digit", STEMS)
@pytest.mark.parametrize("width", [3, 9])
def test_a_stem_is_no_ruled_line(digit, width):
    lines, rounds = STEMS[digit]
    picture = Image.fromarray(sheet(*lines, size=(400, 400), width=width))
    for box in rounds:
        ImageDraw.Draw(picture).ellipse(box, outline=(20, 20, 20), width=width)
    made, kept = (
        prepare(np.asarray(picture), switches=Switches(lines=x)) for x in ("auto", "off")
    )
    assert made.verdict == "scored"
    assert np.array_equal(made.image, kept.image)


@pytest.mark.parametrize("side", [28, 300])
@pytest.mark.parametrize("thick", [0.08, 0.25])
@pytest.mark.parametrize(("ink", "paper"), [(20, 245), (250, 10)])
def test_a_ring_that_fills_the_frame_is_a_nought(side, thick, ink, paper):
    large = Image.new("RGB", (4 * side, 4 * side), (paper,) * 3)
    ends = [0.15 * side, 3.85 * side]
    box = (ends[0], ends[0], ends[1], ends[1])
    ImageDraw.Draw(large).ellipse(box, outline=(ink,) * 3, width=round(thick * 4 * side))
    made = prepare(np.asarray(large.resize((side, side), Image.Resampling.BOX)))
    assert made.verdict == "scored"
    rows, columns = np.indices((28, 28)) - 14.0
    radius = np.hypot(rows, columns)
    assert made.image[0][radius < 4].max() < 0.1
    assert made.image[0][(radius > 8) & (radius < 9)].mean() > 0.6
    assert made.image[0][radius > 12].max() < 0.1


def test_a_small_digit_on_a_page_of_600_dpi_is_found():
    page = Image.new("L", (4960, 7016), 255)
    seven = [(1800 + 0.8 * (x - 150), 2000 + 0.8 * (y - 80)) for x, y in SEVEN]  # 4.7 mm high
    ImageDraw.Draw(page).line(seven, 0, 12, joint="curve")
    content = io.BytesIO()
    page.convert("1").save(content, "PNG")
    made = prepare(open_picture(content.getvalue()))
    assert made.verdict == "scored"
    assert apart(made.image, prepare(sheet(SEVEN)).image) < 0.05


def test_a_small_picture_that_is_not_placed_as_the_sets_is_prepared_as_any_other():
    for width, shift in ((1, 0), (2, 4), (3, -3)):
        seven = [((x - 150) / 6.5 + 6 + shift, (y - 80) / 6.5 + 3) for x, y in SEVEN]
        small = sheet(seven, size=(28, 28), paper=0, ink=255, width=width)
        made = prepare(small)
        assert centre_of_mass(made.image[0]) == pytest.approx([14, 14], abs=0.51)
        large = np.asarray(Image.fromarray(small).resize((280, 280), Image.Resampling.BICUBIC))
        assert apart(made.image, prepare(large).image) < 0.01


def test_several_drawings_are_offered_from_left_to_right():
    moved = [(x - 120, y) for x, y in SEVEN]
    right = [(x + 120, y) for x, y in FIVE]
    made = prepare(sheet(moved, right))
    assert made.verdict == "several drawings"
    assert not made.to_score
    first, second = (prepare(crop) for crop in made.crops)
    assert apart(first.image, prepare(sheet(SEVEN)).image) < 0.03
    assert apart(second.image, prepare(sheet(FIVE)).image) < 0.03


@pytest.mark.parametrize("grey", [0, 128, 255])
def test_nothing_is_blank(grey):
    made = prepare(np.full((200, 300, 3), grey, np.uint8))
    assert made.verdict == "blank"
    assert not made.image.any()


def test_faint_ink_is_too_little_contrast():
    made = prepare(sheet(SEVEN, paper=240, ink=224))
    assert made.verdict == "low contrast"
    assert "too faint" in made.words


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (1200, 2), (28, 28)])
def test_odd_sizes_are_prepared_all_the_same(size):
    draw = np.random.default_rng(0)
    made = prepare(draw.integers(0, 256, (*size, 3), dtype=np.uint8))
    assert made.image.shape == (1, 28, 28)


SWITCHED = ["greyscale", "flatten", "polarity", "threshold", "stroke", "centre"]


@pytest.mark.parametrize("name", SWITCHED)
def test_every_switch_changes_the_image(name):
    light = np.linspace(0.4, 1, 400)[None, :, None]
    picture = (sheet(SEVEN, width=5, ink=90) * light * (0.7, 0.9, 1)).astype(np.uint8)
    picture[..., 2] = np.maximum(picture[..., 2], 110)
    base = Switches() if name == "stroke" else Switches(stroke="off")
    choices = [replace(base, **{name: choice}) for choice in CHOICES[name]]
    first, *others = (prepare(picture, switches=choice).image for choice in choices)
    assert any(not np.array_equal(first, image) for image in others)


def test_an_unknown_setting_of_a_switch_names_what_is_allowed():
    with pytest.raises(ValueError, match="polarity is 'grey', but must be one of auto, dark ink"):
        Switches(polarity="grey")


def test_steps_are_shown_small_and_in_words():
    made = prepare(sheet(SEVEN, size=(1200, 900)))
    assert [step.name for step in made.steps][:4] == [
        "greyscale",
        "flatten",
        "polarity",
        "threshold",
    ]
    assert all(max(step.picture.shape[:2]) <= 320 for step in made.steps)
    assert made.words.startswith("Inverted, separated from the paper, cropped")


@pytest.mark.parametrize("name", ["digits", "sprites"])
def test_a_data_sets_own_image_is_left_as_it_is(name):
    data, hand = load(name, "test"), DATASETS[name].hand
    for pixels in data.pixels[:30]:
        picture = np.repeat(pixels[0][..., None], 3, axis=2)
        made = prepare(picture, data.shape, handwriting=name == "digits", hand=hand)
        assert np.abs(made.image - pixels / 255).max() < 1e-6


def test_a_thing_is_cut_out_of_its_plain_ground_and_inverted():
    picture = np.full((300, 500, 3), 250, np.uint8)
    picture[50:250, 300:400] = (60, 80, 120)
    made = prepare(picture, handwriting=False)
    assert made.verdict == "scored"
    assert made.image[0, 14, 14] > 0.6
    assert made.image[0, :, :4].max() < 0.1
    assert made.image[0, 1:-1, 10:18].min() > 0.5
    kept = prepare(picture, handwriting=False, switches=Switches(polarity="bright ink")).image
    assert kept[0, 14, 14] < 0.4


def test_a_colour_model_gets_colours():
    picture = np.full((40, 40, 3), (200, 100, 50), np.uint8)
    made = prepare(picture, (3, 32, 32), False, Switches(crop="whole", polarity="bright ink"))
    assert made.image[:, 5, 5] == pytest.approx(np.array([200, 100, 50]) / 255, abs=0.01)
