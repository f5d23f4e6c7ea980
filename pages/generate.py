"""Generate: random codes of two models side by side, noisy codes, posteriors."""

from aeview import pages

pages.show("generate")
