"""How the organisation's locale writes numbers, amounts and days: one locale for a page or a report.

Pages are drawn in threads of their own, so what is in use is kept by context and never by process. Words stay
English in every locale; files for machines know none.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import get_currency_precision

DEFAULT = "en"
# English without a country is that of the world: 4 Nov 2026, and not Nov 4, 2026.
_WORLD = {"en": "en_001"}
_MINUS = "−"


@dataclass(frozen=True, slots=True)
class Written:
    """A locale's separators, the sizes of its groups of digits, and on which side a currency stands."""

    name: str
    decimal: str
    group: str
    first_group: int
    further_groups: int
    is_currency_first: bool

    def number(self, value: float | Decimal, digits: int) -> str:
        """The value with so many decimals, thousands apart, a real minus where it is below zero."""
        whole, _, rest = f"{abs(value):.{digits}f}".partition(".")
        text = self._grouped(whole) + (self.decimal + rest if rest else "")
        return _MINUS + text if value < 0 and text.strip(f"0{self.decimal}") else text

    def _grouped(self, whole: str) -> str:
        """Babel's own formatting takes the apostrophes of a Swiss number for quotes and drops them."""
        head, tail = whole[: -self.first_group], [whole[-self.first_group :]]
        while head:
            tail.insert(0, head[-self.further_groups :])
            head = head[: -self.further_groups]
        return self.group.join(tail)

    def day(self, day: date) -> str:
        """``4 Nov 2026``, ``04.11.2026``, ``4 nov. 2026``"""
        return format_date(day, "medium", locale=_parsed(self.name))

    def month(self, day: date) -> str:
        """The month's short name, for an axis."""
        return format_date(day, "LLL", locale=_parsed(self.name))

    def day_order(self) -> str:
        """A numeric day as ``DD/MM/YYYY``, ``MM/DD/YYYY`` or ``YYYY/MM/DD``, with the locale's separator."""
        pattern = _parsed(self.name).date_formats["short"].pattern
        order = sorted((pattern.lower().index(letter), letter) for letter in "dmy")
        sign = next((sign for sign in ".-" if sign in pattern), "/")
        words = {"d": "DD", "m": "MM", "y": "YYYY"}
        letters = [letter for _, letter in order]
        # The only orders that a date field knows; Lithuanian and Hungarian begin with the year too.
        known = letters if "".join(letters) in ("dmy", "mdy", "ymd") else ["y", "m", "d"]
        return sign.join(words[letter] for letter in known)


def written_in(name: str) -> Written:
    """What is known of a locale such as ``de-DE``.

    Raises
    ------
    ValueError : there is no such locale.
    """
    try:
        return _written(name)
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"there is no locale {name!r}; use one such as en, en-GB, de-DE or fr.") from error


@cache
def _written(name: str) -> Written:
    locale = _parsed(name)
    symbols = locale.number_symbols["latn"]
    first, further = locale.decimal_formats[None].grouping
    return Written(
        name=name,
        decimal=symbols["decimal"],
        group=symbols["group"].replace("'", "’"),
        first_group=first,
        further_groups=further,
        is_currency_first=locale.currency_formats["standard"].pattern.lstrip("\u200e\u200f").startswith("¤"),
    )


@cache
def _parsed(name: str) -> Locale:
    return Locale.parse(_WORLD.get(name, name.replace("-", "_")))


def currency_digits(currency: str) -> int:
    """How many decimals an exact amount has: 2 for EUR, none for JPY."""
    return get_currency_precision(currency)


_in_use: ContextVar[Written] = ContextVar("locale")


def in_use() -> Written:
    """The locale in which figures are written now."""
    return _in_use.get(None) or written_in(DEFAULT)


def use_locale(name: str) -> None:
    """Write figures in this locale from now on, in this thread."""
    _in_use.set(written_in(name))


@contextmanager
def using_locale(name: str) -> Iterator[None]:
    """Write figures in this locale inside of the block."""
    token = _in_use.set(written_in(name))
    try:
        yield
    finally:
        _in_use.reset(token)
