"""Codes at work: what a code is good for, measured against what one would use without it."""

from aeview import pages

pages.show("codes_at_work")
