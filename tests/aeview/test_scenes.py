"""Every scene opens on what it names, and every claim with a number holds."""

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from scipy.linalg import subspace_angles
from scipy.spatial.distance import cdist
from scipy.stats import betabinom, norm, spearmanr
from sklearn.metrics import mutual_info_score
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import KNeighborsClassifier
from streamlit.testing.v1 import AppTest
from torch.distributions import Categorical, MixtureSameFamily, MultivariateNormal

import aecore
from aecore import classifier, frechet, scoring
from aecore.anomaly import strangers
from aecore.checkpoints import build, classifier_file, find, read
from aecore.corruption import HOLE
from aecore.data import digits, faces
from aecore.data.catalogue import load
from aecore.diagnosis import n_drawn
from aecore.errors import DataError
from aecore.flows import files as flow_files
from aecore.inpainting import mean_fill
from aecore.latents import counterfactual
from aecore.latents.support import Support
from aecore.metrics import auroc
from aecore.noise import KINDS
from aecore.seeding import stream
from aeview import pages
from aeview.codes_at_work import figures as work_figures
from aeview.lessons import figures as lesson_figures
from aeview.lessons import scenes
from aeview.lessons.figures import opened
from aeview.shell import links
from aeview.work import sample_quality, shipped
from aeview.work.live import Opened
from tests import blind_spots

ROOT = Path(__file__).parent.parent.parent
TIMEOUT = 120
SCENES = scenes.read()
ISSUE = 26  # claims of the lecture notes, some shown by several scenes

# ---- they open -----------------------------------------------------------------


def test_there_is_a_scene_for_every_claim():
    assert len(SCENES) >= ISSUE
    assert {scene.figure for scene in SCENES} - {""} == set(CHECKS)


def test_every_scene_opens_with_its_subject_on_screen():
    for scene in SCENES:
        assert scene.subject, scene.id
        said = f"{scene.claim} {scene.look}".lower()
        for elsewhere in ("scroll", "sidebar", "below", "stand on the left"):
            # "below and above" the levels is no place on the page
            assert elsewhere not in said.replace("below and above", ""), scene.id


def test_every_figure_of_a_page_can_be_found_there():
    """By `data-figure` in the browser's code, or as a container of `frame.subject` or a chart."""
    for page in pages.PAGES.values():
        places = [ROOT / "aeview" / page.address, ROOT / "aeview" / "browser" / page.address]
        files = [f for place in places for f in place.rglob("*") if f.suffix in (".html", ".py")]
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        named = {n for found in re.findall(r'data-figure="([^"]+)"', text) for n in found.split()}
        for name in page.figures:
            assert name in named or f'"{name}")' in text, (page.title, name)


def test_the_figures_one_can_name_are_listed():
    readme = (ROOT / "lessons" / "README.md").read_text(encoding="utf-8")
    for page in pages.PAGES.values():
        names = ", ".join(f"`{name}`" for name in page.figures)
        assert not names or f"| `{page.address}` | {names} |" in readme, page.title


def test_every_scene_opens_on_what_it_names(monkeypatch, tmp_path):
    """Without MNIST on the machine, and without a word of complaint."""
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("AECORE_DATA_DIR", str(tmp_path))
    for scene in SCENES:
        target = scene.target
        app = AppTest.from_file(str(ROOT / "pages/main.py"), default_timeout=TIMEOUT)
        app.query_params.update(target.parameters)
        app.switch_page(target.script).run()
        assert not app.exception, scene.id
        assert not app.error, scene.id
        assert not [info.value for info in app.info if "ignored" in info.value], scene.id
        heads = [part.proto.body for part in app.get("html") if "<h1>" in part.proto.body]
        assert target.page.replace("_", " ").capitalize() in heads[0], scene.id
        wanted = target.parameters.get("model", "digits-vae-2d")
        assert app.session_state["model"] == wanted, scene.id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[scene]]\nid = 'A b'\ntitle = 't'\nclaim = 'c'\nlink = 'train'", "id is “A b”"),
        ("[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'home'", "names no page"),
        ("[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'latent_map'", "root"),
        ("[[scene]]\nid = 'a'\ntitle = ' '\nclaim = 'c'\nlink = 'train'", "an empty title"),
        ("[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'train?z=1'", "“z”, which the"),
        ("[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'train?z'", "name=value"),
        ("[[scene]]\nid = 'a'\ntitle = 't'\nlink = 'train'", "lacks its claim"),
        ("[[scene]]\nid = 'a'\ntitle = 1\nclaim = 'c'\nlink = 'train'", "title of scene “a” has"),
        ("[[scene]]\nid = 'a'\ncolour = 't'", "says “colour”"),
        (
            "[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'train'\nsubject = 'map'",
            "“map”, which is no figure of the page train; its figures are settings, run",
        ),
        (
            "[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'train'\ncontrols = 'Play'",
            "a list of names",
        ),
        (2 * "[[scene]]\nid = 'a'\ntitle = 't'\nclaim = 'c'\nlink = 'train'\n", "“a” twice"),
        ("scene = 1", r"\[\[scene\]\] tables alone"),
        ("[[scene", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_said_in_one_sentence(tmp_path, text, words):
    (tmp_path / "scenes.toml").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=words) as said:
        scenes.read(tmp_path / "scenes.toml")
    assert "\n" not in str(said.value)


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        scenes.read(tmp_path / "scenes.toml")


def test_a_link_is_read_and_written_alike():
    text = "traverse?model=mnist-bvae-10d-b4"
    assert links.parse(text).text == text
    assert links.parse("train").text == "train"
    assert links.parse("?z=1,2&layers=fog").page == "latent_map"
    assert links.parse("?z=1,2&layers=fog").text == "?z=1,2&layers=fog"
    assert links.parse("").text == ""


def test_pages_and_parameters_are_those_there_are():
    files = {path.stem for path in (ROOT / "pages").glob("*.py")} - {"main"}
    assert set(pages.PAGES) == files


# ---- what they claim -----------------------------------------------------------------


class Bench:
    """What the checks share, each made once."""

    def __init__(self):
        self.train, self.test = digits.load("train"), digits.load("test")
        self.images = torch.from_numpy(self.test.images)
        self.judge = classifier.load(classifier_file("digits"))
        self.order = torch.from_numpy(np.random.default_rng(0).permutation(len(self.images)))
        self.models = {}

    def checkpoint(self, name):
        return read(find(f"digits-{name}"))

    def model(self, name):
        return self.models.setdefault(name, build(self.checkpoint(name)))

    def card(self, name):
        return self.checkpoint(name).card

    def mse(self, name):
        return self.card(name).metrics["mse"]

    def codes(self, name):
        return self.model(name).encode(self.images).mean

    def distance(self, pictures):
        """Fréchet distance to the training images."""
        found = classifier.features(self.judge.network, pictures)
        return frechet.distance(frechet.moments(found), self.judge.train)

    def says(self, pictures):
        return self.judge.network(pictures).argmax(1)

    def told(self, name):
        """Share of test codes whose nearest training codes have their class."""
        table = self.checkpoint(name).latents
        known, asked = table.split == 0, table.split == 2
        nearest = KNeighborsClassifier(10).fit(table.codes[known], table.labels[known])
        return nearest.score(table.codes[asked], table.labels[asked])

    def noisy(self, name, level):
        """Test codes moved by so many standard deviations of theirs, decoded."""
        codes = self.codes(name)
        draws = torch.empty_like(codes).normal_(generator=stream(0, "steps"))
        return self.model(name).decode(codes + level * codes.std(0) * draws)

    def half_way(self, name):
        """Codes half-way between pairs of test codes."""
        codes = self.codes(name)
        return (codes + codes[self.order]) / 2

    def supported(self, name, codes):
        """Mean support of codes."""
        support = Support.of(self.checkpoint(name).latents)
        return support.share(codes.numpy()).mean()

    def clear(self, pictures):
        """Share of pictures to which the classifier gives one class, by one half or more."""
        return (self.judge.network(pictures).softmax(1).amax(1) >= 0.5).float().mean().item()

    def samples(self, name, source="prior"):
        return sample_quality.distance(Opened(name, self.checkpoint(name)), source)


@pytest.fixture(scope="module")
def bench():
    return Bench()


@pytest.fixture(scope="module")
def work(bench):
    checkpoint = bench.checkpoint("ae-16d")

    class Silent:
        def report(self, done, total):
            pass

    work_figures.measure(checkpoint, Silent())
    return work_figures.known(checkpoint)


def code_and_reconstruction(b, _):
    assert b.card("ae-16d").model.code_dim == 16
    codes = b.codes("ae-16d")
    rebuilt = b.model("ae-16d").decode(codes)
    error = (rebuilt - b.images).square().mean().item()
    assert error == pytest.approx(b.mse("ae-16d"), rel=0.01)
    assert error < 0.07 * b.images.var(0).mean().item()


def classes_lie_together(b, _):
    for name in ("ae-2d", "stacked-2d"):
        assert b.told(name) > b.told("pca-2d") + 0.1


def lossy(b, work):
    code, png = (next(line for line in work.own if line.name == name) for name in ("code", "png"))
    assert code.n_bytes[0] < 0.1 * png.n_bytes[0]
    assert code.psnr < 35 < png.psnr


def photograph_is_flagged(b, _):
    for name in ("ae-16d", "vae-16d"):
        model = opened(f"digits-{name}")
        limit = scoring.threshold(model.checkpoint)
        figure = lesson_figures.KINDS_OF_FIGURES["photograph"].value(model, [])
        assert figure > 10 * limit


def two_losses(b, _):
    assert b.card("ae-2d").model.likelihood == "bernoulli"
    assert b.card("rbm-2d").model.likelihood == "gaussian"


def linear_is_pca(b, _):
    """Its decoder spans the plane to 1.5 degrees; its encoder looks another way."""
    assert b.mse("linear-2d") == pytest.approx(b.mse("pca-2d"), rel=0.01)
    pixels = b.train.images.reshape(len(b.train), -1).astype(np.float64)
    plane = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)[2][:2].T
    encoder, decoder = (p for p in b.model("linear-2d").parameters() if p.ndim == 2)
    assert np.degrees(subspace_angles(decoder, plane)).max() < 1.5
    assert np.degrees(subspace_angles(encoder.T, plane)).min() > 45


def deep_beats_pca(b, _):
    assert b.mse("ae-16d") < 0.5 * b.mse("pca-16d")
    assert b.mse("ae-2d") < 0.5 * b.mse("pca-2d")


def no_order(b, _):
    def falls(name):
        variance = b.checkpoint(name).latents.training_codes.var(0)
        return (np.diff(variance) <= 0).mean()

    assert falls("pca-16d") == 1
    assert 0.2 < falls("ae-16d") < 0.8


def curves(kind):
    return shipped.denoising("digits")["kinds"][kind]


def denoiser_against_filters(b, _):
    rows, levels = curves("gaussian")["rows"], curves("gaussian")["levels"]
    ours = np.array(rows["digits-dae-784d"]["psnr"])
    filters = {n: rows[n]["psnr"] for n in ("wiener", "blur", "median", "tv", "nlm", "wavelet")}
    ahead = ours > np.max(list(filters.values()), axis=0)
    assert [level for level, best in zip(levels, ahead, strict=True) if best] == [
        0.3, 0.4, 0.5, 0.6, 0.7, 0.8,
    ]  # fmt: skip
    assert ((ours < filters["wiener"]) == ~ahead).all()


def not_the_identity(b, _):
    assert b.card("dae-784d").model.code_dim >= 784
    rows, at = curves("gaussian")["rows"], curves("gaussian")["levels"].index(0.4)
    assert rows["digits-dae-784d"]["psnr"][at] > rows["noisy"]["psnr"][at] + 10
    noise = torch.empty_like(b.images).normal_(generator=stream(0, "noise"))
    noisy = (b.images + 0.4 * noise).clamp(0, 1)

    def off(images):
        return (images - b.images).square().mean((1, 2, 3))

    for name in ("ae-16d", "vae-16d", "pca-16d"):  # narrow ones lead back, too
        assert (off(b.model(name).reconstruct(noisy)) < off(noisy)).float().mean() > 0.85


def masked_fills_in(b, _):
    model = b.model("masked-16d")
    hidden = model.mask(b.images, stream(0, "mask"))
    filled = model.reconstruct(torch.where(hidden, HOLE, b.images)).numpy()
    clean, gone = b.images.numpy(), hidden.expand_as(b.images).numpy()
    control = mean_fill(clean, gone, b.train.images.mean(axis=0).ravel())

    def error(pictures):
        return np.square(pictures - clean)[gone].mean()

    assert error(filled) < 0.5 * error(control)


def sparse(b, _):
    """Over held-out images; on is what is beyond a twentieth of the largest number."""
    codes = b.codes("sparse-1024d").numpy()
    on = codes > codes.max() / 20
    assert codes.shape == (len(b.images), 1024)
    assert codes.shape[1] > b.images[0].numel() == 784
    assert on.sum(axis=1).max() <= 32
    assert on.sum(axis=1).mean() == pytest.approx(32, abs=0.1)
    assert on.any(axis=0).mean() > 0.95


def convolutional(b, _):
    layers = b.card("dae-784d").model.encoder(784)
    assert sum("Conv" in type(layer).__name__ for layer in layers) >= 2


def rbm_beats_pca(b, _):
    assert b.card("rbm-2d").training.rbm_epochs > 0
    assert b.told("rbm-2d") > b.told("pca-2d") + 0.2


def ae_samples_worse_than_vae(b, _):
    """From the prior; with a mixture it is the other way round."""
    assert b.samples("ae-16d") > 3 * b.samples("vae-16d")
    assert b.samples("ae-16d", "mixture") < 0.7 * b.samples("vae-16d")


def steps_from_an_image(b, _):
    near, far = (
        [b.distance(b.noisy(name, level)) for name in ("ae-16d", "vae-16d")] for level in (0.25, 2)
    )
    assert near[0] < 0.9 * near[1]
    assert far[0] > 1.8 * far[1]


def aggregate_is_not_the_prior(b, _):
    """A mixture in torch.distributions judges new draws; and pictures are nearer to real ones."""
    table = b.checkpoint("vae-16d").latents
    means, log_var = (torch.from_numpy(x) for x in (table.codes, table.log_var))
    draws = [
        means + (log_var / 2).exp() * torch.empty_like(means).normal_(generator=stream(seed, "z"))
        for seed in range(4)
    ]
    known = torch.from_numpy(table.split == 0)
    fit = GaussianMixture(8, random_state=1).fit(torch.cat([z[known] for z in draws]))
    parts = (torch.from_numpy(part) for part in (fit.means_, fit.covariances_))
    density = MixtureSameFamily(
        Categorical(torch.from_numpy(fit.weights_)), MultivariateNormal(*parts)
    )
    prior = MultivariateNormal(torch.zeros(16).double(), torch.eye(16).double())
    new = torch.cat([z[~known] for z in draws]).double()
    gap = (density.log_prob(new) - prior.log_prob(new)).mean().item()
    shown = lesson_figures.KINDS_OF_FIGURES["aggregate_kl"].value(opened("digits-vae-16d"), [])
    assert shown == pytest.approx(gap, abs=0.3)
    assert min(shown, gap) > 1
    torch_draws = draws[0][known]
    assert b.samples("vae-16d", "aggregate") < b.samples("vae-16d", "mixture")
    assert b.samples("vae-16d", "mixture") < 0.5 * b.samples("vae-16d")
    assert b.distance(b.model("vae-16d").decode(torch_draws)) < b.samples("vae-16d") / 3


def half_way_in_an_autoencoder(b, _):
    middle = b.half_way("ae-16d")
    assert b.supported("ae-16d", middle) < 0.3 * b.supported("ae-16d", b.codes("ae-16d"))


def half_way_in_a_vae(b, _):
    one, other = [b.model(name).decode(b.half_way(name)) for name in ("vae-16d", "ae-16d")]
    assert b.clear(one) > b.clear(other) + 0.08
    assert b.distance(one) < 0.9 * b.distance((b.images + b.images[b.order]) / 2)


def posterior(b, _):
    table = b.checkpoint("vae-2d").latents
    spread = np.exp(table.log_var.astype(np.float64) / 2)
    assert spread.shape[1] == 2
    assert 0.01 < spread.mean() < 0.5  # a cloud, and much smaller than the prior
    assert b.checkpoint("ae-2d").latents.log_var.shape[1] == 0


def nearby_codes(b, _):
    def moved(name):
        pictures = b.model(name).decode(b.codes(name))
        step = (b.noisy(name, 0.1) - pictures).square().mean().sqrt()
        return (step / (pictures - pictures[b.order]).square().mean().sqrt()).item()

    assert moved("vae-2d") < 0.35
    assert moved("vae-2d") < 0.7 * moved("ae-2d")


def prior_grid(b, _):
    places = torch.from_numpy(norm.ppf((np.arange(20) + 0.5) / 20).astype(np.float32))
    pictures = b.model("vae-2d").decode(torch.cartesian_prod(places, places))
    assert set(b.says(pictures).tolist()) == set(range(10))
    assert b.judge.network(pictures).softmax(1).max(1).values.mean() > 0.8


def beta_costs_reconstruction(b, _):
    one, ten = (read(find(f"mnist-bvae-10d-b{beta}")).card.metrics for beta in (1, 10))
    assert ten["mse"] > 2 * one["mse"]
    assert ten["reconstruction"] > one["reconstruction"] + 30
    assert ten["kl"] < 0.5 * one["kl"]


def more_changes_locally(_, __):
    """In the place that is shown, and in the mean of a hundred; elsewhere other directions."""
    lab = aecore.open("mnist-vae-16d")
    (link,) = (scene.target.parameters for scene in SCENES if scene.id == "local-directions")
    assert link["model"] == lab.name
    here = lab.directions(lab.codes[int(link["start"])])
    assert here.change[0] > 1.5 * here.change[1]
    assert here.support[0].mean() > here.support[1].mean() + 0.2
    some = [lab.directions(code) for code in lab.codes[::20]]
    local, units = np.mean([each.change for each in some], axis=0)
    assert local > 1.2 * units
    local, units = np.mean([each.support.mean(axis=(1, 2)) for each in some], axis=0)
    assert local > units
    spans = [np.linalg.svd(each.local, full_matrices=False)[2] for each in some]
    angles = [np.linalg.svd(a @ b.T)[1].max() for a, b in pairwise(spans)]
    assert np.median(angles) < np.cos(np.pi / 6), "no way in one sheet is nearly one in another"


def best_of(bins, values):
    """The largest share of a factor's entropy that one of these units tells."""
    entropy = mutual_info_score(values, values)
    return max(mutual_info_score(unit, values) for unit in bins) / entropy


def independence_buys_meaning(b, _):
    """By its own formula: what the best unit tells of a factor, in twenty equal bins."""
    names = ("sprites-vae-10d", "sprites-tcvae-10d-w6")
    before, after = (read(find(name)).card.metrics for name in names)
    assert after["mig"] > before["mig"] + 0.1
    assert after["reconstruction"] > before["reconstruction"]
    images = load("sprites", "test").take(np.arange(4000))
    factors = dict(zip(images.factors.names, images.factors.values.T, strict=True))
    mixed = np.random.default_rng(0).permutation(len(images))
    above = {}  # of each model what is told of a factor, less what is told of it by chance
    for name in names:
        codes = build(read(find(name))).encode(torch.from_numpy(images.images)).mean.numpy()
        bins = [np.digitize(z, np.linspace(z.min(), z.max(), 21)[1:-1]) for z in codes.T]
        for factor, values in factors.items():
            share = best_of(bins, values)
            shown = lesson_figures.KINDS_OF_FIGURES["told"].value(opened(name), [factor])
            assert shown == pytest.approx(100 * share, abs=2), (name, factor)
            above[name, factor] = share - best_of(bins, values[mixed])
    plain, weighted = names
    assert all(above[weighted, factor] > 0.5 for factor in ("x", "y", "scale"))
    for factor in ("shape", "rotation"):
        assert above[weighted, factor] < 0.3 * above[plain, factor]


def attribute_vector(b, _):
    table = b.checkpoint("vae-16d").latents
    seven, nine = (table.codes[table.labels == label].mean(0) for label in (7, 9))
    codes = b.codes("vae-16d")[torch.from_numpy(b.test.labels == 7)]
    moved = codes + torch.from_numpy((nine - seven).astype(np.float32))
    assert (b.says(b.model("vae-16d").decode(codes)) == 9).float().mean() < 0.05
    assert (b.says(b.model("vae-16d").decode(moved)) == 9).float().mean() > 0.6


def drawn_as(pictures, factors, name):
    """Of each picture the nearest of the portraits that we draw, alike but for one factor."""
    away = []
    for value in range(faces.GRID.sizes[name]):
        others = factors.copy()
        others[:, faces.GRID.names.index(name)] = value
        drawn = faces.draw(others).astype(np.float32) / 255
        away.append(np.square(pictures.numpy() - drawn).sum(axis=(1, 2, 3)))
    return np.argmin(away, axis=0)


def smile_is_a_direction(*_):
    """The two classes without glasses; test portraits, which it has not learnt."""
    (link,) = (scene.target.parameters for scene in SCENES if scene.id == "smile")
    stored = read(find(link["model"]))
    model, table = build(stored), stored.latents
    _, *classes, strength = link["attribute"].split(",")
    has, lacks = map(int, classes)
    assert [faces.CLASSES[k] for k in (has, lacks)] == ["smiling", "serious"]
    with_smile, without = (table.codes[table.labels == k].mean(0) for k in (has, lacks))
    way = with_smile - without
    test = load("faces", "test")
    rows = np.flatnonzero(test.labels == lacks)[:300]
    images, factors = test.take(rows), test.factors.values[rows]
    codes = model.encode(torch.from_numpy(images.images)).mean
    before, after = (
        model.decode(codes + times * torch.from_numpy(way)) for times in (0, float(strength))
    )
    smiling = [
        (drawn_as(each, factors, "smile") >= faces.SMILING).mean() for each in (before, after)
    ]
    assert smiling[0] < 0.1
    assert smiling[1] > 0.97
    for name in ("hair colour", "turn"):
        kept = drawn_as(after, factors, name) == drawn_as(before, factors, name)
        assert kept.mean() > 0.9, name


def smile_is_a_distribution(*_):
    """Mean over the stored portraits, in lengths of the way between the means of both classes."""
    spread = []
    for name in ("faces-vae-16d", "faces-bvae-16d-b4"):
        table = read(find(name)).latents
        way = table.codes[table.labels == 1].mean(0) - table.codes[table.labels == 0].mean(0)
        variance = np.exp(table.log_var) @ np.square(way / np.linalg.norm(way))
        spread.append(np.mean(np.sqrt(variance)) / np.linalg.norm(way))
    assert spread[1] == pytest.approx(1 / 6, rel=0.1)
    assert spread[0] == pytest.approx(spread[1] / 3, rel=0.1)


def few_units_follow_factors(*_):
    """By scikit-learn's information, in twenty equal bins."""
    test, stored = load("faces", "test"), read(find("faces-bvae-16d-b4"))
    codes = build(stored).encode(torch.from_numpy(test.images)).mean.numpy()
    bins = [np.digitize(z, np.linspace(z.min(), z.max(), 21)[1:-1]) for z in codes.T]
    told = {}
    for name, values in zip(test.factors.names, test.factors.values.T, strict=True):
        best = max(mutual_info_score(unit, values) for unit in bins)
        told[name] = 100 * best / mutual_info_score(values, values)
    assert told["turn"] == pytest.approx(39, abs=1)
    assert told["skin"] == pytest.approx(31, abs=1)
    assert told["smile"] < 11.5


def adversarial_samples(b, _):
    assert b.samples("adversarial-2d") < 0.6 * b.samples("ae-2d")


def modes_collapse(b, _):
    """One picture, whatever the noise; the recipes differ in the critic's rate alone."""
    good, bad = (b.card(f"gan{name}-16d") for name in ("", "-collapsed"))
    assert replace(bad.model, critic_rate=good.model.critic_rate) == good.model
    assert bad.training == good.training
    assert bad.model.critic_rate == pytest.approx(good.model.critic_rate / 20)
    assert (n_drawn(good.metrics["drawn"]), n_drawn(bad.metrics["drawn"])) == (10, 1)
    codes = torch.from_numpy(b.checkpoint("gan-16d").latents.codes[:500])
    spread = [b.model(f"gan{n}-16d").decode(codes).var(0).mean() for n in ("", "-collapsed")]
    assert spread[1] < 0.1 * spread[0]


def threshold_holds_on_average(b, _):
    checkpoint = b.checkpoint("vae-16d")
    limit, table = scoring.threshold(checkpoint), checkpoint.latents
    n = len(checkpoint.calibration)
    flagged, shown = int((table.error[table.split == 2] > limit).sum()), len(b.test)
    rank = int(np.ceil((n + 1) * 0.95))
    band = betabinom(shown, n + 1 - rank, rank)  # of test images flagged, over calibration sets
    assert band.ppf(0.025) <= flagged <= band.ppf(0.975)
    assert band.mean() / shown <= 0.05
    strange = torch.from_numpy(strangers.photographs((1, 28, 28), 60).astype(np.float32) / 255)
    rebuilt = b.model("vae-16d").reconstruct(strange)
    assert ((rebuilt - strange).square().mean((1, 2, 3)) > limit).float().mean() > 0.95


def beats_classical_detectors(b, _):
    spoilt = strangers.corrupted(b.test.pixels, "patches", 0.3)
    spoilt = torch.from_numpy(spoilt.astype(np.float32) / 255)
    model = b.model("vae-16d")
    normal, strange = (
        (model.reconstruct(x) - x).square().mean((1, 2, 3)).numpy() for x in (b.images, spoilt)
    )
    ours = auroc(normal, strange)
    known = {row["name"]: row["auroc"] for row in shipped.detectors_of(lesson_figures.DETECTED)}
    assert len(known) == 6
    assert all(ours > known[name] for name in ("isolation_forest", "one_class_svm", "lof"))


def where_the_codes_are(b, _):
    """With scikit-learn's mixture and its draws."""
    table = b.checkpoint("ae-16d").latents
    fit = GaussianMixture(4, random_state=0).fit(table.codes[table.split == 0].astype(float))
    drawn = b.model("ae-16d").decode(torch.from_numpy(fit.sample(2000)[0].astype(np.float32)))
    prior = b.model("vae-16d").decode(torch.randn(2000, 16, generator=stream(0, "prior")))
    assert b.distance(drawn) < 0.6 * b.distance(prior)
    assert b.samples("ae-16d", "mixture") < 0.6 * b.samples("vae-16d")


def along(flow, start, labels, ends=(0, 1)):
    """Ways by scipy's integrator, at five times: from noise to standardised codes, or back."""
    n, d = start.shape

    def velocity(t, x):
        return flow.velocity(x.reshape(n, d).astype("f4"), t, labels).ravel()

    times = np.linspace(*ends, 5)
    found = solve_ivp(velocity, ends, start.ravel(), t_eval=times, rtol=1e-3, atol=1e-4)
    return [found.y[:, k].reshape(n, d).astype("f4") for k in range(5)]


def class_is_told(*_):
    """As each class it is seen as that; of the code alone hardly anything tells the class."""
    stored = read(find("digits-cvae-2d"))
    model, table = build(stored), stored.latents
    codes = torch.from_numpy(table.codes[::10])
    judge = classifier.load(classifier_file("digits")).network
    for label in range(10):
        drawn = model.told(np.array([label])).decode(codes)
        assert (judge(drawn).argmax(1) == label).float().mean() > 0.97
    known = table.split == 0
    centres = np.stack([table.codes[known & (table.labels == k)].mean(0) for k in range(10)])
    nearest = cdist(table.codes[~known], centres).argmin(1)
    assert (nearest == table.labels[~known]).mean() < 0.25
    told_less = read(find("digits-vae-2d")).latents
    known = told_less.split == 0
    centres = [told_less.codes[known & (told_less.labels == k)].mean(0) for k in range(10)]
    nearest = cdist(told_less.codes[~known], np.stack(centres)).argmin(1)
    assert (nearest == told_less.labels[~known]).mean() > 0.7


def lambda_shapes_codes(*_):
    """99 % of draws from the prior lie within √9.21 of 0."""
    models = [read(find(f"digits-adversarial-2d{end}")) for end in ("-l0", "", "-l100")]
    outside = [(np.square(m.latents.training_codes).sum(1) > 9.21).mean() for m in models]
    assert outside[0] > 0.5 > outside[1] > outside[2]
    assert outside[2] < 0.02
    judge = classifier.load(classifier_file("digits")).network
    draws = torch.randn(1000, 2, generator=torch.Generator().manual_seed(0))
    seen = [judge(build(m).decode(draws)).argmax(1).bincount(minlength=10) for m in models]
    assert (seen[0] > 10).sum() <= 5
    assert seen[0].max() > 500
    assert (seen[2] > 10).sum() == 10


def class_is_drawn(b, _):
    """For each class, from the same noise."""
    flow = flow_files.of_checkpoint(find("digits-ae-16d"), b.checkpoint("ae-16d"))
    noise = np.random.default_rng(0).standard_normal((40, 16))
    for label in range(10):
        codes = flow.codes(along(flow, noise, np.full(40, label))[-1])
        drawn = b.model("ae-16d").decode(torch.from_numpy(codes))
        assert (b.judge.network(drawn).argmax(1) == label).float().mean() > 0.85


def out_of_noise(b, _):
    """Codes come nearer to training codes on their way."""
    table = b.checkpoint("ae-16d").latents
    flow = flow_files.of_checkpoint(find("digits-ae-16d"), b.checkpoint("ae-16d"))
    noise = np.random.default_rng(1).standard_normal((100, 16))
    places = [flow.codes(place) for place in along(flow, noise, np.full(100, 4))]
    known = table.codes[(table.split == 0) & (table.labels == 4)]
    away = [np.median(cdist(place, known).min(axis=1)) for place in places]
    assert all(later < earlier for earlier, later in pairwise(away))


def style_stays(b, _):
    """Slant by moments, and ink: images that lean more lean more as another digit, too."""
    stored = read(find("mnist-ae-16d"))
    flow, model, table = (
        flow_files.of_checkpoint(find("mnist-ae-16d"), stored), build(stored), stored.latents
    )  # fmt: skip

    def looks(codes):
        images = model.decode(torch.from_numpy(codes))[:, 0].numpy()
        ink, (y, x) = images.sum((1, 2)), np.mgrid[:28, :28]
        share = images / ink[:, None, None]
        dx, dy = (at - (share * at).sum((1, 2))[:, None, None] for at in (x, y))
        return (share * dx * dy).sum((1, 2)) / (share * dy * dy).sum((1, 2)), ink

    some = np.arange(0, 2000, 10)
    labels = table.labels[some]
    noise = along(flow, flow.standard(table.codes[some]), labels, (1, 0))[-1]
    before = looks(table.codes[some])
    for label in (0, 4, 9):
        others = labels != label
        after = looks(flow.codes(along(flow, noise, np.full(200, label))[-1]))
        for one, other in zip(before, after, strict=True):
            assert spearmanr(one[others], other[others]).statistic > 0.5


def uphill(b, _):
    """By automatic differentiation of the density; test_blind_spots.py has the other levels."""
    some = b.test.images[::4]
    cosines, denser = blind_spots.climbs(b.model("dae-784d"), b.train.images, some, 0.4)
    assert denser.all()
    assert cosines["residual"].min() > 0.7
    assert cosines["residual"].mean() > cosines["mean"].mean() + 0.1


def elbo_is_not_log_p(b, _):
    """By torch.distributions, of images that come with the models; fewer draws, smaller gaps."""
    gaps = {beta: blind_spots.gap(f"mnist-bvae-10d-b{beta}") for beta in (1, 10)}
    assert gaps[10] > 4 * gaps[1] > 4
    shown = {
        beta: lesson_figures.KINDS_OF_FIGURES["iw_gap"].value(
            opened(f"mnist-bvae-10d-b{beta}"), []
        )
        for beta in (1, 10)
    }
    assert shown[10] > 4 * shown[1]
    assert gaps[10] < shown[10] == pytest.approx(gaps[10], rel=0.35)


def detail_costs(b, _):
    images = b.test.images.astype(np.float64)
    error = np.square(b.model("ae-16d").reconstruct(b.images).numpy() - images).mean((1, 2, 3))
    found = blind_spots.follows(error, images)
    assert found["variation"] > 0.4
    assert abs(found["ink"]) < 0.1
    for what, value in found.items():
        shown = lesson_figures.KINDS_OF_FIGURES["detail"].value(opened("digits-ae-16d"), [what])
        assert shown == pytest.approx(value, abs=0.005)


def greys_have_a_price(b, _):
    """Bernoulli by hand; the test's own draws of the posterior."""
    model = b.model("vae-16d")
    spoilt = strangers.corrupted(b.test.pixels, "masking", 0.05).astype(np.float32) / 255
    areas = blind_spots.areas(model, b.images, torch.from_numpy(spoilt))
    assert areas["surprise"] > areas["elbo"] + 0.15
    held, odd = (
        blind_spots.scored(model, torch.from_numpy(x))
        for x in (load("digits", "val").images, spoilt)
    )
    flagged = {
        name: (
            odd[name] > np.sort(held[name])[int(np.ceil((len(held[name]) + 1) * 0.95)) - 1]
        ).mean()
        for name in held
    }
    assert flagged["surprise"] > flagged["elbo"] + 0.3


def new_head(b, work):
    scores = {(score.features, score.n_labels): score.mean for score in work.scores}
    fewest = min(n for _, n in scores)
    assert scores["code", fewest] > scores["pixels", fewest]
    assert scores["code", fewest] > 0.85


def image_search(b, work):
    assert work.search.code > work.search.pixels > 5 * work.search.chance


def signals(b, _):
    for name in ("vae-2d", "ae-16d", "dae-16d"):
        assert read(find(f"heartbeats-{name}")).card.metrics["mse"] < 0.001
    table = read(find("heartbeats-vae-2d")).latents
    known = table.split == 0
    fit = KNeighborsClassifier(10).fit(table.codes[known][::2], table.labels[known][::2])
    most = np.bincount(table.labels[known]).max() / known.sum()
    assert fit.score(table.codes[known][1::2], table.labels[known][1::2]) > most + 0.1


def sure_where_nothing_is(b, _):
    stored = b.checkpoint("vae-2d")
    codes, support = stored.latents.codes, Support.of(stored.latents)
    axes = [np.linspace(*ends, 60) for ends in zip(codes.min(0), codes.max(0), strict=True)]
    places = np.stack(np.meshgrid(*axes), -1).reshape(-1, 2).astype(np.float32)
    nowhere = torch.from_numpy(places[support.share(places) < 0.01])
    assert len(nowhere) > 500
    seen = b.judge.network(b.model("vae-2d").decode(nowhere)).softmax(1)
    assert 0.78 < (seen.amax(1) > 0.9).float().mean() < 0.85


def least_change(*_):
    """On average; and the image in the middle of the map, which is pinned, is of another class."""
    stored = read(find("mnist-vae-16d"))
    (link,) = (scene.target.parameters for scene in SCENES if scene.id == "least-change")
    codes, labels = stored.latents.codes, stored.latents.labels
    plane = codes @ np.linalg.svd(codes - codes.mean(0), full_matrices=False)[2][:2].T
    middle = np.linalg.norm(plane - np.median(plane, axis=0), axis=1).argmin()
    assert labels[middle] != int(link["towards"])
    judge = classifier.load(classifier_file("mnist")).network
    given = build(stored), judge, stored.latents, Support.of(stored.latents)
    bench = counterfactual.Bench(*given)
    shares = []
    for row in range(40):
        code, own = stored.latents.codes[row], int(stored.latents.labels[row])
        label = (own + 1 + row % 9) % 10
        found = counterfactual.find(code, label, bench, 2)
        nearest = counterfactual.candidates(code, label, stored.latents)[0]
        shares.append(found.distance / np.linalg.norm(nearest - code))
    assert np.mean(shares) < 0.5


CHECKS = {
    check.__name__: check
    for check in (
        code_and_reconstruction, classes_lie_together, lossy, photograph_is_flagged, two_losses,
        linear_is_pca, deep_beats_pca, no_order, denoiser_against_filters, not_the_identity,
        masked_fills_in, sparse, convolutional, rbm_beats_pca, ae_samples_worse_than_vae,
        steps_from_an_image, aggregate_is_not_the_prior, half_way_in_an_autoencoder,
        half_way_in_a_vae, posterior, nearby_codes, prior_grid, beta_costs_reconstruction,
        independence_buys_meaning, more_changes_locally, attribute_vector,
        smile_is_a_direction, smile_is_a_distribution, few_units_follow_factors,
        class_is_told, lambda_shapes_codes, class_is_drawn, out_of_noise,
        style_stays, adversarial_samples,
        modes_collapse, sure_where_nothing_is, least_change,
        threshold_holds_on_average, beats_classical_detectors, new_head,
        image_search, signals, where_the_codes_are, uphill, elbo_is_not_log_p, detail_costs,
        greys_have_a_price,
    )
}  # fmt: skip


@pytest.mark.parametrize("name", CHECKS)
@torch.no_grad()
def test_what_a_scene_claims_holds(name, bench, work):
    CHECKS[name](bench, work)


def test_pca_is_met_at_every_code_size():
    found = shipped.errors(shipped.code_sizes())
    assert all(found["linear"][k] == pytest.approx(found["pca"][k], rel=0.01) for k in (2, 16))
    assert set(KINDS) == {"gaussian", "salt_and_pepper", "masking", "patches"}
