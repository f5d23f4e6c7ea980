"""Images and where they come from; nothing else in the engine knows about files."""
