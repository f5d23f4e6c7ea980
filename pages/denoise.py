"""Denoise: noise, paint, and what networks and classical filters make of it."""

from aeview import pages

pages.show("denoise")
