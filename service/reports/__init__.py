"""Quarterly reports: written, frozen, restated."""
