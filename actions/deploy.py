"""The one function behind every door: a request is checked, reviewed, committed and measured.

The command line, the HTTP API and the page all call `Actions`. What happens to a run is written to the
durable journal before the next step begins, so a run that was killed is taken up where it was: its ticket is
found by the run in its title, and its commit by the run in the record beside the files.
"""

import difflib
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from actions.catalogue import Action, action_named, load_actions
from actions.config import Actions as Config
from actions.errors import ActionError, ConflictError, InputError, PolicyError
from actions.git import Files, Tree
from actions.gitops import changed_files, is_same, recorded, require_own
from actions.inputs import checked_inputs
from actions.policy import check_policy
from actions.ports import ROLE, Ports, Request
from actions.review import Asked, opened, verdict
from actions.runs import Run, Stage


class Actions:
    """Ask for an action, carry it out, and hear what became of it."""

    def __init__(self, config: Config, ports: Ports) -> None:
        self._config, self._ports = config, ports
        self.catalogue = load_actions(config.templates.directory)

    def request(self, request: Request) -> Run:
        """`ask` and `carry_out` in one."""
        return self.carry_out(self.ask(request).run_id)

    def ask(self, request: Request) -> Run:
        """The run of a request, safe in the journal; nothing else has happened yet.

        A request with the key of an earlier one is that one; without a key, one that has not ended.

        Raises
        ------
        InputError, PolicyError : see there; nothing was stored.
        ConflictError : the key belongs to another request, or the name to another team.
        """
        action = action_named(self.catalogue, request.action)
        inputs = checked_inputs(action, request.inputs)
        self._require_allowed(request, inputs)
        key = request.key or _digest(action, inputs, request)
        known = self._ports.journal.by_key(key)
        if known and request.key and (known.inputs, known.operation) != (inputs, request.operation):
            raise ConflictError(f"The key {key} was used for another request. Choose a new one.")
        if known and (request.key or not known.is_ended) and known.is_dry_run == request.is_dry_run:
            return known
        check_policy(inputs, self._config.policy, self._config.filled_platform)
        now = self._ports.clock()
        run = Run(
            run_id=self._ports.new_id(),
            key=key,
            action=action.name,
            version=action.version,
            operation=request.operation,
            inputs=inputs,
            requester=request.actor.pseudonym,
            stage="requested",
            stages={"requested": now.isoformat()},
            is_dry_run=request.is_dry_run,
            ends_at=self._config.ends_at,
        )
        return self._kept(run)

    def carry_out(self, run_id: str) -> Run:
        """The run, as far as it can go now: to its end, or to where it waits for somebody.

        A run that failed is tried again. What goes wrong is told in the run, never raised.
        """
        run = self.run(run_id)
        if run.is_ended and run.stage != "failed":
            return run
        if run.stage == "failed":
            run = replace(run, attempts=run.attempts + 1, message="")
        try:
            return self._dry(run) if run.is_dry_run else self._through(run)
        except ActionError as error:
            newest = replace(self.run(run_id), attempts=run.attempts)
            stage: Stage = "rejected" if isinstance(error, ConflictError) else "failed"
            return self._moved(newest, stage, message=str(error))

    def run(self, run_id: str) -> Run:
        """The run as it stands.

        Raises
        ------
        InputError : there is none.
        """
        run = self._ports.journal.by_id(run_id)
        if run is None:
            raise InputError({"run_id": f"there is no run {run_id!r}"})
        return run

    def asked_before(self, name: str) -> Mapping[str, Any]:
        """The inputs that a service stands for now; empty where there is none.

        Raises
        ------
        TransportError, ConflictError : the repository or its record cannot be read.
        """
        record = recorded(self._ports.repository.contents(), name)
        return dict(record["inputs"]) if record else {}

    def reported(self, run_id: str, stage: Stage, message: str = "") -> Run:
        """The run after somebody who can see it (Argo CD) told how it fares: synced, healthy or failed."""
        run = self.run(run_id)
        if stage not in ("synced", "healthy", "failed"):
            raise InputError({"stage": f"{stage!r} is not one of synced, healthy, failed"})
        return self._moved(run, stage, message=message)

    def _require_allowed(self, request: Request, inputs: Mapping[str, Any]) -> None:
        actor, team = request.actor, inputs.get("team", "")
        if ROLE not in actor.roles:
            raise PolicyError([f"This needs the role {ROLE}, which you do not have. Ask an administrator."])
        if actor.teams is not None and team not in actor.teams:
            raise PolicyError([f"You may not ask for team {team}. Ask as a member of that team."])
        teams = self._ports.teams()
        if teams and team not in teams:
            near = difflib.get_close_matches(str(team), teams, n=1)
            hint = f"Did you mean {near[0]}?" if near else "The catalogue has no such team."
            raise InputError({"team": f"{team} is no known team. {hint}"})
        owner = self._ports.owner_of(str(inputs.get("name", "")))
        if owner is not None and owner != team:
            raise ConflictError(
                f"The service {inputs['name']} belongs to team {owner}. Choose another name or ask that team."
            )

    def _dry(self, run: Run) -> Run:
        commit = self._ports.repository.preview(self._build(run))
        return self._moved(run, "unchanged", diff=commit.diff, message="A dry run: nothing was changed.")

    def _through(self, run: Run) -> Run:
        tree = self._ports.repository.contents()
        record = recorded(tree, run.target)
        if _is_done(record, run):
            return run if run.stage != "proposed" and run.sha else self._landed(run, run.sha or tree.sha)
        if run.stage == "proposed":
            return run  # somebody has to merge it
        if record is None or record["run"] != run.run_id:
            require_own(record, run)
            if record and run.operation != "retire" and is_same(record, run):
                return self._moved(run, "unchanged", message="It stands as asked for already.")
        run = self._reviewed(run)
        # A base that all environments share: a change of it would reach those that wait.
        if run.held and run.operation != "create":
            return self._waiting(run)
        return run if run.is_ended else self._committed(run)

    def _reviewed(self, run: Run) -> Run:
        """The run with its ticket, and without held environments once that is approved."""
        tracker = self._ports.tracker
        if tracker is None:
            return self._moved(run, "approved") if "approved" not in run.stages else run
        if not run.review_id:
            action = self.catalogue[run.action]
            asked = Asked(run.run_id, run.operation, action, run.inputs, self._ports.run_url(run.run_id))
            ticket = opened(tracker, asked)
            held = tuple(place for place in self._config.review.hold if place in run.inputs["environments"])
            run = self._kept(replace(run, review_id=ticket.id, review_url=ticket.url, held=held))
        said = verdict(tracker.status(run.review_id), self._config.review)
        if said == "rejected":
            return self._moved(run, "rejected", message="The review said no; see its ticket.")
        if said == "approved" or not self._config.review.hold:
            return self._moved(run, "approved", held=())
        return run

    def _committed(self, run: Run) -> Run:
        """The run after its push; where some environments wait, after the push of the others."""
        is_proposal = self._config.repository.mode == "pull_request"
        branch = f"payoff/{run.operation}-{run.target}-{run.run_id}" if is_proposal else ""
        commit = self._ports.repository.change(self._build(run), _message(run), onto=branch)
        url = self._proposed(branch, run) if is_proposal else ""
        done = replace(run, sha=commit.sha, diff=commit.diff, change_url=url or run.change_url)
        if self._ports.tracker and run.review_id and commit.is_new:
            self._ports.tracker.comment(run.review_id, f"Commit {commit.sha}. {url}".strip())
        if is_proposal:
            return self._moved(done, "proposed", message="Waits to be merged.")
        return self._landed(done, commit.sha)

    def _landed(self, run: Run, sha: str) -> Run:
        done = self._moved(run, "committed", sha=sha, message="")
        return self._waiting(done) if done.held else done

    def _waiting(self, run: Run) -> Run:
        return self._moved(run, "awaiting_approval", message=f"{', '.join(run.held)}: waits for the review.")

    def _proposed(self, branch: str, run: Run) -> str:
        if self._ports.forge is None:
            return ""
        title = f"{run.operation.capitalize()} {run.target} of team {run.team}"
        return self._ports.forge.propose(branch, title, _message(run))

    def _build(self, run: Run) -> Callable[[Tree], Files]:
        action = self.catalogue[run.action]
        platform = self._config.filled_platform
        saved = self._config.templates.time_saved or self._ports.time_saved(run.action)
        return lambda tree: changed_files(tree, action, run, platform, time_saved=saved)

    def _moved(self, run: Run, stage: Stage, **changed: Any) -> Run:
        return self._kept(run.at(stage, self._ports.clock(), **changed))

    def _kept(self, run: Run) -> Run:
        self._ports.journal.append(run)
        self._ports.announce(run)
        return run


def _is_done(record: Mapping[str, Any] | None, run: Run) -> bool:
    """Whether the branch holds all that the run wanted, perhaps since a push that nobody lived to note."""
    if run.operation == "retire":
        return record is None and "approved" in run.stages
    return record is not None and record["run"] == run.run_id and not record["waiting"]


def _digest(action: Action, inputs: Mapping[str, Any], request: Request) -> str:
    """The key of a request that brings none: the same for the same thing asked for."""
    asked = [action.name, action.version, request.operation, request.is_dry_run, dict(inputs)]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:32]


def _message(run: Run) -> str:
    """The commit message; its trailers lead back to the run and the review."""
    subject = f"{run.operation} {run.target} ({run.team})"
    body = f"By the action {run.action} {run.version}."
    trailers = [f"Payoff-Run: {run.run_id}", f"Requested-By: {run.requester}"]
    trailers += [f"Review: {run.review_url}"] if run.review_url else []
    return "\n".join([subject, "", body, "", *trailers]) + "\n"
