"""Lines of the money: amounts with their evidence, the rows behind each, and what could not be computed."""

from datetime import timedelta

import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.filters import View
from dashboards.page.tables import show
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.roi.frames import team_frame, total_frame
from dashboards.roi.money import evidence_of
from dashboards.words.values import amount_text, count, day_text, decimals, factor_text, with_days
from metrics.roi.lines import Kind

_ROWS_SHOWN = 500
_FACTORS = ("quantity", "unit_value", "attribution_factor", "realisation_factor", "other_factor")
_AMOUNTS = ("amount_point", "amount_p10", "amount_p50", "amount_p90")
_MONEY = {"point": "Likely", "p10": "P10", "p50": "P50", "p90": "P90"}


def lines_panel(facts: Facts, view: View, money: Money) -> None:
    """Every line; a chosen one opens its rows by team and the rows of the sources."""
    frame = total_frame(money)
    with panel(
        _title(money),
        f"{money.result.currency} in {text.quarter_name(money)}, all teams; percentiles are of a line's own "
        f"draws and do not add up. Compared with {_baseline(money)}. Choose a line to see what is behind it.",
    ):
        chosen = show(
            # The days that are compared with stand above; the file has them line by line.
            frame.drop(columns="baseline"),
            "Lines of the money with amounts, ranges and evidence",
            most=len(frame),
            writers=dict.fromkeys(_MONEY, amount_text) | {"n": count, "counts_as": _class_word},
            on_select="rerun",
            selection_mode="single-row",
            key=f"lines-{money.quarter.name}",
            columns={
                "line_id": st.column_config.TextColumn("Line", pinned=True, width=52),
                "line": st.column_config.TextColumn("Name"),
                "counts_as": st.column_config.TextColumn("Counts as", width="small"),
                **{name: st.column_config.Column(words, width=72) for name, words in _MONEY.items()},
                "evidence": st.column_config.TextColumn(
                    "Evidence", help="The weakest grade among its teams."
                ),
                "n": st.column_config.NumberColumn("n", help="Rows that it counts."),
            },
        )
        download(frame, facts, "lines", money.quarter.name)
    picked = chosen["selection"]["rows"]
    if picked and picked[0] < len(frame):
        line_id = str(frame.iloc[picked[0]]["line_id"])
        kind = next(total.kind for total in money.result.totals if total.kind.line_id == line_id)
        _line_panel(facts, view, money, kind)


def _title(money: Money) -> str:
    totals = total_frame(money)
    assumed = totals.loc[totals["evidence"] == "assumed", "line"]
    if assumed.empty:
        return "No line rests on an assumption alone"
    share = f"{count(len(assumed))} of {count(len(totals))} lines"
    return f"{share} rest on an assumption"


def _to_the_cent(amount: float) -> str:
    return decimals(amount, 2)


def _baseline(money: Money) -> str:
    window = money.result.baseline
    return f"{day_text(window.start)} to {day_text(window.end - timedelta(days=1))}"


def _class_word(counted: str) -> str:
    """``strategic``; that it stands beside the headlines is said by the card above."""
    return counted.partition(",")[0]


def _line_panel(facts: Facts, view: View, money: Money, kind: Kind) -> None:
    teams = view.where.teams
    frame = team_frame(money, kind.line_id)
    shown = frame if teams is None else frame[frame["scope_id"].isin(teams)]
    with panel(
        f"{kind.line_id} {kind.name}: by team",
        "Sign · quantity · unit value · attribution · realisation · other factor is the amount, to the cent.",
    ):
        names = {**view.team_names, "unallocated": "no team"}
        show(
            shown.assign(scope_id=shown["scope_id"].map(lambda scope: names.get(scope, scope))),
            f"{kind.name} by team, factor by factor",
            writers=dict.fromkeys(_FACTORS, factor_text) | dict.fromkeys(_AMOUNTS, _to_the_cent),
            columns={"scope_id": st.column_config.TextColumn("Team", pinned=True)},
        )
        download(frame, facts, kind.line_id, "teams", money.quarter.name)
    _evidence_panel(facts, view, money, kind)


def _evidence_panel(facts: Facts, view: View, money: Money, kind: Kind) -> None:
    rows = evidence_of(facts, kind.line_id, money.quarter, money.result.baseline)
    if view.where.teams is not None and "team_id" in rows:
        rows = rows[rows["team_id"].isin(view.where.teams)]
    parts = ", ".join(f"{count(n)} of the {when}" for when, n in rows["when"].value_counts().items())
    with panel(
        f"{kind.line_id} {kind.name}: the rows behind it",
        f"{parts or 'No row'}. From {', '.join(kind.needs)}. Times in UTC.",
    ):
        if rows.empty:
            st.caption("The line rests on figures of the ledger alone, or nothing of this kind happened.")
            return
        show(
            rows.head(_ROWS_SHOWN),
            f"Rows behind {kind.name}",
            columns={"url": st.column_config.LinkColumn("Source", display_text="open", width="small")},
        )
        if len(rows) > _ROWS_SHOWN:
            st.caption(f"The first {count(_ROWS_SHOWN)} are shown; the file has all {count(len(rows))}.")
        download(rows, facts, kind.line_id, "evidence", money.quarter.name, label="All rows as CSV")


def missing_panel(money: Money) -> None:
    """Lines that nothing can be said of, with what would have to be supplied."""
    missing = money.result.missing
    if not missing and not money.refused:
        return
    with panel(_missing_title(money), "They are no zeros: the net is without them."):
        lines = [
            f"- **{m.kind.line_id} {m.kind.name}** ({m.kind.class_}): {with_days(m.reason)}." for m in missing
        ]
        lines += [
            f"- **{kind.line_id} {kind.name}**: refused, for a source behind it is not well."
            for kind in money.refused
        ]
        st.markdown("\n".join(lines))


def _missing_title(money: Money) -> str:
    return text.missing_sentence(money).rstrip(".") or "Beside the headlines something is not known"
