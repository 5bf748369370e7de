"""The one way out: mail and webhooks, for alerts and digests alike."""
