"""Which issue types became tickets of which type, so that one without a rule is seen before it is counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from collectors.base import Preview
from collectors.rest_items import Item, Parse
from warehouse.records import Record, Ticket

Group = tuple[str, str, str]


@dataclass
class ByIssueType:
    """Reads issues as ``parse`` does and remembers the type, project and issue type of each."""

    parse: Parse
    seen: dict[str, Group] = field(default_factory=dict)

    def __call__(self, issue: Item) -> Sequence[Record]:
        records = self.parse(issue)
        for ticket in records:
            if isinstance(ticket, Ticket):
                fields = issue["fields"]
                self.seen[issue["key"]] = ticket.type, fields["project"], fields["issuetype"]
        return records

    def added_to(self, preview: Preview) -> Preview:
        """The preview with a line for each issue type, the most frequent first."""
        counted, not_counted = dict(preview.counted), dict(preview.not_counted)
        for kind in sorted({kind for kind, _, _ in self.seen.values()}):
            if kind == "other":
                not_counted["tickets of a type that counts, by issue type"] = self._lines(kind)
            else:
                counted[f"tickets of type {kind}, by issue type"] = self._lines(kind)
        return replace(preview, counted=counted, not_counted=not_counted)

    def _lines(self, kind: str) -> list[str]:
        counts = Counter(group for group in self.seen.values() if group[0] == kind)
        example = {group: key for key, group in sorted(self.seen.items(), reverse=True)}
        return [
            f"{project}, {issue_type}: {n:,} of {len(self.seen):,} issues, such as "
            f"{example[kind, project, issue_type]}"
            for (_, project, issue_type), n in counts.most_common()
        ]
