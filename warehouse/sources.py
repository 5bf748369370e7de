"""What a warehouse and its snapshots tell of sources: the runs of each, and for which time each is known."""

SPOOL = "spool"
"""Source of the runs and unread items of what is sent to Payoff or done in it; no source that is asked."""
SOURCE_RUN = "collect"
"""Job of a run of a whole source; those of its resources are ``collect RESOURCE SCOPE``."""

SOURCE_RUNS = f"""
SELECT * FROM job_runs WHERE source IS NOT NULL AND job IN ('{SOURCE_RUN}', 'drain')
"""
"""The runs of whole sources, also of those that send by themselves, whose events are drained."""

KNOWN = """
SELECT
    source, resource, count(*) AS n_scopes, min(from_at) AS known_from, max(to_at) AS known_to,
    min(to_at) AS oldest_scope_to
FROM (
    SELECT source, resource, scope_id, min(from_at) AS from_at, max(to_at) AS to_at
    FROM coverage GROUP BY ALL
)
GROUP BY ALL ORDER BY source, resource
"""
"""Grain: source, resource. It may have gaps between its two ends; ``oldest_scope_to`` is that of the scope
that lags most."""
