"""Small random affine changes, for sets too small to be learnt without.

A signal, an image with one row, is shifted and stretched along it alone: what would be a turn or
a shear of a picture has no meaning there.
"""

import torch
from torch.nn import functional

from aecore.seeding import span
from aecore.types import Images

ANGLE = 0.105  # 6° in radians
SCALE = 0.06
SHIFT = 1.0  # pixel


def jitter(
    images: Images, strength: float, generator: torch.Generator, share: float = 1.0
) -> Images:
    """Rotate, shear, scale and shift each image by its own small random amounts (bilinear).

    A signal moves by a standard deviation of a sample. It and a picture in colour go on beyond
    their edges as they end; others, which are ink on black, are black there.

    Args:
        images: intensity in [0, 1].
        strength: multiple of the usual amounts; 0 changes nothing.
        generator: draws the amounts.
        share: how much of the batch is changed, 0 to 1, from its beginning.
    """
    if strength == 0:
        return images
    n, own = span(len(images), generator)
    amounts = torch.empty(round(share * n), 6, device=images.device)
    draws = amounts.normal_(generator=generator)[own] * strength
    images, rest = images[: len(draws)], images[len(draws) :]
    if not len(images):
        return rest
    row = images.shape[2] == 1
    height, width = images.shape[2:]
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
    moved = functional.grid_sample(images, grid, padding_mode=edge, align_corners=False)
    return torch.cat((moved, rest)) if len(rest) else moved
