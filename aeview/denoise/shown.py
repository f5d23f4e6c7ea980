"""What the page Denoise shows: bounds, starts and names in the address."""

from aecore.noise import KINDS, MAX_SEED, live
from aeview import shown
from aeview.shown import choice, number
from aeview.shown.fields import Values

# Keys in the session state.
DENOISE_PAD = "denoise_pad"
DENOISE_FILES = "denoise_files"
MAX_IMAGES = 12
N_OFFERED = 400  # images that are sent to choose from
NO_NOISE = "none"
SHOW = ("pictures", "residuals")
METRICS = ("psnr", "ssim")


def _range(before: Values) -> tuple[float, float]:
    kind = KINDS.get(before["kind"])
    return (kind.low, kind.high) if kind else (0, 1)


class Shown(shown.Shown, component="denoise", own=(DENOISE_PAD,), uploads=(DENOISE_FILES,)):
    """Images spoilt and restored.

    Attributes:
        kind: a name in `noise.KINDS`, or "none".
        level: of the noise, within the kind's range.
        seed: of the noise.
        n: images.
        first: which of the offered images is the first.
        show: "pictures" or "residuals".
        metric: the figure of the curves, "psnr" or "ssim".
    """

    kind: str = choice("gaussian", lambda: (*live(), NO_NOISE))
    level: float = number(0.4, bounds=_range, title="The noise level")
    seed: int = number(0, 0, MAX_SEED, title="The seed")
    n: int = number(8, 1, MAX_IMAGES, title="The number of images")
    first: int = number(0, 0, N_OFFERED - 1)
    show: str = choice("pictures", SHOW)
    metric: str = choice("psnr", METRICS, link="figure")
