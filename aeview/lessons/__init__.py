"""Lessons and scenes: their files, their bar, their figures, and the page that shows them."""
