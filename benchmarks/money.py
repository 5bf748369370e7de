"""Charges and inputs: what the cloud costs by service and month, and what finance supplies by quarter."""

import numpy as np
import pyarrow as pa

from benchmarks.columns import Floats, table, times
from benchmarks.delivery import Services, Window

_PRODUCTS = ("compute", "database", "storage")
_LINES = (
    ("salary", 5_000.0, "people", 80_000.0),
    ("benefits_multiplier", 1.0, "factor", 1.25),
    ("productive_hours", 1.0, "hours per year", 1_600.0),
    ("platform_team_staff", 60.0, "people", 90_000.0),
    ("platform_licences", 5_000.0, "seats", 20.0),
    ("platform_infrastructure_invoice", 1.0, "invoice", 400_000.0),
    ("retired_tool_licences", 300.0, "seats", 45.0),
)


def costs(rng: np.random.Generator, services: Services, window: Window) -> pa.Table:
    """A charge per service, product and month, tagged with its team."""
    months = _months(window)
    n = len(months) * len(services.names) * len(_PRODUCTS)
    quantity: Floats = 1_000 * np.exp(0.8 * rng.standard_normal(n))
    effective = np.round(quantity * 0.05 * np.exp(0.05 * rng.standard_normal(n)), 2)
    teams = [f'{{"team": "team-{team:03d}"}}' for team in services.teams]
    return table(
        billing_currency=["EUR"] * n,
        charge_period_start=times(np.repeat(months, n // len(months))),
        effective_cost=effective,
        billed_cost=np.round(effective * 1.04, 2),
        service_name=list(_PRODUCTS) * (n // len(_PRODUCTS)),
        tags=[tag for tag in teams for _ in _PRODUCTS] * len(months),
        sub_account_id=[name for name in services.names for _ in _PRODUCTS] * len(months),
        charge_category=["Usage"] * n,
        consumed_quantity=np.round(quantity, 3),
    )


def inputs(window: Window) -> pa.Table:
    """The figures of finance, by quarter."""
    starts = _months(window)[::3].astype("datetime64[s]").astype("datetime64[M]")
    rows = [(line, start) for start in starts for line in _LINES]
    return table(
        line_id=[line[0] for line, _ in rows],
        scope_id=["*"] * len(rows),
        from_on=pa.array([start.astype("datetime64[D]").item() for _, start in rows], pa.date32()),
        to_on=pa.array([(start + 3).astype("datetime64[D]").item() for _, start in rows], pa.date32()),
        quantity=[line[1] for line, _ in rows],
        unit=[line[2] for line, _ in rows],
        value=[line[3] for line, _ in rows],
    )


def _months(window: Window) -> np.ndarray:
    first, last = (np.datetime64(at, "s").astype("datetime64[M]") for at in (window.start, window.end))
    return np.arange(first, last).astype("datetime64[s]").astype(np.int64)
