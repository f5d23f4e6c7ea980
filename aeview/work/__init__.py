"""Jobs, subprocesses, caches, and what sends the chosen model to the browser."""
