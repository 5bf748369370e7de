"""The planted value comes back from the rows of the demo world, under an assumed attribution.

What is planted is compared; nothing is tuned to it. Adoption alone changes how-to tickets, unit costs and
failures in that world, so the true attribution is 1 and the true substitution share 0.8.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from collectors.demo import source as demo
from collectors.demo.organisation import Organisation
from collectors.demo.truth import Effects, Truth
from metrics.roi.door import roi
from metrics.roi.result import LineTotal, RoiResult
from service.configuration.config import load_config
from service.running import publishing
from service.running.pipeline import collect_and_publish
from tests.metrics.roi.reference import stated
from warehouse.publish import Snapshot

pytestmark = pytest.mark.xdist_group("demo_world")
END_ON = "2026-07-10"
START, END = pd.Timestamp("2026-04-01"), pd.Timestamp("2026-07-01")
CONFIG = f"""
storage: {{directory: data}}
sources:
  - {{name: world, kind: demo, teams: 16, services: 48, end_on: {END_ON}}}
"""
KAPPA, RATE = 0.5, 82_000 * 1.27 / 1_610
LEDGER = (
    # Somebody who believes that adoption explains nearly all of it, and is not sure.
    stated("attribution", 0.8, 1.0, 1.0),
    stated("downtime_cost_per_hour", 500),
    stated("downtime_severity", 1.0),
    stated("how_to_asker_hours", 0.5),
    stated("request_touch_hours", 0.25),
    stated("self_service_fulfil_hours", 0.05),
)


@dataclass(frozen=True)
class Demo:
    """The quarter as the model sees it, and as it was planted."""

    result: RoiResult
    truth: Truth
    organisation: Organisation
    tables: dict[str, pd.DataFrame]

    def line(self, line_id: str) -> LineTotal:
        return next(total for total in self.result.totals if total.kind.line_id == line_id)

    def adopted_share(self) -> np.ndarray:
        """Of each team, the share of the quarter after its adoption."""
        on = pd.to_datetime(pd.Series([self.truth.adoption_on[t] for t in self.organisation.team_ids]))
        days = (END - on.where(~(on < START), START)).dt.days.clip(lower=0).fillna(0)
        return np.asarray(days / (END - START).days)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    directory: Path = tmp_path_factory.mktemp("demo")
    (directory / "config.yaml").write_text(CONFIG)
    settings = load_config(directory / "config.yaml")
    with pytest.MonkeyPatch.context() as patch:
        # What pages ask at first takes ten times as long as all the rest, and nothing here reads it.
        patch.setattr(publishing, "answers_of", lambda snapshot: {})
        collect_and_publish(settings, clock=lambda: datetime(2026, 7, 10, tzinfo=UTC))
    config = settings.sources[0].config
    assert isinstance(config, demo.Config)
    made = demo.world(config)
    with Snapshot.open(settings.storage.directory / "marts") as snapshot:
        result = roi(snapshot, "2026-Q2", LEDGER, seed=1)
    tables = {
        name: seen.table.to_pandas() for name, seen in made.tables.items() if name in ("costs", "inputs")
    }
    return Demo(result, made.truth, made.organisation, tables)


def planted_self_service(world: Demo) -> float:
    """Runs that replaced a ticket, times the hours that each saved on average."""
    counts = next(q for q in world.truth.quarters if q.quarter_start == START.date()).self_service
    hours = sum(
        counts[a.name] * (a.touch_mean - 0.05 + 0.25 - a.self_service_touch) for a in world.truth.actions
    )
    return hours * world.truth.substitution_share * RATE * KAPPA


def planted_how_to(world: Demo) -> float:
    """Tickets that adopting teams did not write; each costs 0.6 * exp(0.6**2 / 2) hours to answer."""
    rate = world.truth.how_to_tickets_per_engineer_quarter * (1 - Effects().how_to_tickets)
    tickets = float((world.organisation.engineers * world.adopted_share()).sum()) * rate
    return tickets * (0.5 + 0.6 * np.exp(0.18)) * RATE * KAPPA


def planted_unit_cost(world: Demo) -> float:
    """What adopting teams would have paid more: their cost over the factor, less their cost."""
    costs = world.tables["costs"]
    month = costs["charge_period_start"]
    usage = costs[(costs.charge_category == "Usage") & (month >= START) & (month < END)]
    adopted = usage["tags"].str.extract(r'"team": "([^"]*)"')[0].map(world.truth.adoption_on)
    cost = usage.loc[pd.to_datetime(adopted) <= usage["charge_period_start"], "effective_cost"].sum()
    return float(cost) * (1 / Effects().unit_cost - 1)


def test_the_planted_value_of_self_service_and_of_questions_lies_in_their_ranges(world: Demo) -> None:
    for line_id, planted in (("B1", planted_self_service(world)), ("B2", planted_how_to(world))):
        spread = world.line(line_id).amount.spread
        assert spread.p10 < planted < spread.p90, (line_id, planted, spread)


def test_the_planted_fall_of_unit_costs_comes_back_before_attribution(world: Demo) -> None:
    # The true attribution is 1, the very end of what can be assumed, so the observed change is compared.
    saved = float(sum(line.quantity for line in world.result.lines if line.kind.line_id == "B6"))
    assert saved == pytest.approx(planted_unit_cost(world), rel=0.05)


def test_the_planted_net_lies_in_the_range_of_the_headline(world: Demo) -> None:
    headline = world.result.headline("cash_and_capacity")
    retired = float(world.line("B7").amount.point)
    planted = planted_self_service(world) + planted_how_to(world) + planted_unit_cost(world) + retired
    net = planted - float(headline.cost.point)
    assert headline.net.spread.p10 < net < headline.net.spread.p90


def test_the_costs_are_those_of_the_inputs(world: Demo) -> None:
    inputs = world.tables["inputs"]
    rows = inputs[pd.to_datetime(inputs["from_on"]) == START].set_index("line_id")
    staff = rows.loc["platform_team_staff"]
    # People times salary times 1.27, a quarter of it; an invoice; seats times 18; 180 seats of 45 are gone.
    assert float(world.line("C1").amount.point) == pytest.approx(-staff.quantity * 92_000 * 1.27 / 4)
    assert float(world.line("C2").amount.point) == pytest.approx(-21_500)
    assert float(world.line("C3").amount.point) == pytest.approx(-rows.loc["platform_licences"].quantity * 18)
    assert float(world.line("C4").amount.point) == pytest.approx(
        -rows.loc[["training_hours"]].quantity.sum() * RATE, abs=0.5
    )
    assert float(world.line("B7").amount.point) == pytest.approx(180 * 45)


def test_hours_per_ticket_come_back_from_the_rows(world: Demo) -> None:
    measured = {f.key: f for f in world.result.figures if f.key.startswith("fulfil_touch_hours:")}
    for action in world.truth.actions:
        figure = measured[f"fulfil_touch_hours:{action.name}"].distribution
        assert figure.quantile(0.005) < action.touch_mean < figure.quantile(0.995)
