"""Small random affine changes, for sets too small to be learnt without.

A signal, an image with one row, is shifted and stretched along it alone: what would be a turn or
a shear of a picture has no meaning there.
"""

import torch
from torch.nn import functional

from aecore.types import Images

ANGLE = 0.105  # 6° in radians
SCALE = 0.06
SHIFT = 1.0  # pixel


def jitter(images: Images, strength: float, generator: torch.Generator) -> Images:
    """Rotate, shear, scale and shift each image by its own small random amounts (bilinear).

    A signal moves by a standard deviation of a sample. It and a picture in colour go on beyond
    their edges as they end; others, which are ink on black, are black there.
    """
    if strength == 0:
        return images
    row = images.shape[2] == 1
    n_images, (height, width) = len(images), images.shape[2:]
    draws = torch.empty(n_images, 6, device=images.device).normal_(generator=generator) * strength
    if row:
        draws[:, [0, 1, 3, 5]] = 0
    turn, shear, wide, high, right, down = draws.unbind(1)
    tall = height / width  # the grid's coordinates go from −1 to 1 along either side
    rows = (
        torch.stack(
            (1 + SCALE * wide, ANGLE * tall * (shear - turn), right * 2 * SHIFT / width), 1
        ),
        torch.stack((ANGLE / tall * turn, 1 + SCALE * high, down * 2 * SHIFT / height), 1),
    )
    grid = functional.affine_grid(torch.stack(rows, 1), list(images.shape), align_corners=False)
    edge = "border" if row or images.shape[1] > 1 else "zeros"
    return functional.grid_sample(images, grid, padding_mode=edge, align_corners=False)
