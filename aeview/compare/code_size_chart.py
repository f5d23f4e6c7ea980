"""Reconstruction error against the number of latent units."""

import math
from itertools import cycle

import plotly.graph_objects as go

from aeview.theme import COLOURS

# How one line after another is drawn: never by colour alone.
LINES = (
    ("square", "solid", "pink"), ("x", "dot", "mauve"), ("circle", "solid", "blue"),
    ("diamond", "dash", "violet"),
)  # fmt: skip
ROOM = 0.07  # beyond the outermost errors, as a share of the way between them


def code_size_figure(errors: dict[str, dict[int, float]], n_images: int) -> go.Figure:
    """Draw a line for each family, both axes logarithmic.

    Args:
        errors: squared error per pixel by a family's title and the number of units k.
        n_images: how many test images the errors are means over.
    """
    figure = go.Figure()
    for (title, values), (symbol, dash, colour) in zip(errors.items(), cycle(LINES), strict=False):
        sizes = sorted(values)
        figure.add_scatter(
            x=sizes,
            y=[values[k] for k in sizes],
            name=title,
            mode="lines+markers",
            marker={"symbol": symbol, "size": 9, "color": COLOURS[colour]},
            line={"dash": dash, "width": 2, "color": COLOURS[colour]},
            hovertemplate=f"{title}, k = %{{x}}: %{{y:.5f}}<extra></extra>",
        )
    sizes = sorted({k for values in errors.values() for k in values})
    figure.update_xaxes(title="latent units k", type="log", tickvals=sizes, ticktext=sizes)
    figure.update_yaxes(
        title=f"MSE per pixel, intensity² (n = {n_images:,})",
        type="log",
        tickvals=[0.001, 0.002, 0.005, 0.01, 0.02, 0.05],
        range=_room([error for values in errors.values() for error in values.values()]),
    )
    figure.update_layout(
        height=380,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        legend={"orientation": "h", "font": {"size": 15}, "yanchor": "bottom", "y": 1.02, "x": 0},
    )
    return figure


def _room(errors: list[float]) -> list[float]:
    """Ends of a logarithmic axis on which no marker is cut off."""
    low, high = math.log10(min(errors)), math.log10(max(errors))
    return [low - ROOM * (high - low), high + ROOM * (high - low)]
