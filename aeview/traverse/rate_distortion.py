"""The rate–distortion curve of a sweep of models, and what each makes of the same images.

A click on a point, or on a row's title, asks for that model.
"""

from collections.abc import Callable
from typing import Any

from aeview.work.component import component


def rate_distortion(
    models: list[dict[str, Any]],
    pictures: dict[str, Any] | None,
    on_choose: Callable[[], None],
    key: str,
) -> None:
    """Show the curve; once it is painted, the session state under `key` says `painted`.

    Args:
        models: name, beta, beta_normalised, kl and reconstruction (nats an image), mse, chosen;
            by ascending β.
        pictures: shape, originals (base64 images, or empty), rows (a list of base64 images for
            each model), labels and a note; None while they are being made.
        on_choose: called when another model is asked for (`choice`, a name, in the same state).
        key: the widget's key.
    """
    component("traverse/rate_distortion", "painted")(
        key=key,
        data={"models": models, "pictures": pictures},
        on_choice_change=on_choose,
    )
