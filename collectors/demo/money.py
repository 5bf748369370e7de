"""Costs and inputs of the demo world: cloud charges by month, and the figures that people supply."""

import numpy as np

from collectors.demo.draws import DAY, NEVER, Array, Draws, Rows, Seconds, Window, month_starts
from collectors.demo.organisation import PLATFORM, Organisation
from collectors.demo.truth import ACTIONS, Effects
from warehouse.records import Cost, Input

CLOUD = ("Compute", "Database", "Object storage")
UNIT_PRICES = (0.042, 0.11, 0.021)
CURRENCY = "EUR"


def cost_rows(draws: Draws, org: Organisation, window: Window, effects: Effects) -> Rows:
    """Monthly charges by service, with shared ones, a credit and a tax, once the month is over."""
    months = window.months()
    usage = _usage(draws, org, window, months, effects)
    parts = [usage, _shared(usage, months), _adjustments(usage, months)]
    columns = {key: np.concatenate([part[key] for part in parts]) for key in usage}
    columns["billing_currency"] = np.full(len(columns["effective_cost"]), CURRENCY, dtype=object)
    month = columns["charge_period_start"]
    return Rows(Cost, columns, _next_month(month))


def _next_month(month: Seconds) -> Seconds:
    return month_starts(month.astype("datetime64[s]").astype("datetime64[M]") + 1)


def _usage(
    draws: Draws, org: Organisation, window: Window, months: Seconds, effects: Effects
) -> dict[str, Array]:
    """Consumed units by month, service and cloud product; adoption lowers the price paid per unit."""
    n, products = len(org.service_ids), len(CLOUD)
    size = draws("usage-size").lognormal(np.log(6000), 0.8, (n, products))
    growth = 1 + 0.012 * (months - window.start) / (30 * DAY)
    noise = draws("usage-noise").lognormal(0.0, 0.08, (len(months), n, products))
    quantity = size[None] * growth[:, None, None] * noise
    team = org.owner(np.arange(n)[None, :], months[:, None])
    price = np.where(org.has_adopted(team, months[:, None]), effects.unit_cost, 1.0)
    price = price[:, :, None] * np.array(UNIT_PRICES)
    price = price * draws("price-noise").lognormal(0.0, 0.03, quantity.shape)
    month, service, product = np.nonzero(
        (org.created[None, :, None] < months[:, None, None]) & (quantity > 0)
    )
    at = (month, service, product)
    cost = np.round(quantity[at] * price[at], 2)
    owners = org.team_ids[team[month, service]]
    return {
        "charge_period_start": months[month],
        "effective_cost": cost,
        "billed_cost": np.round(cost * 1.04, 2),
        "service_name": np.array(CLOUD, dtype=object)[product],
        "tags": '{"service": "' + org.service_ids[service] + '", "team": "' + owners + '"}',
        "sub_account_id": np.full(len(cost), "production", dtype=object),
        "charge_category": np.full(len(cost), "Usage", dtype=object),
        "consumed_quantity": np.round(quantity[at], 3),
    }


def _monthly(usage: dict[str, Array], months: Seconds) -> Array:
    at = np.searchsorted(months, usage["charge_period_start"])
    return np.bincount(at, usage["effective_cost"], len(months))


def _shared(usage: dict[str, Array], months: Seconds) -> dict[str, Array]:
    """What nobody tagged: about a tenth of the bill, unallocated."""
    cost = np.round(0.11 * _monthly(usage, months), 2)
    return _lines(months, cost, "Network", "Usage", "shared")


def _adjustments(usage: dict[str, Array], months: Seconds) -> dict[str, Array]:
    total = _monthly(usage, months)
    credit = _lines(months, np.round(-0.02 * total, 2), "Discount programme", "Credit", "shared")
    tax = _lines(months, np.round(0.19 * total, 2), "Value added tax", "Tax", "shared")
    return {key: np.concatenate([credit[key], tax[key]]) for key in credit}


def _lines(months: Seconds, cost: Array, name: str, category: str, account: str) -> dict[str, Array]:
    n = len(months)
    return {
        "charge_period_start": months,
        "effective_cost": cost,
        "billed_cost": cost,
        "service_name": np.full(n, name, dtype=object),
        "tags": np.full(n, "{}", dtype=object),
        "sub_account_id": np.full(n, account, dtype=object),
        "charge_category": np.full(n, category, dtype=object),
        "consumed_quantity": np.full(n, np.nan),
    }


def input_rows(draws: Draws, org: Organisation, window: Window) -> Rows:
    """Quarterly figures of finance, people and the platform team, once the quarter is over."""
    quarters = window.quarters()
    teams = np.delete(np.arange(len(org.team_ids)), PLATFORM)
    hires = draws("hires").poisson(0.4, (len(quarters), len(teams))).astype(np.float64)
    since = np.clip((quarters[:, None] - org.adoption[teams][None, :]) // (91 * DAY), -1, 9)
    training = np.where(since == 0, 6.0, np.where((since > 0) & (since < 3), 1.5, 0.0))
    training = training * org.engineers[teams]
    lines = [
        _team_lines("hires", org, quarters, teams, hires, "people", None, "people department"),
        _team_lines("training_hours", org, quarters, teams, training, "hours", None, "platform team"),
        *(_company_line(quarters, *line) for line in _company_figures(org, quarters, window)),
    ]
    columns = {key: np.concatenate([line[key] for line in lines]) for key in lines[0]}
    until = columns["to_on"].astype("datetime64[s]").astype(np.int64)
    began = columns["from_on"].astype("datetime64[s]").astype(np.int64)
    return Rows(Input, columns, np.where(began >= window.start, until, NEVER))


def _company_figures(
    org: Organisation, quarters: Seconds, window: Window
) -> list[tuple[str, Array, str, float | None, str]]:
    n = len(quarters)
    old_tool = np.where(quarters < window.start + 400 * DAY, 220.0, 40.0)
    self_service = [
        (
            f"self_service_touch_hours:{a.name}",
            np.full(n, a.self_service_touch),
            "hours",
            None,
            "platform team",
        )
        for a in ACTIONS
    ]
    return [
        ("salary", np.full(n, float(org.engineers.sum())), "people", 82_000.0, "finance"),
        ("benefits_multiplier", np.full(n, 1.0), "factor", 1.27, "finance"),
        ("productive_hours", np.full(n, 1.0), "hours per year", 1_610.0, "finance"),
        ("platform_team_staff", np.full(n, float(org.engineers[PLATFORM])), "people", 92_000.0, "finance"),
        ("platform_licences", np.full(n, float(org.engineers.sum())), "seats", 18.0, "procurement"),
        ("retired_tool_licences", old_tool, "seats", 45.0, "procurement"),
        ("platform_infrastructure_invoice", np.full(n, 1.0), "invoice", 21_500.0, "finance"),
        *self_service,
    ]


def _company_line(
    quarters: Seconds, line: str, quantity: Array, unit: str, value: float | None, owner: str
) -> dict[str, Array]:
    return _input_columns(
        line, np.full(len(quarters), "*", dtype=object), quarters, quantity, unit, value, owner
    )


def _team_lines(
    line: str,
    org: Organisation,
    quarters: Seconds,
    teams: Array,
    quantity: Array,
    unit: str,
    value: float | None,
    owner: str,
) -> dict[str, Array]:
    scope = np.tile(org.team_ids[teams], len(quarters))
    starts = np.repeat(quarters, len(teams))
    return _input_columns(line, scope, starts, quantity.reshape(-1), unit, value, owner)


def _input_columns(
    line: str, scope: Array, starts: Seconds, quantity: Array, unit: str, value: float | None, owner: str
) -> dict[str, Array]:
    n = len(starts)
    months = starts.astype("datetime64[s]").astype("datetime64[M]")
    return {
        "line_id": np.full(n, line, dtype=object),
        "scope_id": scope,
        "from_on": months.astype("datetime64[D]"),
        "to_on": (months + 3).astype("datetime64[D]"),
        "quantity": quantity,
        "unit": np.full(n, unit, dtype=object),
        "value": np.full(n, np.nan if value is None else value),
        "source": np.full(n, "demo", dtype=object),
        "owner": np.full(n, owner, dtype=object),
    }
