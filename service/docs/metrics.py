"""`docs/metrics.md` from the headers of the metric files."""

from collections.abc import Iterable

from metrics.catalog import CATALOG, Metric
from service.docs.tables import code, joined, table

_INTRODUCTION = """
# Metrics

Every metric is one SQL file whose header is printed here. The page, the API, the CSV and the command line
compute it by the same function, so they cannot disagree.

Each row of a result has `scope_id`, `period_start`, `value`, `n`, `low` and `high` (95 % interval), `status`
and `is_stale`. `value` is empty unless `status` is `ok`; the other states are `too_few` (n is below the
minimum), `no_data` (nothing happened) and `not_collected` (nobody looked). Unknown is never zero.
"""


def metrics_page() -> str:
    """The page, with every metric of the catalogue."""
    contents = table(
        ["metric", "unit", "better", "what it says"],
        ([f"[{m.title}](#{m.name})", m.unit, m.better, m.definition] for m in CATALOG.values()),
    )
    return joined(_INTRODUCTION, contents, *(_section(metric) for metric in CATALOG.values()))


def _section(metric: Metric) -> str:
    facts = {
        "Unit": metric.unit,
        "Better": metric.better,
        "By": ", ".join(metric.by),
        "Needs": ", ".join(metric.needs),
        "Minimum n": _minimum(metric),
        "Grain": ", ".join(code(column) for column in metric.grain),
        "Version": str(metric.version),
        "Owner": metric.owner,
        "Also called": ", ".join(metric.also_called),
        "Source": metric.source,
    }
    sql = f"<details><summary>SQL</summary>\n\n```sql\n{metric.sql}\n```\n\n</details>"
    return joined(
        f'<a id="{metric.name}"></a>\n\n## {metric.title}',
        f"{code(metric.name)} · {metric.definition}",
        table(["", ""], ([name, text] for name, text in facts.items() if text)),
        _list(metric.caveats),
        _list(f"Version {number}: {text}" for number, text in enumerate(metric.history, start=2)),
        _parameters(metric),
        sql,
    )


def _minimum(metric: Metric) -> str:
    p90 = f"; p90 needs {metric.minimum_n_p90}" if metric.minimum_n_p90 else ""
    return f"{metric.minimum_n}{p90}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def _parameters(metric: Metric) -> str:
    rows = [
        [code(name), code(_word(one.default)), ", ".join(code(_word(choice)) for choice in one.choices)]
        for name, one in metric.parameters.items()
    ]
    return table(["parameter", "default", "choices"], rows) if rows else ""


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
