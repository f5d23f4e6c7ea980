"""The page Denoise."""
