"""torch.export's .pt2: read as JSON and numbers, and nothing in it is unpickled or run."""

import io
import json
import pickle  # noqa: TID251  # to write one that must not be read
import warnings
import zipfile

import numpy as np
import pytest
import torch
from torch import nn

import aecore
from aecore.errors import ForeignModelError
from aecore.foreign import archives, opening, programs


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


class Block(nn.Module):
    """A branch beside a convolution, in place as many write it."""

    def __init__(self, n):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(n, n, 3, padding=1, bias=False), nn.BatchNorm2d(n)

    def forward(self, x):
        h = nn.functional.relu(self.norm(self.conv(x)), inplace=True)
        h += x
        return h


class Vae(nn.Module):
    """Operators of the published architectures, in little."""

    def __init__(self, *, draws):
        super().__init__()
        self.draws = draws
        self.trunk = nn.Sequential(
            nn.Conv2d(1, 4, 3, 2, 1), nn.LeakyReLU(0.2), Block(4), nn.ZeroPad2d((0, 1, 0, 1)),
            nn.Conv2d(4, 6, 3, 2, groups=2), nn.SiLU(), nn.Dropout(0.1),
        )  # fmt: skip
        self.heads = nn.Linear(6 * 49, 6)
        self.start = nn.Linear(3, 4 * 49)
        self.decoder = nn.Sequential(
            nn.Unflatten(1, (4, 7, 7)), nn.Hardtanh(-3, 3), nn.Upsample(scale_factor=2), Block(4),
            nn.ConvTranspose2d(4, 2, 3, 2, 1, output_padding=1), nn.GELU(approximate="tanh"),
            nn.Conv2d(2, 1, 3, padding="same", dilation=2),
        )  # fmt: skip

    def encode(self, x):
        maps = self.trunk(2 * x - 1)
        flat = maps.permute(0, 2, 3, 1).flatten(1)
        return torch.addmm(self.heads.bias, flat, self.heads.weight.t()).chunk(2, dim=1)

    def decode(self, z):
        return (torch.tanh(self.decoder(torch.relu_(self.start(z)))) + 1) / 2

    def forward(self, x):
        mean, log_var = self.encode(x)
        log_var = log_var.clamp(-10, 10)
        z = mean + torch.exp(0.5 * log_var) * torch.randn_like(mean) if self.draws else mean
        return {"recon": self.decode(z), "mu": mean, "logvar": log_var}


def ready(module, seed=0):
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(seed)
        made = module()
        for each in made.modules():
            if isinstance(each, nn.BatchNorm2d):
                each.running_mean.normal_()
                each.running_var.uniform_(0.5, 2)
    return made.eval()


def exported(module, given, path, *, dynamic=True, core=False):
    sizes = ({0: torch.export.Dim("n", min=1)},) if dynamic else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        program = torch.export.export(module, (given,), dynamic_shapes=sizes)
        torch.export.save(program.run_decompositions() if core else program, path)
    return path


@pytest.fixture(scope="module")
def vae():
    return ready(lambda: Vae(draws=True))


@pytest.fixture(scope="module")
def whole(vae, tmp_path_factory):
    return exported(vae, torch.rand(2, 1, 28, 28), tmp_path_factory.mktemp("pt2") / "vae.pt2")


def same(made, vae, images):
    with torch.no_grad():
        x = torch.from_numpy(images)
        mean, log_var = vae.encode(torch.from_numpy(made.way.enter(images)))
        posterior = made.model.encode(x)
        assert np.allclose(posterior.mean, mean, atol=1e-4)
        assert np.allclose(posterior.log_var, log_var, atol=1e-4)
        theirs = made.way.leave(vae.decode(mean).numpy(), (1, 28, 28))
        assert np.abs(made.model.decode(posterior.mean).numpy() - theirs).max() <= 1e-5
    assert opening.difference(made, images) <= 1e-5


def test_a_whole_vae_is_cut_at_its_draw_and_computes_the_same(vae, whole, digits):
    made = opening.convert(whole, None, digits[:16])
    assert made.model.config.kind == "vae"
    same(made, vae, digits[:16])


def test_two_halves_and_a_fixed_number_of_images_will_do(tmp_path, digits):
    layers = (
        nn.Conv2d(1, 8, 5, 2),
        nn.ELU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(8, 2),
    )
    encoder = ready(lambda: nn.Sequential(*layers))
    path = exported(encoder, torch.rand(3, 1, 28, 28), tmp_path / "encoder.pt2", dynamic=False)
    decoder = ready(lambda: nn.Sequential(nn.Linear(2, 784), nn.Sigmoid()))
    other = exported(decoder, torch.rand(3, 2), tmp_path / "decoder.pt2", dynamic=False)
    with pytest.raises(ForeignModelError, match=r"operator that is not known here: elu\.default"):
        opening.convert(path, other, digits[:16])
    encoder[1] = nn.Tanh()
    path = exported(encoder, torch.rand(3, 1, 28, 28), path, dynamic=False)
    made = opening.convert(path, other, digits[:16])
    with torch.no_grad():
        codes = encoder(torch.from_numpy(made.way.enter(digits[:5])))
        assert np.allclose(made.model.encode(torch.from_numpy(digits[:5])).mean, codes, atol=1e-5)
    assert opening.difference(made, digits[:16]) <= 1e-5


def test_core_aten_after_decompositions_is_known_too(tmp_path, vae, digits):
    path = exported(vae, torch.rand(2, 1, 28, 28), tmp_path / "core.pt2", core=True)
    same(opening.convert(path, None, digits[:16]), vae, digits[:16])


class Sampled(nn.Module):
    """As Lightning's VAE draws; what goes in is given back, too."""

    def __init__(self):
        super().__init__()
        self.mean, self.log_var = nn.Linear(784, 4), nn.Linear(784, 4)
        self.decoder = nn.Sequential(nn.Linear(4, 784), nn.Sigmoid())

    def forward(self, x):
        mean, log_var = self.mean(x.flatten(1)), self.log_var(x.flatten(1))
        spread = torch.exp(log_var / 2)
        z = torch.distributions.Normal(mean, spread, validate_args=False).rsample()
        return x, mean, log_var, self.decoder(z).view(x.shape)


@pytest.mark.parametrize("ending", ["pt2", "onnx"])
def test_a_draw_of_torch_distributions_is_found(ending, tmp_path, digits):
    module, path = ready(Sampled), tmp_path / f"vae.{ending}"
    if ending == "pt2":
        exported(module, torch.rand(2, 1, 28, 28), path)
    else:
        pytest.importorskip("onnx", reason='pip install -e ".[models]" has onnx')
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                module, (torch.rand(2, 1, 28, 28),), path, input_names=["x"], dynamo=False,
                dynamic_axes={"x": {0: "n"}},
            )  # fmt: skip
    made = opening.convert(path, None, digits[:16])
    with torch.no_grad():
        posterior = made.model.encode(torch.from_numpy(digits[:16]))
        rows = torch.from_numpy(made.way.enter(digits[:16])).flatten(1)
        assert np.allclose(posterior.mean, module.mean(rows), atol=1e-5)
        assert np.allclose(posterior.log_var, module.log_var(rows), atol=1e-5)
    assert opening.difference(made, digits[:16]) <= 1e-5


class Changed(nn.Module):
    """Changes in place what another name still means."""

    def forward(self, x):
        flat = x.flatten(1)
        code = flat[:, :4] * 1.0
        flat.relu_()
        return code, x


def test_a_change_in_place_through_another_name_is_refused(tmp_path):
    path = exported(Changed().eval(), torch.rand(2, 1, 28, 28), tmp_path / "changed.pt2")
    with pytest.raises(ForeignModelError, match="in place after it was cut or turned"):
        programs.read(path)


def test_a_model_that_still_trained_is_refused(tmp_path):
    module = nn.Sequential(nn.Flatten(), nn.Linear(784, 2), nn.Dropout(0.5))
    path = exported(module, torch.rand(2, 1, 28, 28), tmp_path / "training.pt2")
    with pytest.raises(ForeignModelError, match=r"call model\.eval\(\) before torch\.export"):
        programs.read(path)


# ---- what a stranger may send ---------------------------------------------------------------


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path, contents, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def changed(whole, target, end, change):
    """The same file with a change in one of its JSON files."""
    contents = members(whole)
    (name,) = [each for each in contents if each.endswith(end)]
    said = json.loads(contents[name])
    contents[name] = json.dumps(change(said) or said).encode()  # another, or changed itself
    return packed(target, contents)


def first(config):
    return next(iter(config["config"].values()))


def meta(**sizes):
    def change(config):
        for key, value in sizes.items():
            first(config)["tensor_meta"][key] = value

    return change


class Evil:
    def __reduce__(self):
        return (print, ("run",))


WEIGHTS, MODEL = "model_weights_config.json", "models/model.json"
HOSTILE = {
    "pickled": (WEIGHTS, lambda c: first(c).update(use_pickle=True), "pickled, which may hold"),
    "outside": (WEIGHTS, lambda c: first(c).update(path_name="../../etc/passwd"), "has no data"),
    "absolute": (WEIGHTS, lambda c: first(c).update(path_name="/etc/passwd"), "has no data"),
    "huge": (WEIGHTS, meta(sizes=[{"as_int": 1 << 20}, {"as_int": 1 << 11}],
                           strides=[{"as_int": 0}, {"as_int": 0}]), "claims 8,590 MB"),
    "few": (WEIGHTS, meta(sizes=[{"as_int": 999}], strides=[{"as_int": 9}]), "holds fewer"),
    "beyond": (WEIGHTS, meta(storage_offset={"as_int": 1 << 40}), "holds fewer numbers"),
    "negative": (WEIGHTS, meta(sizes=[{"as_int": -1}], strides=[{"as_int": 1}]), "negative size"),
    "type": (WEIGHTS, meta(dtype=99), "holds no known type"),
    "lost": (WEIGHTS, lambda c: c["config"].popitem() and c, "has no"),
    "version": (MODEL, lambda m: m["schema_version"].update(major=99), "has version 99"),
    "graph": (MODEL, lambda m: m["graph_module"]["graph"].update(nodes=[{}]), "was cut"),
    "many": (MODEL, lambda m: m["graph_module"]["graph"].update(nodes=[{}] * 5001), "5,001 nodes"),
    "other": (MODEL, lambda m: {"graph_module": 3, "schema_version": {"major": 8}}, "was cut"),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_lying_files_get_a_sentence(kind, whole, tmp_path):
    end, change, words = HOSTILE[kind]
    path = changed(whole, tmp_path / "hostile.pt2", end, change)
    with pytest.raises(ForeignModelError, match=words) as caught:
        programs.read(path)
    assert "\n" not in str(caught.value)


def test_damaged_archives_get_a_sentence(whole, tmp_path):
    raw, contents = whole.read_bytes(), members(whole)
    root = next(name for name in contents if name.endswith("archive_format"))[:-14]
    model = root + MODEL
    weight = next(name for name in contents if "data/weights/weight_" in name)
    nan = np.full(len(contents[weight]) // 4, np.nan, np.float32).tobytes()
    deep = {**contents, model: b"[" * 200_000 + b"]" * 200_000}
    wide = {**contents, model: b'{"a": "' + b"0" * 17_000_000 + b'"}'}
    aoti = {k: v for k, v in contents.items() if k != model}
    cases = {
        "cut": (raw[: len(raw) // 2], "was cut"),
        "text": (b"import os", "was cut"),
        "empty": (b"", "was cut"),
        "nan": ({**contents, weight: nan}, "holds NaN or infinity"),
        "short": ({**contents, weight: contents[weight][:8]}, "holds fewer numbers"),
        "deep": (deep, "nested too deeply"),
        "bomb": (wide, "claims 17 MB; up to 16 are read"),
        "compiled": (aoti, "holds no exported program"),
        "plain zip": ({"a.txt": b"x"}, "is no file of torch.export.save"),
        "2.8": ({**contents, f"{root}data/weights/model.pt": b""}, "before 2.9.*Save it again"),
        "2.7": ({"serialized_exported_program.json": b"{}"}, "before 2.9.*Save it again"),
    }
    for kind, (given, words) in cases.items():
        path = tmp_path / f"{kind}.pt2"
        if isinstance(given, bytes):
            path.write_bytes(given)
        else:
            packed(path, given, compression=zipfile.ZIP_DEFLATED)
        with pytest.raises(ForeignModelError, match=words) as caught:
            programs.read(path)
        assert "\n" not in str(caught.value), kind


def test_a_directory_that_is_all_there_is_is_not_read(tmp_path, monkeypatch):
    """A million names in 80 MB would take gigabytes."""
    monkeypatch.setattr(archives._Bounded, "most", 20_000)
    path = packed(tmp_path / "names.pt2", {f"name {i}": b"" for i in range(500)})
    with pytest.raises(ForeignModelError, match="MB of names"):
        programs.read(path)


def test_no_pickle_in_the_file_is_read(whole, tmp_path, monkeypatch, vae, digits):
    """Its sample inputs are one, and torch.export.load would run it."""
    contents = members(whole)
    (name,) = [each for each in contents if "sample_inputs" in each]
    evil = io.BytesIO()
    with zipfile.ZipFile(evil, "w") as inner:
        inner.writestr("x/data.pkl", pickle.dumps(Evil()))
    path = packed(tmp_path / "evil.pt2", {**contents, name: evil.getvalue()})

    def refuse(*args, **options):
        raise AssertionError("unpickled")

    for module, function in ((torch, "load"), (torch.export, "load"), (pickle, "loads")):
        monkeypatch.setattr(module, function, refuse)
    same(opening.convert(path, None, digits[:16]), vae, digits[:16])


def test_an_operator_of_its_own_is_named_and_not_run(whole, tmp_path, digits):
    def change(model):
        for node in model["graph_module"]["graph"]["nodes"]:
            if "tanh" in node["target"]:
                node["target"] = "os.system"

    path = changed(whole, tmp_path / "own.pt2", MODEL, change)
    with pytest.raises(ForeignModelError, match=r"not known here: os\.system"):
        opening.convert(path, None, digits[:16])


def test_a_constant_that_would_take_gigabytes_is_not_computed(whole, tmp_path):
    def change(model):
        graph = model["graph_module"]["graph"]
        weight = graph["inputs"][0]["as_tensor"]["name"]
        graph["nodes"].insert(0, {
            "target": "torch.ops.aten.constant_pad_nd.default", "metadata": {},
            "inputs": [{"name": "self", "arg": {"as_tensor": {"name": weight}}, "kind": 1},
                       {"name": "pad", "arg": {"as_ints": [1 << 30, 1 << 30]}, "kind": 1}],
            "outputs": [{"as_tensor": {"name": "bomb"}}],
        })  # fmt: skip
        graph["tensor_values"]["bomb"] = graph["tensor_values"][weight]

    path = changed(whole, tmp_path / "bomb.pt2", MODEL, change)
    with pytest.raises(ForeignModelError, match="asks for a constant of"):
        programs.read(path)


def test_half_precision_and_strides_are_read(tmp_path):
    """bfloat16 as torch has it, and a weight that is stored across."""
    module = nn.Linear(4, 3).to(torch.bfloat16).eval()
    module.weight = nn.Parameter(module.weight.t().contiguous().t())
    given = torch.rand(2, 4, dtype=torch.bfloat16)
    (found,) = programs.read(exported(module, given, tmp_path / "half.pt2"))
    weights = [v for v in found.constants.values() if v.shape == (3, 4)]
    assert np.array_equal(weights[0], module.weight.detach().float().numpy())
