"""Panels of the page on the data: what is held back, sources, kinds of data, runs."""

from datetime import datetime

import pandas as pd
import streamlit as st

from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.tables import filled, local_times, show
from dashboards.questions.sources import Look, held_back
from dashboards.trust.behind import PICK, Behind, picked, scope_rows
from dashboards.trust.sources import STATES, age_words, source_name, sources_finding
from dashboards.words.values import count, counted, instant_text, round_number


def held_back_note(facts: Facts) -> None:
    """On top, where newer data waits because a check failed."""
    refusal = held_back()
    if refusal:
        reasons = "; ".join(f"{name}: {message} ({count(n)} rows)" for name, message, n in refusal.checks)
        since = instant_text(refusal.refused_at.replace(tzinfo=None), facts.zone)
        st.error(
            f"{reasons}. What you see is the last good snapshot. "
            "Correct the rows at their source and collect again.",
            title=f"Newer data is held back since {since}",
            icon=":material/block:",
        )


def sources_panel(facts: Facts, found: Look, now: datetime) -> None:
    """One row for each source: how it fares, how new its data is, what its last run did."""
    with panel(sources_finding(found), f"The last run of every source; times in {facts.zone}."):
        if found.sources.empty:
            st.caption("No source has been asked yet. Run `payoff collect`.")
            return
        frame = found.sources
        table = pd.DataFrame(
            {
                "source": frame["source"],
                "state": frame["state"].map(STATES),
                "newest data": local_times(frame["data_to"], facts),
                "age": [age_words(at, now) for at in frame["data_to"]],
                "last run": local_times(frame["started_at"], facts),
                # Of a source whose last run went well it says nothing new; the runs below have the rest.
                "last success": local_times(frame["succeeded_at"].where(frame["status"] != "success"), facts),
                "requests": _any(frame["n_requests"]),
                "new rows": frame["n_inserted"],
                "changed": frame["n_updated"],
                "not read": frame["n_skipped"],
                "message": frame["message"].fillna(""),
            }
        )
        show(filled(table), "Sources with their state, freshness and last run")
        for row in frame[frame["state"] == "failing"].itertuples():
            st.caption(f":red[:material/error:] **{row.source}**: {row.message}")
        download(found.sources, facts, "sources")


def resources_panel(facts: Facts, found: Look, now: datetime) -> Behind | None:
    """Until when each kind of data is known, by source; the scopes of the one that the reader picks."""
    frame = found.resources
    old = frame[frame["is_stale"]]
    title = (
        f"{count(len(old))} of {count(len(frame))} kinds of data are stale"
        if len(old)
        else f"All {count(len(frame))} kinds of data are as new as they should be"
    )
    limit = float(facts.settings.get("stale_after_hours", 48))
    with panel(
        title if len(frame) else "Nothing is known of any kind of data",
        f"Known in full from and until; stale after {round_number(limit)} hours; times in {facts.zone}. "
        "Choose a row for its scopes.",
    ):
        if frame.empty:
            return None
        table = pd.DataFrame(
            {
                "source": frame["source"],
                "data": frame["resource"].str.replace("_", " ").str.replace(r"^ai\b", "AI", regex=True),
                "state": [STATES["stale" if is_old else "current"] for is_old in frame["is_stale"]],
                "scopes": frame["n_scopes"],
                "from": local_times(frame["known_from"], facts),
                "until": local_times(frame["known_to"], facts),
                "age": [age_words(at, now) for at in frame["known_to"]],
                # One scope, or all as new as the newest, need no column of their own.
                "oldest scope": local_times(
                    frame["oldest_scope_to"].where(frame["oldest_scope_to"] < frame["known_to"]), facts
                ),
            }
        )
        event = show(
            filled(table),
            "Kinds of data with the time that they are known for",
            most=9,
            key="resources",
            **PICK,
        )
        download(frame, facts, "freshness")
    row = picked(event, len(frame))
    return None if row is None else scope_rows(facts, frame.iloc[row])


def runs_panel(facts: Facts, found: Look) -> None:
    """The last runs of every job, newest first."""
    frame = found.runs
    failed = int((frame["status"] == "failure").sum())
    title = f"{count(failed)} of the last {count(len(frame))} runs failed" if failed else "No run failed"
    with panel(
        title if len(frame) else "No run is recorded",
        f"The newest {counted(len(frame), 'run', 'runs')}, of whole sources and of their parts; "
        f"times in {facts.zone}.",
    ):
        only_failed = st.toggle("Failed only", key="failed", bind="query-params") if failed else False
        frame = frame[frame["status"] == "failure"] if only_failed else frame
        table = pd.DataFrame(
            {
                "source": frame["source"].map(source_name),
                "job": frame["job"].str.removesuffix(" *"),
                "outcome": frame["status"],
                "started": local_times(frame["started_at"], facts),
                "seconds": frame["seconds"],
                "requests": _any(frame["n_requests"]),
                "new rows": frame["n_inserted"],
                "changed": frame["n_updated"],
                "not read": frame["n_skipped"],
                "message": frame["error"],
            }
        )
        show(filled(table), "Runs of jobs, newest first", most=9)
        download(frame, facts, "runs")


def _any(counts: pd.Series) -> pd.Series:
    """The counts, or nothing where all are zero: sources that are no servers are asked nothing."""
    return counts if counts.fillna(0).any() else counts.where(counts != 0)
