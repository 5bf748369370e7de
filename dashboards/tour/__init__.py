"""The guided tour of the demo world: its story in a few steps, told from its own figures."""
