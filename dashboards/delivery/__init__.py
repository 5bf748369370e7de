"""Panels of the five keys and of the flow of changes."""
