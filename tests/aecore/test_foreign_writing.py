"""Models for elsewhere: what is written as ONNX computes what the model does."""

import sys

import numpy as np
import pytest
import torch

import aecore
from aecore.checkpoints import build, read, shipped_folder
from tests.dummies import SHAPE, blots, oblong

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
ort = pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

from aecore.foreign import opening, writing  # noqa: E402

ONE_OF_EACH = (
    "digits-pca-2d", "digits-ae-2d", "digits-vae-2d", "digits-cvae-2d", "digits-sparse-1024d",
    "digits-masked-16d", "digits-gan-16d", "digits-adversarial-2d", "heartbeats-vae-2d",
    "mnist-dae-784d", "fashion-dae-784d", "sprites-vae-10d",
)  # fmt: skip


def session(path):
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


@pytest.mark.parametrize("name", ONE_OF_EACH)
def test_onnxruntime_computes_what_torch_does(name, tmp_path):
    stored = read(shipped_folder() / f"{name}.safetensors")
    made = writing.export(stored, tmp_path, name)
    assert max(each.difference for each in made) <= 1e-5
    parts = ["decoder"] if not stored.card.encodes else ["encoder", "decoder", "both"]
    assert [each.part for each in made] == parts
    assert all(each.path.stat().st_size == each.n_bytes for each in made)


def test_an_exported_model_takes_any_number_of_images(tmp_path, digits):
    lab = aecore.open("digits-vae-2d")
    encoder, decoder, both = map(session, lab.export_onnx(tmp_path))
    for n in (1, 5):
        mean, log_var = encoder.run(["mean", "log_var"], {"image": digits[:n]})
        assert np.allclose(mean, lab.encode(digits[:n]), atol=1e-5)
        assert log_var.shape == (n, 2)
        (image,) = decoder.run(["image"], {"code": mean})
        (rebuilt,) = both.run(["reconstruction"], {"image": digits[:n]})
        assert np.allclose(image, rebuilt, atol=1e-6)
        assert np.allclose(rebuilt, lab.reconstruct(digits[:n]), atol=1e-5)


def test_nothing_is_written_of_a_model_that_computes_something_else(tmp_path, monkeypatch):
    monkeypatch.setitem(writing.OPERATORS, "sigmoid", "Tanh")
    stored = read(shipped_folder() / "digits-ae-2d.safetensors")
    with pytest.raises(ValueError, match="the decoder of x computes something else as ONNX"):
        writing.export(stored, tmp_path, "x")
    assert not list(tmp_path.iterdir())


def test_the_engine_is_imported_without_onnx_and_says_what_is_missing(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ValueError, match=r'run: pip install -e "\.\[models\]"'):
        aecore.open("digits-vae-2d").export_onnx(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        {"code_dim": 4, "body": "conv"},
        {"code_dim": 24, "body": "residual", "widths": (1, 1)},
    ],
)
def test_what_is_padded_and_cut_off_goes_out_and_comes_back(body, tmp_path):
    """Images in colour, wider than high, that can't be halved evenly."""
    (tmp_path / "made.safetensors").write_bytes(oblong(channels=(4, 8, 8), **body))
    stored = read(tmp_path / "made.safetensors")
    encoder, decoder, _ = (each.path for each in writing.export(stored, tmp_path, "x"))
    images = blots("test").images
    back = opening.convert(encoder, decoder, images).model
    want = build(stored).reconstruct(torch.from_numpy(images))
    assert torch.allclose(back.reconstruct(torch.from_numpy(images)), want, atol=1e-4)
    assert opening.size_of(encoder) == SHAPE[1:]
