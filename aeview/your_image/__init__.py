"""The page Your image."""
