"""Where a configuration keeps what is known: the warehouse of the one who writes, and published snapshots."""
