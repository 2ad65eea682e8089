"""Road engines: the real ones on this machine, and servers that answer as badly as can be."""
