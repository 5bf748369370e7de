"""Which deployment first contained a change, which one caused an incident, and what was running.

Ancestry over the commit graph decides about changes, never time. Every link keeps its method, so that
coverage can be shown. ``link`` writes the results; the other modules are pure functions over arrays.
"""

from warehouse.links.derived import derived_changes_sql
from warehouse.links.graph import CycleError
from warehouse.links.linking import LinkReport, link

__all__ = ["CycleError", "LinkReport", "derived_changes_sql", "link"]
