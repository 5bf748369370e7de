"""What the pages of `payoff serve` may do, each for visitors whose role allows it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from actions.catalogue import Action, load_actions
from actions.deploy import Actions
from actions.errors import ActionError, InputError, PolicyError
from actions.ports import ROLE, Actor, Request
from actions.runs import Run
from dashboards.access.audit import Deed
from dashboards.access.roles import Permission
from dashboards.access.visitor import Visitor, refusal
from dashboards.page.port import Order
from metrics.errors import MetricError
from service.audit.writing import SpoolAudit
from service.care.pseudonyms import pseudonyms_of
from service.configuration.config import Settings
from service.decisions import who, with_pending
from service.deploying.action_runs import SpoolJournal
from service.deploying.building import build_actions
from service.errors import PayoffError
from service.goals.deciding import Deciding
from service.goals.reading import GOAL_EDITS
from service.goals.writing import GoalError
from service.ledger.deciding import Bookkeeping
from service.ledger.reading import LEDGER_EDITS
from service.ledger.writing import VersionError
from service.login.gate import LOCAL
from warehouse.engine import Clock
from warehouse.errors import StorageError, WarehouseError
from warehouse.goals import Goals, Wish
from warehouse.ledger import Ledger
from warehouse.ledger import Wish as LedgerWish
from warehouse.spool import Spool

_WEB = {"github": ("https://github.com", "/commit/"), "gitlab": ("https://gitlab.com", "/-/commit/")}


class DashboardCommands:
    """The commands of the dashboard over the actions as configured; ``close`` waits for work under way."""

    def __init__(self, settings: Settings, clock: Clock, wake: Callable[[], None]) -> None:
        self._settings, self._clock, self._wake = settings, clock, wake
        self._audit = SpoolAudit(settings, clock)
        self._workers = ThreadPoolExecutor(2, thread_name_prefix="actions")

    def close(self) -> None:
        """Take no new work; what is under way is brought to its end."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def refusal(self, visitor: Visitor, permission: Permission) -> str:
        """Why this visitor may not do this; empty where they may."""
        return refusal(visitor, permission, self._clock())

    def actions(self) -> Mapping[str, Action]:
        """The actions that can be asked for, by name."""
        return load_actions(self._settings.actions.templates.directory)

    def asked_before(self, name: str) -> Mapping[str, Any]:
        """The inputs that a service stands for now."""
        return self._actions().asked_before(name)

    def preview(self, visitor: Visitor, order: Order) -> Run:
        """A dry run with its diff."""
        return self._actions().request(self._request(visitor, order, is_dry_run=True))

    def submit(self, visitor: Visitor, order: Order) -> Run:
        """The run, safe in the spool; a thread carries it out."""
        actions = self._actions()
        request = self._request(visitor, order, is_dry_run=False)
        self._note(visitor, Deed("deploy", order.action, f"{order.operation} {order.inputs.get('name', '')}"))
        run = actions.ask(request)
        if not run.is_ended or run.stage == "failed":
            self._workers.submit(actions.carry_out, run.run_id)
        return run

    def run(self, visitor: Visitor, run_id: str) -> Run:
        """The run as it stands."""
        self._require(visitor, "deploy")
        return self._actions().run(run_id)

    def runs(self, visitor: Visitor) -> Sequence[Run]:
        """Every run that is no dry run, the newest first."""
        self._require(visitor, "deploy")
        journal = SpoolJournal(Spool(self._settings.storage.directory))
        return [run for run in reversed(journal.runs()) if not run.is_dry_run]

    def commit_url(self, run: Run) -> str:
        """Where the forge shows the commit; empty where there is none, or no forge is named."""
        repository = self._settings.actions.repository
        web = _WEB.get(repository.forge)
        if not (run.sha and repository.project and web):
            return ""
        start, middle = web
        root = repository.api_url.split("/api/")[0] if repository.api_url else start
        return f"{root.rstrip('/')}/{repository.project}{middle}{run.sha}"

    def goals(self, published: Goals) -> Goals:
        """Published goals and what was decided since, marked as pending."""
        return with_pending(self._settings, GOAL_EDITS, published)

    def set_goal(self, visitor: Visitor, wish: Wish) -> None:
        """Set or change a goal, safe in the spool; the writer is woken."""
        deed = Deed("goal", f"{wish.metric} of {wish.scope}", "set")
        with self._deciding(visitor, "set_goals", deed) as by:
            Deciding(self._settings, self._clock, by).set([wish])

    def withdraw_goal(self, visitor: Visitor, metric: str, scope: str, note: str) -> None:
        """End a goal, safe in the spool; the writer is woken."""
        deed = Deed("goal", f"{metric} of {scope}", "withdraw")
        with self._deciding(visitor, "set_goals", deed) as by:
            Deciding(self._settings, self._clock, by).withdraw(metric, scope, note)

    def ledger(self, published: Ledger) -> Ledger:
        """The published ledger and what was decided since, marked as pending."""
        return with_pending(self._settings, LEDGER_EDITS, published)

    def edit_ledger(self, visitor: Visitor, wish: LedgerWish) -> None:
        """Enter a new version of an assumption, safe in the spool; the writer is woken."""
        deed = Deed("ledger", f"{wish.key} of {wish.scope_id}", "edit")
        with self._deciding(visitor, "edit_ledger", deed) as by:
            Bookkeeping(self._settings, self._clock, by).edit(wish)

    def take_back(self, visitor: Visitor, key: str, scope_id: str, note: str) -> None:
        """End the version that holds, safe in the spool; the writer is woken."""
        deed = Deed("ledger", f"{key} of {scope_id}", "take back")
        with self._deciding(visitor, "edit_ledger", deed) as by:
            Bookkeeping(self._settings, self._clock, by).take_back(key, scope_id, note)

    @contextmanager
    def _deciding(self, visitor: Visitor, permission: Permission, deed: Deed) -> Iterator[str]:
        """Who decides, where they may and it is noted; the writer is woken after it."""
        self._require(visitor, permission)
        self._note(visitor, deed)
        try:
            yield who(self._settings, None, visitor.person or LOCAL)
        except GoalError as error:
            raise InputError({error.field: error.reason}) from error
        except VersionError as error:
            raise InputError(error.problems) from error
        except (PayoffError, WarehouseError, MetricError) as error:
            raise ActionError(str(error)) from error
        self._wake()

    def _request(self, visitor: Visitor, order: Order, *, is_dry_run: bool) -> Request:
        self._require(visitor, "deploy")
        actor = Actor(pseudonyms_of(self._settings)(visitor.person or LOCAL), frozenset({ROLE}))
        return Request(order.action, order.inputs, actor, order.operation, is_dry_run=is_dry_run)

    def _note(self, visitor: Visitor, deed: Deed) -> None:
        """Note what is about to be done; what cannot be noted is not done."""
        try:
            self._audit.note(visitor, deed)
        except StorageError as error:
            raise ActionError(str(error)) from error

    def _require(self, visitor: Visitor, permission: Permission) -> None:
        """The check that every command begins with, whatever the page has drawn."""
        reason = self.refusal(visitor, permission)
        if reason:
            raise PolicyError([reason])

    def _actions(self) -> Actions:
        try:
            return build_actions(self._settings, self._clock, wake=self._wake)
        except PayoffError as error:
            raise ActionError(str(error)) from error
