"""The form of an action, its runs, and the port through which a page gives commands."""
