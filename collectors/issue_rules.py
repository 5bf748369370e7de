"""What an issue of a forge counts as: an incident, a ticket, or, like most of them, neither."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from collectors.rest_items import Item
from collectors.ticket_rules import IncidentRule, TicketRule, Words, first_fitting


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueRules(ABC):
    """The rules for issues that sources have in common; ``scope`` is the repository or project."""

    incidents: tuple[IncidentRule, ...] = ()
    service_label: str = ""
    tickets: tuple[TicketRule, ...] = ()

    @abstractmethod
    def words_of(self, issue: Item, scope: str) -> Words:
        """The words of an issue that conditions look at."""

    def kind_of(self, issue: Item, scope: str) -> Literal["incident", "ticket", ""]:
        """What an issue is, exactly one thing; empty: neither."""
        if self.incident_rule(issue, scope):
            return "incident"
        return "ticket" if self.ticket_rule(issue, scope) else ""

    def incident_rule(self, issue: Item, scope: str) -> IncidentRule | None:
        """The first rule for incidents that fits."""
        return first_fitting(self.incidents, self.words_of(issue, scope))

    def ticket_rule(self, issue: Item, scope: str) -> TicketRule | None:
        """The first rule for tickets that fits."""
        return first_fitting(self.tickets, self.words_of(issue, scope))

    def service_of(self, labels: Sequence[str]) -> str | None:
        """The service that a label names: ``checkout`` of ``service:checkout``."""
        prefix = self.service_label
        found = [label.removeprefix(prefix) for label in labels if prefix and label.startswith(prefix)]
        return found[0] if found else None
