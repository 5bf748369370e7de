"""``/api/v1/goals``: what metrics should reach and whether they do, as `payoff goals list` gives it."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dashboards.access.audit import Deed
from dashboards.page.exports import file_name
from dashboards.words.simulated import mark
from metrics.catalog import metric_named
from metrics.goals.judging import goal_frame, goals_in, judged_goals
from service.api.answers import CSV, JSON, UNCHANGED, answer, as_json, unchanged
from service.api.asking import Day, Name
from service.api.paging import Page
from service.api.problems import refusals
from service.api.published import IfNoneMatch, ShelfHere, SnapshotAbout, about, tag_of
from service.api.served import ServedHere
from service.api.tokens import Caller, requires
from service.figures import encoded, json_rows
from service.goals.writing import check_scope, scopes_in
from warehouse.publish import Snapshot

router = APIRouter(prefix="/v1/goals", tags=["goals"], dependencies=[Depends(requires("read"))])
Reader = Annotated[Caller, Depends(requires("read"))]
_BOTH = refusals(401, 403, 404, 410, 422, 503) | UNCHANGED | {200: {"content": {CSV: {}}}}


class GoalsQuestion(BaseModel):
    """What narrows the goals, and as what."""

    model_config = ConfigDict(extra="forbid")
    metric: Name | None = Field(default=None, description="Only goals of this metric.")
    scope: Name | None = Field(
        default=None, description="Only goals of this scope: `*` the organisation, `team:ID`, `service:ID`."
    )
    on: Day | None = Field(default=None, description="As it was at the end of this day. Default: now.")
    limit: int = Field(default=1000, ge=1, le=5000, description="Goals of a page.")
    cursor: Annotated[str, StringConstraints(max_length=500)] = Field(
        default="", description="`next` of the page before, with the other arguments as they were."
    )
    format: Literal["json", "csv"] = "json"


class Goals(BaseModel):
    """A page of goals by metric and scope; `next` is null on the last.

    `verdict` is `met`, `not_met`, `too_close`, `too_few` or `not_known`; `value`, `low` and `high` are of the
    window from `window_start` to the day before `window_end`, null where they are not known.
    """

    snapshot: SnapshotAbout
    goals: list[dict[str, Any]]
    next: str | None


@router.get("", response_model=Goals, responses=_BOTH)
def goals(
    question: Annotated[GoalsQuestion, Query()],
    served: ServedHere,
    caller: Reader,
    snapshots: ShelfHere,
    request: Request,
    if_none_match: IfNoneMatch = "",
) -> Response:
    """Every goal of the newest snapshot with figure, interval, verdict, and the figure before it was set."""
    if question.metric is not None:
        metric_named(question.metric)
    page = Page.of(
        snapshots, "goals", question, end=question.on, limit=question.limit, cursor=question.cursor
    )
    tag = tag_of(page.at, question.limit, question.format)
    known = unchanged(tag, if_none_match)
    if known:
        return known
    snapshot = page.published.snapshot
    found = page.published.remembered(_found, question.metric, question.scope, question.on)
    left = found[page.at.offset : page.at.offset + page.limit + 1]
    cursor, headers = page.next_of(len(left), request)
    shown = goal_frame(left[: page.limit])
    if question.format == "csv":
        file = file_name("goals", **mark(snapshot.settings))
        served.note(caller, Deed("export", file, _words(question), len(shown)))
        return answer(encoded(shown, "csv", snapshot.settings), CSV, tag, name=file, headers=headers)
    told = {"snapshot": about(snapshot), "goals": json_rows(shown), "next": cursor}
    return answer(as_json(told), JSON, tag, headers=headers)


def _found(snapshot: Snapshot, metric: str | None, scope: str | None, on: date | None) -> tuple[Any, ...]:
    if scope is not None:
        check_scope(scope, scopes_in(snapshot))
    judged = judged_goals(snapshot, goals_in(snapshot), on=on, scopes=None if scope is None else [scope])
    return tuple(goal for goal in judged if metric in (None, goal.metric))


def _words(question: GoalsQuestion) -> str:
    chosen = question.model_dump(include={"metric", "scope", "on"}, exclude_none=True)
    return " ".join(f"{name}={value}" for name, value in chosen.items())
