"""The digest as a message for a Slack-compatible incoming webhook.

Slack draws ``blocks`` and takes ``text`` for notifications; Mattermost and others know no blocks and show
``text``. A webhook carries no file. Limits: 50 blocks, 3,000 characters of a section, 150 of a header.
https://docs.slack.dev/reference/block-kit/blocks · https://docs.mattermost.com/developers/integrate/webhooks/incoming
"""

from collections.abc import Iterator
from typing import Any

from dashboards.digest.content import Digest, Line, Section
from dashboards.digest.markup import cleaned, parts
from dashboards.digest.plain import SIGNS, plain_text

MOST_BLOCKS, LONGEST_SECTION, LONGEST_HEADER, LONGEST_TEXT = 50, 3000, 150, 4000
# Invisible, and keeps a sign from acting: Mattermost takes @all in any text for a call to everybody.
_JOINER = "\u2060"
_WRAPS = {"": "{}", "strong": "*{}*", "code": "`{}`"}


def slack_message(digest: Digest) -> dict[str, Any]:
    """The JSON body."""
    blocks = list(_blocks(digest))
    return {"text": _shorter(_text(digest), LONGEST_TEXT), "blocks": blocks[:MOST_BLOCKS]}


def _blocks(digest: Digest) -> Iterator[dict[str, Any]]:
    title = cleaned(digest.title, LONGEST_HEADER)
    yield {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": False}}
    yield _context(" · ".join(escaped(cleaned(badge)) for badge in digest.badges))
    for section in digest.sections:
        yield from _section(section)
    for note in digest.notes:
        yield _context(escaped(cleaned(note)))


def _context(text: str) -> dict[str, Any]:
    return {"type": "context", "elements": [_mrkdwn(_shorter(text, LONGEST_SECTION))]}


def _section(section: Section) -> Iterator[dict[str, Any]]:
    """As many blocks as its lines need, none longer than a block may be."""
    title = f"*{escaped(cleaned(section.title))}*"
    head = f"{title}  {_link(section.url)}" if section.url else title
    held = [head]
    for line in (_line(line) for line in section.lines):
        if len("\n".join([*held, line])) > LONGEST_SECTION:
            yield {"type": "section", "text": _mrkdwn("\n".join(held))}
            held = []
        held.append(line)
    yield {"type": "section", "text": _mrkdwn("\n".join(held))}


def _mrkdwn(text: str) -> dict[str, Any]:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _line(line: Line) -> str:
    styled = (_WRAPS[style].format(escaped(piece)) for piece, style in parts(cleaned(line.text)))
    return f"{SIGNS[line.mark]} {''.join(styled)}"


def escaped(text: str) -> str:
    """Text in which nothing is a link or a mention, of Slack's own kind or of Markdown's."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("@", f"@{_JOINER}").replace("](", f"]{_JOINER}(")


def _text(digest: Digest) -> str:
    return plain_text(digest, escaped, _link)


def _link(url: str) -> str:
    return f"<{escaped(url)}|open the page>"


def _shorter(text: str, longest: int) -> str:
    """Cut between words, so that no escaped sign is cut in two."""
    return text if len(text) <= longest else f"{text[: longest - 1].rpartition(' ')[0]}…"
