"""``/api/v1/actions``: the self-service actions over HTTP, by the same function as the command line.

A request is checked and kept, and answered 202 with the address of its status; the work goes on behind it.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Depends, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from actions.deploy import Actions
from actions.errors import ActionError, ConflictError, InputError, PolicyError, TransportError
from actions.ports import ROLE, Actor
from actions.ports import Request as ActionRequest
from actions.runs import Run
from dashboards.access.audit import Deed
from service.api.problems import ProblemError, refusals
from service.api.served import ServedHere
from service.api.tokens import Caller, requires
from service.care.pseudonyms import pseudonyms_of
from service.deploying.building import build_actions
from service.errors import PayoffError

router = APIRouter(prefix="/v1/actions", tags=["actions"])
MayDeploy = Annotated[Caller, Depends(requires("deploy"))]
_STATUS = {InputError: 422, PolicyError: 403, ConflictError: 409, TransportError: 502}


class Asked(BaseModel):
    """A request for an action; ``inputs`` are those of the schema of the action."""

    model_config = ConfigDict(extra="forbid")
    inputs: dict[str, Any] = Field(description="As `GET /v1/actions` describes them.")
    operation: Literal["create", "update", "retire"] = "create"
    dry_run: bool = Field(default=False, description="Work out the diff and change nothing.")


class RunStatus(BaseModel):
    """A run as it stands: its stage, and when it came through each."""

    run_id: str
    action: str
    version: str
    operation: str
    target: str
    team: str
    stage: str
    is_ended: bool
    stages: dict[str, str]
    inputs: dict[str, Any]
    is_dry_run: bool
    attempts: int
    sha: str
    review_url: str
    change_url: str
    message: str
    diff: str = ""


class Reported(BaseModel):
    """What somebody saw of a run in the cluster."""

    model_config = ConfigDict(extra="forbid")
    stage: Literal["synced", "healthy", "failed"]
    message: str = Field(default="", max_length=1000)


class ActionSummary(BaseModel):
    """An action that can be asked for, with the JSON Schema of its inputs."""

    name: str
    title: str
    summary: str
    version: str
    engine: str
    inputs: dict[str, Any]


def actions_here(served: ServedHere) -> Actions:
    """The actions as configured."""
    try:
        return build_actions(served.settings, served.clock, wake=served.wake)
    except (ActionError, PayoffError) as error:
        raise ProblemError(503, str(error)) from error


ActionsHere = Annotated[Actions, Depends(actions_here)]


@router.get("", responses=refusals(401, 403, 503))
def catalogue(caller: MayDeploy, actions: ActionsHere) -> list[ActionSummary]:
    """The actions that there are."""
    return [
        ActionSummary(
            name=action.name,
            title=action.title,
            summary=action.summary,
            version=action.version,
            engine=action.engine,
            inputs=dict(action.schema),
        )
        for action in actions.catalogue.values()
    ]


@router.get("/runs/{run_id}", responses=refusals(401, 403, 404, 422, 503))
def status(run_id: str, caller: MayDeploy, actions: ActionsHere) -> RunStatus:
    """How a run fares."""
    return _status(_found(run_id, caller, actions))


@router.post("/runs/{run_id}/events", responses=refusals(401, 403, 404, 422, 503))
def report(run_id: str, seen: Reported, caller: MayDeploy, actions: ActionsHere) -> RunStatus:
    """Tell how a run fares in the cluster, as notifications of Argo CD do."""
    run = _found(run_id, caller, actions)
    return _status(actions.reported(run.run_id, seen.stage, seen.message))


@router.post("/{action}", status_code=202, responses=refusals(401, 403, 409, 422, 502, 503))
def request_action(
    action: str,
    asked: Asked,
    caller: MayDeploy,
    actions: ActionsHere,
    served: ServedHere,
    background: BackgroundTasks,
    http: Request,
    response: Response,
    idempotency_key: Annotated[str, Header(max_length=200)] = "",
) -> RunStatus:
    """Ask for an action. The same `Idempotency-Key` is the same request, however often it is sent."""
    run = _asked(action, asked, caller, actions, served, idempotency_key)
    response.headers["Location"] = http.url_for("status", run_id=run.run_id).path
    if not run.is_ended:
        background.add_task(actions.carry_out, run.run_id)
    return _status(run)


def _asked(action: str, asked: Asked, caller: Caller, actions: Actions, served: ServedHere, key: str) -> Run:
    actor = Actor(pseudonyms_of(served.settings)(caller.person), frozenset({ROLE}), caller.teams or None)
    if not asked.dry_run:
        served.note(caller, Deed("deploy", action, f"{asked.operation} {asked.inputs.get('name', '')}"))
    given = ActionRequest(action, asked.inputs, actor, asked.operation, key, asked.dry_run)
    try:
        return actions.ask(given)
    except ActionError as error:
        problems = error.problems if isinstance(error, InputError) else {}
        errors = [{"field": f"inputs.{field}", "message": text} for field, text in problems.items()]
        raise ProblemError(_STATUS.get(type(error), 500), str(error), errors=errors) from error


def _found(run_id: str, caller: Caller, actions: Actions) -> Run:
    """A run of a team that the caller may deploy for; others are as if they were not there."""
    try:
        run = actions.run(run_id)
    except InputError:
        run = None
    if run is None or (caller.teams and run.team not in caller.teams):
        raise ProblemError(404, f"There is no run {run_id}.")
    return run


def _status(run: Run) -> RunStatus:
    names = set(RunStatus.model_fields)
    return RunStatus(**{name: getattr(run, name) for name in names})
