"""What the model reads of a snapshot: one query a file, each by period and team."""
