"""A run of an action as it stands: its stages with their times, links, and how the others fared."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
import streamlit as st

from actions.errors import ActionError
from actions.runs import Run, Stage
from dashboards.access.visitor import Visitor
from dashboards.page.components import download, panel
from dashboards.page.data import Facts
from dashboards.page.port import Commands
from dashboards.page.tables import filled, show
from dashboards.words.locale import in_use, use_locale
from dashboards.words.values import count, instant_text

_WAY: tuple[Stage, ...] = ("requested", "approved", "committed", "synced", "healthy")
# Stages that only some runs come through, and behind which stage of the way they stand.
_BESIDE: dict[Stage, Stage] = {"awaiting_approval": "requested", "proposed": "approved"}
_BAD: tuple[Stage, ...] = ("failed", "rejected")
_EVERY_SECONDS = 2
_RUNS_SHOWN = 20


def way_of(run: Run) -> list[tuple[Stage, str]]:
    """The stages of a run in their order, each ``done``, ``now``, ``ahead``, ``bad`` or ``unseen``.

    ``unseen`` are those behind the end of a run that nobody follows any further.
    """
    stages: list[Stage] = []
    for stage in _WAY:
        stages.append(stage)
        stages += [other for other, place in _BESIDE.items() if place == stage and other in run.stages]
    if run.stage in (*_BAD, "unchanged"):
        stages = [stage for stage in stages if stage in run.stages] + [run.stage]
    return [(stage, _state(run, stage)) for stage in stages]


def _state(run: Run, stage: Stage) -> str:
    if stage in _BAD:
        return "bad"
    if stage == run.stage and not run.is_ended:
        return "now"
    if stage in run.stages:
        return "done"
    return "unseen" if run.is_ended else "ahead"


_LOOKS = {
    "done": (":material/check_circle:", "green"),
    "now": (":material/pending:", "blue"),
    "ahead": (":material/radio_button_unchecked:", "gray"),
    "unseen": (":material/visibility_off:", "gray"),
    "bad": (":material/error:", "red"),
}


def follow(commands: Commands, visitor: Visitor, run_id: str, zone: str) -> None:
    """The run; while it has not ended it is looked at again by itself."""
    run = commands.run(visitor, run_id)
    if run.is_ended:
        show_run(run, zone, commands.commit_url(run))
    else:
        _following(commands, visitor, run_id, zone, in_use().name)


@st.fragment(run_every=_EVERY_SECONDS)
def _following(commands: Commands, visitor: Visitor, run_id: str, zone: str, locale: str) -> None:
    # Drawn again alone, in a thread that the page has not told its locale.
    use_locale(locale)
    try:
        run = commands.run(visitor, run_id)
    except ActionError as error:
        # Such as a login that has ended since the page was drawn.
        st.error(str(error), icon=":material/error:")
        return
    show_run(run, zone, commands.commit_url(run))
    if run.is_ended:
        st.rerun()


def show_run(run: Run, zone: str, commit_url: str) -> None:
    """The stages with their times, the message, and the links to review and commit."""
    with panel(_finding(run), f"Run {run.run_id} of {run.action} {run.version} for team {run.team}."):
        with st.container(horizontal=True, gap="small"):
            for stage, state in way_of(run):
                icon, colour = _LOOKS[state]
                st.badge(_words(run, stage, state, zone), icon=icon, color=colour)  # type: ignore[arg-type]
        if run.message:
            (st.error if run.stage in _BAD else st.info)(run.message)
        if run.stage == "committed" and run.is_ended:
            st.caption("Nobody reports synced and healthy here (`actions.ends_at: committed`).")
        _links(run, commit_url)


def _finding(run: Run) -> str:
    target = run.target or "The service"
    if run.stage in _BAD:
        return f"{target}: {run.operation} {run.stage}"
    if run.stage == "unchanged":
        return f"{target} stands as asked for already"
    return f"{target}: {run.operation} {'is ' if run.is_ended else ''}{run.stage.replace('_', ' ')}"


def _words(run: Run, stage: Stage, state: str, zone: str) -> str:
    name = stage.replace("_", " ")
    if stage in run.stages:
        at = datetime.fromisoformat(run.stages[stage]).replace(tzinfo=None)
        return f"{name} · {instant_text(at, zone)}"
    return f"{name} · not reported" if state == "unseen" else f"{name} · ahead"


def _links(run: Run, commit_url: str) -> None:
    with st.container(horizontal=True):
        if run.review_url:
            st.link_button("Review ticket", run.review_url, icon=":material/fact_check:")
        if run.change_url:
            st.link_button("Pull request", run.change_url, icon=":material/merge:")
        if commit_url:
            st.link_button("Commit", commit_url, icon=":material/commit:")
    if run.sha:
        st.caption(f"Commit `{run.sha}`")


def runs_panel(runs: Sequence[Run], facts: Facts) -> None:
    """The newest runs; their links open review and pull request."""
    with panel(
        _runs_title(len(runs)),
        f"Asked for on this page, by the command line and the API; times in {facts.zone}.",
    ):
        if runs:
            show(
                filled(_table(runs[:_RUNS_SHOWN], facts.zone)),
                "The newest runs of actions",
                columns={
                    "status": st.column_config.LinkColumn("Status", display_text="open", width="small"),
                    "review": st.column_config.LinkColumn("Review", display_text="open", width="small"),
                    "change": st.column_config.LinkColumn("Change", display_text="open", width="small"),
                },
            )
            everything = _table(runs, "UTC").assign(requested=[run.stages["requested"] for run in runs])
            download(everything, facts, "action-runs", label="All runs as CSV")


def _runs_title(n: int) -> str:
    if n > _RUNS_SHOWN:
        return f"The newest {count(_RUNS_SHOWN)} of {count(n)} runs"
    return f"{count(n)} {'run' if n == 1 else 'runs'}" if n else "No run yet"


def _table(runs: Sequence[Run], zone: str) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "service": [run.target for run in runs],
            "operation": [run.operation for run in runs],
            "stage": [run.stage.replace("_", " ") for run in runs],
            "team": [run.team for run in runs],
            "requested": [
                pd.Timestamp(run.stages["requested"]).tz_convert(zone).tz_localize(None) for run in runs
            ],
            "action": [f"{run.action} {run.version}" for run in runs],
            "commit": [run.sha[:12] for run in runs],
            "status": [f"?run={run.run_id}" for run in runs],
            "review": [run.review_url or None for run in runs],
            "change": [run.change_url or None for run in runs],
            "message": [run.message for run in runs],
        }
    )
