"""The quarterly report: its tables, its summary and its one static page."""
