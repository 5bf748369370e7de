"""Deployments, workflow runs and jobs of GitHub as records. Pure, as all parsing is.

Written against the REST API 2022-11-28, https://docs.github.com/en/rest: pages deployments/deployments,
deployments/statuses, actions/workflow-runs and actions/workflow-jobs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from collectors.github.rules import Rules
from collectors.rest_items import Item
from collectors.times import moment, optional_moment
from warehouse.records import Build, Deployment, DeploymentStatus, Record, RunStatus

_OUTCOMES: Mapping[str, DeploymentStatus] = {"success": "success", "failure": "failure", "error": "failure"}
_CONCLUSIONS: Mapping[str, RunStatus] = {
    "success": "success",
    "neutral": "success",
    "failure": "failure",
    "timed_out": "failure",
    "startup_failure": "failure",
    "cancelled": "cancelled",
    "skipped": "cancelled",
    "stale": "cancelled",
    "action_required": "awaiting_approval",  # of a first-time contributor's run
}
_WAITING = "waiting"  # for a reviewer of an environment


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a deployment, and since when that is so."""

    status: DeploymentStatus
    at: datetime | None = None
    had_succeeded: bool = False


def outcome_of(statuses: Sequence[Item]) -> Outcome:
    """The outcome that the history of a deployment tells.

    The last success or failure decides, at the moment it was first recorded. ``inactive`` says that a later
    deployment has taken its place: that is no failure, and moves no time. One that became inactive before
    it ended was given up.
    """
    history = sorted((moment(status["at"]), status["state"]) for status in statuses)
    ended = [(at, _OUTCOMES[state]) for at, state in history if state in _OUTCOMES]
    if not ended:
        inactive = [at for at, state in history if state == "inactive"]
        return Outcome("cancelled", inactive[0]) if inactive else Outcome("in_progress")
    last = ended[-1][1]
    since = next(k for k in range(len(ended)) if all(status == last for _, status in ended[k:]))
    return Outcome(last, ended[since][0], any(status == "success" for _, status in ended[:since]))


def deployment(item: Item, repository: str, rules: Rules) -> Sequence[Record]:
    """A deployment to an environment; its time is that of a status, never that of its last edit."""
    outcome = outcome_of(item["statuses"])
    began = [moment(status["at"]) for status in item["statuses"] if status["state"] == "in_progress"]
    urls = [status["url"] for status in item["statuses"] if status["url"]]
    reached = outcome.had_succeeded or rules.failure_reached_production
    return [
        Deployment(
            deployment_id=f"{repository}/deployments/{item['id']}",
            service_id=repository,
            environment=item["environment"],
            status=outcome.status,
            sha=item["sha"],
            started_at=min(began, default=moment(item["created_at"])),
            finished_at=outcome.at,
            reached_production=reached if outcome.status == "failure" else None,
            trigger=item["task"],
            url=urls[0] if urls else f"{rules.web}/{repository}/deployments",
        )
    ]


def run_status(item: Item) -> RunStatus:
    """The status of a run or a job; one that waits for an approval may still go on."""
    if item["status"] == "completed":
        return _CONCLUSIONS[item["conclusion"]]
    return "awaiting_approval" if item["status"] == _WAITING else "in_progress"


def run(item: Item, repository: str, rules: Rules) -> Sequence[Record]:
    """The builds of a run, and the deployments of its jobs where a rule says that they deploy."""
    return list(_of_run(item, repository, rules))


def _of_run(item: Item, repository: str, rules: Rules) -> Iterator[Record]:
    status = run_status(item)
    yield Build(
        build_id=f"{repository}/runs/{item['id']}/{_attempt(item)}",
        status=status,
        service_id=repository,
        repo_id=repository,
        sha=item["head_sha"],
        queued_at=moment(item["created_at"]),
        # Before October 2021, and on an old Enterprise Server, there was no other start than the creation.
        started_at=moment(item.get("run_started_at") or item["created_at"]),
        finished_at=moment(item["updated_at"]) if item["status"] == "completed" else None,
        job=item["name"],
        url=item["html_url"],
    )
    for job in _jobs(item):
        if rules.keep_jobs:
            yield _job(job, item, repository)
        environment = rules.environment_of(item, job["name"])
        if environment and job["conclusion"] not in ("skipped", "neutral"):
            yield _job_deployment(job, item, repository, environment, rules)


def _jobs(item: Item) -> list[Item]:
    """The jobs of all attempts; what a later attempt only carries over is the same job once more."""
    first: dict[tuple[str, str | None, str | None], int] = {}
    kept = []
    for job in sorted(item["jobs"], key=lambda job: (_attempt(job), int(job["id"]))):
        is_over = job["status"] == "completed"
        key = (job["name"], job["started_at"], job["completed_at"])
        if not is_over or first.setdefault(key, _attempt(job)) == _attempt(job):
            kept.append(job)
    return kept


def _attempt(item: Item) -> int:
    """Which attempt a run is at, or a job belongs to."""
    return int(item.get("run_attempt") or 1)


def _job(job: Item, item: Item, repository: str) -> Build:
    is_over = job["status"] == "completed"
    return Build(
        build_id=f"{repository}/jobs/{job['id']}",
        status=run_status(job),
        service_id=repository,
        repo_id=repository,
        sha=item["head_sha"],
        queued_at=optional_moment(job.get("created_at")),
        started_at=optional_moment(job["started_at"]),
        finished_at=optional_moment(job["completed_at"]) if is_over else None,
        job=job["name"],
        url=job["html_url"],
    )


def _job_deployment(job: Item, item: Item, repository: str, environment: str, rules: Rules) -> Deployment:
    status = run_status(job)
    is_over = status in ("success", "failure", "cancelled")
    return Deployment(
        deployment_id=f"{repository}/jobs/{job['id']}",
        service_id=repository,
        environment=environment,
        status=status if status != "awaiting_approval" else "in_progress",
        sha=item["head_sha"],
        started_at=optional_moment(job["started_at"]),
        finished_at=optional_moment(job["completed_at"]) if is_over else None,
        reached_production=rules.failure_reached_production if status == "failure" else None,
        trigger=item["event"],
        via=rules.via(item),
        url=job["html_url"],
    )
