"""Bare weights with a list of layers: computed as torch computes them."""

import json
import re

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn

import aecore
from aecore import project
from aecore.checkpoints import read, shipped_folder
from aecore.cli import main
from aecore.errors import ForeignModelError
from aecore.foreign import opening, tables
from aecore.foreign.formats import Asked
from aecore.models.layers import KINDS, to_json


@pytest.fixture(scope="module")
def digits():
    return aecore.load_data("digits", "test").images


def saved(folder, module, table):
    weights, layers = folder / "weights.safetensors", folder / "table.json"
    save_file({k: v.contiguous() for k, v in module.state_dict().items()}, weights)
    layers.write_text(json.dumps(table))
    return weights, Asked(layers=layers)


def seeded(make):
    with torch.random.fork_rng():
        torch.random.default_generator.manual_seed(0)
        made = make()
        for each in made.modules():
            if isinstance(each, nn.BatchNorm2d):
                each.running_mean.normal_()
                each.running_var.uniform_(0.5, 2)
    return made.eval()


class Vae(nn.Module):
    """As most are written: two nn.Sequential and two heads."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 4, 4, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
            nn.Conv2d(4, 8, 3, 2, 2, dilation=2, groups=2), nn.LeakyReLU(0.1), nn.Flatten(),
        )  # fmt: skip
        self.fc_mu, self.fc_var = nn.Linear(8 * 49, 3), nn.Linear(8 * 49, 3)
        self.decoder = nn.Sequential(
            nn.Linear(3, 4 * 49), nn.SiLU(), nn.Unflatten(1, (4, 7, 7)),
            nn.ConvTranspose2d(4, 4, 3, 2, 1, output_padding=1), nn.GELU("tanh"),
            nn.Upsample(scale_factor=2), nn.Conv2d(4, 1, 3, 1, 1), nn.Sigmoid(),
        )  # fmt: skip


TABLE = {
    "encoder": [
        {"kind": "conv", "stride": 2, "padding": 1},
        {"kind": "batch_norm"},
        {"kind": "activation", "name": "relu"},
        {"kind": "conv", "n_in": 4, "n_out": 8, "kernel": 3, "stride": 2, "padding": 2,
         "dilation": 2, "groups": 2},
        {"kind": "leaky_relu", "slope": 0.1},
        {"kind": "reshape", "shape": [392]},
    ],
    "mean": [{"kind": "linear", "weights": "fc_mu"}],
    "log_var": [{"kind": "linear", "weights": "fc_var"}],
    "decoder": [
        {"kind": "linear"},
        {"kind": "activation", "name": "silu"},
        {"kind": "reshape", "shape": [4, 7, 7]},
        {"kind": "conv_transpose", "stride": 2, "padding": 1, "output_padding": 1},
        {"kind": "activation", "name": "gelu"},
        {"kind": "upsample", "factor": 2},
        {"kind": "conv", "stride": 1, "padding": 1},
        {"kind": "activation", "name": "sigmoid"},
    ],
}  # fmt: skip


def test_a_state_dict_of_torch_computes_what_torch_does(tmp_path, digits):
    vae = seeded(Vae)
    weights, asked = saved(tmp_path, vae, TABLE)
    made = opening.convert(weights, None, digits[:16], asked)
    assert made.model.config.kind == "vae"
    with torch.no_grad():
        h = vae.encoder(torch.from_numpy(made.way.enter(digits[:16])))
        posterior = made.model.encode(torch.from_numpy(digits[:16]))
        assert np.allclose(posterior.mean, vae.fc_mu(h), atol=1e-5)
        assert np.allclose(posterior.log_var, vae.fc_var(h), atol=1e-5)
        theirs = made.way.leave(vae.decoder(posterior.mean).numpy(), (1, 28, 28))
        assert np.abs(made.model.decode(posterior.mean).numpy() - theirs).max() <= 1e-5
    assert opening.difference(made, digits) is None  # torch itself is all that could compute it


@pytest.mark.parametrize(
    "name", ["digits-sparse-1024d", "fashion-vae-2d", "heartbeats-ae-16d", "digits-pca-2d"]
)
def test_the_words_are_those_of_our_own_checkpoints(name, tmp_path):
    """Weights and layers of a shipped model are opened as a stranger's, and are the same."""
    stored = read(shipped_folder() / f"{name}.safetensors")
    weights, layers = tmp_path / "weights.safetensors", tmp_path / "table.json"
    save_file({k: torch.from_numpy(v) for k, v in stored.weights.items()}, weights)
    parts = {part: to_json(getattr(stored.card, part)) for part in ("encoder", "decoder")}
    layers.write_text(json.dumps(parts))
    data = "digits" if "fashion" in name else stored.card.data
    images = aecore.load_data(data, "test").images[:32]
    made, lab = opening.convert(weights, None, images, Asked(layers=layers)), aecore.open(name)
    with torch.no_grad():
        posterior = made.model.encode(torch.from_numpy(images))
    assert np.abs(posterior.mean.numpy() - lab.encode(images)).max() <= 1e-3
    assert (posterior.log_var is None) == (lab.card.model.kind != "vae")
    wanted = made.way.leave(lab.decode(posterior.mean.numpy()), images.shape[1:])
    with torch.no_grad():
        rebuilt = made.model.decode(posterior.mean).numpy()
    assert np.abs(rebuilt - wanted).max() <= 1e-4


def test_every_kind_of_layer_has_a_word():
    assert KINDS.keys() - {"onnx"} <= tables.LAYERS.keys()  # a file is no table


def test_the_example_of_the_documentation_runs(tmp_path, capsys, monkeypatch):
    """Python that makes the weights, the list, and the command."""
    monkeypatch.chdir(tmp_path)
    text = (project.FOLDER / "docs/command-line.md").read_text(encoding="utf-8")
    section = text[text.index("### Bare weights") :]
    python, table = (
        re.search(rf"```{kind}\n(.*?)```", section, re.DOTALL)[1] for kind in ("python", "json")
    )
    command = re.search(r"```\npython -m aecore (open .*?)\n```", section)[1]
    with torch.random.fork_rng():
        exec(compile(python, "docs", "exec"), {})  # our own page
    (tmp_path / "table.json").write_text(table)
    assert main(command.split()) == 0
    said = capsys.readouterr().out
    assert "mean and log σ² of a posterior" in said
    assert "ompared" not in said


# ---- what a stranger may send ---------------------------------------------------------------


def linear(**parts):
    return {"encoder": [{"kind": "linear"}], "decoder": [{"kind": "linear"}], **parts}


def small():
    return nn.ModuleDict({
        "encoder": nn.Sequential(nn.Linear(784, 2)), "decoder": nn.Sequential(nn.Linear(2, 784)),
    })  # fmt: skip


BAD = {
    "no table": (None, "give the list of its layers, too, a .json"),
    "not there": ("gone.json", "can't be opened"),
    "no JSON": ("{", "is no JSON of up to 1 MB"),
    "large": (" " * 1_000_001 + "{}", "is no JSON of up to 1 MB"),
    "deep": ("[" * 100_000, "is no JSON of up to 1 MB"),
    "parts": ({"encoder": []}, "needs lists of layers called encoder and decoder"),
    "other part": (linear(critic=[]), "needs lists of layers called encoder and decoder"),
    "one head": (linear(mean=[]), "one of mean and log_var; it needs both or none"),
    "no layer": (linear(encoder=[3]), "needs lists of layers"),
    "many": (linear(encoder=[{"kind": "linear"}] * 5001), "more than 5,000 layers"),
    "kind": (linear(encoder=[{"kind": "attention"}]), "'attention' is not known; known are"),
    "no kind": (linear(encoder=[{}]), "the layer 'None' is not known"),
    "name": (linear(encoder=[{"kind": "activation", "name": "erf"}]), "'erf' is not known"),
    "place": (linear(encoder=[{"kind": "linear"}] * 2), r"has no encoder\.1\.weight; it has enc"),
    "field": (linear(encoder=[{"kind": "reshape"}]), "layer 0 of the encoder.*lacks 'shape'"),
    "number": (linear(encoder=[{"kind": "upsample", "factor": "x"}]), "layer 0 of the encoder"),
    "sizes": (linear(encoder=[{"kind": "linear", "n_in": 3}]), "n_in 784, and the list says 3"),
    "axes": (linear(encoder=[{"kind": "conv", "stride": 1, "padding": 0}]), "no layer conv has"),
    "back": (linear(encoder=[{"kind": "recall", "back": 7}]), "layer 0 of the encoder"),
    "bomb": (
        linear(decoder=[{"kind": "linear"}, {"kind": "reshape", "shape": [1, 28, 28]},
                        {"kind": "upsample", "factor": 100_000}]),
        "up to 2,000,000 numbers an image are shown",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_list_that_can_not_be_followed_gets_a_sentence(kind, tmp_path, digits):
    given, words = BAD[kind]
    weights, asked = saved(tmp_path, seeded(small), linear())
    if given is None or given == "gone.json":
        asked = Asked(layers=given and tmp_path / given)
    else:
        asked.layers.write_text(given if isinstance(given, str) else json.dumps(given))
    with pytest.raises(ForeignModelError, match=words) as caught:
        opening.convert(weights, None, digits[:8], asked)
    assert "\n" not in str(caught.value)


def test_weights_that_are_damaged_or_ours_get_a_sentence(tmp_path, digits):
    weights, asked = saved(tmp_path, seeded(small), linear())
    raw = weights.read_bytes()
    lying = raw.replace(b'"shape":[2,784]', b'"shape":[2,999]')
    assert lying != raw
    broken = seeded(small)
    broken["decoder"][0].weight.data[0, 0] = np.nan
    save_file(dict(broken.state_dict()), tmp_path / "nan.safetensors")
    ours = (shipped_folder() / "digits-ae-2d.safetensors").read_bytes()
    cases = {
        "is no safetensors file, or was cut": (raw[:-9], raw[:5], b"", b"\xff" * 99, lying),
        "holds NaN or infinity": ((tmp_path / "nan.safetensors").read_bytes(),),
        "is a checkpoint of Autoencoder Explorer": (ours,),
    }
    for words, contents in cases.items():
        for content in contents:
            weights.write_bytes(content)
            with pytest.raises(ForeignModelError, match=words) as caught:
                opening.convert(weights, None, digits[:8], asked)
            assert "\n" not in str(caught.value)
    with pytest.raises(ForeignModelError, match="hold the weights of both halves; give it alone"):
        opening.convert(weights, weights, digits[:8], asked)
