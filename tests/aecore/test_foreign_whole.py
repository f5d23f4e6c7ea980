"""One file with both halves: it is cut where the code is, and mean and log σ² are told apart."""

import itertools
from multiprocessing import Pipe

import numpy as np
import pytest
import torch

import aecore
from aecore.cli import main
from aecore.errors import AmbiguousModelError, ForeignModelError

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
ort = pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

from test_foreign import Written, session  # noqa: E402

from aecore.foreign import opening  # noqa: E402
from aecore.foreign.formats import Asked  # noqa: E402
from aecore.foreign.posteriors import Choice  # noqa: E402

UNITS = 8


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


@pytest.fixture(scope="module")
def axes(digits):
    """The digits' mean and their main axes (784, 8): a linear autoencoder that works."""
    rows = aecore.load_data("digits", "train").images.reshape(-1, 784)
    mean = rows.mean(axis=0)
    _, directions = np.linalg.eigh(np.cov(rows.T))
    return mean, np.ascontiguousarray(directions[:, -UNITS:], np.float32)


class Whole(Written):
    """A VAE in one file: mean by the digits' axes, a log σ² of its own, rebuilt from a draw."""

    def __init__(self, axes):
        super().__init__()
        self.mean, self.axes = axes

    def encode(self):
        flat = self.add("Flatten", "x")
        centred = self.add("Sub", flat, self.constant(self.mean))
        mu = self.add("MatMul", centred, self.constant(self.axes))
        log_var = self.add("Clip", self.add(
            "Add", self.add("MatMul", centred, self.weight(784, UNITS, scale=0.01)),
            self.constant(np.float32(-3)),
        ), self.constant(np.float32(-20)), self.constant(np.float32(20)))  # fmt: skip
        return mu, log_var

    def drawn(self, mu, log_var):
        spread = self.add("Exp", self.add("Mul", log_var, self.constant(np.float32(0.5))))
        return self.add("Add", mu, self.add("Mul", spread, self.add("RandomNormalLike", mu)))

    def decode(self, z):
        flat = self.add("Gemm", z, self.constant(self.axes), self.constant(self.mean), transB=1)
        size = self.add("Shape", "x")  # as view_as(x) is exported
        return self.add("Reshape", flat, size)

    def save_as(self, path, outputs):
        return self.save(path, [None, 1, 28, 28], *outputs.items(), axes=4)


def written(path, axes, names, *, draws=True, order=(0, 1, 2)):
    w = Whole(axes)
    mu, log_var = w.encode()
    image = w.decode(w.drawn(mu, log_var) if draws else mu)
    outputs = [*zip(names, (image, mu, log_var), strict=True)]
    w.save_as(path, dict(outputs[place] for place in order))
    found = onnx.load_model_from_string(path.read_bytes())
    for each in found.graph.output:  # rows have two axes
        if each.name != names[0]:
            del each.type.tensor_type.shape.dim[2:]
    path.write_bytes(found.SerializeToString())
    return path


@pytest.mark.parametrize("draws", [True, False])
def test_outputs_in_any_order_need_no_question(draws, tmp_path, digits, axes):
    """As pythae's and Lightning's forward give them; in evaluation mode some draw nothing."""
    mean, directions = axes
    for order in itertools.permutations(range(3)):
        names = ("recon_x", "mu", "log_covariance") if order[0] else ("1", "2", "3")
        path = written(tmp_path / "vae.onnx", axes, names, draws=draws, order=order)
        made = opening.convert(path, None, digits[:64])
        assert made.model.config.kind == "vae"
        assert made.code_shape == (UNITS,)
        rows = digits[:5].reshape(5, -1) - mean
        with torch.no_grad():
            posterior = made.model.encode(torch.from_numpy(digits[:5]))
            rebuilt = made.model.decode(posterior.mean).numpy().reshape(5, -1)
        assert np.abs(posterior.mean.numpy() - rows @ directions).max() <= 1e-4
        (theirs,) = session(path).run([names[2]], {"x": digits[:5]})
        assert np.allclose(posterior.log_var.numpy(), theirs, atol=1e-4)
        assert np.abs(rebuilt - (rows @ directions @ directions.T + mean)).max() <= 1e-4
        assert opening.difference(made, digits) <= 1e-5


def test_a_file_that_gives_the_image_alone_is_cut_at_its_draw(tmp_path, digits, axes):
    w = Whole(axes)
    path = w.save_as(tmp_path / "vae.onnx", {"y": w.decode(w.drawn(*w.encode()))})
    made = opening.convert(path, None, digits[:64])
    assert made.model.config.kind == "vae"
    assert "has both halves; it is cut at" in next(iter(made.words()))


def ladder(path, axes, widths):
    """Dense layers of these widths; the first takes the axes of most variance."""
    w = Whole(axes)
    x = w.add("Sub", w.add("Flatten", "x"), w.constant(w.mean))
    x = w.add("MatMul", x, w.constant(w.axes))
    names = [x]
    for n_in, n_out in itertools.pairwise((UNITS, *widths, UNITS)):
        x = w.add("Tanh", w.add("MatMul", x, w.constant(np.eye(n_in, n_out, dtype=np.float32))))
        names.append(x)
    return names, w.save_as(path, {"y": w.decode(x)})


def test_an_autoencoder_is_cut_where_it_is_narrowest_or_where_one_says(tmp_path, digits, axes):
    names, path = ladder(tmp_path / "ae.onnx", axes, (5, 3, 5))
    made = opening.convert(path, None, digits[:64])
    assert (made.model.config.kind, made.files[0].code) == ("ae", names[2])  # behind its function
    made = opening.convert(path, None, digits[:64], Asked(code=names[1]))
    assert made.code_shape == (5,)
    assert opening.difference(made, digits) <= 1e-5
    names, path = ladder(tmp_path / "two.onnx", axes, (3, 3))
    with pytest.raises(AmbiguousModelError, match=r"say which is the code with --code NAME") as e:
        opening.convert(path, None, digits[:64])
    assert {names[1], names[2]} <= e.value.candidates.keys()
    assert set(e.value.candidates.values()) == {(3,)}
    assert f"{names[2]} (3,)" in str(e.value)
    here, there = Pipe()  # as from the process that reads the file
    there.send(e.value)
    sent = here.recv()
    assert (str(sent), sent.candidates) == (str(e.value), e.value.candidates)
    assert opening.convert(path, None, digits[:64], Asked(code=names[2])).code_shape == (3,)
    with pytest.raises(
        AmbiguousModelError, match="nothing is no tensor that all paths go through"
    ):
        opening.convert(path, None, digits[:64], Asked(code="nothing"))


def test_what_can_not_be_cut_is_said(tmp_path, digits, axes):
    w = Whole(axes)
    mu, _ = w.encode()
    alone = w.save(tmp_path / "encoder.onnx", [None, 1, 28, 28], ("mu", mu), axes=2)
    with pytest.raises(ForeignModelError, match=r"name the decoder's file, too"):
        opening.convert(alone, None, digits[:8])
    w = Whole(axes)
    image = w.decode(w.encode()[0])
    skip = w.save_as(tmp_path / "skip.onnx", {"y": w.add("Add", image, "x")})
    with pytest.raises(AmbiguousModelError, match="no tensor is narrower than an image"):
        opening.convert(skip, None, digits[:8])
    w = Whole(axes)
    image = w.add("Softplus", w.decode(w.encode()[0]))
    unknown = w.save_as(tmp_path / "unknown.onnx", {"y": image})
    with pytest.raises(ForeignModelError, match="not known here: Softplus"):
        opening.convert(unknown, None, digits[:8])


def test_two_outputs_without_telling_names_are_told_apart_by_what_rebuilds(tmp_path, digits, axes):
    """Or by whom it may concern, where both rebuild as well."""
    d = Whole(axes)
    flat = d.add("Gemm", "x", d.constant(d.axes), d.constant(d.mean), transB=1)
    decoder = d.save(tmp_path / "decoder.onnx", [None, UNITS], ("y", flat))
    for order in ((0, 1), (1, 0)):
        e = Whole(axes)
        both = e.encode()
        encoder = e.save(
            tmp_path / "encoder.onnx", [None, 1, 28, 28],
            *zip("ab", (both[place] for place in order), strict=True), axes=2,
        )  # fmt: skip
        made = opening.convert(encoder, decoder, digits[:64])
        with torch.no_grad():
            posterior = made.model.encode(torch.from_numpy(digits[:3]))
        mean, log_var = (session(encoder).run(["ab"[p]], {"x": digits[:3]})[0] for p in order)
        assert np.allclose(posterior.mean.numpy(), mean, atol=1e-4)
        assert np.allclose(posterior.log_var.numpy(), log_var, atol=1e-4)
    e = Whole(axes)
    mu, _ = e.encode()
    encoder = e.save(
        tmp_path / "encoder.onnx", [None, 1, 28, 28], ("a", mu),
        ("b", e.add("Mul", mu, e.constant(np.float32(1.001)))), axes=2,
    )  # fmt: skip
    readings = opening.convert(encoder, decoder, digits[:64]).readings
    assert {each.outputs for each in readings} == {("a", "b"), ("b", "a")}
    said = Asked(Choice("b", "a"))
    made = opening.convert(encoder, decoder, digits[:64], said)
    with torch.no_grad():
        found = made.model.encode(torch.from_numpy(digits[:3]))
    assert np.allclose(found.mean, 1.001 * found.log_var, atol=1e-4)
    with pytest.raises(
        ForeignModelError, match=r"has no tensor c that is known; it gives a \(8,\)"
    ):
        opening.convert(encoder, decoder, digits[:64], Asked(Choice("c")))


def test_one_file_is_opened_by_one_command(tmp_path, capsys, axes):
    path = written(tmp_path / "vae.onnx", axes, ("recon_x", "mu", "logvar"))
    assert main(["open", str(path), "--data", "digits"]) == 0
    said = capsys.readouterr().out
    assert "vae.onnx has both halves; it is cut at" in said
    assert "from onnxruntime:" in said
    lab = aecore.open("vae")
    assert lab.card.command == "python -m aecore open vae.onnx --data digits"
    assert lab.card.metrics["mse"] < lab.card.metrics["image_variance"]
    assert main(["open", str(path), "--data", "digits", "--name", "x", "--code", "c"]) == 2
    assert "--code NAME" in capsys.readouterr().err


def test_a_constant_in_another_file_is_not_read(tmp_path, digits, axes):
    """Neither within a node nor within a branch of one."""
    (tmp_path / "secret").write_bytes(bytes(784 * 4))
    path = written(tmp_path / "vae.onnx", axes, ("recon_x", "mu", "logvar"))
    tensor = onnx.TensorProto(data_type=1, dims=[784], data_location=1)
    tensor.external_data.add(key="location", value="secret")
    node = onnx.helper.make_node("Constant", [], ["k"], value=tensor)
    inner = onnx.helper.make_graph(
        [node], "g", [], [onnx.helper.make_empty_tensor_value_info("k")]
    )
    flag = onnx.numpy_helper.from_array(np.array(True), "flag")
    branch = onnx.helper.make_node("If", ["flag"], ["k"], then_branch=inner, else_branch=inner)
    for hostile in (node, branch):
        model = onnx.load_model_from_string(path.read_bytes())
        model.graph.initializer.append(flag)
        model.graph.node.insert(0, hostile)
        (tmp_path / "hostile.onnx").write_bytes(model.SerializeToString())
        with pytest.raises(ForeignModelError, match="keeps a constant in another file"):
            opening.convert(tmp_path / "hostile.onnx", None, digits[:8])


def test_a_kind_of_file_that_is_not_known_is_said_with_those_that_are(tmp_path, digits):
    (tmp_path / "model.tflite").write_bytes(b"x")
    with pytest.raises(ForeignModelError, match=r"known: \.onnx, \.pt2, \.safetensors"):
        opening.convert(tmp_path / "model.tflite", None, digits[:8])


def test_what_is_said_and_would_change_nothing_is_refused(tmp_path, digits, axes):
    path = written(tmp_path / "vae.onnx", axes, ("recon_x", "mu", "logvar"))
    with pytest.raises(ForeignModelError, match=r"--layers is for \.safetensors"):
        opening.convert(path, None, digits[:8], Asked(layers=tmp_path / "table.json"))
    with pytest.raises(ForeignModelError, match="--code is for one file with both"):
        opening.convert(path, path, digits[:8], Asked(code="t10_0"))


def test_a_chain_of_thousands_of_nodes_ends(tmp_path, digits, axes):
    w = Whole(axes)
    heads = list(w.encode())
    for place, x in enumerate(heads):
        for _ in range(1000):
            x = w.add("Relu", x)
        heads[place] = x
    path = w.save_as(tmp_path / "deep.onnx", {"y": w.decode(w.drawn(*heads))})
    with pytest.raises(ForeignModelError, match="nested too deeply"):
        opening.convert(path, None, digits[:8])
