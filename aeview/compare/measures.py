"""Test figures side by side, the better one marked where figures can be compared at all."""

from collections.abc import Callable, Hashable
from html import escape
from typing import Any, NamedTuple

import streamlit as st

from aecore.checkpoints import Card
from aeview.shell import frame, messages
from aeview.work import shipped
from aeview.work.live import Opened

NOT_COMPARED = """
- **MSE per pixel** means the same for every model: it is measured on the
  reconstruction without noise: of a VAE, the decoded posterior mean.
- **Reconstruction** is −log p(x|z) under each model's own likelihood: a Bernoulli one would be a
  probability if all pixels were 0 or 1 (on grey ones it is the customary stand-in), a Gaussian one
  is a density (it may be negative), and a VAE's is measured with a sampled code. It is compared
  only between models that agree in all of this.
- **KL** and **active units** say how much a code holds at most; neither more nor less is better.
  PCA and a plain autoencoder have no posterior, hence no KL and no −ELBO; and without a prior no
  scale on which the variance of a unit is small.
- **−ELBO** is compared between VAEs of the same likelihood, with β = 1 whatever they were trained
  with. It lies above −log p(x) by as much as the encoder's posterior is off; the
  **importance-weighted bound** (Burda, Grosse & Salakhutdinov 2016), by many draws for each of
  1,000 test images, or of all where there are fewer, lies nearer to it.
"""


class Figure(NamedTuple):
    """A column of the table.

    Attributes:
        title: of the column.
        value: the card's number, or None where the model has none.
        text: how a number is written.
        group: models with the same group can be compared, lower is better; None: no better one.
    """

    title: str
    value: Callable[[Card], float | None]
    text: Callable[[float], str]
    group: Callable[[Card], Hashable] | None = None


def _images(card: Card) -> tuple[Any, ...]:
    return card.metrics["split"], card.metrics["n"]


def _likelihood(card: Card) -> tuple[Any, ...]:
    model = card.model
    noise = model.noise_std if model.likelihood != "bernoulli" else None
    return *_images(card), model.likelihood, noise, card.metrics["kl"] is not None


def _metric(name: str) -> Callable[[Card], float | None]:
    return lambda card: card.metrics[name]


def _bounded(card: Card) -> tuple[Any, ...]:
    return *_likelihood(card), *(card.metrics.get(name) for name in ("iw_samples", "iw_n"))


def _active(card: Card) -> float | None:
    """Of a VAE alone: without a prior there is no scale on which a variance is small."""
    return None if card.metrics["kl"] is None else card.metrics["active_units"]


def _nats(value: float) -> str:
    return f"{value:,.1f}".replace("-", "−")


FIGURES = (
    Figure("MSE per pixel", _metric("mse"), lambda v: f"{v:.4f}", _images),
    Figure("reconstruction, nats", _metric("reconstruction"), _nats, _likelihood),
    Figure("KL, nats", _metric("kl"), _nats),
    Figure("−ELBO, nats", _metric("negative_elbo"), _nats, _likelihood),
    Figure("−log p(x) at most", lambda card: card.metrics.get("iw_nll"), _nats, _bounded),
    Figure("active units", _active, lambda v: f"{v:.0f}"),
)


def best(figure: Figure, cards: list[Card]) -> set[int]:
    """Positions of the models with the lowest value among two or more that can be compared."""
    if figure.group is None:
        return set()
    groups: dict[Hashable, list[tuple[float, int]]] = {}
    for position, card in enumerate(cards):
        value = figure.value(card)
        if value is not None:
            groups.setdefault(figure.group(card), []).append((value, position))
    return {
        position
        for group in groups.values()
        if len(group) > 1
        for value, position in group
        if value == min(group)[0] < max(group)[0]
    }


def table(models: list[Opened]) -> None:
    """Show the table and what it does not compare."""
    st.subheader("Test figures")
    with frame.subject("table"):
        st.html(_table(models))
    with st.expander("What can be compared, and what cannot"):
        st.markdown(models[0].checkpoint.card.things.say(NOT_COMPARED))


def _table(models: list[Opened]) -> str:
    cards = [checkpoint.card for _, checkpoint in models]
    figures = [each for each in FIGURES if any(each.value(card) is not None for card in cards)]
    marks = [(figure, best(figure, cards)) for figure in figures]
    say = cards[0].things.say
    heads = ["model", *(say(figure.title) for figure in figures), "parameters", "measured on"]
    head = "".join(f'<th scope="col">{title}</th>' for title in heads)
    body = "".join(_row(model, position, marks) for position, model in enumerate(models))
    which = say("Means over the images named")
    bounds = [n for card in cards if (n := card.metrics.get("iw_n"))]
    but = f"; the bound on −log p(x) over {max(bounds):,} of them at most" if bounds else ""
    return (
        f'<table class="figures"><caption>{which} in the last column, as in '
        f"each model's card{but}. <b>lowest</b>: the better one among those that can be compared."
        f"</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    )


def _row(model: Opened, position: int, marks: list[tuple[Figure, set[int]]]) -> str:
    card = model.checkpoint.card
    cells = [_cell(figure, card, position in marked) for figure, marked in marks]
    n = model.checkpoint.n_parameters
    n_parameters = "–" if n is None else f"{n:,}"
    images = f"{card.metrics['n']:,} {escape(card.metrics['split'])} {card.things.many}"
    title = f"<b>{escape(messages.family_title(card))}</b> {escape(model.name)}"
    rest = f"<td>{n_parameters}</td><td>{images}</td>"
    return f'<tr><th scope="row">{title}</th>{"".join(cells)}{rest}</tr>'


def _cell(figure: Figure, card: Card, marked: bool) -> str:
    value = figure.value(card)
    if value is None:
        return "<td>–</td>"
    text = figure.text(value)
    if figure.group is _likelihood:
        text += f" <small>{escape(card.model.likelihood.title())}</small>"
    return f"<td><b>{text}</b> <small>lowest</small></td>" if marked else f"<td>{text}</td>"


# ---- error against code size -------------------------------------------------------------------


def code_sizes() -> None:
    """Show reconstruction error against code size, and say by how much the deep one is better."""
    from aeview.compare.code_size_chart import code_size_figure

    measured = shipped.code_sizes()
    if measured is None:
        return
    st.subheader("Reconstruction error against code size, on Digits")
    titles, found = measured["titles"], shipped.errors(measured)
    figure = code_size_figure({titles[f]: found[f] for f in found}, measured["n"]["test"])
    with frame.chart(figure, "code_size"):
        about = measured["machine"]
        made = f"Made by `{measured['command']}`, {about['date']}, {about['cpu']}."
        st.markdown(_words(measured), help=made)


def _words(measured: dict[str, Any]) -> str:
    found = shipped.errors(measured)
    pca, deep = found["pca"], found.get("ae", {})
    lines = [linear_words(pca, found.get("linear", {})), deep_words(pca, deep)]
    lines += [f"- **k = {k}**: {_against(pca[k], deep[k])}" for k in sorted(deep) if k in pca]
    n = measured["n"]
    lines.append(_chosen(measured))
    lines.append(
        f"\nDigits, {n['train']:,} training images; MSE per pixel over {n['test']:,} test images. "
        "All were trained for this chart: they are other networks than the models above."
    )
    return "\n".join(line for line in lines if line)


def _chosen(measured: dict[str, Any]) -> str:
    """Say which layers the deep autoencoder has at each size."""
    by_widths: dict[str, list[str]] = {}
    rows = [row for row in measured["rows"] if row["family"] == "ae"]
    for row in rows:
        widths = "–".join(f"{width:,}" for width in row["widths"])
        by_widths.setdefault(widths, []).append(str(row["units"]))
    nodes = "; ".join(f"{widths} at k = {', '.join(k)}" for widths, k in by_widths.items())
    chosen = ", ".join(str(row["units"]) for row in rows if len(row["tried"]) > 1)
    said = f" At k = {chosen} the better of two on validation images." if chosen else ""
    return f"\nNodes per layer of the deep one: {nodes}.{said}"


def linear_words(pca: dict[int, float], linear: dict[int, float]) -> str:
    """Say how near a linear autoencoder trained by gradient descent comes to PCA."""
    both = sorted(set(pca) & set(linear))
    if not both:
        return ""
    most = max(abs(linear[k] / pca[k] - 1) for k in both)
    return (
        f"**A linear autoencoder rebuilds as PCA does**: one linear layer each way, trained by "
        f"gradient descent, ends within {100 * most:.1f} % of PCA's error at k = "
        f"{', '.join(map(str, both))}.\n"
    )


def deep_words(pca: dict[int, float], deep: dict[int, float]) -> str:
    """Say where a deep autoencoder beats PCA, and where it does not."""
    both = sorted(set(pca) & set(deep))
    wins = [k for k in both if deep[k] < pca[k]]
    losses = [k for k in both if k not in wins]
    if not wins:
        return ""
    text = f"**A deep one beats it** at k = {', '.join(map(str, wins))}"
    if losses:
        text += (
            f", but not at k = {', '.join(map(str, losses))}, where PCA's error is the lower one"
        )
    return f"{text}.\n"


def _against(pca: float, deep: float) -> str:
    change = 100 * (deep / pca - 1)
    word = "lower" if change < 0 else "higher"
    return f"{deep:.4f} against {pca:.4f}, {abs(change):.0f} % {word}"
