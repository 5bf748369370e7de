"""People taken out of a payload before it is parsed or kept.

An object that stands for a person keeps its identity as a pseudonym, at the same place, and loses
everything else about them, so parsing the kept body later gives the same rows. Bots are no people and
stay as they are. Free text goes as a whole; e-mail addresses and tokens inside other text are replaced.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

Scrub = Callable[[Any], Any]

# The keys that tell who somebody is. An object with one of them is a person (or a bot, or a group).
IDENTITIES = ("login", "username", "accountId", "account_id", "emailAddress", "email", "user_email")
# Without an identity, these types and keys show a person whose "id" is the identity (PagerDuty, Jira, Slack).
PERSON_TYPES = frozenset({"user", "user_reference"})
PERSON_NAMES = frozenset({"displayName", "display_name", "real_name", "realName"})
# What stays of a person besides the pseudonym: when, and of which kind.
HARMLESS = frozenset({"type", "accountType", "date", "state", "bot"})
# Words about people, wherever they stand.
PERSONAL = PERSON_NAMES | frozenset(
    {
        "first_name",
        "last_name",
        "firstName",
        "lastName",
        "phone",
        "phone_number",
        "mobile",
        "address",
        "avatar_url",
        "avatarUrl",
        "avatarUrls",
        "gravatar_id",
        "ip",
        "ip_address",
        "user_name",
        "author_name",
        "author_email",
        "committer_name",
        "committer_email",
    }
)
# Words that people wrote: no metric needs them, and nobody can tell what stands in them.
FREE_TEXT = frozenset(
    {
        "title",
        "title_html",
        "body",
        "body_text",
        "body_html",
        "bodyText",
        "bodyHTML",
        "message",
        "description",
        "description_html",
        "text",
        "comment",
        "content",
        "note",
        "patch",
        "diff",
        "diff_hunk",
    }
)
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_TOKEN = re.compile(
    r"gh[opsur]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)


def scrubber(pseudonym: Callable[[str], str], *, keep: Collection[str] = ()) -> Scrub:
    """A pure function from a JSON value to the same value without people.

    Parameters
    ----------
    pseudonym : from a login, an account id or an address to what stands for it.
    keep : keys that a source needs although they are personal or free text by name ("title", where a
        hotfix is told by it); their text is still searched for addresses and tokens.
    """
    dropped = (PERSONAL | FREE_TEXT) - set(keep)

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            return _EMAIL.sub("[address]", _TOKEN.sub("[token]", value))
        if isinstance(value, list):
            return [scrub(item) for item in value]
        if not isinstance(value, dict):
            return value
        identities = _identities(value)
        if identities and not is_bot(value):
            return _pseudonymous(value, identities, pseudonym)
        return {key: scrub(item) for key, item in value.items() if key not in dropped}

    return scrub


def shaped(shape: Callable[[Any], Any], people: Scrub) -> Scrub:
    """A scrub that first keeps what ``shape`` names of an object, then takes people out.

    A list of what may stay is safer than one of what must go, where answers hold words in many places.
    """
    return lambda item: people(shape(item) if isinstance(item, Mapping) else item)


def is_bot(person: Mapping[str, Any]) -> bool:
    """Whether an object that could be a person is a program or an organisation by its own words."""
    kind = str(person.get("type") or person.get("accountType") or "").casefold()
    name = str(person.get("login") or person.get("username") or "")
    return kind in {"bot", "app", "organization"} or person.get("bot") is True or name.endswith("[bot]")


def _identities(value: Mapping[str, Any]) -> tuple[str, ...]:
    found = tuple(key for key in IDENTITIES if isinstance(value.get(key), str))
    if found or "id" not in value:
        return found
    return ("id",) if value.get("type") in PERSON_TYPES or PERSON_NAMES & value.keys() else ()


def _pseudonymous(
    person: Mapping[str, Any], identities: tuple[str, ...], pseudonym: Callable[[str], str]
) -> dict[str, Any]:
    harmless = {key: person[key] for key in person.keys() & HARMLESS}
    return harmless | {key: pseudonym(str(person[key])) for key in identities}
