"""One reading of a picture: training, streaming and scoring see the same pixels."""

import io
import struct
import zipfile
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from aecore import production
from aecore.checkpoints import Card
from aecore.cli import main
from aecore.data import own, streamed
from aecore.data.pictures import open_picture
from aecore.data.pictures.frame import framed
from aecore.data.pictures.sources import from_zip
from aecore.data.survey import survey
from aecore.errors import DataError
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe
from aecore.scoring import prepared
from aecore.training.config import TrainingConfig

GREYS = {"L", "LA", "P", "P clear", "16", "16A", "16 clear", "F", "I"}
KINDS = sorted(GREYS | {"RGB", "RGBA"})
NO_EXIF = ("16", "16A", "16 clear", "F", "I")
# Where EXIF says the first row and column of the file lie, as numpy would turn the file upright.
TURNS = {
    1: lambda a: a, 2: np.fliplr, 3: lambda a: np.rot90(a, 2), 4: np.flipud,
    5: lambda a: np.swapaxes(a, 0, 1), 6: lambda a: np.rot90(a, -1),
    7: lambda a: np.rot90(np.swapaxes(a, 0, 1), 2), 8: lambda a: np.rot90(a, 1),
}  # fmt: skip


def png16(grey, alpha=None, clear=None):
    """A PNG of 16 bits, which Pillow can read but not write in all its kinds."""
    planes = np.stack([grey] if alpha is None else [grey, alpha], -1).astype(">u2")
    rows = b"".join(b"\0" + row.tobytes() for row in planes)
    height, width = grey.shape
    head = struct.pack(">IIBBBBB", width, height, 16, 0 if alpha is None else 4, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    if clear is not None:
        chunks.insert(1, (b"tRNS", struct.pack(">H", clear)))
    packed = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def seen_of(kind, rgb, alpha):
    """What there is to see in such a file: over white, and grey where the kind has no colours."""
    grey = np.repeat(rgb[..., :1], 3, 2).astype(float)
    share = alpha[..., None] / 255
    seen = grey if kind in GREYS else rgb.astype(float)
    if kind in ("LA", "RGBA", "16A"):
        return seen * share + 255 * (1 - share)
    if kind == "16 clear":
        return np.where(seen == 77, 255, seen)
    return np.where(seen // 2 % 2 == 0, 255, seen) if kind == "P clear" else seen


def written(kind, rgb, alpha, turn):
    """A file of a kind whose pixels are `rgb` with `alpha`, stored as EXIF's `turn` says."""
    grey = rgb[..., 0]
    exif = Image.Exif()
    exif[0x0112] = turn
    deep = grey.astype(np.int32) * 257
    made = {
        "16": lambda: png16(deep),
        "16A": lambda: png16(deep, alpha.astype(int) * 257),
        "16 clear": lambda: png16(deep, clear=77 * 257),
        "F": lambda: saved(Image.fromarray(grey / np.float32(255)), "TIFF"),
        "I": lambda: saved(Image.fromarray(deep), "TIFF"),
        "P clear": lambda: saved(palette(grey), "PNG", transparency=CLEAR, exif=exif),
        "P": lambda: saved(palette(grey), "PNG", exif=exif),
        "L": lambda: saved(Image.fromarray(grey), "PNG", exif=exif),
        "LA": lambda: saved(Image.fromarray(np.stack([grey, alpha], -1)), "PNG", exif=exif),
        "RGB": lambda: saved(Image.fromarray(rgb), "PNG", exif=exif),
        "RGBA": lambda: saved(Image.fromarray(np.dstack([rgb, alpha])), "PNG", exif=exif),
    }
    return made[kind]()


CLEAR = bytes(255 * (level // 2 % 2) for level in range(256))


def palette(grey):
    image = Image.fromarray(grey)
    image.putpalette([level for level in range(256) for _ in range(3)])
    return image


def archive(path, contents):
    with zipfile.ZipFile(path, "w") as file:
        for i, content in enumerate(contents):
            file.writestr(f"{'ab'[i % 2]}/{i:02}.x.png", content)
    return path


def card_of(path, shape, fit):
    return Card(
        data=str(path), classes=("a", "b"), model=ModelConfig(kind="ae", shape=shape), encoder=(),
        decoder=(), training=TrainingConfig(fit=fit), command="", version="", metrics={},
        validation={},
    )  # fmt: skip


@settings(max_examples=25)
@given(
    kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=3),
    turns=st.lists(st.sampled_from(sorted(TURNS)), min_size=3, max_size=3),
    size=st.tuples(st.integers(2, 40), st.integers(2, 40)),
    fit=st.sampled_from(["padded", "stretched"]),
    side=st.sampled_from([28, "36x20", None]),
    seed=st.integers(0, 999),
)
def test_training_streaming_and_scoring_read_the_same_pixels(
    tmp_path_factory, kinds, turns, size, fit, side, seed
):
    draw = np.random.default_rng(seed)
    files, wanted = [], []
    for i in range(20):
        kind, turn = kinds[i % len(kinds)], turns[i % 3]
        rgb = draw.integers(0, 256, (*size, 3), dtype=np.uint8)
        alpha = draw.integers(0, 256, size, dtype=np.uint8)
        rgb[0, 0], rgb[-1, -1], alpha[0, 0] = 2, 255, 255  # there is something to see on white
        files.append(written(kind, rgb, alpha, turn))
        wanted.append(TURNS[1 if kind in NO_EXIF else turn](seen_of(kind, rgb, alpha)))
    path = archive(tmp_path_factory.mktemp("set") / "set.zip", files)
    whole = own.load_whole(path, side, fit)
    card = card_of(path, whole.pixels.shape[1:], fit)
    order = [*range(0, 20, 2), *range(1, 20, 2)]  # by class, then by name
    for pixels, i in zip(whole.pixels, order, strict=True):
        assert np.abs(open_picture(files[i]).astype(float) - wanted[i]).max() <= 1.001
        scored = prepared(card, open_picture(files[i]))
        assert np.array_equal(np.rint(255 * scored.image), pixels)
    for split in ("train", "test"):
        read = streamed.stream(path, split, side, fit)
        assert np.array_equal(
            read.take(np.arange(len(read))).pixels, own.load(path, split, side, fit).pixels
        )
    said = " ".join(own.load(path, "train", side, fit).notes)
    assert survey(path).said(whole.pixels.shape[2:], fit) == said


def test_what_is_not_square_is_padded_with_its_ground_unless_asked():
    picture = np.full((20, 10), 200, np.uint8)
    picture[5:15, 4:6] = 0
    square = framed(picture, (20, 20))
    assert np.array_equal(square[:, 5:15], picture)
    assert set(np.unique(np.delete(square, range(5, 15), 1))) == {200}
    stretched = framed(picture, (20, 20), "stretched")
    assert (stretched[10] < 100).sum() == 4  # two of ten columns are four of twenty


def test_white_on_a_clear_ground_lies_on_black_and_can_be_seen():
    layer = np.full((30, 30, 4), 255, np.uint8)
    layer[..., 3] = 0
    layer[5:25, 10:20, 3] = 255
    seen = open_picture(saved(Image.fromarray(layer), "PNG"))
    assert np.array_equal(seen[..., 0], layer[..., 3])
    layer[..., 3] = 0
    assert (open_picture(saved(Image.fromarray(layer), "PNG")) == 255).all()  # nothing on it


# ---- sets ---------------------------------------------------------------------------------------


def dots(n, size=(28, 28), seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *size), dtype=np.uint8)


def png(image):
    return saved(Image.fromarray(image), "PNG")


def packed(path, names, **extra):
    with zipfile.ZipFile(path, "w") as file:
        for name, image in zip(names, dots(len(names)), strict=True):
            file.writestr(name, png(image))
        for name, content in extra.items():
            file.writestr(name, content)
    return path


NAMES = [f"{'abc'[i % 3]}/{i:02}.png" for i in range(30)]
STRAY = {
    "__MACOSX": lambda name: f"__MACOSX/{name.replace('/', '/._')}",
    "dot": lambda name: name.replace("/", "/._"),
    "notebook": lambda name: f".ipynb_checkpoints/{name}",
    "notebook inside": lambda name: name.replace("/", "/.ipynb_checkpoints/"),
}


@pytest.mark.parametrize("kind", STRAY)
def test_what_a_system_leaves_beside_pictures_is_none(tmp_path, kind):
    stray = {STRAY[kind](name): png(dots(1)[0]) for name in NAMES}
    path = packed(tmp_path / "a.zip", NAMES, **stray)
    with zipfile.ZipFile(path) as file:
        file.extractall(tmp_path / "a")
    for place in (path, tmp_path / "a"):
        whole = own.load_whole(place)
        assert (len(whole.pixels), whole.classes) == (30, ("a", "b", "c"))
        assert survey(place).classes == whole.classes
    assert [source.name for source in from_zip(path.read_bytes())] == sorted(NAMES)


def test_folders_of_a_zip_may_be_written_with_backslashes_and_one_class_has_a_name(tmp_path):
    path = packed(tmp_path / "a.zip", [f"set\\{name}".replace("/", "\\") for name in NAMES])
    assert own.load_whole(path).classes == ("a", "b", "c")
    assert own.load_whole(packed(tmp_path / "cats.zip", [n[2:] for n in NAMES])).classes == (
        "cats",
    )
    numbered = [f"{i % 12}/{i}.png" for i in range(36)]
    assert own.load_whole(packed(tmp_path / "n.zip", numbered)).classes == tuple(
        map(str, range(12))
    )


def test_what_cannot_be_read_is_left_out_and_named(tmp_path):
    bad = {"a/x.png": b"MZ", "b/y.png": png(dots(1)[0])[:-30], "c/z.png": b""}
    path = packed(tmp_path / "a.zip", NAMES, **bad)
    whole = own.load_whole(path)
    assert len(whole.pixels) == 30
    assert whole.notes[0] == (
        "30 pictures in grey, 28×28, 3 left out (a/x.png, b/y.png, c/z.png)."
    )
    few = packed(tmp_path / "few.zip", NAMES[:3], **bad)
    with pytest.raises(DataError, match=r"holds 3 images; at least 20 .*\(3 left out \(a/x.png"):
        own.load_whole(few)


def test_the_line_says_what_was_done(tmp_path):
    clear = np.zeros((56, 68, 4), np.uint8)
    clear[10:20, 10:60] = (200, 30, 40, 255)
    white = np.full((56, 68, 4), 255, np.uint8)
    white[5:, :, 3] = 0
    files = [saved(Image.fromarray(clear if i else white), "PNG") for i in range(24)]
    whole = own.load_whole(archive(tmp_path / "a.zip", files))
    assert whole.notes == (
        "24 pictures in colour, 68×56 padded to 48×40, 23 with transparency laid over white, "
        "1 with white on transparency laid over black.",
        "2 classes: a, b.",
    )


# ---- arrays -------------------------------------------------------------------------------------


def arrays(path, **named):
    np.savez(path.with_suffix(".npz"), **named)
    return path.with_suffix(".npz").rename(path)


def test_labels_may_be_a_column_one_hot_or_floats_and_an_ending_in_capitals(tmp_path):
    numbers = np.arange(60) % 3
    labels = {
        "column": numbers[:, None].astype(np.uint8), "one hot": np.eye(3)[numbers],
        "floats": numbers.astype(np.float32), "bytes": np.array([b"0", b"1", b"2"])[numbers],
    }  # fmt: skip
    plain = own.load_whole(arrays(tmp_path / "plain.npz", images=dots(60), labels=numbers))
    for name, kind in labels.items():
        path = arrays(tmp_path / f"{name}.NPZ", images=dots(60), labels=kind)
        found = own.load_whole(path)
        assert found.classes == survey(path).classes == ("0", "1", "2")
        assert np.array_equal(found.labels, plain.labels)
        assert np.array_equal(streamed.stream(path, "val").labels, own.load(path, "val").labels)


def test_arrays_are_scaled_by_their_type(tmp_path):
    images = dots(30)
    kinds = {
        "16": images.astype(np.uint16) * 257, "half": images / np.float16(255),
        "double": images / 255, "tall": np.repeat(images[..., None], 3, 3),
    }  # fmt: skip
    for name, kind in kinds.items():
        found = own.load_whole(arrays(tmp_path / f"{name}.npz", images=kind))
        assert np.abs(found.pixels[:, 0].astype(int) - images).max() <= (name == "half")
    flat = own.load_whole(arrays(tmp_path / "flat.npz", images=images > 127))
    assert np.array_equal(flat.pixels[:, 0] == 255, images > 127)
    wide = own.load_whole(arrays(tmp_path / "wide.npz", images=dots(30, (56, 68))))
    assert wide.notes[0] == "30 pictures in grey, 68×56 padded to 48×40."


def holed(value):
    images = dots(30) / 255
    images[7, 3, 5] = value
    return images


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ({"labels": np.int64(3)}, r"labels in .* has shape \(\); it must have one label"),
        ({"labels": np.ones((30, 3))}, r"labels in .* has shape \(30, 3\)"),
        ({"labels": np.full(30, np.nan)}, r"labels\[0\] in .* is not a number"),
        ({"images": holed(np.nan)}, r"images\[7, 3, 5\] in .* is NaN; replace it"),
        ({"images": holed(np.inf)}, r"images\[7, 3, 5\] in .* is infinity"),
        ({"images": holed(200)}, "floats from .* to 200; it must be floats in"),
        ({"images": dots(30).astype(np.uint16)}, "uint16, but no value over 255"),
        ({"images": np.zeros((0, 28, 28))}, "holds 0 images"),
        ({"images": np.zeros((30, 0, 28))}, r"has shape \(30, 0, 28\)"),
    ],
)
def test_arrays_that_cannot_be_learnt_get_one_sentence(tmp_path, named, words):
    path = arrays(tmp_path / "a.npz", **({"images": dots(30)} | named))
    with pytest.raises(DataError, match=words) as caught:
        own.load_whole(path)
    assert "\n" not in str(caught.value)


def test_twenty_images_are_enough_whatever_their_classes(tmp_path):
    for n_classes in (1, 3, 7, 20):
        path = arrays(tmp_path / "a.npz", images=dots(20), labels=np.arange(20) % n_classes)
        splits = production.load_splits(str(path))
        sizes = [len(part) for part in (splits.train, splits.val, splits.test)]
        assert sizes == [14, 2, 4]


@settings(max_examples=60)
@given(seed=st.integers(0, 10**6), packs=st.booleans(), pictures=st.booleans())
def test_a_damaged_file_ends_in_a_sentence_or_is_read(tmp_path_factory, seed, packs, pictures):
    folder, draw = tmp_path_factory.mktemp("damaged"), np.random.default_rng(seed)
    if pictures:
        path = packed(folder / "a.zip", NAMES)
    else:
        save = np.savez_compressed if packs else np.savez
        path = folder / "a.npz"
        save(path, images=dots(24, (8, 8)), labels=np.arange(24) % 2)
    content = bytearray(path.read_bytes())
    for place in draw.integers(0, len(content), draw.integers(1, 6)):
        content[place] = draw.integers(0, 256)
    path.write_bytes(content[: draw.integers(1, len(content))] if seed % 4 == 0 else content)
    said = []
    for read in (survey, own.load_whole, lambda place: streamed.stream(place, "val")):
        try:
            read(path)
        except DataError as error:
            said.append(str(error))
    assert not any("\n" in each for each in said)


# ---- what the model sees ------------------------------------------------------------------------


def test_score_saves_what_the_model_sees_by_names_of_their_own(tmp_path, capsys):
    names = ["a/1.png", "b/1.png", "c/2.png", "c/x.png"]
    path = packed(tmp_path / "a.zip", names, **{"c/bad.png": b"MZ"})
    for i, (name, image) in enumerate(zip(names, dots(4, (40, 30)), strict=True)):
        del name
        (tmp_path / f"{i}.png").write_bytes(png(image))
    train = packed(tmp_path / "train.zip", NAMES)
    model = tmp_path / "m.safetensors"
    plan = Recipe(str(train), ModelConfig(kind="pca", code_dim=2), TrainingConfig())
    splits = production.load_splits(plan.data)
    made = production.fresh_model(plan)
    for _ in production.run(made, splits, plan, "cpu"):
        pass
    production.finish(model, made, splits, plan, "")
    seen = tmp_path / "seen"
    code = main([
        "score", "--checkpoint", str(model), "--json", "--save-prepared", str(seen),
        str(path), str(tmp_path / "0.png"),
    ])  # fmt: skip
    told = capsys.readouterr()
    assert code == 1  # c/bad.png
    assert "5 pictures as the model sees them" in " ".join(told.err.split())
    written = {file.name for file in seen.iterdir()}
    assert written == {"0.png", "1.png", "2.png", "b-1.png", "x.png"}
    assert np.array_equal(np.asarray(Image.open(seen / "b-1.png")), dots(5)[1])
    assert np.asarray(Image.open(seen / "0.png")).shape == (28, 28)
