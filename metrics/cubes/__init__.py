"""Figures of a whole history, kept in a snapshot; smaller ones are cells of them."""
