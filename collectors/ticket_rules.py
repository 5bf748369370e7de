"""What a ticket counts as: rules over its words, of which the first that fits decides.

A ticket has exactly one type. One that no rule takes is of type ``other``, and `payoff doctor` shows how
many there are of each.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from warehouse.names import NameField, any_matches
from warehouse.records import Cause, TicketType

Words = Mapping[str, Sequence[str]]
"""The words of a ticket by the key of a condition: ``{"label": ["platform", "urgent"], …}``."""


def _listed(value: object) -> object:
    return value if isinstance(value, list | tuple) else (value,)


Names = Annotated[tuple[NameField, ...], BeforeValidator(_listed)]


class Conditions(BaseModel):
    """What a ticket must be like: all that are given hold; of a list, one is enough."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    project: Names = Field((), description="Key of the project; a name or pattern, or a list of them.")
    issue_type: Names = Field((), description="Type of the issue, as the tool shows it.")
    request_type: Names = Field((), description="Request type of the service desk; see `request_type_field`.")
    label: Names = Field((), description="One of the labels.")
    component: Names = Field((), description="One of the components.")

    def fits(self, words: Words) -> bool:
        """Whether a ticket with these words meets all conditions; without any, every ticket does."""
        wanted = ((key, getattr(self, key)) for key in Conditions.model_fields)
        return all(
            any(any_matches(names, word) for word in words.get(key, ())) for key, names in wanted if names
        )


class TicketRule(Conditions):
    """Tickets of a type. The first rule that fits decides; a ticket that none fits is of type other."""

    type: TicketType = Field(description="What such a ticket is.")
    action: str | None = Field(None, description="Self-service action that the ticket stands in for.")


class IncidentRule(Conditions):
    """Tickets that are incidents of production too. The first rule that fits decides."""

    cause: Cause | None = Field(None, description="Cause of such incidents; empty: not stated.")


Rule = TypeVar("Rule", bound=Conditions)


def first_fitting(rules: Sequence[Rule], words: Words) -> Rule | None:
    """The first rule that fits; ``None`` where there is none."""
    return next((rule for rule in rules if rule.fits(words)), None)
