"""Accuracy of probes by number of labels, and bytes against PSNR of codecs."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from aeview.theme import CLASS_COLOURS

FEATURES = {
    "code": ("this model's code", CLASS_COLOURS[0], "circle", "solid"),
    "pca": ("PCA code of the same size", CLASS_COLOURS[1], "square", "dash"),
    "pixels": ("raw pixels", CLASS_COLOURS[3], "x", "dot"),
}
BYTES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000]
LOSSLESS_AT = 60.0  # decibels: where what comes out exact is drawn


class Accuracy(NamedTuple):
    """Percent told right: mean and standard deviation over draws."""

    features: str
    n_labels: int
    mean: float
    std: float


def probe_figure(
    points: Sequence[Accuracy], n_test: int, say: Callable[[str], str] = str
) -> go.Figure:
    """Draw a line for each description, with a bar of one standard deviation.

    `say` turns words about images into those of what is shown.
    """
    figure = go.Figure()
    for name, (words, colour, symbol, dash) in FEATURES.items():
        title = say(words)
        mine = [point for point in points if point.features == name]
        figure.add_scatter(
            x=[point.n_labels for point in mine],
            y=[point.mean for point in mine],
            error_y={"array": [point.std for point in mine], "thickness": 1.5},
            name=title, mode="lines+markers",
            marker={"symbol": symbol, "size": 9, "color": colour},
            line={"dash": dash, "width": 2, "color": colour},
            hovertemplate=f"{title}, %{{x}} labels: %{{y:.1f}} %<extra></extra>",
        )  # fmt: skip
    sizes = sorted({point.n_labels for point in points})
    figure.update_xaxes(
        title=say("labelled images"),
        type="log",
        tickvals=sizes,
        ticktext=[f"{n:,}" for n in sizes],
    )
    figure.update_yaxes(title=say(f"accuracy, % of {n_test:,} held-out images"))
    return _plain(figure)


class Packing(NamedTuple):
    """A codec on one kind of images."""

    kind: str
    title: str
    n_bytes: float
    psnr: float
    lossless: bool
    colour: str


def packing_figure(own: Sequence[Packing], other: Sequence[Packing], n: int) -> go.Figure:
    """Draw bytes against PSNR; own data filled, photographs open, lossless codecs at the top."""
    figure = go.Figure()
    for words, symbol, lines in (
        ("own data", "circle", own),
        ("photographs", "circle-open", other),
    ):
        for kind, colour in {line.kind: line.colour for line in lines}.items():
            mine = [line for line in lines if line.kind == kind]
            figure.add_scatter(
                x=[line.n_bytes for line in mine],
                y=[LOSSLESS_AT if line.lossless else line.psnr for line in mine],
                text=[f"{line.title}, {words}" for line in mine],
                name=kind, legendgroup=kind, showlegend=words == "own data", mode="markers",
                marker={
                    "symbol": "star" if kind == "code" and words == "own data" else
                    "star-open" if kind == "code" else symbol,
                    "size": 15 if kind == "code" else 10, "color": colour,
                    "line": {"width": 2, "color": colour},
                },
                hovertemplate="%{text}: %{x:.0f} bytes, %{y:.1f} dB<extra></extra>",
            )  # fmt: skip
    figure.update_xaxes(
        title=f"bytes each, mean of {n}; filled: own data, open: photographs",
        type="log",
        tickvals=BYTES,
        ticktext=BYTES,
    )
    figure.update_yaxes(
        title="PSNR, dB",
        tickvals=[10, 20, 30, 40, 50, LOSSLESS_AT],
        ticktext=["10", "20", "30", "40", "50", "exact"],
    )
    return _plain(figure)


def _plain(figure: go.Figure) -> go.Figure:
    figure.update_layout(
        height=380,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "font": {"size": 15}, "yanchor": "bottom", "y": 1.02, "x": 0},
    )
    return figure
