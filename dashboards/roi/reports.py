"""Frozen reports: which versions there are, their files as they were published, and the bridges."""

import csv
import io
import os
from functools import partial
from pathlib import Path

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.downloads import file_button
from dashboards.page.tables import show
from dashboards.places import DIRECTORY_VARIABLE, REPORTS_VARIABLE
from dashboards.questions.quarter import Money
from dashboards.report import text
from dashboards.words.spreadsheet import unguarded
from dashboards.words.values import amount_text, instant_text
from warehouse.errors import FrozenReportError
from warehouse.frozen import INPUTS, Frozen, versions_in

_KINDS = {".csv": "text/csv", ".md": "text/markdown", ".html": "text/html"}
_NUMBERS = ("old", "new", "change")


def reports_directory() -> Path:
    """The folder of the frozen reports; without one of its own, beside that of the snapshots."""
    named = os.environ.get(REPORTS_VARIABLE)
    return Path(named) if named else Path(os.environ.get(DIRECTORY_VARIABLE, "data/marts")).parent / "reports"


def reports_panel(facts: Facts, money: Money) -> None:
    """The frozen versions of the quarter with their files, and what a restatement changed."""
    name = money.quarter.name
    try:
        versions = versions_in(reports_directory(), name)
    except FrozenReportError as error:
        versions = ()
        st.error(str(error))
    with panel(_title(money, versions), "A frozen report never changes; a restatement is a new version."):
        if not versions:
            _nothing_frozen(money)
            return
        frozen = _choice(versions)
        _about(frozen, facts)
        try:
            _files(frozen)
            _bridge(frozen, facts)
        except FrozenReportError as error:
            st.error(str(error))


def _title(money: Money, versions: tuple[Frozen, ...]) -> str:
    quarter = text.quarter_name(money)
    if not versions:
        return f"{quarter} is not frozen"
    last = versions[-1].manifest.version
    return f"{quarter} is frozen" if last == 1 else f"{quarter} was restated: version {last} holds"


def _nothing_frozen(money: Money) -> None:
    if not money.is_over:
        st.caption("The quarter is not over. A preview says so in every file:")
        st.code(f"payoff report --quarter {money.quarter.name} --preview", language="shell")
        return
    st.caption("Figures on this page may still change with the data. Freeze and print the report:")
    st.code(f"payoff report --quarter {money.quarter.name}", language="shell")


def _choice(versions: tuple[Frozen, ...]) -> Frozen:
    by_number = {each.manifest.version: each for each in versions}
    numbers = sorted(by_number, reverse=True)
    if len(numbers) == 1:
        return by_number[numbers[0]]
    number = st.segmented_control(
        "Version",
        numbers,
        default=numbers[0],
        required=True,
        key="version",
        format_func=lambda n: f"Version {n}",
    )
    return by_number[number]


def _about(frozen: Frozen, facts: Facts) -> None:
    about = frozen.manifest
    parts = [
        f"`{about.report_id}`, frozen {instant_text(about.generated_at.replace(tzinfo=None), facts.zone)}",
        f"model {about.model_version}, snapshot {about.snapshot_version}, seed {about.seed}",
    ]
    parts += [f"restated because: {about.reason}"] if about.reason else []
    parts += [f"printed although refused: {about.accepted}"] if about.accepted else []
    st.caption("  \n".join(parts))


def _files(frozen: Frozen) -> None:
    """Each file byte for byte as it was frozen, checked against its checksum when it is asked for."""
    with st.container(horizontal=True):
        for name in frozen.manifest.files:
            if name == INPUTS:
                continue
            file_button(
                name,
                partial(_text, frozen, name),
                name=name,
                mime=_KINDS.get(Path(name).suffix, "text/plain"),
                key=f"frozen-{frozen.manifest.version}-{name}",
            )


def _text(frozen: Frozen, name: str) -> bytes:
    return frozen.texts[name]


def _bridge(frozen: Frozen, facts: Facts) -> None:
    name = f"roi_bridge_{frozen.manifest.period}.csv"
    if name not in frozen.manifest.files:
        return
    frame = bridge_frame(frozen.texts[name])
    moved = frame.loc[frame["in_headline"], "change"].sum()
    st.markdown(f"**Against version {frozen.manifest.version - 1} the net moved by {amount_text(moved)}**")
    show(
        frame,
        "What the restatement changed, line by line and step by step",
        writers=dict.fromkeys(_NUMBERS, amount_text),
        columns={
            "why": st.column_config.TextColumn("Why", width="large"),
            "line_id": st.column_config.TextColumn("Line", width="small"),
            **{column: column.capitalize() for column in _NUMBERS},
        },
    )
    download(frame, facts, "bridge", frozen.manifest.period, frozen.manifest.version)


def bridge_frame(content: bytes) -> pd.DataFrame:
    """The bridge's file as a frame: why, line_id, old, new, change, in_headline, step."""
    rows = [
        {name: unguarded(cell) for name, cell in row.items()}
        for row in csv.DictReader(io.StringIO(content.decode(), newline=""))
    ]
    frame = pd.DataFrame(rows, columns=["step", "why", "line_id", "old", "new", "change", "in_headline"])
    for column in _NUMBERS:
        frame[column] = pd.to_numeric(frame[column])
    return frame.assign(in_headline=frame["in_headline"] == "true", step=pd.to_numeric(frame["step"]))
