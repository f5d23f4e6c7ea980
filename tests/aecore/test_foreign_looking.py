"""A stranger's files looked at before they are kept: which is which, and how they may be read."""

import shutil

import numpy as np
import pytest
import torch

import aecore
from aecore.cli import main
from aecore.foreign import looking
from aecore.limits import limits
from aecore.models.vae import LOG_VAR_RANGE

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
ort = pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

from test_foreign import Written, broken, external  # noqa: E402

from aecore.foreign import opening  # noqa: E402
from aecore.foreign.formats import Asked  # noqa: E402
from aecore.foreign.looking import look  # noqa: E402

N_UNITS = 12
NAMES = ("encoder.onnx", "decoder.onnx")


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images[:64]


@pytest.fixture(scope="module")
def components():
    """The best linear code of the digits: their mean, and directions (784, d)."""
    rows = aecore.load_data("digits", "train").images.reshape(-1, 784)
    mean = rows.mean(axis=0)
    return mean, np.linalg.svd(rows - mean, full_matrices=False)[2][:N_UNITS].T


def linear(folder, components, outputs, names=NAMES):
    """An encoder with these outputs, of "mean", "spread" and other names, and its decoder."""
    mean, directions = components
    e = Written()
    code = e.add("MatMul", e.add("Sub", "x", e.constant(mean)), e.constant(directions))
    spread = e.add("Gemm", "x", e.weight(784, N_UNITS, scale=0.05), e.weight(N_UNITS))
    made = [(name, code if what == "mean" else spread) for name, what in outputs]
    encoder = e.save(folder / names[0], [None, 784], *made)
    d = Written()
    image = d.add("Add", d.add("MatMul", "x", d.constant(directions.T)), d.constant(mean))
    return encoder, d.save(folder / names[1], [None, N_UNITS], ("image", image))


# ---- readings -------------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["mean", "spread"])
def test_outputs_without_names_are_told_apart_by_what_they_rebuild(
    first, tmp_path, components, digits
):
    """Whichever comes first; the other order is offered, since only pictures tell."""
    last = {"mean": "spread", "spread": "mean"}[first]
    files = linear(tmp_path, components, (("output_0", first), ("output_1", last)))
    made = opening.convert(*files, digits)
    assert made.model.config.kind == "vae"
    outputs = [each.outputs for each in made.readings]
    is_mean = "output_0" if first == "mean" else "output_1"
    assert outputs[0][0] == is_mean
    assert outputs[0][::-1] in outputs
    other = opening.convert(*files, digits, Asked(reading=outputs.index(outputs[0][::-1])))
    assert other.mse > 3 * made.mse
    with torch.no_grad():
        ours, theirs = (each.model.encode(torch.from_numpy(digits)) for each in (made, other))
    assert torch.allclose(ours.mean.clamp(*LOG_VAR_RANGE), theirs.log_var, atol=1e-4)
    sentence = list(other.words())[1]
    assert sentence.startswith("Chosen: ")
    assert f"log σ² {is_mean}" in sentence


def test_outputs_with_names_are_not_asked_about(tmp_path, components, digits):
    files = linear(tmp_path, components, (("logvar", "spread"), ("mu", "mean")))
    assert [each.outputs for each in opening.convert(*files, digits).readings] == [()]


def test_a_range_that_rebuilds_nearly_as_well_is_offered(tmp_path, digits):
    """A pixel that is lost comes back as 0, or as the mean where images are standardised; here it
    lies between the two.
    """
    kept = np.eye(784, dtype=np.float32)[:, np.arange(784) != 400]
    e, d = Written(), Written()
    encoder = e.save(
        tmp_path / NAMES[0], [None, 784], ("code", e.add("MatMul", "x", e.constant(kept)))
    )
    decoder = d.save(
        tmp_path / NAMES[1], [None, 783], ("image", d.add("MatMul", "x", d.constant(kept.T)))
    )
    dim = digits.copy()
    dim[:, 0, 14, 8] = 0.51 * digits.mean()
    made = opening.convert(encoder, decoder, dim)
    assert len(made.readings) > 1
    best, *others = made.readings
    for each in others:
        assert each.match.mse <= 1.5 * best.match.mse
        assert each.words() != best.words()
    again = opening.convert(encoder, decoder, dim, Asked(reading=1))
    assert again.way == others[0].match.way
    assert again.mse == pytest.approx(others[0].match.mse)
    with pytest.raises(ValueError, match=f"must be 1 to {len(made.readings)}"):
        opening.convert(encoder, decoder, dim, Asked(reading=len(made.readings)))


def test_where_nothing_is_rebuilt_there_is_nothing_to_choose_by(tmp_path, digits):
    """A decoder that gives black whatever it is asked."""
    e, d = Written(), Written()
    code = e.add("Gemm", "x", e.weight(784, 2))
    encoder = e.save(tmp_path / NAMES[0], [None, 784], ("code", code))
    image = d.add("Gemm", "x", d.constant(np.zeros((2, 784), np.float32)))
    decoder = d.save(tmp_path / NAMES[1], [None, 2], ("image", image))
    made = opening.convert(encoder, decoder, digits)
    assert made.mse > made.variance
    assert len(made.readings) == 1


def test_the_command_line_names_the_other_readings_and_takes_one(tmp_path, components, capsys):
    files = linear(tmp_path, components, (("output_0", "mean"), ("output_1", "spread")))
    words = ["open", *map(str, files), "--data", "digits"]
    assert main([*words, "--name", "best"]) == 0
    assert "Another reading (--reading 2): " in capsys.readouterr().out
    assert main([*words, "--name", "other", "--reading", "2"]) == 0
    best, other = aecore.open("best").card, aecore.open("other").card
    assert other.metrics["mse"] > 3 * best.metrics["mse"]
    assert other.command.endswith("--reading 2")
    assert main([*words, "--name", "third", "--reading", "9"]) == 2
    assert "the reading is 9, but must be 1 to" in capsys.readouterr().err


# ---- what is looked at ----------------------------------------------------------------------


@pytest.mark.parametrize("names", [NAMES, ("b.onnx", "a.onnx"), ("Decoder.onnx", "Encoder.onnx")])
@pytest.mark.parametrize("turned", [False, True])
def test_files_are_told_apart_and_rebuild_images(names, turned, tmp_path, components, digits):
    """By their names, by what they take, or, where the names are wrong, by what works."""
    encoder, decoder = linear(tmp_path, components, (("mu", "mean"), ("logvar", "spread")), names)
    found = look([decoder, encoder] if turned else [encoder, decoder], "digits")
    assert found.names == (*names, None)
    (seen,) = found.readings
    assert seen.kind == "vae"
    run = [ort.InferenceSession(str(path)) for path in (encoder, decoder)]
    (code,) = run[0].run(["mu"], {"x": found.images.reshape(-1, 784)})
    (image,) = run[1].run(None, {"x": code})
    assert np.allclose(image.clip(0, 1), seen.reconstructions.reshape(-1, 784), atol=1e-5)
    assert any(sentence.startswith("Largest |Δ pixel|") for sentence in seen.words)


def test_numbers_in_a_third_file_are_read_and_other_files_are_not_missed(tmp_path, components):
    files = linear(tmp_path, components, (("mu", "mean"),))
    model = onnx.load_model_from_string(files[0].read_bytes())
    beside = tmp_path / "encoder.onnx.data"
    beside.write_bytes(onnx.numpy_helper.to_array(model.graph.initializer[0]).tobytes())
    broken(files[0], external(beside.name))
    assert look([*files, beside], "digits").readings
    beside.unlink()
    with pytest.raises(ValueError, match="which is no file in its own folder"):
        look(files, "digits")


def test_no_model_or_three_are_asked_for_two(tmp_path, components):
    files = linear(tmp_path, components, (("mu", "mean"),))
    with pytest.raises(ValueError, match=r"an encoder and a decoder, or one.*; given: none"):
        look([], "digits")
    third = shutil.copy(files[0], tmp_path / "third.onnx")
    with pytest.raises(ValueError, match=r"given: encoder\.onnx, decoder\.onnx, third\.onnx"):
        look([*files, third], "digits")


@pytest.mark.parametrize("head", [b"\x80\x02}q", b"\x80\x04\x95", b"PK\x03\x04", b"\x89HDF\r\n"])
@pytest.mark.parametrize("name", ["encoder.onnx", "model.bin"])
def test_a_file_that_may_hold_code_is_known_by_what_it_begins_with(
    head, name, tmp_path, components
):
    """Under any name: of torch, of Keras, of pickle itself."""
    _, decoder = linear(tmp_path, components, (("mu", "mean"),))
    path = tmp_path / name
    path.write_bytes(head + bytes(100))
    with pytest.raises(ValueError, match=r"may hold code.*torch\.onnx\.export.*tf2onnx") as caught:
        look([path, decoder], "digits")
    assert str(tmp_path) not in str(caught.value)


def test_a_model_too_large_for_a_browser_is_refused(tmp_path, components, monkeypatch):
    files = linear(tmp_path, components, (("mu", "mean"),))
    weight = 4 * 2 * (784 * N_UNITS)  # of the directions, without the rest
    assert weight < 100_000
    monkeypatch.setattr(looking, "MEGABYTE", weight // limits().model_mb)
    with pytest.raises(ValueError, match="up to 100 MB are sent to a browser"):
        look(files, "digits")


def test_running_out_of_memory_is_said(monkeypatch, tmp_path):
    bounded = []
    monkeypatch.setattr(looking, "bound_memory", bounded.append)

    def out(*_):
        raise MemoryError

    monkeypatch.setattr(looking, "look", out)
    with pytest.raises(ValueError, match="takes more than 6,000 MB of memory"):
        looking.look_alone([], "digits", None, lambda *_: None)
    assert bounded == [limits().model_memory_mb]
