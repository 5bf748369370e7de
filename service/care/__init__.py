"""What keeps an installation well: backups, pruning, people and their pseudonyms."""
