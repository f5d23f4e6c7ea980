"""How a data set's handwriting lies in its frame, which a pen or a photograph is brought to."""

from typing import NamedTuple


class Hand(NamedTuple):
    """Lengths in pixels of a frame of 28; of another frame in proportion.

    Attributes:
        stroke: width of a stroke.
        edge: over how much its edge fades.
        centre: index of the pixel that the centre of mass lies on.
        box: shortest and longest of the longer sides of the boxes around the ink.
    """

    stroke: float = 2.6
    edge: float = 1.0
    centre: float = 14.0
    box: tuple[int, int] = (18, 20)


MNIST = Hand()
DIGITS = Hand(stroke=3.8, edge=1.9, centre=13.5, box=(19, 22))
"""Enlarged from 8×8, so thicker and softer: by the ink over the length of its skeleton, the share
of inked pixels that are grey, and the mean centre of mass of the training images. The range of the
box is that of all images, here and of MNIST."""
