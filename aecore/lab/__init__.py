"""The engine's facade: what the app's pages show, as arrays, in a line each.

    import aecore
    lab = aecore.open("digits-vae-2d")
    lab.decode([0.5, -1])

It computes nothing of its own: each method says where the engine does.
"""

from aecore.lab.lab import Lab as Lab
from aecore.lab.lab import open as open  # noqa: A004  # as aecore.open; no file is opened here
from aecore.lab.lab import train as train
from aecore.lab.wrapping import wrap as wrap
