"""Compare: the same images in several models. Controls → aecore → the linked maps."""

from aeview import pages

pages.show("compare")
