"""Models for elsewhere: what is written as ONNX computes what the model does."""

import sys

import numpy as np
import pytest

import aecore
from aecore.checkpoints import read, shipped_folder

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
ort = pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

from aecore.foreign import writing  # noqa: E402

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
