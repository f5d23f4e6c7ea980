"""The page Codes at work."""
