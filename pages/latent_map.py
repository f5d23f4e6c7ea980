"""Latent map: move to decode, click to pin. Controls → aecore → the map component."""

from aeview import pages

pages.show("latent_map")
