"""Panels that tell how far a figure can be trusted, and where it comes from."""
