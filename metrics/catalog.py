"""The catalogue: every metric is one SQL file, its YAML header the meaning, its query the computation."""

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from typing import Any, Literal

import yaml

from metrics.errors import ParameterError, UnknownMetricError
from metrics.scope import By, Filter, Grouping

FOLDERS = ("delivery", "flow", "adoption")
_HEADER = re.compile(r"\A/\* ---\n(.*?)\n--- \*/\n", re.DOTALL)
_FIGURES = "\n-- figures\n"
_SCOPE_OF_A_REQUEST = re.compile(r"request_scope\(\$by, (\w+\.)?team_id, [^()]*\)")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named choice of a metric, such as the clock of a duration."""

    default: Any
    choices: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric's meaning and query.

    ``evidence_sql`` yields the rows behind the figures, each with its ``role``; ``figures_sql``
    aggregates those same rows, so the two cannot disagree. ``needs`` are the resources that must be
    covered before the metric says anything; ``by`` are the groupings it takes; ``details`` names the table
    with the rows' milestones and links where the facts are too narrow to hold them. ``history`` says what
    each version after the first one changed.
    """

    name: str
    title: str
    unit: str
    better: Literal["lower", "higher"]
    statistic: Literal["frequency", "quantile", "rate", "event_rate", "survival"]
    grain: tuple[str, ...]
    needs: tuple[str, ...]
    minimum_n: int
    owner: str
    definition: str
    source: str
    version: int
    by: tuple[By, ...] = ("service", "team", "organisation")
    minimum_n_p90: int | None = None
    details: Literal["", "change"] = ""
    caveats: tuple[str, ...] = ()
    also_called: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    sql: str = ""

    @property
    def is_of_teams(self) -> bool:
        """Whether teams ask and services do not: what is covered is then known by team."""
        return "service" not in self.by

    def takes(self, parameter: str) -> bool:
        """Whether the query looks at a parameter, such as a filter."""
        return re.search(rf"\${parameter}\b", self.sql) is not None

    def narrowed(self, where: Filter) -> Filter:
        """The filter without what the metric's rows do not have, such as the tier where teams are counted."""
        return replace(where, **{name: None for name in where.parameters if not self.takes(name)})

    @property
    def figures_sql(self) -> str:
        return self.sql

    def figures_sql_by(self, by: Grouping) -> str:
        """The query of a grouping. Only cubes tell what teams ask for apart by the service that it names, so
        that a request which names none is in no scope.
        """
        if not (self.is_of_teams and by == "service"):
            return self.figures_sql
        named = _SCOPE_OF_A_REQUEST.sub(r"\1service_id", self.figures_sql)
        return f"SELECT * FROM (\n{named}\n) WHERE scope_id IS NOT NULL"

    @property
    def evidence_sql(self) -> str:
        return self.over("SELECT * FROM evidence")

    def over(self, query: str) -> str:
        """A query over the rows that the metric's own names: ``evidence``, and what that is made of."""
        return f"{self.sql.split(_FIGURES)[0]}\n{query}"

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Every parameter with its given or default value.

        Raises
        ------
        ParameterError : a name or a value that the metric does not take.
        """
        unknown = sorted(set(given) - set(self.parameters))
        if unknown:
            takes = ", ".join(self.parameters) or "none"
            raise ParameterError(f"{self.name} has no parameter {unknown[0]!r}; it takes: {takes}.")
        bound = {name: given.get(name, parameter.default) for name, parameter in self.parameters.items()}
        for name, value in bound.items():
            choices = self.parameters[name].choices
            if value not in choices:
                words = ", ".join(str(choice) for choice in choices)
                raise ParameterError(f"{self.name}: {name}={value!r} is not one of {words}.")
        return bound


def parse_metric(text: str) -> Metric:
    """The metric that a SQL file defines.

    Raises
    ------
    ValueError : the file has no header, the query has no rows behind its figures, or a version does not say
        what it changed.
    """
    match = _HEADER.match(text)
    if match is None or _FIGURES not in text:
        raise ValueError("a metric file begins with a header and marks its figures with '-- figures'")
    header = yaml.safe_load(match.group(1))
    parameters = {
        name: Parameter(entry["default"], tuple(entry["choices"]))
        for name, entry in header.pop("parameters", {}).items()
    }
    lists: dict[str, Any] = {
        key: tuple(header.pop(key, ())) for key in ("grain", "needs", "caveats", "also_called", "history")
    }
    if "by" in header:
        lists["by"] = tuple(header.pop("by"))
    if len(lists["history"]) != header["version"] - 1:
        raise ValueError("history: says in one line what each version after the first one changed")
    return Metric(**header, **lists, parameters=parameters, sql=text[match.end() :].strip())


def _load() -> Iterator[tuple[str, Metric]]:
    for folder in FOLDERS:
        entries = sorted(files("metrics").joinpath(folder).iterdir(), key=lambda entry: entry.name)
        for entry in entries:
            if entry.name.endswith(".sql"):
                metric = parse_metric(entry.read_text())
                yield metric.name, metric


CATALOG: Mapping[str, Metric] = dict(_load())
FIVE_KEYS = (
    "deployment_frequency",
    "change_lead_time",
    "change_fail_rate",
    "failed_deployment_recovery_time",
    "deployment_rework_rate",
)
STAGES = (
    "change_coding_time",
    "change_draft_time",
    "change_pickup_time",
    "change_review_time",
    "change_deploy_wait_time",
)


def metric_named(name: str) -> Metric:
    """The metric of this name.

    Raises
    ------
    UnknownMetricError : there is none; the message names the nearest.
    """
    if name in CATALOG:
        return CATALOG[name]
    near = difflib.get_close_matches(name, CATALOG, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownMetricError(f"There is no metric {name!r}.{hint} Metrics: {', '.join(CATALOG)}.")
