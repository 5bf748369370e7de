"""People taken out of a payload before it is parsed or kept.

An object that stands for a person keeps its identity as a pseudonym, at the same place, and loses
everything else about them, so parsing the kept body later gives the same rows. Bots are no people and
stay as they are. Free text goes as a whole; e-mail addresses and tokens inside other text are replaced.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from collectors.people import Pseudonyms
from warehouse.records import PersonAlias

Scrub = Callable[[Any], Any]

# The keys that tell who somebody is. An object with one of them is a person (or a bot, or a group).
IDENTITIES = ("login", "username", "accountId", "account_id", "emailAddress", "email", "user_email")
# Without an identity, these types and keys show a person whose "id" is the identity (PagerDuty, Jira, Slack).
PERSON_TYPES = frozenset({"user", "user_reference"})
PERSON_NAMES = frozenset({"displayName", "display_name", "real_name", "realName"})
# What stays of a person besides the pseudonym: when, and of which kind.
HARMLESS = frozenset({"type", "accountType", "date", "state", "bot", "email_verified"})
_EMAILS = ("emailAddress", "email", "user_email")
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
_PSEUDONYM = re.compile(r"[0-9a-f]{16}")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_TOKEN = re.compile(
    r"gh[opsur]_\w{16,}|github_pat_\w{16,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]+"
    r"|(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"
)


def scrubber(pseudonym: Callable[[str], str], *, keep: Collection[str] = ()) -> Scrub:
    """A pure function from a JSON value to the same value without people.

    Parameters
    ----------
    pseudonym : from a login, an account id or an address to what stands for it; `collectors.people`
        knows the bots of the configuration too, which are no people and get ``"bot": true``.
    keep : keys that a source needs although they are personal or free text by name ("title", where a
        hotfix is told by it); their text is still searched for addresses and tokens.
    """
    dropped = (PERSONAL | FREE_TEXT) - set(keep)
    is_configured_bot = pseudonym.is_bot if isinstance(pseudonym, Pseudonyms) else lambda login: False

    def scrub(value: Any) -> Any:
        if isinstance(value, str):
            return _EMAIL.sub("[address]", _TOKEN.sub("[token]", value))
        if isinstance(value, list):
            return [scrub(item) for item in value]
        if not isinstance(value, dict):
            return value
        identities = _identities(value)
        if identities and not is_bot(value):
            if not any(is_configured_bot(value[key]) for key in identities):
                return _pseudonymous(value, identities, pseudonym)
            value = {**value, "bot": True}
        return {key: scrub(item) for key, item in value.items() if key not in dropped}

    return scrub


def shaped(shape: Callable[[Any], Any], people: Scrub) -> Scrub:
    """A scrub that first keeps what ``shape`` names of an object, then takes people out.

    A list of what may stay is safer than one of what must go, where answers hold words in many places.
    """
    return lambda item: people(shape(item) if isinstance(item, Mapping) else item)


def verified_aliases(value: Any) -> Iterator[PersonAlias]:
    """Which pseudonyms of a scrubbed value are that of the verified address beside them."""
    if isinstance(value, list):
        for item in value:
            yield from verified_aliases(item)
    if not isinstance(value, dict):
        return
    address = next((value[key] for key in _EMAILS if value.get(key)), None)
    if address and value.get("email_verified") is True and not is_bot(value):
        names = {value[key] for key in _identities(value)} - {address}
        yield from (PersonAlias(name, address) for name in sorted(names))
    for item in value.values():
        yield from verified_aliases(item)


def turned_people(value: Any, turn: Callable[[str], str]) -> Any:
    """A scrubbed value with every pseudonym in it replaced by ``turn`` of it."""
    if isinstance(value, list):
        return [turned_people(item, turn) for item in value]
    if not isinstance(value, dict):
        return value
    if not is_bot(value) and value.keys() <= {*IDENTITIES, "id", *HARMLESS}:
        value = {key: turn(item) if _PSEUDONYM.fullmatch(str(item)) else item for key, item in value.items()}
    return {key: turned_people(item, turn) for key, item in value.items()}


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
