"""Colours and sizes of everything that is drawn, in one place."""

# Petroff, "Accessible color sequences for data visualization" (2021), ten colours; the order is
# fixed for classes 0 to 9 on every page.
CLASS_COLOURS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip

# Ways between two codes: colour and dash (css pixels on and off) on the map, in labels, in files.
PATH_STYLES = {
    "linear": ("Linear", "#d6246e", ()),
    "slerp": ("Spherical (slerp)", "#2b7de9", (8, 4)),
    "data": ("Along the data", "#16a06a", (10, 3, 2, 3)),
    "fade": ("Pixel cross-fade", "#8a8f98", (2, 4)),
}

# Ways to take noise off: title, colour and dash (svg, of a line 16 long) of rows and curves.
METHOD_STYLES = {
    "noisy": ("Noisy", "#717581", "2 3"),
    "dae": ("Denoising autoencoder", "#3f90da", ""),
    "ae": ("Autoencoder", "#ffa90e", "7 3"),
    "vae": ("VAE", "#bd1f01", "7 3"),
    "pca": ("PCA", "#92dadd", "7 3"),
    "sparse": ("Sparse autoencoder", "#a96b59", "7 3"),
    "masked": ("Masked autoencoder", "#e76300", "7 3"),
    "adversarial": ("Adversarial autoencoder", "#832db6", "7 3"),
    "wiener": ("Wiener (linear)", "#832db6", ""),
    "median": ("Median", "#e76300", "4 2"),
    "nlm": ("Non-local means", "#a96b59", "4 2"),
    "tv": ("Total variation", "#b9ac70", "4 2"),
    "wavelet": ("Wavelet", "#94a4a2", "4 2"),
}
