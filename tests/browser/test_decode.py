"""The browser's own arithmetic against torch and numpy: networks, maps, support.

All shipped models are compared under Node.js (`tests/js/test_parity.py`); here one of each kind is
compared in the browser itself.
"""

import base64

import numpy as np
import pytest
import torch

from aecore.checkpoints import build, read, shipped_folder
from aecore.export import network_bytes, pack
from aecore.latents.projection import PCA, TSNE, Axes
from aecore.latents.support import Support
from tests.browser.modules import address, blank
from tests.dummies import oblong

OBLONG = "of images wider than high"
MODELS = (OBLONG, "digits-dae-784d", "heartbeats-vae-2d", "mnist-pca-16d", "mnist-vae-16d")
N = 8


@pytest.fixture(scope="module")
def run(app, look_at):
    """run(source, block, *values): an async JavaScript function over an unpacked block."""
    page = look_at(blank(app))
    page.evaluate(
        """async (urls) => {
            const [pack, net, plane, support] = await Promise.all(urls.map((url) => import(url)));
            Object.assign(window, { modules: { ...pack, ...net, ...plane, ...support } });
        }""",
        [address(app, n) for n in ("payload/pack", "net/net", "net/plane", "net/support")],
    )

    def evaluate(source, block, values):
        return page.evaluate(
            f"""async ([text, values]) => {{
                const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
                const {{ header, arrays }} = modules.unpack(bytes);
                return ({source})(header, arrays, values);
            }}""",
            [base64.b64encode(block).decode(), values],
        )

    return evaluate


@pytest.mark.parametrize("name", MODELS)
def test_decoder_and_encoder_equal_torchs(name, run, tmp_path):
    path = shipped_folder() / f"{name}.safetensors"
    if name == OBLONG:  # and that can't be halved evenly
        path = tmp_path / "oblong.safetensors"
        path.write_bytes(oblong(code_dim=24, body="residual", channels=(4, 8, 8), widths=(1, 1)))
    stored = read(path)
    model = build(stored)
    codes = np.concatenate([
        stored.latents.codes[:N],
        3 * np.random.default_rng(0).standard_normal((N, model.config.code_dim)),
    ]).astype(np.float32)  # fmt: skip
    images = model.decode(torch.from_numpy(codes))
    decoded = run(
        """(header, arrays, codes) => {
            const net = modules.decoder(header.network, arrays);
            return codes.map((code) => Array.from(net.run(Float32Array.from(code))));
        }""",
        network_bytes(stored), codes.tolist(),
    )  # fmt: skip
    assert np.abs(np.array(decoded) - images.flatten(1).numpy()).max() <= 1e-3
    encoded = run(
        """(header, arrays, images) => {
            const net = modules.encoder(header.network, arrays);
            return images.map((image) => Array.from(net.run(Float32Array.from(image))));
        }""",
        network_bytes(stored), images.flatten(1).tolist(),
    )  # fmt: skip
    means = np.array(encoded)[:, : model.config.code_dim]
    assert np.abs(means - model.encode(images).mean.numpy()).max() <= 1e-3


@pytest.fixture(scope="module")
def latents():
    return read(shipped_folder() / "mnist-vae-16d.safetensors").latents


@pytest.mark.parametrize("fill", ["mean", "image", "neighbours"])
@pytest.mark.parametrize("kind", [PCA, Axes])
def test_linear_maps_equal_pythons(kind, fill, latents, run):
    plane = kind(fill=fill, anchor=latents.codes[17]).fit(latents.codes)
    places = np.random.default_rng(1).uniform(-3, 3, (N, 2)).astype(np.float32)
    arrays = {
        "origin": plane.origin, "basis": plane.basis, "codes": latents.codes,
        "points": plane.points,
    }  # fmt: skip
    got = run(
        f"""(header, arrays, places) => {{
            const map = modules.plane("linear", arrays, 16);
            map.fill = "{fill}";
            map.anchor = 17;
            return places.map(([x, y]) => {{
                const code = Array.from(map.inverse(x, y, new Float32Array(16)));
                return [code, map.transform(code)];
            }});
        }}""",
        pack({}, arrays), places.tolist(),
    )  # fmt: skip
    codes = np.array([code for code, _ in got])
    assert np.abs(codes - plane.inverse(places)).max() <= 1e-3
    assert np.abs(np.array([place for _, place in got]) - places).max() <= 1e-3


def test_maps_by_neighbours_equal_pythons(latents, run):
    points = np.random.default_rng(2).uniform(-30, 30, (len(latents), 2)).astype(np.float32)
    plane = TSNE().place(latents.codes, points)
    places = np.random.default_rng(3).uniform(-40, 40, (N, 2)).astype(np.float32)
    got = run(
        """(header, arrays, places) => {
            const map = modules.plane("neighbours", arrays, 16);
            return places.map(([x, y]) => {
                const code = Array.from(map.inverse(x, y, new Float32Array(16)));
                return [code, map.transform(code)];
            });
        }""",
        pack({}, {"codes": latents.codes, "points": points}), places.tolist(),
    )  # fmt: skip
    want = plane.inverse(places)
    assert np.abs(np.array([code for code, _ in got]) - want).max() <= 1e-3
    assert np.abs(np.array([place for _, place in got]) - plane.transform(want)).max() <= 1e-2


def test_support_equals_pythons(latents, run):
    support = Support.of(latents)
    codes = (1.5 * latents.codes[:N]).astype(np.float32)
    got = run(
        """(header, arrays, codes) => {
            const near = modules.support(arrays.codes, arrays.scale, arrays.reference, header);
            return codes.map((code) => near.share(code));
        }""",
        pack(support.circles(), {
            "codes": support.codes, "scale": support.scale, "reference": support.reference,
        }), codes.tolist(),
    )  # fmt: skip
    assert np.abs(np.array(got) - support.share(codes)).max() <= 2 / len(support.reference)
