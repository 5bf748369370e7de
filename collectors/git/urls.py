"""Links to a forge for a commit or a tag, where the address of the repository tells which forge it is."""

import re
from collections.abc import Mapping

_FORMS = re.compile(
    r"(?:(?:https?|ssh|git)://(?:[^@/]*@)?|[^@/:]+@)(?P<host>[^/:]+)(?::\d+)?[/:](?P<path>.+?)/?$"
)
# How a commit and a tag are addressed, by the forge's name in the host.
_FORGES: Mapping[str, tuple[str, str]] = {
    "github": ("commit", "releases/tag"),
    "gitlab": ("-/commit", "-/tags"),
    "gitea": ("commit", "releases/tag"),
    "codeberg": ("commit", "releases/tag"),
    "bitbucket": ("commits", "src"),
}


def commit_url(remote: str, sha: str) -> str | None:
    """Where the forge shows a commit; ``None`` for a path or an unknown host."""
    return _url(remote, 0, sha)


def tag_url(remote: str, tag: str) -> str | None:
    """Where the forge shows a tag; ``None`` for a path or an unknown host.

    Examples
    --------
    >>> tag_url("git@github.com:acme/shop.git", "v1.0.0")
    'https://github.com/acme/shop/releases/tag/v1.0.0'
    """
    return _url(remote, 1, tag)


def _url(remote: str, which: int, name: str) -> str | None:
    match = _FORMS.match(remote)
    if match is None:
        return None
    forge = next((words for key, words in _FORGES.items() if key in match["host"].lower()), None)
    if forge is None:
        return None
    return f"https://{match['host']}/{match['path'].removesuffix('.git')}/{forge[which]}/{name}"
