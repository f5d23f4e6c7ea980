"""Training: a config, and a loop that reports each epoch."""
