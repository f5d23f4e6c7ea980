"""Open a model or train one; what comes back is a `Lab`."""

import tempfile
from collections.abc import Callable
from dataclasses import fields, replace
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from aecore.checkpoints import SUFFIX, find, read
from aecore.checkpoints import told as of_class
from aecore.configs import require
from aecore.data.catalogue import DATASETS, full_name, holds_table, load
from aecore.data.imageset import is_signal
from aecore.data.pictures.sizes import Side
from aecore.data.series import is_series
from aecore.lab import given
from aecore.lab.learning import Learning
from aecore.models.config import ModelConfig
from aecore.recipes import Recipe, command, suited
from aecore.sheet import inline, sheet
from aecore.training.config import TrainingConfig

if TYPE_CHECKING:
    from aecore.training.loop import EpochReport

    Report = Callable[[EpochReport], object]

N_PICTURES = 10


class Lab(Learning):
    """A trained model and what the app's pages show of it, as arrays.

    Images are float32 (n, channels, height, width) with intensity in [0, 1], codes float32 (n, d);
    lists will do. Nothing is drawn or asked: the same call gives the same answer.
    """

    def _repr_html_(self) -> str:
        words = f"{self!r}: {self.card.things.many} decoded from stored codes"
        return inline(sheet(self.decode(self.codes[:N_PICTURES])), words)

    def _display_(self) -> Any:
        """Return what marimo shows in place of this, since it prefers `_repr_html_`."""
        if find_spec("anywidget"):
            return self.explorer
        return SimpleNamespace(_repr_html_=self._repr_html_)

    def export_onnx(self, folder: Path | str = ".") -> tuple[Path, ...]:
        """Write encoder, decoder and both as ONNX, compared with torch by onnxruntime.

        Needs the packages of `pip install -e ".[models]"`; what the files take and give is said
        in `aecore.foreign.writing.export`.

        Raises:
            ForeignModelError: where these are missing, or what was written computes anything else.

        Example:
            >>> import aecore
            >>> aecore.open("digits-vae-2d").export_onnx("out")  # doctest: +SKIP
            (Path('out/digits-vae-2d-encoder.onnx'), …)
        """
        from aecore.foreign.writing import export

        return tuple(made.path for made in export(self.stored, Path(folder), self.name))

    def train(
        self,
        data: str = "",
        *,
        out: Path | str | None = None,
        report: "Report | None" = None,
        device: str = "auto",
        **settings: Any,
    ) -> "Lab":
        """Train a model of the same kind again, with other settings or on other data.

        Arguments are those of `aecore.train`; what is not said stays as it is.

        Example:
            >>> import aecore
            >>> shallow = aecore.open("digits-ae-2d").train(widths=(32,), epochs=1, device="cpu")
            >>> shallow.card.model.widths, len(shallow.history)
            ((32,), 1)
        """
        card = self.card
        kept = Recipe(full_name(data or card.data), card.model, card.training)
        own = kept.data not in DATASETS
        sized = own and (is_series(Path(kept.data)) or not is_signal(self.shape))
        side = self.shape[1:] if sized else None
        return _trained(_changed(kept, settings), Path(out) if out else None, report, device, side)


def open(name: str | Path, told: int | str = 0) -> Lab:  # noqa: A001  # no file is opened here
    """Open a model by its name in `python -m aecore list`, or by the path of its file.

    Args:
        name: or path.
        told: the class that a conditional model is told, by name or number; others don't ask.

    Raises:
        CheckpointError: for an unknown name, listing the known ones, or a damaged file.
        ValueError: for a class that there is not.

    Example:
        >>> import aecore
        >>> aecore.open("digits-vae-2d")
        Lab(digits-vae-2d: vae of digits, 2 units)
    """
    path = find(str(name))
    found = read(path)
    if found.card.model.n_classes:
        found = of_class(found, given.label(told, found.card.classes))
    return Lab(path.stem if path == Path(name) else str(name), found, path=path)


def train(
    data: str,
    model: str = "vae",
    *,
    out: Path | str | None = None,
    side: Side | None = None,
    report: "Report | None" = None,
    device: str = "auto",
    **settings: Any,
) -> Lab:
    """Train a model and open it, as `python -m aecore train` does.

    Args:
        data: a data set's name, or the path of your own.
        model: its family, a name in `MODELS`.
        out: the file to keep it in, which the app then lists; without it nothing is kept.
        side: of your own images: 32 for squares, "48x32" for width x height, from 8 to 128 in
            steps of 4; what suits them unless said. Of one long series the samples in a window.
        report: called after every epoch; `report=print` prints it.
        device: "auto", "cpu", "cuda" or "mps".
        settings: fields of `ModelConfig` and `TrainingConfig`, such as code_dim=8 or epochs=5;
            of a table those that are not said suit the number of its rows.

    Raises:
        DataError: for data that are not there.
        ValueError: for a setting that there is not, or out of its range.

    Example:
        >>> import aecore
        >>> lab = aecore.train("digits", "ae", code_dim=8, widths=(32,), epochs=2, device="cpu")
        >>> losses = [report.val.reconstruction for report in lab.history]
        >>> lab.codes.shape[1], losses[1] < losses[0]
        (8, True)
    """
    recipe = _changed(Recipe(full_name(data), ModelConfig(kind=model), TrainingConfig()), settings)
    recipe = _suited(recipe, settings)
    return _trained(recipe, Path(out) if out else None, report, device, side)


def _suited(recipe: Recipe, said: dict[str, Any]) -> Recipe:
    """Give a table the settings that suit its rows, where they were not said."""
    if not holds_table(recipe.data):
        return recipe
    data = load(recipe.data, "train")
    shaped = replace(recipe, model=recipe.model.fitted(data.shape, len(data.classes)))
    return suited(shaped, said, len(data))


def _changed(recipe: Recipe, settings: dict[str, Any]) -> Recipe:
    """Change fields of either config by their names."""
    names = [{field.name for field in fields(c)} for c in (ModelConfig, TrainingConfig)]
    if unknown := sorted(set(settings) - names[0] - names[1]):
        known = ", ".join(sorted(names[0] | names[1]))
        raise ValueError(f"unknown setting {', '.join(unknown)}: choose {known}")
    model, training = ({k: v for k, v in settings.items() if k in known} for known in names)
    return Recipe(
        recipe.data, replace(recipe.model, **model), replace(recipe.training, **training)
    )


def _trained(
    recipe: Recipe, out: Path | None, report: "Report | None", device: str, side: Side | None
) -> Lab:
    from aecore import production
    from aecore.shelf import register

    if out is not None:
        there = out.suffix == SUFFIX and out.parent.is_dir()
        require(there, "out", str(out), f"in a folder that is there, and end in {SUFFIX}")
    splits = production.load_splits(recipe.data, side=side, fit=recipe.training.fit)
    recipe = replace(
        recipe, model=recipe.model.fitted(splits.train.shape, len(splits.train.classes))
    )
    model = production.fresh_model(recipe)
    history = []
    training = production.run(model, splits, recipe, device)
    for told in training:
        history.append(told)
        if report is not None:
            report(told)
    with tempfile.TemporaryDirectory() as folder:
        path = out or Path(folder) / f"{Path(recipe.data).stem}-{recipe.model.kind}{SUFFIX}"
        said = command(recipe)
        production.finish(path, model, splits, recipe, said, training.n_steps)
        if out is not None:
            register(out)
        return Lab(path.stem, read(path), history, out)
