"""Interpolate: watch one image become another, four ways. Controls → aecore → the strips."""

from aeview import pages

pages.show("interpolate")
