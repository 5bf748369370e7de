"""A request from its first word to its commit, on a real repository."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.errors import ConflictError, InputError, PolicyError, TransportError
from actions.ports import Actor, Request
from actions.runs import Run
from tests.actions.asked import IMAGE, asked
from tests.actions.world import DEVELOPER, World, world

HELD = {"review": {"tracker": "redmine", "url": "https://desk.example", "token": "t", "hold": ["production"]}}
PRODUCTION = "services/checkout/overlays/production/kustomization.yaml"
STAGING = "services/checkout/overlays/staging/kustomization.yaml"
NEWER = IMAGE.replace("0123", "4567")


def test_a_request_is_one_commit_with_everything_in_it(tmp_path: Path) -> None:
    here = world(tmp_path)
    run = here.deploy()
    assert (run.stage, run.is_ended, here.n_commits) == ("committed", True, 1)
    assert list(run.stages) == ["requested", "approved", "committed"]
    assert {PRODUCTION, STAGING, "services/checkout/catalog-info.yaml"} <= set(here.files())
    message = here.git("log", "-1", "--format=%B", "main")
    assert f"Payoff-Run: {run.run_id}" in message
    assert f"Requested-By: {DEVELOPER.pseudonym}" in message


def test_the_journal_knows_of_a_run_before_the_repository_does(tmp_path: Path) -> None:
    here = world(tmp_path)
    run = here.actions.ask(Request("deploy-service", asked(), DEVELOPER))
    assert (run.stage, here.n_commits) == ("requested", 0)
    assert here.journal.by_id(run.run_id) == run


def test_the_same_request_twice_is_one_change(tmp_path: Path) -> None:
    here = world(tmp_path)
    first, second = here.deploy(), here.deploy()
    assert (second.stage, here.n_commits) == ("unchanged", 1)
    assert second.run_id != first.run_id
    assert second.as_record().status == "cancelled"


def test_the_same_key_is_the_same_run_and_never_another_request(tmp_path: Path) -> None:
    here = world(tmp_path)
    assert here.deploy(key="k").run_id == here.deploy(key="k").run_id
    with pytest.raises(ConflictError, match="used for another request"):
        here.deploy(key="k", size="large")


def test_a_dry_run_shows_the_diff_and_changes_nothing(tmp_path: Path) -> None:
    here = world(tmp_path)
    run = here.deploy(dry_run=True)
    assert "+kind: Deployment" in run.diff
    assert here.n_commits == 0
    assert run.as_record().dry_run
    assert run.as_record().status == "cancelled"


def test_an_update_changes_what_differs_and_takes_away_what_is_no_longer_asked_for(
    tmp_path: Path,
) -> None:
    here = world(tmp_path)
    here.deploy(database="postgresql")
    run = here.deploy("update", image=NEWER)
    assert run.stage == "committed"
    assert NEWER in here.git("show", "main:services/checkout/base/deployment.yaml")
    assert not [path for path in here.files() if path.endswith("database.yaml")]


def test_a_retired_service_leaves_nothing_and_its_name_is_free_again(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy(name="ledger")
    before = here.files()
    here.deploy()
    assert here.deploy("retire").stage == "committed"
    assert here.files() == before
    assert here.deploy(team="commerce").stage == "committed"


@pytest.mark.parametrize("operation", ["update", "retire"])
def test_what_is_not_there_cannot_be_changed(tmp_path: Path, operation: Any) -> None:
    run = world(tmp_path).deploy(operation)
    assert run.stage == "rejected"
    assert "There is no service checkout" in run.message


def test_creating_what_is_there_in_another_way_is_refused(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy()
    run = here.deploy(size="large")
    assert (run.stage, here.n_commits) == ("rejected", 1)
    assert "ask for an update" in run.message


@pytest.mark.parametrize("operation", ["create", "update", "retire"])
def test_the_name_of_another_team_is_refused(tmp_path: Path, operation: Any) -> None:
    here = world(tmp_path)
    here.deploy()
    run = here.deploy(operation, team="commerce")
    assert (run.stage, here.n_commits) == ("rejected", 1)
    assert "belongs to team payments" in run.message


def test_a_service_that_another_team_owns_elsewhere_is_refused(tmp_path: Path) -> None:
    here = world(tmp_path).with_ports(owner_of={"checkout": "commerce"}.get)
    with pytest.raises(ConflictError, match="belongs to team commerce"):
        here.deploy()
    assert not here.journal.runs


def test_two_names_that_meet_in_one_namespace_do_not_take_it_from_each_other(tmp_path: Path) -> None:
    here = world(tmp_path, policy={"environments": ["prod", "eu-prod"]})
    assert here.deploy(name="shop-eu", environments=["prod"]).stage == "committed"
    run = here.deploy(name="shop", team="commerce", environments=["eu-prod"])
    assert (run.stage, here.n_commits) == ("rejected", 1)
    assert "applications/shop-eu-prod.yaml" in run.message


def test_who_lacks_the_role_or_asks_for_another_team_is_refused_before_anything(tmp_path: Path) -> None:
    here = world(tmp_path)
    viewer = Actor("p", frozenset({"viewer"}))
    with pytest.raises(PolicyError, match="role deploy"):
        here.actions.ask(Request("deploy-service", asked(), viewer))
    outsider = Actor("p", frozenset({"deploy"}), frozenset({"commerce"}))
    with pytest.raises(PolicyError, match="may not ask for team payments"):
        here.actions.ask(Request("deploy-service", asked(), outsider))
    assert not here.journal.runs


def test_an_action_that_there_is_not_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="deploy-service"):
        world(tmp_path).actions.ask(Request("deploy", asked(), DEVELOPER))


def test_the_review_has_the_request_and_its_controls_and_its_link_goes_everywhere(tmp_path: Path) -> None:
    here = world(tmp_path, with_review=True)
    run = here.deploy()
    ((title, text),) = here.desk.tickets.items()
    assert run.run_id in title
    assert "- image: registry.example.com/shop/checkout@sha256:" in text
    assert "read-only root file system" in text
    entry = yaml.safe_load(here.git("show", "main:services/checkout/catalog-info.yaml"))
    assert entry["metadata"]["links"][0]["url"] == run.review_url == "https://desk.example/1"
    assert "Review: https://desk.example/1" in here.git("log", "-1", "--format=%B", "main")
    assert here.desk.comments == [f"Commit {run.sha}."]


def held(tmp_path: Path, **config: Any) -> World:
    return world(tmp_path, with_review=True, **HELD, **config)


def test_production_waits_for_the_review_while_staging_goes_ahead(tmp_path: Path) -> None:
    here = held(tmp_path)
    run = here.deploy()
    assert (run.stage, run.as_record().status) == ("awaiting_approval", "awaiting_approval")
    assert STAGING in here.files()
    assert not [path for path in here.files() if "production" in path]
    assert here.actions.carry_out(run.run_id).stage == "awaiting_approval"
    here.desk.answer = "Closed"
    run = here.actions.carry_out(run.run_id)
    assert (run.stage, run.is_ended, here.n_commits) == ("committed", True, 2)
    assert {STAGING, PRODUCTION} <= set(here.files())
    assert run.as_record().approved_at is not None
    assert len(here.desk.tickets) == 1


def test_an_update_of_what_production_shares_waits_as_a_whole(tmp_path: Path) -> None:
    here = held(tmp_path)
    here.desk.answer = "Closed"
    here.deploy()
    here.desk.answer = "New"
    run = here.deploy("update", image=NEWER)
    assert (run.stage, here.n_commits) == ("awaiting_approval", 1)
    here.desk.answer = "Closed"
    assert here.actions.carry_out(run.run_id).stage == "committed"
    assert NEWER in here.git("show", "main:services/checkout/base/deployment.yaml")


def test_a_review_that_says_no_ends_the_run(tmp_path: Path) -> None:
    here = held(tmp_path)
    run = here.deploy()
    here.desk.answer = "Rejected"
    run = here.actions.carry_out(run.run_id)
    assert (run.stage, run.is_ended) == ("rejected", True)
    assert not [path for path in here.files() if "production" in path]


def test_a_pull_request_is_opened_once_and_the_run_ends_when_it_is_merged(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy(name="ledger")
    here = replace(
        here,
        config=here.config.model_copy(
            update={"repository": here.config.repository.model_copy(update={"mode": "pull_request"})}
        ),
    )
    run = here.deploy()
    again = here.deploy()
    assert (run.stage, again.run_id) == ("proposed", run.run_id)
    assert list(here.hub.pulls.values()) == [run.change_url]
    assert not [path for path in here.files() if "checkout" in path]
    branch = f"payoff/create-checkout-{run.run_id}"
    here.git("update-ref", "refs/heads/main", branch)
    assert here.actions.carry_out(run.run_id).stage == "committed"


def fails_once(here: World, step: str) -> World:
    """The process dies right after ``step`` worked: the world has changed and the journal does not know."""
    original = here.ports.journal.append
    state = {"dead": False}

    def append(run: Run) -> None:
        is_step = run.stage == step if step != "ticket" else bool(run.review_id)
        if is_step and not state["dead"]:
            state["dead"] = True
            raise KeyboardInterrupt
        original(run)

    here.journal.append = append  # type: ignore[method-assign]
    return here


@pytest.mark.parametrize("step", ["ticket", "approved", "committed"])
@pytest.mark.parametrize("operation", ["create", "update", "retire"])
def test_a_killed_run_is_finished_on_retry_without_a_second_commit_or_ticket(
    tmp_path: Path, step: str, operation: Any
) -> None:
    here = world(tmp_path, with_review=True)
    if operation != "create":
        here.deploy(size="large")
    before, n_tickets = here.n_commits, len(here.desk.tickets)
    fails_once(here, step)
    with pytest.raises(KeyboardInterrupt):
        here.deploy(operation)
    run = here.deploy(operation)
    assert (run.stage, here.n_commits - before) == ("committed", 1)
    assert len(here.desk.tickets) - n_tickets == 1
    assert run.sha == here.git("rev-parse", "main").strip()


def test_a_run_that_failed_says_why_and_goes_on_when_asked_again(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.remote.rename(tmp_path / "away.git")
    run = here.deploy()
    assert run.stage == "failed"
    assert "actions.repository.url" in run.message
    assert run.as_record().status == "failure"
    (tmp_path / "away.git").rename(here.remote)
    again = here.actions.carry_out(run.run_id)
    assert (again.stage, again.attempts, here.n_commits) == ("committed", 2, 1)


def test_what_argo_cd_reports_is_part_of_the_run(tmp_path: Path) -> None:
    here = world(tmp_path, ends_at="healthy")
    run = here.deploy()
    assert not run.is_ended
    here.actions.reported(run.run_id, "synced")
    run = here.actions.reported(run.run_id, "healthy")
    assert list(run.stages) == ["requested", "approved", "committed", "synced", "healthy"]
    assert run.as_record().status == "success"
    with pytest.raises(InputError):
        here.actions.reported(run.run_id, "approved")


def test_a_record_that_was_edited_by_hand_stops_the_request(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.deploy()
    here.ports.repository.change(lambda tree: {"services/checkout/payoff.yaml": "mine now\n"}, "by hand\n")
    run = here.deploy("update", size="large")
    assert run.stage == "rejected"
    assert "Restore it" in run.message


def test_credentials_of_the_repository_never_show(tmp_path: Path) -> None:
    secret = "s3cr3t-token-value"  # noqa: S105
    here = world(tmp_path)
    with pytest.raises(TransportError) as caught:
        type(here.ports.repository)(
            f"https://payoff:{secret}@127.0.0.1:9/x.git", "main", tmp_path / "c", author="P <p@x>"
        ).contents()
    assert secret not in str(caught.value)
    assert secret not in repr(caught.value.__cause__)
