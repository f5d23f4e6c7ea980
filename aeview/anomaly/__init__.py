"""The page Anomaly."""
