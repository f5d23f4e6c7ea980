"""The page Traverse."""
