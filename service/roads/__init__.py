"""Road graphs: built once from an OpenStreetMap extract, read by whoever routes, draws or locates."""
