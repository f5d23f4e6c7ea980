"""Traverse: one slider a latent unit, and what each unit changes."""

from aeview import pages

pages.show("traverse")
