"""Models: what they are made of (`config`, `bodies`, `layers`: no torch) and the families."""
