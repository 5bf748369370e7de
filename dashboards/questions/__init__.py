"""What pages, digests, the API and a publication ask of a snapshot. Nothing here draws."""
