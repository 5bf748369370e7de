"""Text of people where pages write Markdown."""

_SIGNS = "\\`*_{}[]()<>#+-.!|~$:"


def plain(text: str) -> str:
    """A text of people without what Markdown would read as its own.

    ``[a](b)`` is shown as it stands, and leads nowhere.
    """
    return "".join(f"\\{sign}" if sign in _SIGNS else sign for sign in text)
