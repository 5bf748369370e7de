"""The actions with everything around them: the spool, git, trackers, the published figures."""

import re
import subprocess
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from actions.config import Actions as ActionsConfig
from actions.config import Repository as RepositoryConfig
from actions.config import Review
from actions.deploy import Actions
from actions.errors import ActionError, TransportError
from actions.forges import Forge, forge_of
from actions.git import Repository
from actions.ports import Ports
from actions.review import Tracker
from actions.runs import Run
from actions.trackers import tracker_of
from collectors.auth import Auth, BasicAuth, BearerToken
from collectors.errors import CollectorError
from collectors.exchange import Request
from collectors.http import Client
from metrics.ground import day_of
from metrics.roi.measure_baseline import measured_baselines
from service.configuration.config import Settings
from service.deploying.action_events import announcer
from service.deploying.action_runs import SpoolJournal
from service.errors import NoDataError, UsageError
from service.storage.snapshots import open_snapshot
from warehouse.engine import Clock
from warehouse.spool import Spool

FORGE_URLS = {"github": "https://api.github.com", "gitlab": "https://gitlab.com"}
LEFT_BEHIND_AFTER = timedelta(minutes=2)
_SCP_LIKE = re.compile(r"^[^/@:]+@[^/:]+:")


class HttpTo:
    """A client of one server, for `actions`: requests with the credentials, errors in their words."""

    def __init__(self, name: str, url: str, auth: Auth | None) -> None:
        self._client = Client(name, url, auth, attempts=3, longest_wait_seconds=20)

    def send(self, method: str, path: str, *, body: Any = None, params: Any = None) -> Any:
        request = Request(path, dict(params or {}), body=body, method=method)
        try:
            return self._client.ask(request).data
        except CollectorError as error:
            raise TransportError(str(error)) from error


def build_actions(settings: Settings, clock: Clock, *, wake: Callable[[], None] = lambda: None) -> Actions:
    """The actions as configured.

    Raises
    ------
    UsageError : there is no GitOps repository in the configuration.
    ActionError : a template cannot be read, or the local repository cannot be made.
    """
    config = _located(settings)
    spool = Spool(settings.storage.directory, clock=clock, wait_seconds=5)
    repository = config.repository
    return Actions(
        config,
        Ports(
            journal=SpoolJournal(spool, wake),
            repository=Repository(
                repository.url,
                repository.branch,
                settings.storage.directory / "cache" / "gitops",
                author=repository.author,
                ssh_key=repository.ssh_key,
                known_hosts=repository.known_hosts,
            ),
            tracker=_tracker(config.review),
            forge=_forge(repository),
            clock=clock,
            new_id=lambda: uuid.uuid4().hex[:16],
            owner_of=lambda name: _owner(settings, name),
            teams=lambda: _teams(settings),
            time_saved=lambda action: _time_saved(settings, action),
            announce=announcer(config.events),
        ),
    )


def open_runs(settings: Settings) -> list[Run]:
    """Runs that wait for something, the oldest first."""
    journal = SpoolJournal(Spool(settings.storage.directory))
    return [run for run in journal.runs() if not run.is_ended]


def go_on(settings: Settings, clock: Clock, wake: Callable[[], None] = lambda: None) -> list[Run]:
    """The runs that waited and are in another stage now; one that cannot go on does not stop the others."""
    now = clock()
    runs = [run for run in open_runs(settings) if _may_go_on(run, now)]
    if not runs:
        return []
    actions = build_actions(settings, clock, wake=wake)
    moved = [(run, actions.carry_out(run.run_id)) for run in runs]
    return [now for before, now in moved if now.stage != before.stage]


def _may_go_on(run: Run, now: datetime) -> bool:
    """Whether it waits for somebody who can be asked, or was left behind by a process that died."""
    since = datetime.fromisoformat(run.stages[run.stage])
    is_left = run.stage in ("requested", "approved") and now - since > LEFT_BEHIND_AFTER
    return is_left or run.stage in ("awaiting_approval", "proposed")


def _located(settings: Settings) -> ActionsConfig:
    """The configuration with a local repository as a full path; one that is not there yet is made."""
    config = settings.actions
    url = str(config.repository.url)
    if not url:
        raise UsageError(
            f"{settings.path}: no GitOps repository. Set `actions.repository.url`; "
            "docs/actions.md tells how to begin."
        )
    if "://" in url or _SCP_LIKE.match(url):
        return config
    path = (settings.path.parent / url).resolve()
    _require_repository(path)
    return config.model_copy(update={"repository": config.repository.model_copy(update={"url": str(path)})})


def _require_repository(path: Path) -> None:
    if path.exists():
        return
    made = subprocess.run(
        ["git", "init", "-q", "--bare", "-b", "main", str(path)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        raise ActionError(f"{path}: the GitOps repository cannot be made: {made.stderr.strip()}")


def _owner(settings: Settings, name: str) -> str | None:
    """The team of a service by the published data; ``None`` where nobody knows it."""
    with suppress(NoDataError), open_snapshot(settings) as snapshot:
        found = (
            snapshot.sql("SELECT team_id FROM services WHERE service_id = ?", [name]).column(0).to_pylist()
        )
        return str(found[0]) if found and found[0] is not None else None
    return None


def _teams(settings: Settings) -> frozenset[str]:
    """The teams that are published; none before the first publication."""
    with suppress(NoDataError), open_snapshot(settings) as snapshot:
        return frozenset(snapshot.sql("SELECT team_id FROM teams").column(0).to_pylist())
    return frozenset()


def _time_saved(settings: Settings, action: str) -> str:
    """The median work on a ticket for the action over the last year, where it was measured."""
    with suppress(NoDataError), open_snapshot(settings) as snapshot:
        end = day_of(snapshot) + timedelta(days=1)
        baseline = measured_baselines(snapshot, end - timedelta(days=365), end).get(action)
        if baseline and baseline.grade != "assumed" and baseline.touch_hours.p50:
            minutes = round(baseline.touch_hours.p50 * 60)
            return f"PT{minutes // 60}H{minutes % 60}M" if minutes >= 60 else f"PT{minutes}M"
    return ""


def _tracker(review: Review) -> Tracker | None:
    return tracker_of(review, HttpTo("review", review.url or "http://none", _review_auth(review)))


def _forge(repository: RepositoryConfig) -> Forge | None:
    return forge_of(repository, HttpTo("forge", _forge_url(repository), _bearer(repository.token)))


def _forge_url(repository: RepositoryConfig) -> str:
    return repository.api_url or FORGE_URLS.get(repository.forge, "http://none")


def _bearer(token: SecretStr | None, scheme: str = "Bearer") -> Auth | None:
    return BearerToken(token.get_secret_value, scheme=scheme) if token else None


def _review_auth(review: Review) -> Auth | None:
    """As each tracker wants it: user:password by Basic, else a token in the tracker's own header."""
    if review.token is None:
        return None
    if review.tracker == "redmine":
        key = review.token.get_secret_value()
        return BasicAuth(key, lambda: "any")  # Redmine takes its API key as the user of Basic
    user, colon, password = review.token.get_secret_value().partition(":")
    if colon:
        return BasicAuth(user, lambda: password)
    return _bearer(review.token, "token" if review.tracker == "request_tracker" else "Bearer")
