"""Jobs, subprocesses, caches, and the chosen model on its way to the browser."""
