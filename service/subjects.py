"""Which services, teams, tiers and actions there are, so that a name that means none of them is refused."""

from collections.abc import Iterable, Mapping

from metrics.scope import By, Filter
from service.configuration.problems import nearest
from service.errors import UsageError
from warehouse.publish import Snapshot

# What nobody owns is a team of its own wherever teams are told apart.
_KNOWN = """
SELECT 'service' AS kind, service_id AS name FROM service_map WHERE service_id IS NOT NULL
UNION SELECT 'team', team_id FROM service_map WHERE team_id IS NOT NULL
UNION SELECT 'team', team_id FROM request_scopes WHERE team_id IS NOT NULL
UNION SELECT 'team', 'unassigned'
UNION SELECT 'tier', tier FROM service_map WHERE tier IS NOT NULL
UNION SELECT 'action', action FROM request_scopes WHERE action IS NOT NULL
ORDER BY ALL
"""


def require_known(snapshot: Snapshot, where: Filter, by: By, scope_id: str | None = None) -> None:
    """Nothing, if the filter and the scope name what the snapshot knows.

    Raises
    ------
    UsageError : a name means nothing; the message names the nearest. Without this a slip of the pen would
        look like a team that did nothing.
    """
    chosen: Mapping[str, Iterable[str]] = {
        "service": where.services or (),
        "team": where.teams or (),
        "tier": where.tiers or (),
        "action": where.actions or (),
    }
    named = [(kind, name) for kind, names in chosen.items() for name in names]
    if scope_id is not None and by != "organisation":
        named.append((by, scope_id))
    if not named:
        return
    known: dict[str, list[str]] = {kind: [] for kind in chosen}
    for row in snapshot.sql(_KNOWN).to_pylist():
        known[row["kind"]].append(row["name"])
    for kind, name in named:
        if name not in known[kind]:
            raise UsageError(_unknown(kind, name, known[kind]))


def _unknown(kind: str, name: str, known: list[str]) -> str:
    near = nearest(name, known)
    hint = f" Did you mean {near!r}?" if near else ""
    return f"There is no {kind} {name!r} in this snapshot.{hint} It knows {len(known)} of that kind."
