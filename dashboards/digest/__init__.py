"""The weekly and the quarterly digest: what a page says, in one minute, for chat and mail."""
