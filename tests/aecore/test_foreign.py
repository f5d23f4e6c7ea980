"""Models from elsewhere: ONNX files of strangers, as layers of ours."""

import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

import aecore
from aecore.cli import main
from aecore.export import pack
from aecore.foreign.matching import Way
from aecore.models.layers import to_json

onnx = pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
ort = pytest.importorskip("onnxruntime", reason='pip install -e ".[models]" has onnxruntime')

from onnx import TensorProto, helper, numpy_helper  # noqa: E402

from aecore.foreign import opening  # noqa: E402
from aecore.foreign.reading import read as read_onnx  # noqa: E402


def session(path):
    return ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


# ---- there and back -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("digits-vae-2d", "digits"),
        ("fashion-dae-784d", "digits"),
        ("heartbeats-vae-2d", "heartbeats"),
    ],
)
def test_an_exported_model_comes_back_the_same(name, data, tmp_path):
    """Dense, convolutions with residual blocks, signals: the layers are found again."""
    lab = aecore.open(name)
    encoder, decoder, _ = lab.export_onnx(tmp_path)
    images = aecore.load_data(data, "test").images[:64]
    made = opening.convert(encoder, decoder, images)
    assert made.way == Way()
    assert made.model.config.kind == ("vae" if "vae" in name else "ae")
    with torch.no_grad():
        codes = made.model.encode(torch.from_numpy(images)).mean
        assert np.abs(codes.numpy() - lab.encode(images)).max() <= 1e-4
        assert np.abs(made.model.decode(codes).numpy() - lab.decode(codes.numpy())).max() <= 1e-5
    assert opening.difference(made, images) <= 1e-5


# ---- graphs as other programs write them ----------------------------------------------------


class Written:
    """An ONNX file, node by node."""

    def __init__(self, seed=0):
        self.nodes, self.constants = [], []
        self.draw = np.random.default_rng(seed)

    def weight(self, *shape, scale=0.2):
        return self.constant((self.draw.standard_normal(shape) * scale).astype(np.float32))

    def constant(self, values):
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, operator, *inputs, n=1, **options):
        names = [f"t{len(self.nodes)}_{i}" for i in range(n)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, **options))
        return names[0] if n == 1 else names

    def save(self, path, given, *outputs, opset=17, axes=None):
        nodes = [
            *self.nodes,
            *(helper.make_node("Identity", [made], [name]) for name, made in outputs),
        ]
        floats = TensorProto.FLOAT
        graph = helper.make_graph(  # outputs have as many axes as the input, unless said
            nodes, "g", [helper.make_tensor_value_info("x", floats, given)],
            [helper.make_tensor_value_info(n, floats, [None] * (axes or len(given)))
             for n, _ in outputs],
            self.constants,
        )  # fmt: skip
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8
        )
        path.write_bytes(model.SerializeToString())
        return path


def keras_like(folder):
    """Channels last, padding SAME, a draw of the posterior, a flatten of channels last."""
    e = Written()
    x = e.add("Transpose", "x", perm=[0, 3, 1, 2])
    x = e.add("Conv", x, e.weight(6, 1, 3, 3), e.weight(6), strides=[2, 2], auto_pad="SAME_UPPER")
    x = e.add("Relu", x)
    x = e.add("Transpose", x, perm=[0, 2, 3, 1])
    size = e.add("Slice", e.add("Shape", x), e.constant([0]), e.constant([1]), e.constant([0]))
    x = e.add("Reshape", x, e.add("Concat", size, e.constant([-1]), axis=0))
    x = e.add("Relu", e.add("Add", e.add("MatMul", x, e.weight(14 * 14 * 6, 16)), e.weight(16)))
    mean = e.add("Add", e.add("MatMul", x, e.weight(16, 3)), e.weight(3))
    log_var = e.add("Add", e.add("MatMul", x, e.weight(16, 3)), e.weight(3))
    spread = e.add("Exp", e.add("Mul", log_var, e.constant(np.float32(0.5))))
    z = e.add("Add", mean, e.add("Mul", spread, e.add("RandomNormalLike", mean)))
    encoder = e.save(folder / "encoder.onnx", [None, 28, 28, 1], ("z", z), axes=2)
    d = Written(1)
    x = d.add("Relu", d.add("Gemm", "x", d.weight(3, 7 * 7 * 8, scale=1), d.weight(7 * 7 * 8)))
    x = d.add("Reshape", x, d.constant([-1, 7, 7, 8]))
    x = d.add("Transpose", x, perm=[0, 3, 1, 2])
    for n_in, n_out, stride in ((8, 6, 2), (6, 4, 2)):
        x = d.add(
            "ConvTranspose", x, d.weight(n_in, n_out, 3, 3), d.weight(n_out),
            strides=[stride] * 2, auto_pad="SAME_UPPER",
        )  # fmt: skip
        norm = [d.constant(np.abs(d.draw.standard_normal(n_out)).astype(np.float32) + 0.5)
                for _ in range(4)]  # fmt: skip
        x = d.add("LeakyRelu", d.add("BatchNormalization", x, *norm), alpha=0.2)
    x = d.add("Conv", x, d.weight(1, 4, 3, 3), pads=[1, 1, 1, 1])
    x = d.add("Transpose", d.add("Sigmoid", x), perm=[0, 2, 3, 1])
    return encoder, d.save(folder / "decoder.onnx", [None, 3], ("image", x), axes=4)


def residual(folder):
    """Blocks with a convolution beside them, repeated pixels, [−1, 1], a code that is a map."""
    e = Written()
    x = e.add("Conv", "x", e.weight(4, 1, 3, 3), e.weight(4), pads=[1] * 4, strides=[2, 2])
    for stride in (1, 2):
        inner = e.add("Relu", e.add(
            "Conv", x, e.weight(4, 2, 3, 3), e.weight(4), pads=[1] * 4, strides=[stride] * 2,
            group=2,
        ))  # fmt: skip
        inner = e.add("Conv", inner, e.weight(4, 4, 3, 3), pads=[2] * 4, dilations=[2, 2])
        beside = x if stride == 1 else e.add("Conv", x, e.weight(4, 4, 1, 1), strides=[2, 2])
        x = e.add("Relu", e.add("Add", beside, inner))
    mean, log_var = e.add(
        "Split", e.add("Conv", x, e.weight(4, 4, 1, 1), e.weight(4)), n=2, axis=1
    )
    encoder = e.save(folder / "encoder.onnx", [1, 1, 28, 28], ("mu", mean), ("logvar", log_var))
    d = Written(1)
    x = d.add("Mul", d.add("Tanh", d.add("Div", "x", d.constant(np.float32(3)))),
              d.constant(np.float32(3)))  # fmt: skip
    x = d.add("Conv", x, d.weight(4, 2, 3, 3), d.weight(4), pads=[1] * 4)
    skip = x
    x = d.add("Add", d.add("Mul", x, d.add("Sigmoid", x)), skip)
    x = d.add("Resize", x, "", d.constant(np.float32([1, 1, 2, 2])), mode="nearest",
              coordinate_transformation_mode="asymmetric", nearest_mode="floor")  # fmt: skip
    x = d.add("Pad", x, d.constant([0, 0, 0, 0, 0, 0, 1, 1]))
    x = d.add("Conv", x, d.weight(4, 4, 2, 2), d.weight(4))
    x = d.add("ConvTranspose", x, d.weight(4, 1, 3, 3), strides=[2, 2], pads=[1] * 4,
              output_padding=[1, 1])  # fmt: skip
    x = d.add("Clip", d.add("Tanh", x), d.constant(np.float32(-0.5)), d.constant(np.float32(0.5)))
    return encoder, d.save(folder / "decoder.onnx", [None, 2, 7, 7], ("image", x))


def in_the_browser(model, codes, folder):
    """What the browser's decoder makes of codes, under Node.js; None where that is not here."""
    if (node := shutil.which("node")) is None:
        return None
    network = {"decoder": to_json(model.layers["decoder"]), "code_dim": model.config.code_dim}
    weights = {name: weight.numpy() for name, weight in model.state_dict().items()}
    (folder / "block").write_bytes(pack({"network": network}, weights))
    script = Path(__file__).parent.parent.parent / "benchmarks/foreign_models.mjs"
    done = subprocess.run(
        [node, str(script), str(folder / "block")], input=json.dumps(codes.tolist()),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return np.array(json.loads(done.stdout)["images"])


@pytest.mark.parametrize("kind", [keras_like, residual])
def test_layers_of_other_programs_compute_the_same(kind, tmp_path, digits):
    encoder, decoder = kind(tmp_path)
    made = opening.convert(encoder, decoder, digits[:8])
    assert made.model.config.kind == "vae"
    d, codes = made.model.config.code_dim, np.random.default_rng(0)
    given = codes.standard_normal((4, d)).astype(np.float32)
    with torch.no_grad():
        ours = made.model.decode(torch.from_numpy(given)).numpy()
        posterior = made.model.encode(torch.from_numpy(digits[:1]))
    (raw,) = session(decoder).run(["image"], {"x": given.reshape(4, *made.code_shape)})
    theirs = made.way.leave(raw, (1, 28, 28))
    assert np.abs(theirs - ours).max() <= 1e-5
    drawn = in_the_browser(made.model, given, tmp_path)
    assert drawn is None or np.abs(drawn - theirs.reshape(4, -1)).max() <= 1e-4
    if kind is residual:
        entered = made.way.enter(digits[:1])
        mean, log_var = session(encoder).run(["mu", "logvar"], {"x": entered})
        assert np.allclose(mean.ravel(), posterior.mean.numpy().ravel(), atol=1e-5)
        assert np.allclose(log_var.ravel(), posterior.log_var.numpy().ravel(), atol=1e-5)
        assert made.code_shape == (2, 7, 7)


def test_colours_in_any_order_of_axes_are_rebuilt(tmp_path):
    """A model of nothing but shapes: what comes out is what went in, channel by channel."""
    images = np.random.default_rng(0).random((40, 3, 4, 4)).astype(np.float32)
    for given, wanted in (([None, 48], "flat"), ([None, 4, 4, 3], "channels last")):
        e, d = Written(), Written()
        flat = e.add("Reshape", "x", e.constant([0, 48])) if len(given) > 2 else "x"
        code = e.add("MatMul", flat, e.constant(np.eye(48, dtype=np.float32)))
        encoder = e.save(tmp_path / "e.onnx", given, ("code", code), axes=2)
        out = d.add("Gemm", "x", d.constant(np.eye(48, dtype=np.float32)))
        made = d.add("Reshape", out, d.constant([-1, *given[1:]]))
        decoder = d.save(tmp_path / "d.onnx", [None, 48], ("y", made), axes=len(given))
        found = opening.convert(encoder, decoder, images)
        assert found.mse < 1e-12
        assert found.layout.startswith(wanted)


def test_a_sigmoid_before_the_last_reshape_is_the_output_function(tmp_path, digits):
    """Such a model's figures in nats are those of cross-entropy."""
    w = Written()
    mean = digits[:8].mean(axis=0).ravel().clip(0.01, 0.99)
    x = w.add("MatMul", "x", w.weight(2, 784, scale=0.01))
    x = w.add("Sigmoid", w.add("Add", x, w.constant(np.log(mean / (1 - mean)))))
    x = w.add("Reshape", x, w.constant([-1, 1, 28, 28]))
    decoder = w.save(tmp_path / "decoder.onnx", [None, 2], ("image", x), axes=4)
    made = opening.convert(simple(tmp_path), decoder, digits[:8])
    assert made.model.config.likelihood == "bernoulli"
    assert opening.difference(made, digits[:8]) <= 1e-6


def test_a_model_is_opened_by_one_command_and_listed(tmp_path, capsys, digits):
    encoder, decoder, _ = aecore.open("digits-vae-2d").export_onnx(tmp_path)
    words = ["open", str(encoder), str(decoder), "--data", "digits", "--name", "mine"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "mean and log σ² of a posterior: 2 units" in said
    assert "the app lists it as mine" in said
    lab, ours = aecore.open("mine"), aecore.open("digits-vae-2d")
    assert lab.card.foreign
    assert lab.stored.weights["decoder.0.weight"].dtype == np.float32
    assert lab.stored.n_parameters == ours.stored.n_parameters
    assert lab.stored.n_bytes == 2 * ours.stored.n_bytes == 4 * ours.stored.n_parameters
    assert np.abs(lab.reconstruct(digits) - ours.reconstruct(digits)).max() <= 1e-5
    assert lab.card.metrics["mse"] == pytest.approx(ours.card.metrics["mse"], rel=1e-4)
    assert main(words) == 2  # the name is taken
    assert "one that no model of yours has" in capsys.readouterr().err


# ---- what a stranger may send ---------------------------------------------------------------


def simple(folder, **options):
    w = Written()
    x = w.add("Gemm", "x", w.weight(784, 2))
    return w.save(folder / "encoder.onnx", [None, 784], ("code", x), **options)


def broken(path, change):
    model = onnx.load_model_from_string(path.read_bytes())
    change(model)
    path.write_bytes(model.SerializeToString())
    return path


def external(location):
    def change(model):
        tensor = model.graph.initializer[0]
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=location)

    return change


def nan(model):
    tensor = model.graph.initializer[0]
    tensor.raw_data = np.full(tensor.dims, np.nan, np.float32).tobytes()


def huge(model):
    model.graph.initializer[0].dims[:] = [1 << 20, 1 << 11]


def few(model):
    model.graph.initializer[0].dims[:] = [784, 3]


def negative(model):
    model.graph.initializer[0].dims[:] = [-784, -2]


def own(model):
    model.graph.node[0].domain = "evil"


HOSTILE = {
    "cut": (lambda p: p.write_bytes(p.read_bytes()[:900]), "is no ONNX file, or was cut"),
    "text": (lambda p: p.write_text("import os"), "is no ONNX file, or was cut"),
    "empty": (lambda p: p.write_bytes(b""), "is no ONNX file, or was cut"),
    "nan": (lambda p: broken(p, nan), "holds NaN or infinity"),
    "huge": (lambda p: broken(p, huge), "claims 8,590 MB; up to 400 are read"),
    "few": (lambda p: broken(p, few), "holds fewer numbers than it claims"),
    "negative": (lambda p: broken(p, negative), "has a negative size"),
    "own": (lambda p: broken(p, own), "has operators of its own"),
    "outside": (lambda p: broken(p, external("../secret")), "no file in its own folder"),
    "absolute": (lambda p: broken(p, external("/etc/passwd")), "no file in its own folder"),
    "link": (lambda p: broken(p, external("link")), "no file in its own folder"),
    "short": (lambda p: broken(p, external("short")), "is too short"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_get_a_sentence_and_nothing_outside_is_read(kind, tmp_path):
    folder = tmp_path / "upload"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(bytes(784 * 2 * 4))
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "short").write_bytes(b"1234")
    path = simple(folder)
    change, words = HOSTILE[kind]
    change(path)
    with pytest.raises(ValueError, match=words) as caught:
        read_onnx(path)
    assert "\n" not in str(caught.value)


def test_numbers_in_a_file_beside_it_are_read(tmp_path):
    path = simple(tmp_path)
    weights = numpy_helper.to_array(
        onnx.load_model_from_string(path.read_bytes()).graph.initializer[0]
    )
    (tmp_path / "beside").write_bytes(weights.tobytes())
    found = read_onnx(broken(path, external("beside")))
    assert np.array_equal(found.constants["c0"], weights)


@pytest.mark.parametrize("name", ["vae.pt", "vae.pth", "vae.h5", "vae.ckpt"])
def test_files_that_may_hold_code_are_refused_with_what_converts_them(name, tmp_path):
    (tmp_path / name).write_bytes(b"\x80\x04")
    with pytest.raises(ValueError, match=r"may hold code.*torch\.onnx\.export"):
        read_onnx(tmp_path / name)


def test_an_old_opset_an_unknown_operator_and_absurd_shapes_are_named(tmp_path, digits):
    with pytest.raises(ValueError, match="has opset 7, but 9 to 25 are known"):
        read_onnx(simple(tmp_path, opset=7))
    encoder = simple(tmp_path)
    w = Written()
    x = w.add("Cast", w.add("NonZero", w.add("Gemm", "x", w.weight(2, 784))), to=1)
    decoder = w.save(tmp_path / "decoder.onnx", [None, 2], ("image", x))
    with pytest.raises(ValueError, match="operator that is not known here: NonZero; nor can a"):
        opening.convert(encoder, decoder, digits[:8])
    w = Written()
    x = w.add("Reshape", w.add("MatMul", "x", w.weight(2, 784)), w.constant([-1, 1, 28, 28]))
    for _ in range(9):
        x = w.add("Upsample", x, w.constant(np.float32([1, 1, 8, 8])), mode="nearest")
    bomb = w.save(tmp_path / "bomb.onnx", [None, 2], ("image", x), opset=9, axes=4)
    with pytest.raises(ValueError, match="up to 2,000,000 numbers an image are shown"):
        opening.convert(encoder, bomb, digits[:8])
    w = Written()
    x = w.add("ConstantOfShape", w.constant([1 << 30, 1 << 10]))
    x = w.add("Add", w.add("Gemm", "x", w.weight(2, 784)), x)
    bomb = w.save(tmp_path / "bomb.onnx", [None, 2], ("image", x))
    with pytest.raises(ValueError, match="asks for a constant of 1,099,511,627,776 numbers"):
        opening.convert(encoder, bomb, digits[:8])
    with pytest.raises(ValueError, match=r"takes any×784, but the images are \(3, 32, 32\)"):
        opening.convert(encoder, decoder, np.zeros((8, 3, 32, 32), np.float32))
