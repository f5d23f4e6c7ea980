"""Colours and sizes of everything that is drawn, in one place."""

# Petroff, "Accessible color sequences for data visualization" (2021), ten colours; the order is
# fixed for classes 0 to 9 on every page.
CLASS_COLOURS = (
    "#3f90da", "#ffa90e", "#bd1f01", "#94a4a2", "#832db6",
    "#a96b59", "#e76300", "#b9ac70", "#717581", "#92dadd",
)  # fmt: skip
