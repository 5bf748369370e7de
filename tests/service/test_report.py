"""`payoff report`: finance recomputes it from its files, and a frozen quarter stays as it was."""

import csv
import json
import re
import shutil
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from service.storage.snapshots import open_snapshot
from tests.metrics.roi.reference import stated
from tests.service.command import Payoff, run_payoff, text_of
from tests.service.folders import write_files
from tests.service.report_world import LEDGER, QUARTER, given, published

Row = dict[str, str]
LINE_COLUMNS = (
    "report_id,model_version,config_sha256,generated_at,period,period_start,period_end,scope_type,scope_id,"
    "currency,line_id,line_name,category,class,in_headline,driver,sign,quantity,quantity_unit,unit_value,"
    "unit_value_unit,attribution_factor,realisation_factor,other_factor,amount_point,amount_p10,amount_p50,"
    "amount_p90,discount_factor,amount_pv,evidence_grade,n_observations,data_completeness_pct,baseline_period,"
    "source_systems,method_note"
)
SUMMARY_COLUMNS = "report_id,period,metric,basis,point,p10,p50,p90,unit"
COUNTED = {
    "cash": ("cash", "cost"),
    "cash_and_capacity": ("cash", "capacity", "cost"),
    "cash_capacity_and_risk": ("cash", "capacity", "risk", "cost"),
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def report(payoff: Payoff, out: Path) -> Payoff:
    """Run `payoff report` of the reference quarter into ``out``."""
    return lambda *arguments: payoff("report", "--quarter", QUARTER, "--output", str(out), *arguments)


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the report of the reference quarter."""
    folder = tmp_path_factory.mktemp("reference")
    published(folder)
    result = run_payoff(
        *("report", "--quarter", QUARTER, "--output", str(folder / "out")),
        *("--config", str(folder / "config.yaml")),
    )
    assert result.exit_code == 0, result.stderr
    return folder / "out"


def rows_of(path: Path) -> list[Row]:
    """What a spreadsheet reads: text, and nothing of this project."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(out: Path) -> list[Row]:
    return rows_of(out / f"roi_lines_{QUARTER}.csv")


def point(out: Path, metric: str, basis: str) -> str:
    (row,) = (
        row
        for row in rows_of(out / f"roi_summary_{QUARTER}.csv")
        if (row["metric"], row["basis"]) == (metric, basis)
    )
    return row["point"]


def recomputed(row: Row) -> Decimal:
    """A row's amount from its factors, rounded to the cent, half away from zero."""
    amount = Decimal(row["sign"])
    for name in ("quantity", "unit_value", "attribution_factor", "realisation_factor", "other_factor"):
        amount *= Decimal(row[name])
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(out.iterdir())}


def test_every_amount_and_the_net_come_back_from_the_csv_alone(reference: Path) -> None:
    rows = lines(reference)
    assert len(rows) >= 5
    for row in rows:
        assert recomputed(row) == Decimal(row["amount_point"]), row["line_id"]
    for basis, classes in COUNTED.items():
        net = sum(Decimal(row["amount_point"]) for row in rows if row["class"] in classes)
        assert net == Decimal(point(reference, "net", basis)), basis
    counted = [row for row in rows if row["in_headline"] == "true"]
    # 189,000 + 28,800 + 96,000 + 18,000 - 260,000, as the method works it.
    assert sum(Decimal(row["amount_point"]) for row in counted) == Decimal("71800.00")
    assert Decimal(point(reference, "return_on_investment", "cash_capacity_and_risk")) == pytest.approx(
        Decimal("0.276154"), abs=Decimal("0.000001")
    )


def test_columns_and_their_order_are_those_of_the_method(reference: Path) -> None:
    assert (reference / f"roi_lines_{QUARTER}.csv").read_text().splitlines()[0] == LINE_COLUMNS
    assert (reference / f"roi_summary_{QUARTER}.csv").read_text().splitlines()[0] == SUMMARY_COLUMNS
    (row, *_) = lines(reference)
    assert (row["period_start"], row["period_end"]) == ("2025-10-01", "2025-12-31")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["generated_at"])
    assert re.fullmatch(r"[0-9a-f]{64}", row["config_sha256"])
    assert {row["scope_id"] for row in lines(reference)} <= {"shop", "platform", "unallocated"}


def test_a_range_is_no_sum_of_lows_and_highs(report: Payoff, tmp_path: Path, out: Path) -> None:
    uncertain = [a for a in LEDGER if a.key not in ("realisation", "downtime_severity")]
    published(
        tmp_path,
        ledger=[*uncertain, stated("realisation", 0.3, 0.5, 0.7), stated("downtime_severity", 0.2, 0.6, 1)],
    )
    report()
    (net,) = (
        row
        for row in rows_of(out / f"roi_summary_{QUARTER}.csv")
        if (row["metric"], row["basis"]) == ("net", "cash_capacity_and_risk")
    )
    counted = [row for row in lines(out) if row["in_headline"] == "true"]
    lows, highs = (sum(Decimal(row[name]) for row in counted) for name in ("amount_p10", "amount_p90"))
    assert Decimal(net["p10"]) > lows + 100
    assert Decimal(net["p90"]) < highs - 100
    assert Decimal(net["p10"]) < Decimal(net["p50"]) < Decimal(net["p90"])


def test_the_same_data_configuration_and_seed_give_the_same_bytes(
    payoff: Payoff, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(tmp_path)
    editions = []
    # Either side of a turn of the minute, the day and the year, so that a time that stays is always seen.
    made_at = {
        "one": datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        "two": datetime(2027, 1, 1, 0, 0, 1, tzinfo=UTC),
    }
    for name, at in made_at.items():
        monkeypatch.setattr("service.cli.utc_now", lambda at=at: at)
        payoff("report", "--quarter", QUARTER, "--preview", "--output", str(tmp_path / name))
        editions.append({file: masked(text) for file, text in contents(tmp_path / name).items()})
    assert editions[0] == editions[1]
    assert len(editions[0]) == 4


def masked(text: bytes) -> bytes:
    """Without what may differ: the identifier and the time of the edition."""
    text = re.sub(rb"2025-Q4-(preview|v\d+)-[0-9a-f]{8}", b"ID", text)
    text = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"AT", text)
    return re.sub(rb"made \d{1,2} \w+ \d{4}, \d\d:\d\d UTC", b"made AT", text)


def test_a_frozen_quarter_is_printed_again_as_it_was_whatever_came_since(
    report: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path)
    assert "version 1" in text_of(report())
    first = contents(out)
    rows = given()
    rows["costs"][1]["effective_cost"] = 9_000
    published(tmp_path, rows)
    for folder in (out, tmp_path / "data" / "marts"):
        shutil.rmtree(folder)
    assert report().exit_code == 0
    assert contents(out) == first


def test_a_restatement_is_a_new_version_whose_bridge_adds_up(
    report: Payoff, payoff: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path)
    report()
    old, kept = lines(out), contents(tmp_path / "data" / "reports" / QUARTER / "v1")
    rows = given()
    rows["costs"][1]["effective_cost"] = 9_000
    published(tmp_path, rows, [stated("salary", 165_000)], edition=2)
    asked = ("report", "--quarter", QUARTER, "--restate", "--reason", "late invoice")
    assert payoff(*asked, "--output", str(tmp_path / "new")).exit_code == 0
    assert lines(out) == old
    new, bridge = lines(tmp_path / "new"), rows_of(tmp_path / "new" / f"roi_bridge_{QUARTER}.csv")
    assert contents(tmp_path / "data" / "reports" / QUARTER / "v1") == kept
    for line in {row["line_id"] for row in [*old, *new]}:
        before, after = (total(rows_, line) for rows_ in (old, new))
        steps = [row for row in bridge if row["line_id"] == line]
        assert sum(Decimal(row["change"]) for row in steps) == after - before, line
        assert not steps or Decimal(steps[0]["old"]) == before
        assert not steps or Decimal(steps[-1]["new"]) == after
    whys = list(dict.fromkeys(row["why"] for row in bridge))
    assert whys[0] == "salary: 150,000 to 165,000"
    assert whys[1].startswith("data and configuration: snapshot 1 to 2")
    # An hour is 110 instead of 100: B1 and B2 rise by a tenth. 20,000 less 9,000 are saved and not 18,000.
    changes = {(row["line_id"], row["why"][:4]): row["change"] for row in bridge}
    assert changes == {
        ("B1", "sala"): "18900.00",
        ("B2", "sala"): "2880.00",
        ("B6", "data"): "-7000.00",
    }


def test_a_published_file_is_never_replaced_by_another_edition(
    report: Payoff, payoff: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path)
    report()
    first = contents(out)
    rows = given()
    rows["costs"][1]["effective_cost"] = 9_000
    published(tmp_path, rows)
    refused = report("--restate", "--reason", "late invoice")
    assert refused.exit_code == 2
    assert "holds files of another version, which stay" in text_of(refused)
    assert [path.name for path in (tmp_path / "data" / "reports" / QUARTER).glob("v*")] == ["v1"]
    asked = ("report", "--quarter", QUARTER, "--restate", "--reason", "late invoice")
    assert payoff(*asked, "--output", str(tmp_path / "new")).exit_code == 0
    again = report()
    assert again.exit_code == 1
    assert "holds another edition, which stays. Choose another folder." in text_of(again)
    assert contents(out) == first


def total(rows: list[Row], line: str) -> Decimal:
    return sum((Decimal(row["amount_point"]) for row in rows if row["line_id"] == line), Decimal(0))


def test_nothing_new_makes_no_version(report: Payoff, payoff: Payoff, tmp_path: Path) -> None:
    published(tmp_path)
    report()
    asked = ("report", "--quarter", QUARTER, "--restate", "--reason", "to be sure")
    result = payoff(*asked, "--output", str(tmp_path / "new"))
    assert result.exit_code == 0
    assert "nothing differs from the frozen version" in text_of(result)
    assert not (tmp_path / "new").exists()
    assert [path.name for path in (tmp_path / "data" / "reports" / QUARTER).glob("v*")] == ["v1"]


def test_a_quarter_that_is_not_over_can_be_looked_at_and_not_frozen(
    payoff: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path)
    asked = ("report", "--quarter", "2026-Q1", "--output", str(out))
    result = payoff(*asked)
    assert result.exit_code == 1
    assert "2026-Q1 ends on 2026-03-31, and the data is of 2026-01-15" in text_of(result)
    assert not out.exists()
    assert payoff(*asked, "--preview").exit_code == 0
    assert not (tmp_path / "data" / "reports").exists()
    page = (out / "roi_report_2026-Q1.html").read_text()
    assert "Preview: not frozen" in page
    assert "**Preview: not frozen.**" in (out / "roi_report_2026-Q1.md").read_text()
    assert "2026-Q1-preview-" in (out / "roi_summary_2026-Q1.csv").read_text()


def half_known() -> dict[str, list[dict[str, str]]]:
    """The reference rows, of which runs are known for the first half of the quarter only."""
    rows = given()
    runs = next(row for row in rows["coverage"] if row["resource"] == "action_runs")
    runs["to_at"] = "2025-11-16T00:00:00Z"
    return rows


def test_below_coverage_nothing_is_frozen_and_the_source_is_named(
    report: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path, half_known())
    result = report()
    assert result.exit_code == 1
    said = text_of(result)
    assert "the trust gate refuses B1 Self-service instead of a ticket" in said
    # 46 of 92 days.
    assert "action_runs from test: below coverage: 50.0 % of the quarter is known" in said
    assert not out.exists()
    assert not (tmp_path / "data" / "reports").exists()


def test_a_refused_figure_is_empty_and_never_zero(report: Payoff, tmp_path: Path, out: Path) -> None:
    published(tmp_path, half_known())
    report("--preview")
    refused = [row for row in lines(out) if row["line_id"] == "B1"]
    assert refused
    for row in refused:
        assert (row["quantity"], row["amount_point"], row["amount_p10"], row["amount_pv"]) == ("", "", "", "")
        assert row["method_note"].split("; ")[1].startswith("refused: action_runs from test: below coverage")
    assert point(out, "net", "cash_and_capacity") == ""
    assert point(out, "net", "cash") == "-242000.00"
    assert "the net cannot be stated" in (out / f"roi_report_{QUARTER}.html").read_text()


def test_a_stated_override_prints_the_figure_and_says_so_everywhere(
    report: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path, half_known())
    assert report("--accept", "the portal was migrated").exit_code == 0
    (row, *_) = [row for row in lines(out) if row["line_id"] == "B1" and row["scope_id"] == "shop"]
    assert recomputed(row) == Decimal(row["amount_point"]) > 0
    assert "accepted although refused (the portal was migrated): action_runs" in row["method_note"]
    for name in (f"roi_summary_{QUARTER}.csv", f"roi_report_{QUARTER}.md", f"roi_report_{QUARTER}.html"):
        assert "the portal was migrated" in (out / name).read_text(), name


def test_partial_and_stale_sources_are_stamped_with_their_names(
    report: Payoff, tmp_path: Path, out: Path
) -> None:
    rows = given()
    runs = next(row for row in rows["coverage"] if row["resource"] == "action_runs")
    runs["to_at"] = "2025-12-27T00:00:00Z"
    published(tmp_path, rows)
    assert report().exit_code == 0
    (row, *_) = [row for row in lines(out) if row["line_id"] == "B1"]
    # 87 of 92 days.
    assert "stamped: action_runs from test: partial: 94.6 % of the quarter is known" in row["method_note"]
    assert "stale: the newest data is of 2025-12-27 00:00 UTC" in row["method_note"]
    assert row["amount_point"]
    assert "partial: 94.6 %" in (out / f"roi_report_{QUARTER}.html").read_text()


def test_a_name_that_begins_like_a_formula_is_disarmed_in_csv_and_escaped_on_the_page(
    report: Payoff, tmp_path: Path, out: Path
) -> None:
    rows = given()
    rows["teams"].append({"team_id": "=HYPERLINK(1)", "engineers": 3})
    rows["action_runs"].append(
        {**rows["action_runs"][0], "run_id": "evil-{i}", "team_id": "=HYPERLINK(1)", "target": "evil-{i}"}
    )
    sly = stated("realisation", 0.3, 0.5, 0.7)
    published(tmp_path, rows, [*LEDGER[:3], *LEDGER[4:], sly])
    report()
    assert {row["scope_id"] for row in lines(out)} >= {"'=HYPERLINK(1)"}
    assert not re.search(r"(^|,)\"?=", (out / f"roi_lines_{QUARTER}.csv").read_text(), re.MULTILINE)


def test_simulated_figures_say_so_in_every_file_and_every_row(
    report: Payoff, payoff: Payoff, tmp_path: Path, out: Path
) -> None:
    published(tmp_path, is_demo=True)
    report()
    assert all(row["report_id"].startswith("simulated-") for row in lines(out))
    assert all(row["method_note"].startswith("simulated: figures of an invented") for row in lines(out))
    assert all(
        row["report_id"].startswith("simulated-") for row in rows_of(out / f"roi_summary_{QUARTER}.csv")
    )
    assert "Simulated: an invented organisation" in (out / f"roi_report_{QUARTER}.html").read_text()
    assert "**Simulated" in (out / f"roi_report_{QUARTER}.md").read_text()
    assert payoff("metrics", "self_service_share").stdout.splitlines()[0].endswith(",is_simulated")
    assert json.loads(payoff("roi", "-q", QUARTER, "-f", "json").stdout)["is_simulated"] is True
    payoff("export", str(out / "tables"), "-f", "csv")
    header, first, *_ = (out / "tables" / "teams.csv").read_text().splitlines()
    assert header.endswith('"is_simulated"')
    assert first.endswith("true")


def test_the_page_asks_for_nothing_outside_of_itself(reference: Path) -> None:
    page = (reference / f"roi_report_{QUARTER}.html").read_text()
    assert not re.search(r"<(script|link|img|iframe)|url\(|@import|https?://", page)
    assert page.count("<svg") > 10
    assert "In Q4 2025 the platform returned EUR\u00a071,800 more than it cost" in page


def test_a_financial_year_names_its_quarters(payoff: Payoff, tmp_path: Path, out: Path) -> None:
    # The year that began in April 2025 is 2026; October to December are its third quarter.
    published(tmp_path, config="organisation: {quarter_start_month: 4}\n", quarter_start_month=4)
    assert payoff("report", "--quarter", "FY2026-Q3", "--output", str(out)).exit_code == 0
    rows = rows_of(out / "roi_lines_FY2026-Q3.csv")
    assert {(row["period"], row["period_start"], row["period_end"]) for row in rows} == {
        ("FY2026-Q3", "2025-10-01", "2025-12-31")
    }
    assert sum(Decimal(r["amount_point"]) for r in rows if r["in_headline"] == "true") == Decimal("71800.00")
    result = payoff("report", "--quarter", "2025-Q4", "--output", str(out))
    assert result.exit_code == 2
    assert "write it like FY2027-Q1" in text_of(result)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--quarter", "2025-Q5"), 2, "is no quarter"),
        (("--restate",), 2, "--restate needs --reason"),
        (("--restate", "--reason", "x"), 1, "was never frozen"),
        (("--restate", "--preview", "--reason", "x"), 2, "give one of them"),
    ],
)
def test_a_wrong_wish_is_refused(
    report: Payoff, tmp_path: Path, out: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    published(tmp_path)
    result = report(*arguments)
    assert result.exit_code == code
    assert said in text_of(result)
    assert not out.exists()


def test_frozen_versions_are_tables_after_the_next_run_of_the_writer(
    report: Payoff, payoff: Payoff, tmp_path: Path, out: Path
) -> None:
    settings = published(tmp_path)
    report()
    write_files(tmp_path / "exports", teams="team_id\nshop\n")
    assert payoff("collect").exit_code == 0
    assert payoff("collect").exit_code == 0
    with open_snapshot(settings) as snapshot:
        (net,) = snapshot.sql(
            "SELECT sum(l.amount_point) AS net, count(DISTINCT r.report_id) AS n, max(r.version) AS version "
            "FROM report_lines l JOIN reports r USING (report_id) WHERE l.in_headline"
        ).to_pylist()
        assert net == {"net": Decimal("71800.00"), "n": 1, "version": 1}
        (point_,) = snapshot.sql(
            "SELECT point FROM report_summary WHERE metric = 'net' AND basis = 'cash_capacity_and_risk'"
        ).to_pylist()
        assert point_ == {"point": 71800.0}
