"""The Model Context Protocol: figures for an assistant, read only, by the same functions as the API."""
