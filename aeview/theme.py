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
_BLUE, _ORANGE, _CRIMSON, _MAUVE, _VIOLET, _OLIVE, _PINK, _GREY, _SLATE, _TEAL = CLASS_COLOURS

# Ways between two codes: colour and dash (css pixels on and off) on the map, in labels, in files.
PATH_STYLES = {
    "linear": ("Linear", "#d6246e", ()),
    "slerp": ("Spherical (slerp)", "#2b7de9", (8, 4)),
    "data": ("Along the data", "#16a06a", (10, 3, 2, 3)),
    "fade": ("Pixel cross-fade", "#8a8f98", (2, 4)),
}

# Ways to take noise off: title, colour and dash (svg, of a line 16 long) of rows and curves.
METHOD_STYLES = {
    "noisy": ("Noisy", _SLATE, "2 3"),
    "dae": ("Denoising autoencoder", _BLUE, ""),
    "ae": ("Autoencoder", _ORANGE, "7 3"),
    "vae": ("VAE", _CRIMSON, "7 3"),
    "pca": ("PCA", _TEAL, "7 3"),
    "sparse": ("Sparse autoencoder", _OLIVE, "7 3"),
    "masked": ("Masked autoencoder", _PINK, "7 3"),
    "adversarial": ("Adversarial autoencoder", _VIOLET, "7 3"),
    "wiener": ("Wiener (linear)", _VIOLET, ""),
    "median": ("Median", _PINK, "4 2"),
    "nlm": ("Non-local means", _OLIVE, "4 2"),
    "tv": ("Total variation", _GREY, "4 2"),
    "wavelet": ("Wavelet", _MAUVE, "4 2"),
    "savgol": ("Savitzky–Golay", _OLIVE, "4 2"),
}
