"""Train: press Play and watch a latent space form. Controls → a run → its pictures."""

from aeview import pages

pages.show("train")
