"""What stands for a person: a pseudonym, the same for all of their logins. Pure.

    login → who it is (aliases, GitHub's private addresses) → HMAC-SHA256 under each key → 16 hex digits

With a second key every pseudonym under the first is put through the second, so what is stored can be
turned without knowing a login, and who turned up before is the same person afterwards.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

ERASED = "erased"
"""What stands for everybody who asked to be forgotten."""
# The address of an account that hides its own: the login stands in it.
# https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
_NOREPLY = re.compile(r"(?:\d+\+)?(?P<login>[^@+]+)@users\.noreply\.github\.com")


def _nobody(login: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """From logins of one source to pseudonyms.

    Parameters
    ----------
    keys : the oldest first.
    aliases : from a login (or ``source:login``), folded, to who it is.
    erased : pseudonyms of people who asked to be forgotten.
    is_bot : whether a login belongs to a program and not to a person.
    """

    keys: Sequence[bytes] = field(repr=False)
    aliases: Mapping[str, str] = field(default_factory=dict, repr=False)
    erased: Collection[str] = field(default=(), repr=False)
    is_bot: Callable[[str], bool] = _nobody
    source: str = ""

    def __call__(self, login: str) -> str:
        """The pseudonym of whoever has this login, account id or address."""
        text = turned(self._identity(login).encode(), self.keys)
        return ERASED if text in self.erased else text

    def of_source(self, source: str) -> "Pseudonyms":
        """The same for logins as that source uses them."""
        return replace(self, source=source)

    def _identity(self, login: str) -> str:
        name = folded(login)
        found = _NOREPLY.fullmatch(name)
        if found:
            name = found["login"]
        return self.aliases.get(f"{self.source}:{name}", self.aliases.get(name, name))


def person_of(login: str, pseudonym: Callable[[str], str]) -> str | None:
    """The pseudonym behind a login; ``None`` where the configuration knows it as a bot."""
    if isinstance(pseudonym, Pseudonyms) and pseudonym.is_bot(login):
        return None
    return pseudonym(login)


def folded(login: str) -> str:
    """A login without the differences that no tool makes."""
    return login.strip().casefold()


def turned(text: bytes, keys: Iterable[bytes]) -> str:
    """``text`` under each key in turn."""
    for key in keys:
        text = hmac.new(key, text, hashlib.sha256).hexdigest()[:16].encode()
    return text.decode()


def aliases_of(people: Iterable[Sequence[str]]) -> Mapping[str, str]:
    """From each identifier of a person to their first one.

    Raises
    ------
    ValueError : an identifier belongs to two people; the message names the numbers of both, nobody.
    """
    found: dict[str, str] = {}
    owners: dict[str, int] = {}
    for number, names in enumerate(people, start=1):
        for name in map(folded, names):
            if owners.setdefault(name, number) != number:
                raise ValueError(f"person {number} has an identifier of person {owners[name]}")
            found[name] = folded(names[0])
    return found
