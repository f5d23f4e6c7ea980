"""Graphs with operators that no layer stands for: kept whole, bounded, and run by onnxruntime."""

import json

import numpy as np
import pytest
import torch

import aecore
from aecore.checkpoints import Card
from aecore.cli import main
from aecore.errors import CheckpointError
from aecore.export import network
from aecore.limits import limits

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

from onnx import TensorProto, helper  # noqa: E402
from test_foreign import Written, broken, external, own, session  # noqa: E402

from aecore.foreign import opening  # noqa: E402

SIDE = 28


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


@pytest.fixture(scope="module")
def axes(digits):
    """Two directions that rebuild digits best, as columns (784, 2)."""
    rows = digits.reshape(-1, SIDE**2)
    return np.linalg.svd(rows, full_matrices=False)[2][:2].T


def encoder(folder, axes, *, given=(None, 1, SIDE, SIDE), noise=False):
    """To a mean and a log σ² of 2 units each, and a draw if one wants."""
    w = Written()
    x = w.add("Reshape", "x", w.constant([-1, SIDE**2]))
    mean = w.add("MatMul", x, w.constant(axes.astype(np.float32)))
    log_var = w.add("MatMul", x, w.weight(SIDE**2, 2, scale=0.001))
    outputs = [("mean", mean), ("log_var", log_var)]
    if noise:
        outputs = [("z", w.add("Add", mean, w.add("RandomNormalLike", mean))), *outputs]
    return w.save(folder / "encoder.onnx", list(given), *outputs, axes=2)


def sine(w, x):
    return w.add("Sin", x)


def einsum(w, x):
    return w.add("Einsum", x, w.weight(32, 32), equation="ni,ij->nj")


def normed(w, x):
    return w.add("LayerNormalization", x, w.weight(32), w.weight(32), axis=-1)


def gru(w, x):
    x = w.add("Reshape", x, w.constant([0, 4, 8]))
    x = w.add("Transpose", x, perm=[1, 0, 2])  # (steps, n, 8)
    y, _ = w.add("GRU", x, w.weight(1, 24, 8), w.weight(1, 24, 8), n=2, hidden_size=8)
    y = w.add("Transpose", w.add("Squeeze", y, w.constant([1])), perm=[1, 0, 2])
    return w.add("Reshape", y, w.constant([-1, 32]))


OPERATORS = {"Sin": sine, "Einsum": einsum, "LayerNormalization": normed, "GRU": gru}


def decoder(folder, axes, middle, n=None):
    """Codes through an operator that is not known, beside the way back along the axes."""
    w = Written()
    hidden = middle(w, w.add("Gemm", "x", w.weight(2, 32), w.weight(32)))
    x = w.add("Add", w.add("MatMul", "x", w.constant(axes.T.astype(np.float32))),
              w.add("MatMul", hidden, w.weight(32, SIDE**2, scale=0.01)))  # fmt: skip
    x = w.add("Reshape", x, w.constant([-1 if n is None else n, 1, SIDE, SIDE]))
    return w.save(folder / "decoder.onnx", [n, 2], ("image", x), axes=4)


@pytest.mark.parametrize("operator", OPERATORS)
def test_what_no_layer_stands_for_is_run_as_it_is(operator, tmp_path, digits, axes):
    files = encoder(tmp_path, axes), decoder(tmp_path, axes, OPERATORS[operator])
    made = opening.convert(*files, digits[:64])
    images = digits[:70]  # more than run at once
    posterior = made.model.encode(torch.from_numpy(images))
    mean, log_var = session(files[0]).run(None, {"x": images})
    assert np.abs(posterior.mean.numpy() - mean).max() <= 1e-5
    assert np.abs(posterior.log_var.numpy() - log_var).max() <= 1e-5
    (expected,) = session(files[1]).run(None, {"x": mean})
    assert np.abs(made.model.decode(posterior.mean).numpy() - expected).max() <= 1e-5
    said = " ".join(made.words())
    assert f"Decoded on the server, at most {limits().served_a_second} a second" in said
    assert opening.difference(made, images) is None


def test_a_draw_beside_mean_and_log_variance_is_left_out(tmp_path, digits, axes):
    files = encoder(tmp_path, axes, noise=True), decoder(tmp_path, axes, sine)
    made = opening.convert(*files, digits[:64])
    assert made.model.config.kind == "vae"
    images = torch.from_numpy(digits[:8])
    assert torch.equal(made.model.encode(images).mean, made.model.encode(images).mean)


def test_a_fixed_number_of_codes_is_filled_up(tmp_path, digits, axes):
    files = encoder(tmp_path, axes, given=(4, 1, SIDE, SIDE)), decoder(tmp_path, axes, sine, n=4)
    made = opening.convert(*files, digits[:10])
    codes = np.random.default_rng(0).standard_normal((6, 2)).astype(np.float32)
    runs = session(files[1])
    expected = [runs.run(None, {"x": codes[i : i + 4]})[0] for i in (0, 2)]
    shown = made.model.decode(torch.from_numpy(codes)).numpy()
    assert np.abs(shown - np.concatenate([expected[0], expected[1][2:]])).max() <= 1e-5


def test_it_is_a_checkpoint_like_any_other(tmp_path, axes, digits):
    files = encoder(tmp_path, axes), decoder(tmp_path, axes, gru)
    assert main(["open", *map(str, files), "--data", "digits", "--name", "recurrent"]) == 0
    lab = aecore.open("recurrent")
    assert lab.card.served
    images = digits[:5]
    (mean, _), codes = session(files[0]).run(None, {"x": images}), lab.encode(images)
    assert np.abs(codes - mean).max() <= 1e-5
    (expected,) = session(files[1]).run(None, {"x": mean})
    assert np.abs(lab.decode(mean) - expected).max() <= 1e-5
    header, weights = network(lab.stored)
    assert weights == {}, "no browser is sent a graph"
    assert header["served"]["digest"] == lab.stored.digest
    card = json.loads(json.dumps(lab.card.to_json()))
    card["decoder"][0]["shape"] = [1, 4000, 4000]
    with pytest.raises(CheckpointError, match="a graph of the decoder"):
        Card.from_json(card)
    with pytest.raises(ValueError, match="kept as the ONNX files that were brought"):
        lab.export_onnx(tmp_path)
    with pytest.raises(ValueError, match="no gradients"):
        lab.model.decode(torch.zeros(1, 2, requires_grad=True))


def branch(w, x):
    """Sin on both ways of a branch."""
    value = helper.make_tensor_value_info("made", TensorProto.FLOAT, None)
    inner = helper.make_graph([helper.make_node("Sin", [x], ["made"])], "inner", [], [value])
    yes = w.constant(np.array(True))
    return w.add("If", yes, then_branch=inner, else_branch=inner)


def noisy(w, x):
    return w.add("Sin", w.add("Add", x, w.add("RandomNormalLike", x)))


def unbounded(w, x):
    """As many numbers as there are some that are not 0."""
    found = w.add("Cast", w.add("NonZero", x), to=TensorProto.FLOAT)
    return w.add("Add", x, w.add("ReduceMean", found, keepdims=0))


def bomb(w, x):
    """2·10¹¹ numbers on the way, of a file of kilobytes."""
    large = w.add("Expand", w.add("Sin", w.add("Unsqueeze", x, w.constant([2, 3]))),
                  w.constant([1, 1, 10_000, 10_000]))  # fmt: skip
    return w.add("ReduceMean", large, axes=[2, 3], keepdims=0)


HOSTILE = {
    "branches": (branch, r"branches or loops \(If\)"),
    "draws": (noisy, r"draws at random \(RandomNormalLike\)"),
    "unbounded": (unbounded, "isn't known before it runs how large what NonZero gives is"),
    "bomb": (bomb, "numbers in one run; up to 50,000,000 are computed"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_can_not_be_bounded_is_refused_before_it_runs(kind, tmp_path, digits, axes):
    middle, words = HOSTILE[kind]
    words = f"not known here: .*; nor can a server run it: .*{words}"
    files = encoder(tmp_path, axes), decoder(tmp_path, axes, middle)
    with pytest.raises(ValueError, match=words):
        opening.convert(*files, digits[:8])


@pytest.mark.parametrize(
    ("change", "words"),
    [(own, "operators of its own"), (external("secret"), "in another file")],
    ids=["own", "outside"],
)
def test_a_graph_in_a_checkpoint_is_checked_as_a_file_is(change, words, tmp_path, axes, digits):
    """A checkpoint may come from a stranger, too."""
    (tmp_path / "secret").write_bytes(bytes(10_000))
    files = encoder(tmp_path, axes), decoder(tmp_path, axes, sine)
    made = opening.convert(*files, digits[:8])
    broken(files[1], change)
    content = files[1].read_bytes()
    graph = made.model.decoder[0]
    graph.graph, graph.session = torch.frombuffer(bytearray(content), dtype=torch.uint8), None
    with pytest.raises(ValueError, match=words):
        made.model.decode(torch.zeros(1, 2))
