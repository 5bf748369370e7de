"""Digests as they go out: what they are made from, to whom, when, and never twice."""
