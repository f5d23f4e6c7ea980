"""Any bytes: a picture within limits, or one sentence."""

import io
import struct
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aecore.data.pictures import open_picture
from aecore.data.pictures.sources import from_path, from_zip
from aecore.errors import DataError

sys.path.insert(0, str(Path(__file__).parent))
import fuzz

RAMP = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (48, 1))


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF", "WEBP", "JPEG"])
def test_every_format_gives_the_same_pixels(kind):
    lossy = {"WEBP": {"lossless": True}, "JPEG": {"quality": 95}}.get(kind, {})
    opened = open_picture(saved(Image.fromarray(RAMP).convert("RGB"), kind, **lossy))
    assert opened.shape == (48, 64, 3)
    assert np.abs(opened[..., 0].astype(int) - RAMP).max() <= (6 if kind == "JPEG" else 1)


@pytest.mark.parametrize(
    "image",
    [
        Image.fromarray(RAMP.astype(np.uint16) * 257),
        Image.fromarray(RAMP.astype(np.float32) / 255),
        Image.fromarray(RAMP.astype(np.int32) * 257),
    ],
    ids=["16 bits", "float", "32 bits"],
)
def test_deep_pictures_are_scaled_not_clipped(image):
    opened = open_picture(saved(image, "TIFF"))
    assert np.abs(opened[..., 1].astype(int) - RAMP).max() <= 1


def test_a_16_bit_png_is_scaled():
    opened = open_picture(saved(Image.fromarray(RAMP.astype(np.uint16) * 257), "PNG"))
    assert np.abs(opened[..., 1].astype(int) - RAMP).max() <= 1


def test_transparency_lies_over_white_also_in_a_palette():
    layer = np.zeros((10, 10, 4), np.uint8)
    layer[:, 5:] = (255, 0, 0, 255)
    image = Image.fromarray(layer)
    for picture in (image, image.quantize(4)):
        opened = open_picture(saved(picture, "PNG"))
        assert opened[0, 0].tolist() == [255, 255, 255]
        assert opened[0, 9, 0] > 240
        assert opened[0, 9, 1] < 15


def test_cmyk_keeps_its_colours():
    red = Image.new("RGB", (8, 8), (200, 30, 40)).convert("CMYK")
    opened = open_picture(saved(red, "TIFF"))
    assert np.abs(opened[0, 0].astype(int) - (200, 30, 40)).max() <= 2


@pytest.mark.parametrize(
    ("turn", "corner"), [(1, (0, 0)), (6, (0, -1)), (3, (-1, -1)), (8, (-1, 0))]
)
def test_exif_rotation_is_applied(turn, corner):
    dark = np.full((40, 64, 3), 255, np.uint8)
    dark[:12, :12] = 0
    exif = Image.Exif()
    exif[0x0112] = turn
    opened = open_picture(saved(Image.fromarray(dark), "JPEG", exif=exif, quality=95))
    assert opened.shape[:2] == ((64, 40) if turn in (6, 8) else (40, 64))
    assert opened[corner].max() < 20


def test_a_large_picture_is_reduced_and_keeps_its_aspect():
    opened = open_picture(saved(Image.fromarray(RAMP).resize((5000, 2500)), "PNG"))
    assert opened.shape == (600, 1200, 3)
    assert open_picture(fuzz.png(65_000, 2, 0)).shape == (1, 1200, 3)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"hello", "not a picture that can be read"),
        (b"MZ\x90\0" + bytes(100), "a program"),
        (b"\x7fELF" + bytes(100), "a program"),
        (b"<?xml version='1.0'?><svg xmlns='x'/>", "an SVG drawing"),
        (b"<!DOCTYPE html><html></html>", "a web page"),
        (b"%PDF-1.7", "a PDF"),
        (bytes(4) + b"ftypheic" + bytes(40), "a HEIC"),
        (bytes(20_000_001), "over 20 MB"),
        (fuzz.png(8001, 5000, 0), "over 40 megapixels"),
        (fuzz.png(60_000, 60_000, 2), "over 40 megapixels"),
        (saved(Image.new("L", (4001, 4000)), "WEBP"), "16 megapixels, the most for WebP"),
        (fuzz.png(0, 10, 0), "nothing in it|can't be read|not a picture"),
        (saved(Image.fromarray(RAMP), "PNG")[:60], "breaks off before its end"),
        (saved(Image.fromarray(RAMP), "JPEG")[:-40], "breaks off before its end"),
    ],
)
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_everything_else_gets_one_sentence(content, sentence):
    with pytest.raises(DataError, match=sentence) as caught:
        open_picture(content, "x.png")
    assert str(caught.value).startswith("x.png ")
    assert "\n" not in str(caught.value)


def test_an_archive_yields_its_pictures_in_order_and_goes_on_after_a_bad_one():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("b.png", "a.jpg", "notes.txt", "__MACOSX/a.jpg", ".hidden.png"):
            archive.writestr(name, name.encode())
        archive.writestr("huge.png", bytes(30_000_000))
    found = {source.name: source for source in from_zip(buffer.getvalue())}
    assert list(found) == ["a.jpg", "b.png", "huge.png"]
    assert found["b.png"].content == b"b.png"
    assert found["huge.png"].error == "huge.png has over 20 MB; make it smaller"


def test_an_archive_that_is_none_says_so(tmp_path):
    with pytest.raises(DataError, match="is not a"):
        list(from_zip(struct.pack("<I", 7)))
    (tmp_path / "empty").mkdir()
    (only,) = from_path(tmp_path / "empty")
    assert "holds no pictures" in only.error
