"""How numbers, windows and findings are written."""
