"""Deployments, pipelines and jobs of GitLab as records. Pure, as all parsing is.

Written against GitLab's REST API v4, documentation of 18.x: /api/deployments, /api/environments,
/api/pipelines and /api/jobs on https://docs.gitlab.com.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from collectors.gitlab.rules import Rules
from collectors.rest_items import Item
from collectors.times import moment, optional_moment
from warehouse.records import Build, Deployment, DeploymentStatus, Record, RunStatus

# A deployment's life: https://docs.gitlab.com/api/deployments/ ("blocked" waits for approval).
DEPLOYMENT_STATUS: Mapping[str, DeploymentStatus] = {
    "created": "in_progress",
    "running": "in_progress",
    "blocked": "in_progress",
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
    "skipped": "cancelled",
}
# https://docs.gitlab.com/api/pipelines/ and /api/jobs/
RUN_STATUS: Mapping[str, RunStatus] = {
    "created": "in_progress",
    "waiting_for_resource": "in_progress",
    "waiting_for_callback": "in_progress",
    "preparing": "in_progress",
    "pending": "in_progress",
    "running": "in_progress",
    "canceling": "in_progress",
    "scheduled": "in_progress",
    "manual": "awaiting_approval",
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
    "skipped": "cancelled",
}
_JOB_DEPLOYS: Mapping[str, DeploymentStatus] = {
    "pending": "in_progress",
    "running": "in_progress",
    "canceling": "in_progress",
    "success": "success",
    "failed": "failure",
    "canceled": "cancelled",
}
_ENDED = ("success", "failure", "cancelled")
# What GitLab writes itself within a second of a creation is part of it.
_AT_ONCE = timedelta(seconds=1)


def deployment(item: Item, project: str, rules: Rules) -> Sequence[Record]:
    """The deployment of an environment; its time is when its job ended, not when the record changed.

    Raises
    ------
    ValueError : it has ended and nothing says when. One recorded by a request in one go ended as it was
        created; one that was updated later has no other time than that of its last edit.
    """
    job = item["deployable"] or {}
    status = DEPLOYMENT_STATUS[item["status"]]
    environment = item["environment"]
    return [
        Deployment(
            deployment_id=f"{project}/deployments/{item['id']}",
            service_id=project,
            environment=environment["tier"] if rules.by_tier else environment["name"],
            status=status,
            sha=item["sha"],
            started_at=optional_moment(job.get("started_at")),
            finished_at=_ended_at(item, job) if status in _ENDED else None,
            reached_production=rules.failure_reached_production if status == "failure" else None,
            trigger=(job.get("pipeline") or {}).get("source"),
            via=rules.via(job.get("name")),
            url=job.get("web_url") or f"{rules.web}/{project}/-/environments/{environment['id']}",
        )
    ]


def _ended_at(item: Item, job: Item) -> datetime | None:
    if job:
        # A job that was cancelled or failed before a runner took it has no end; only a success needs one.
        ended_at = optional_moment(job.get("finished_at"))
        if ended_at or DEPLOYMENT_STATUS[item["status"]] != "success":
            return ended_at
    created_at, updated_at = moment(item["created_at"]), moment(item["updated_at"])
    if updated_at - created_at <= _AT_ONCE:
        return created_at
    raise ValueError("nothing says when it ended: it has no job, and was edited after its creation")


def pipeline(item: Item, project: str, rules: Rules) -> Sequence[Record]:
    """The builds of a pipeline, and the deployments of its jobs where jobs stand for them."""
    return list(_of_pipeline(item, project, rules))


def _of_pipeline(item: Item, project: str, rules: Rules) -> Iterator[Record]:
    yield Build(
        build_id=f"{project}/pipelines/{item['id']}",
        status=RUN_STATUS[item["status"]],
        service_id=project,
        repo_id=project,
        sha=item["sha"],
        queued_at=optional_moment(item["created_at"]),
        started_at=optional_moment(item.get("started_at")),
        finished_at=optional_moment(item.get("finished_at")),
        url=item["web_url"],
    )
    for job in item["jobs"]:
        if rules.keep_jobs:
            yield _job(job, item, project)
        environment = rules.environment_of(job["name"])
        if environment and job["status"] in _JOB_DEPLOYS:
            yield _job_deployment(job, item, project, environment, rules)


def _job(job: Item, item: Item, project: str) -> Build:
    started_at, waited = optional_moment(job["started_at"]), job.get("queued_duration")
    return Build(
        build_id=f"{project}/jobs/{job['id']}",
        status=RUN_STATUS[job["status"]],
        service_id=project,
        repo_id=project,
        sha=item["sha"],
        # Jobs of a later stage are created with the pipeline and wait long before they queue.
        queued_at=started_at - timedelta(seconds=waited) if started_at and waited is not None else None,
        started_at=started_at,
        finished_at=optional_moment(job["finished_at"]),
        job=job["name"],
        url=job["web_url"],
    )


def _job_deployment(job: Item, item: Item, project: str, environment: str, rules: Rules) -> Deployment:
    status = _JOB_DEPLOYS[job["status"]]
    return Deployment(
        deployment_id=f"{project}/jobs/{job['id']}",
        service_id=project,
        environment=environment,
        status=status,
        sha=item["sha"],
        started_at=optional_moment(job["started_at"]),
        finished_at=optional_moment(job["finished_at"]) if status in _ENDED else None,
        reached_production=rules.failure_reached_production if status == "failure" else None,
        trigger=item.get("source"),
        via=rules.via(job["name"]),
        url=job["web_url"],
    )
