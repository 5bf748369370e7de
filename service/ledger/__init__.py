"""The assumption ledger: read, written, seeded, and what an edit does."""
