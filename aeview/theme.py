"""Colours and sizes of everything that is drawn, in one place."""

# Ten colours, each at least 3:1 (WCAG 2.2, 1.4.11) on the background of the light theme and of the
# dark one, found by a search over that gamut for the set whose closest two are furthest apart.
# CIEDE2000 between the closest two: 20.3 as they are, 12.7 to a deuteranope, 11.6 to a protanope
# (simulated by Machado, Oliveira and Fernandes 2009, full severity); tests/aeview/test_theme.py
# computes these. The order is fixed for classes 0 to 9 on every page.
CLASS_COLOURS = (
    "#2d96ff", "#e1780f", "#c31e5a", "#a58796", "#a50fd2",
    "#696900", "#f04bc3", "#969678", "#4b6987", "#2d7869",
)  # fmt: skip
# The names under which the engine's tables choose a colour (`aecore.styles.COLOURS`): those of the
# classes, and those of ways between two codes, which are drawn over points of all classes.
_NAMES = (
    "blue", "orange", "crimson", "mauve", "violet", "olive", "pink", "taupe", "slate", "teal",
)  # fmt: skip
COLOURS = dict(zip(_NAMES, CLASS_COLOURS, strict=True)) | {
    "magenta": "#d6246e", "azure": "#2b7de9", "green": "#16a06a", "grey": "#8a8f98",
}  # fmt: skip
