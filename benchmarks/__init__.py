"""Synthetic organisations and the measurements that run on them."""
