"""`list_metrics`: what can be asked for."""

from pydantic import BaseModel, Field

from metrics.catalog import CATALOG, Metric
from service.mcp.asking import Listing
from service.mcp.desk import Desk


class MetricListed(BaseModel):
    """A metric, as far as it takes to choose it and to ask for it."""

    name: str
    title: str
    unit: str = Field(description="Of value, low and high. `ratio` is 0 to 1; `hours` are elapsed hours.")
    better: str = Field(description="Whether lower or higher is better.")
    definition: str
    by: list[str] = Field(description="The groupings that it takes.")
    minimum_n: int = Field(description="Below this many observations it says `too_few`.")
    parameters: dict[str, list[str]] = Field(description="Its own parameters, each with what it may be.")
    also_called: list[str] = Field(description="Former names.")


class Catalogue(BaseModel):
    """Metrics, in the order of the catalogue."""

    metrics: list[MetricListed]
    n_in_catalogue: int


def list_metrics(desk: Desk, given: Listing) -> Catalogue:
    """The metrics that match."""
    found = [metric for metric in CATALOG.values() if _matches(metric, given)]
    return Catalogue(metrics=[_listed(metric) for metric in found], n_in_catalogue=len(CATALOG))


def _matches(metric: Metric, given: Listing) -> bool:
    texts = (metric.name, metric.title, metric.definition, *metric.also_called)
    is_found = any(given.search.casefold() in text.casefold() for text in texts)
    return is_found and (given.by is None or given.by in metric.by)


def _listed(metric: Metric) -> MetricListed:
    names = ("name", "title", "unit", "better", "definition", "minimum_n")
    return MetricListed(
        **{name: getattr(metric, name) for name in names},
        by=list(metric.by),
        parameters={key: [str(c) for c in entry.choices] for key, entry in metric.parameters.items()},
        also_called=list(metric.also_called),
    )
