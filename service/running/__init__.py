"""A run of the pipeline: what was sent in, collect, load, publish, and its report."""
