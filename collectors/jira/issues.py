"""A list of issues that knows its tickets in full, and the incidents of those services that are named."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from collectors.base import Cursor, Page
from collectors.rest import RestResource
from warehouse.records import Coverage


@dataclass(frozen=True, slots=True)
class Issues(RestResource):
    """Where tickets are known, so are the incidents of ``incident_services`` (``*``: of all)."""

    incident_services: tuple[str, ...] = ()

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """Pages as any list gives them, with what they cover besides."""
        for page in RestResource.pages(self, cursor):
            besides = [
                Coverage("incidents", known.from_at, known.to_at, service_id)
                for known in page.coverage
                for service_id in self.incident_services
            ]
            yield replace(page, coverage=(*page.coverage, *besides))
