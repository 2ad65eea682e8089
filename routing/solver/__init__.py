"""The optimiser, behind one function."""
