"""What GitLab's answers mean, where it is easy to get wrong."""

from datetime import UTC, datetime
from typing import Any

import pytest

from collectors.gitlab import items, runs, shapes
from collectors.gitlab.rules import DeploymentJob, Rules
from collectors.gitlab.source import Config
from warehouse.names import Name
from warehouse.records import Change, Deployment, Incident, Ticket

TEAM = shapes.users(["renovate"])


def at(day: int, hour: int = 8) -> str:
    return f"2026-02-{day:02d}T{hour:02d}:00:00.000Z"


def configured(**keys: Any) -> Config:
    return Config.model_validate({"token": "t", **keys})


def change(notes: list[dict[str, Any]], **given: Any) -> Change:
    """The change of a merge request of the 2nd of February by jane, merged on the 5th."""
    item = {
        "iid": 4,
        "draft": False,
        "created_at": at(2),
        "updated_at": at(5),
        "merged_at": at(5),
        "closed_at": None,
        "author": {"username": "jane"},
        "commits": [],
        "notes": notes,
        "sha": "head",
        "web_url": "https://gitlab.example/acme/shop/-/merge_requests/4",
        **given,
    }
    (found,) = items.change(shapes.merge_request(TEAM)(item), "acme/shop")
    assert isinstance(found, Change)
    return found


def said(body: str, when: str, by: str = "jane", *, system: bool = True) -> dict[str, Any]:
    return {"body": body, "created_at": when, "author": {"username": by}, "system": system}


DRAFT, READY = "marked this merge request as **draft**", "marked this merge request as **ready**"


@pytest.mark.parametrize(
    ("given", "sha"),
    [
        ({"merge_commit_sha": "merge", "squash_commit_sha": "squash"}, "merge"),
        ({"squash_commit_sha": "squash"}, "squash"),
        ({}, "head"),  # fast-forward: the head itself is on the target branch
        ({"merged_at": None, "merge_commit_sha": "merge"}, None),
    ],
)
def test_the_commit_on_the_target_branch_is_what_was_merged(given: dict[str, Any], sha: str | None) -> None:
    assert change([], **given).merge_sha == sha


def test_one_that_becomes_ready_first_was_opened_as_a_draft() -> None:
    found = change([said(READY, at(3, 10))])
    assert (found.ready_at, found.draft_hours) == (datetime(2026, 2, 3, 10, tzinfo=UTC), 26.0)  # 2nd 8:00


def test_hours_as_a_draft_add_up_and_the_last_time_it_became_ready_counts() -> None:
    steps = [said(DRAFT, at(2, 9)), said(READY, at(2, 11)), said(DRAFT, at(3, 9)), said(READY, at(3, 12))]
    found = change(list(reversed(steps)))  # in any order
    assert (found.ready_at, found.draft_hours) == (datetime(2026, 2, 3, 12, tzinfo=UTC), 5.0)  # 2 + 3


def test_the_words_of_older_versions_are_understood() -> None:
    steps = [
        said("marked as a **Work In Progress**", at(2, 9)),
        said("unmarked as a **Work In Progress**", at(2, 10)),
    ]
    assert change(steps).draft_hours == 1.0


def test_a_draft_that_is_still_one_is_not_ready() -> None:
    found = change([], draft=True, merged_at=None)
    assert (found.ready_at, found.draft_hours) == (None, 72.0)  # until it was last edited, on the 5th


@pytest.mark.parametrize(
    ("note", "is_review"),
    [
        (said("Why?", at(3), "omar", system=False), True),
        (said("approved this merge request", at(3), "omar"), True),
        (said("requested changes", at(3), "omar"), True),
        (said("assigned to @jane", at(3), "omar"), False),
        (said("Because.", at(3), "jane", system=False), False),
        (said("Coverage fell", at(3), "renovate", system=False), False),
        (said("Coverage fell", at(3), "project_7_bot_1f", system=False), False),
        (said("Well done", at(6), "omar", system=False), False),
    ],
)
def test_a_review_is_by_a_person_who_is_not_the_author_before_it_is_merged(
    note: dict[str, Any], is_review: bool
) -> None:
    expected = datetime(2026, 2, 3, 8, tzinfo=UTC) if is_review else None
    assert change([note]).first_review_at == expected


def deployment(**given: Any) -> Deployment:
    item = {
        "id": 41,
        "status": "success",
        "sha": "a",
        "created_at": at(3),
        "updated_at": at(9),
        "environment": {"id": 1, "name": "prod-eu"},
        "deployable": {"name": "deploy", "started_at": at(3, 9), "finished_at": at(3, 10)},
        **given,
    }
    rules = Rules(by_tier="tier" in given)
    (found,) = runs.deployment(shapes.deployment(item), "acme/shop", rules)
    assert isinstance(found, Deployment)
    return found


def test_a_deployment_is_done_when_its_job_ended_not_when_the_record_was_edited() -> None:
    assert deployment().finished_at == datetime(2026, 2, 3, 10, tzinfo=UTC)


@pytest.mark.parametrize("status", ["created", "running", "blocked"])
def test_one_that_waits_has_not_ended_whatever_its_job_says(status: str) -> None:
    found = deployment(status=status)
    assert (found.status, found.finished_at) == ("in_progress", None)


def test_one_that_was_recorded_as_done_in_one_go_ended_as_it_was_created() -> None:
    assert deployment(deployable=None, updated_at=at(3)).finished_at == datetime(2026, 2, 3, 8, tzinfo=UTC)


def test_one_without_a_job_that_was_edited_later_has_no_time_that_could_be_believed() -> None:
    with pytest.raises(ValueError, match="nothing says when it ended"):
        deployment(deployable=None)


def test_the_tier_stands_for_the_environment_where_that_is_configured() -> None:
    assert deployment(tier={"id": 1, "tier": "production"}).environment == "production"
    assert deployment().environment == "prod-eu"


def job(number: int, name: str, status: str) -> dict[str, Any]:
    has_run = status in ("success", "failed")
    return {
        "id": number,
        "name": name,
        "status": status,
        "created_at": at(3),
        "started_at": at(3, 9) if has_run else None,
        "finished_at": at(3, 10) if has_run else None,
        "queued_duration": 90.5 if has_run else None,
        "web_url": f"https://gitlab.example/jobs/{number}",
    }


def test_jobs_stand_for_deployments_by_rule_once_they_have_begun() -> None:
    jobs = [
        job(1, "build", "success"),
        job(2, "deploy-eu", "failed"),
        job(3, "deploy-us", "success"),
        job(4, "deploy-ap", "manual"),
        job(5, "deploy-sa", "skipped"),
    ]
    item = {"id": 9, "status": "manual", "sha": "a", "source": "push", "created_at": at(3), "web_url": "u"}
    rules = Rules(
        keep_jobs=True,
        failure_reached_production=True,
        deployment_jobs=(DeploymentJob(job=(Name("/^deploy-.*$/"),), environment="production"),),
        golden_path_jobs=(Name("deploy-us"),),
    )
    found = runs.pipeline(shapes.pipeline({**item, "jobs": jobs}), "acme/shop", rules)
    deployments = [record for record in found if isinstance(record, Deployment)]
    assert [(d.deployment_id, d.status, d.reached_production, d.via) for d in deployments] == [
        ("acme/shop/jobs/2", "failure", True, "pipeline"),
        ("acme/shop/jobs/3", "success", None, "golden_path"),
    ]
    builds = [record for record in found if record.table == "builds"]
    assert [build.job for build in builds] == [
        None,
        "build",
        "deploy-eu",
        "deploy-us",
        "deploy-ap",
        "deploy-sa",
    ]  # type: ignore[attr-defined]
    # Queued 90.5 s before it began at 9:00, although it was created with the pipeline at 8:00.
    assert builds[1].queued_at == datetime(2026, 2, 3, 8, 58, 29, 500_000, tzinfo=UTC)


def test_an_issue_is_exactly_one_thing() -> None:
    config = configured(
        projects=["acme/shop"],
        incidents=[{"issue_type": "incident"}, {"label": "outage", "cause": "third_party"}],
        tickets=[{"label": "outage", "type": "incident"}, {"label": "ask", "type": "how_to"}],
    )

    def found(issue_type: str, *labels: str) -> list[Any]:
        item = {
            "iid": 1,
            "issue_type": issue_type,
            "labels": list(labels),
            "created_at": at(3),
            "closed_at": None,
            "author": {"username": "jane"},
            "state": "opened",
            "web_url": "u",
        }
        return list(items.issue(shapes.issue(TEAM)(item), "acme/shop", config.rules))

    assert [type(record) for record in found("incident", "ask")] == [Incident]
    assert [record.cause for record in found("issue", "outage", "ask")] == ["third_party"]
    assert [type(record) for record in found("issue", "ask")] == [Ticket]
    assert found("issue", "backlog") == []
