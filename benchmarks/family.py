"""The autoencoders of the lecture notes on Digits: what each is said to do, in figures.

* `maps`: k-NN accuracy (k = 10) of two-dimensional codes, beside PCA's and t-SNE's;
* `rbm`: validation loss by epoch from the same seed, with and without a start from RBMs;
* `adversarial`: Fréchet distance of samples from N(0, I), with and without the critic's term;
* `masked`: squared error of hidden pixels, beside PCA's and the mean's;
* `sparse`: units that speak for an image.

Test images (355) unless a row says otherwise. Shipped models are measured as they are; their
counterparts are trained here by the same recipe but for what the question is about.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from _report import arguments, show

from aecore import inpainting
from aecore.checkpoints import classifier_file, find, load, read
from aecore.production import Splits, fresh_model, load_splits, run
from aecore.recipes import recipe
from aecore.seeding import stream

K = 10
MAPS = ("pca", "linear", "stacked", "rbm", "adversarial", "ae", "vae")
EPOCHS = (1, 3, 10, 30, 100, 300)
SHARES = (0.25, 0.5, 0.75)
N_COMPONENTS = 40
Row = dict[str, Any]


def row(question: str, what: str, figure: str, value: float) -> Row:
    """A line of the table."""
    return {"question": question, "what": what, "figure": figure, "value": value}


# ---- maps ---------------------------------------------------------------------------------------


def maps(splits: Splits) -> Iterator[Row]:
    """Neighbours vote: of training codes for test codes; t-SNE places all images at once."""
    from openTSNE import TSNE

    said = f"accuracy of {K}-NN in 2-D"
    for kind in MAPS:
        table = read(find(f"digits-{kind}-2d")).latents
        parts = [(table.codes[table.split == s], table.labels[table.split == s]) for s in (0, 2)]
        yield row("maps", f"digits-{kind}-2d", said, accuracy(*parts))
    known, asked = (part.images.reshape(len(part), -1) for part in (splits.train, splits.test))
    yield row("maps", "raw pixels (784)", said, accuracy(
        (known, splits.train.labels), (asked, splits.test.labels)))  # fmt: skip
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
                    "rbm", f"{passes} passes of each RBM",
                    f"validation loss after epoch {report.epoch}, nats", sum(report.val),
                )  # fmt: skip


@torch.no_grad()
def adversarial(splits: Splits) -> Iterator[Row]:
    """The shipped model, the same without the term, and other shipped ones of two units."""
    plan = recipe("digits-adversarial-2d")
    free = replace(plan, model=replace(plan.model, kind="ae"))
    without = fresh_model(free)
    with torch.enable_grad():
        for _ in run(without, splits, free, "cpu"):
            pass
    names = [f"digits-{kind}-2d" for kind in ("adversarial", "vae", "ae", "stacked")]
    found = {name: load(find(name)).model for name in names}
    for name, model in (found | {"the same without the term": without.eval()}).items():
        yield row("adversarial", name, "Fréchet distance, 2,000 samples", frechet(model))


def frechet(model: Any) -> float:
    """Of samples from N(0, I) to all training images, in our classifier's features."""
    from aecore import classifier, frechet

    judge = classifier.load(classifier_file("digits"))
    draws = torch.empty(2000, model.config.code_dim).normal_(generator=stream(0, "samples"))
    found = classifier.features(judge.network, model.decode(draws))
    return frechet.distance(frechet.moments(found), judge.train)


# ---- hidden pixels, silent units ----------------------------------------------------------------


@torch.no_grad()
def masked(splits: Splits) -> Iterator[Row]:
    """Whole 4×4 tiles hidden; PCA guesses from the visible pixels (Tipping & Bishop 1999)."""
    names = ("digits-masked-16d", "digits-dae-784d", "digits-ae-16d")
    models = {name: load(find(name)).model for name in names}
    clean, known = splits.test.images, splits.train.images
    images = torch.from_numpy(clean)
    by_components, mean = inpainting.fit_pca(known, N_COMPONENTS), known.mean(axis=0)
    shipped = models[names[0]]
    for share in SHARES:
        shipped.config = replace(shipped.config, mask_ratio=share)
        hidden = shipped.mask(images, stream(0, "mask"))  # type: ignore[operator]  # a masked model
        gone = hidden.expand_as(images).numpy()
        spoilt = torch.where(hidden, 0.5, images)
        found = {name: m.reconstruct(spoilt).numpy() for name, m in models.items()}
        found[f"PCA in-painting, {N_COMPONENTS} components"] = by_components(clean, gone)
        found["mean of the training images"] = inpainting.mean_fill(clean, gone, mean.ravel())
        for name, filled in found.items():
            error = float(np.square(filled - clean)[gone].mean())
            yield row("masked", name, f"MSE of hidden pixels, {share:.0%} hidden", error)


def sparse(_splits: Splits) -> Iterator[Row]:
    """Codes that the checkpoints carry: all 1,797 images."""
    for name in ("digits-sparse-24d", "digits-ae-16d"):
        codes = read(find(name)).latents.codes
        speak = np.abs(codes) > 0.25
        yield row("sparse", name, "units beyond 0.25 for an image, mean", speak.sum(1).mean())
        yield row("sparse", name, "units beyond 0.25 for some image", float(speak.any(0).sum()))
        yield row("sparse", name, "mean size of a unit", float(np.abs(codes).mean()))


QUESTIONS: dict[str, Callable[[Splits], Iterator[Row]]] = {
    "maps": maps, "rbm": rbm, "adversarial": adversarial, "masked": masked, "sparse": sparse,
}  # fmt: skip


def main() -> None:
    """Answer the questions that are named."""
    parser = arguments(__doc__.splitlines()[0])
    parser.add_argument("questions", nargs="*", default=list(QUESTIONS), metavar="QUESTION",
                        help=", ".join(QUESTIONS))  # fmt: skip
    options = parser.parse_args()
    torch.set_num_threads(1)
    splits = load_splits("digits")
    show([each for name in options.questions for each in QUESTIONS[name](splits)], options.json)


if __name__ == "__main__":
    main()
