"""The autoencoders of the lecture notes on Digits: what each is said to do, in figures.

* `maps`: k-NN accuracy (k = 10) of two-dimensional codes, beside PCA's and t-SNE's;
* `rbm`: validation loss by epoch from the same seed, with and without a start from RBMs;
* `adversarial`: Fréchet distance of samples from N(0, I), and from a Gaussian fitted to the codes,
  with and without the critic's term, for three seeds;
* `masked`: squared error of hidden pixels, beside PCA's and the mean's;
* `sparse`: units that are on for an image, and for any.

Test images (355) unless a row says otherwise. Shipped models are measured as they are; their
counterparts are trained here by the same recipe but for what the question is about.
"""

import os
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from _report import arguments, show

from aecore import inpainting
from aecore.activations import activity, population_sparseness
from aecore.checkpoints import classifier_file, find, load, read
from aecore.data.imageset import ImageSet
from aecore.production import Splits, fresh_model, load_splits, run
from aecore.recipes import recipe
from aecore.seeding import stream

K = 10
MAPS = ("pca", "linear", "stacked", "rbm", "adversarial", "ae", "vae")
EPOCHS = (1, 3, 10, 30, 100, 300)
SEEDS = (0, 1, 2)
SHARES = (0.25, 0.5, 0.75)
N_COMPONENTS = 40
Row = dict[str, Any]


def row(question: str, what: str, figure: str, value: float) -> Row:
    """A line of the table."""
    return {"question": question, "what": what, "figure": figure, "value": value}


def training(splits: Splits) -> ImageSet:
    """The images of a set that is whole in memory."""
    assert isinstance(splits.train, ImageSet)
    return splits.train


# ---- maps ---------------------------------------------------------------------------------------


def maps(splits: Splits) -> Iterator[Row]:
    """Neighbours vote: of training codes for test codes; t-SNE places all images at once."""
    from openTSNE import TSNE

    said = f"accuracy of {K}-NN in 2-D"
    for kind in MAPS:
        table = read(find(f"digits-{kind}-2d")).latents
        parts = [(table.codes[table.split == s], table.labels[table.split == s]) for s in (0, 2)]
        yield row("maps", f"digits-{kind}-2d", said, accuracy(*parts))
    known, asked = (part.images.reshape(len(part), -1) for part in (training(splits), splits.test))
    yield row(
        "maps",
        "raw pixels (784)",
        said,
        accuracy((known, splits.train.labels), (asked, splits.test.labels)),
    )
    layout = np.asarray(TSNE(random_state=0).fit(np.concatenate((known, asked))))
    parts = [
        (layout[: len(known)], splits.train.labels),
        (layout[len(known) :], splits.test.labels),
    ]
    yield row("maps", "t-SNE of the pixels", said, accuracy(*parts))


def accuracy(known: tuple[Any, Any], asked: tuple[Any, Any]) -> float:
    """Share of the asked whose class most of their neighbours among the known have."""
    from sklearn.neighbors import KNeighborsClassifier

    return float(KNeighborsClassifier(K).fit(*known).score(*asked))


# ---- what has to be trained ---------------------------------------------------------------------


def rbm(splits: Splits) -> Iterator[Row]:
    """The shipped recipe, and the same without its Boltzmann machines."""
    plan = recipe("digits-rbm-2d")
    for passes in (plan.training.rbm_epochs, 0):
        changed = replace(plan, training=replace(plan.training, rbm_epochs=passes))
        for report in run(fresh_model(changed), splits, changed, "cpu"):
            if report.epoch in EPOCHS:
                yield row(
                    "rbm",
                    f"{passes} passes of each RBM",
                    f"validation loss after epoch {report.epoch}, nats",
                    sum(report.val),
                )


@torch.no_grad()
def adversarial(splits: Splits) -> Iterator[Row]:
    """The recipe and the same without the term, trained here; then shipped ones of two units."""
    plan = recipe("digits-adversarial-2d")
    twins = {
        "adversarial": plan.model,
        "the same without the term": replace(plan.model, kind="ae"),
    }
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in twins}
    for seed in SEEDS:
        for name, config in twins.items():
            made = replace(plan, model=config, training=replace(plan.training, seed=seed))
            model = fresh_model(made)
            with torch.enable_grad():
                deque(run(model, splits, made, "cpu"), maxlen=0)
            figures[name].append(both(model.eval(), splits))
            yield from shown(f"{name}, seed {seed}", figures[name][-1])
    for name, found in figures.items():
        first, second = np.median(found, axis=0).tolist()
        yield from shown(f"{name}, median of {len(SEEDS)}", (first, second))
    for kind in ("adversarial", "vae", "ae", "stacked"):
        name = f"digits-{kind}-2d"
        yield from shown(name, both(load(find(name)).model, splits))


def shown(what: str, figures: tuple[float, float]) -> Iterator[Row]:
    """Two lines of the table."""
    for drawn, figure in zip(("N(0, I)", "a Gaussian fitted to its codes"), figures, strict=True):
        yield row("adversarial", what, f"Fréchet distance, 2,000 samples of {drawn}", figure)


def both(model: Any, splits: Splits) -> tuple[float, float]:
    """Codes drawn from N(0, I), and from a Gaussian fitted to those of the training images."""
    draws = torch.empty(2000, model.config.code_dim).normal_(generator=stream(0, "samples"))
    codes = model.encode(torch.from_numpy(training(splits).images)).mean
    spread = torch.linalg.cholesky(torch.cov(codes.T))
    return frechet(model, draws), frechet(model, codes.mean(0) + draws @ spread.T)


def frechet(model: Any, codes: Any) -> float:
    """Of decoded codes to all training images, in our classifier's features."""
    from aecore import classifier, frechet

    judge = classifier.load(classifier_file("digits"))
    found = classifier.features(judge.network, model.decode(codes))
    return frechet.distance(frechet.moments(found), judge.train)


# ---- hidden pixels, silent units ----------------------------------------------------------------


@torch.no_grad()
def masked(splits: Splits) -> Iterator[Row]:
    """Whole 4×4 tiles hidden; PCA guesses from the visible pixels (Tipping & Bishop 1999)."""
    names = ("digits-masked-16d", "digits-dae-784d", "digits-ae-16d")
    models = {name: load(find(name)).model for name in names}
    clean, known = splits.test.images, training(splits).images
    images = torch.from_numpy(clean)
    by_components, mean = inpainting.fit_pca(known, N_COMPONENTS), known.mean(axis=0)
    shipped = models[names[0]]
    for share in SHARES:
        shipped.config = replace(shipped.config, mask_ratio=share, mask_spread=0.0)
        hidden = shipped.mask(images, stream(0, "mask"))  # type: ignore[operator]  # a masked model
        gone = hidden.expand_as(images).numpy()
        spoilt = torch.where(hidden, 0.5, images)
        found = {name: m.reconstruct(spoilt).numpy() for name, m in models.items()}
        found[f"PCA in-painting, {N_COMPONENTS} components"] = by_components(clean, gone)
        found["mean of the training images"] = inpainting.mean_fill(clean, gone, mean.ravel())
        for name, filled in found.items():
            error = float(np.square(filled - clean)[gone].mean())
            yield row("masked", name, f"MSE of hidden pixels, {share:.0%} hidden", error)


@torch.no_grad()
def sparse(splits: Splits) -> Iterator[Row]:
    """Over test images; a unit is on beyond a twentieth of the largest number, as on Inside."""
    images = splits.test.images
    for name in ("digits-sparse-1024d", "digits-pca-16d", "digits-ae-16d"):
        codes = load(find(name)).model.encode(torch.from_numpy(images)).mean.numpy()
        found = activity(codes)
        yield row("sparse", name, "units on for an image, mean", found.n_active.mean())
        yield row("sparse", name, "units on for some image, %", 100 * (found.active > 0).mean())
        yield row("sparse", name, "population sparseness", population_sparseness(codes).mean())


QUESTIONS: dict[str, Callable[[Splits], Iterator[Row]]] = {
    "maps": maps, "rbm": rbm, "adversarial": adversarial, "masked": masked, "sparse": sparse,
}  # fmt: skip


def main() -> None:
    """Answer the questions that are named."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument(
        "questions",
        nargs="*",
        default=list(QUESTIONS),
        metavar="QUESTION",
        help=", ".join(QUESTIONS),
    )
    options = parser.parse_args()
    torch.set_num_threads(1)
    splits = load_splits("digits")
    show([each for name in options.questions for each in QUESTIONS[name](splits)], options.json)


if __name__ == "__main__":
    main()
