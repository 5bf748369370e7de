"""Queries for the rows behind the lines of the money, one file for each kind of row."""
