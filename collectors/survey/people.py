"""Which columns of a survey export are about a person: they are dropped before anything else looks at them.

A column is personal by its name, in the words of the tools, or because a cell of it holds an e-mail
address. Free text that nobody asked to be read is never kept either, but that is a matter of the mapping.
"""

import re
from collections.abc import Iterable

_PERSONAL = re.compile(
    r"(recipient|participant|respondent|contact)?_?"
    r"("
    r"e_?mail(_?address(es)?)?|(user|first|last|full|middle|given|family|sur)_?name|name|username"
    r"|ip(_?address|_?addr)?|location_?(latitude|longitude)|latitude|longitude|lat|lon|geo_?ip"
    r"|external_?(data_?)?reference|referr?er_?url|refurl|network_?id|token|access_?code|device_?id"
    r"|phone(_?number)?|mobile|address|employee_?(id|number)|user_?id|collector_?id"
    r"|custom_?data_?\d*|panel_?member_?id|q_?url|vorname|nachname|adresse|e_?mail_?adresse"
    r")"
)
_ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")


def is_personal_name(name: str) -> bool:
    """Whether a column of this name holds who answered, from where, or how to reach them."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name.strip())
    return _PERSONAL.fullmatch(re.sub(r"[^a-z0-9]+", "_", words.casefold()).strip("_")) is not None


def holds_address(cells: Iterable[str]) -> bool:
    """Whether one of the cells holds an e-mail address."""
    return any("@" in cell and _ADDRESS.search(cell) is not None for cell in cells)
