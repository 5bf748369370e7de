"""`payoff init` writes what it finds, the file loads, and `payoff doctor` runs on it."""

from pathlib import Path

import pytest

from service.configuration.config import load_config
from service.onboarding.surroundings import owners_by_repository
from tests.collectors.gitrepo import GitRepo
from tests.service.command import run_payoff, text_of

WORKFLOW = """
on: push
jobs:
  ship: {runs-on: x, environment: live-eu, steps: []}
  try: {runs-on: x, environment: {name: staging}, steps: []}
  any: {runs-on: x, environment: "${{ inputs.where }}", steps: []}
"""
CATALOGUE = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shop, title: The shop, annotations: {github.com/project-slug: acme/shop}}
spec: {owner: group:default/red}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: red, title: Team Red}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: no-entity}
"""
SECRET = "glpat-a-secret-that-stays-outside"  # noqa: S105
VARIABLES = ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "GITLAB_PRIVATE_TOKEN", "PAGERDUTY_TOKEN")


@pytest.fixture(autouse=True)
def _no_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*VARIABLES, "PAGERDUTY_API_KEY", "JIRA_TOKEN", "JIRA_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return tmp_path / "here"


def checkout(folder: Path, remote: str = "", tag: str = "v1.2.0") -> GitRepo:
    repo = GitRepo(folder)
    repo.commit()
    repo.tag(tag)
    if remote:
        repo.git("remote", "add", "origin", remote)
    return repo


def initialised(folder: Path, *more: str) -> str:
    result = run_payoff("init", "--config", str(folder / "config.yaml"), *more)
    assert (result.exit_code, result.stdout) == (0, ""), result.stderr
    return (folder / "config.yaml").read_text()


def test_a_checkout_becomes_a_source_that_doctor_can_look_at(here: Path) -> None:
    checkout(here, "https://jane:hunter2hunter2@git.corp.example/acme/shop.git")
    text = initialised(here)
    assert "hunter2" not in text
    assert "jane" not in text
    settings = load_config(here / "config.yaml", {})
    assert [(source.name, source.kind) for source in settings.sources] == [("acme-shop", "git")]
    result = run_payoff("doctor", "--config", str(here / "config.yaml"))
    assert result.exit_code == 0, result.stderr
    assert "would count as deployments of acme/shop to production: v1.2.0" in text_of(result)


def test_without_version_tags_merges_are_the_deployments(here: Path) -> None:
    checkout(here, tag="nightly")
    assert "deployments: {merges_to: main}" in initialised(here)


def test_environments_owners_and_the_catalogue_are_taken_over(here: Path) -> None:
    checkout(here, "git@github.com:acme/shop.git")
    (here / ".github" / "workflows").mkdir(parents=True)
    (here / ".github" / "workflows" / "ship.yml").write_text(WORKFLOW)
    (here / ".github" / "CODEOWNERS").write_text("* @jane @acme/platform\n*.md @acme/docs\n")
    (here / "services" / "shop").mkdir(parents=True)
    (here / "services" / "shop" / "catalog-info.yaml").write_text(CATALOGUE)
    text = initialised(here)
    settings = load_config(here / "config.yaml", {})
    assert settings.environments.is_production("live-eu")
    assert not settings.environments.is_production("staging")
    assert {(team.id, team.name) for team in settings.teams} == {("acme/platform", None), ("red", "Team Red")}
    (service,) = settings.services
    assert (service.id, service.team, service.repository) == ("shop", "red", "acme/shop")
    assert "jane" not in text
    assert "# With a token in $GITHUB_TOKEN" in text


def test_a_token_that_is_there_switches_its_forge_on_and_stays_outside(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout(here, "https://gitlab.corp.example/acme/tools/shop.git")
    monkeypatch.setenv("GITLAB_TOKEN", SECRET)
    assert SECRET not in initialised(here)
    (source,) = load_config(here / "config.yaml", {"GITLAB_TOKEN": SECRET}).sources
    assert source.kind == "gitlab"
    assert source.config.model_dump()["url"] == "https://gitlab.corp.example"
    assert source.config.model_dump()["projects"] == ("acme/tools/shop",)


def test_the_owner_of_a_checkout_is_known_by_the_name_of_its_repository(tmp_path: Path) -> None:
    checkout(tmp_path / "shop", "git@github.com:acme/shop.git")
    checkout(tmp_path / "till", "git@github.com:acme/till.git")
    (tmp_path / "shop" / "CODEOWNERS").write_text("* @acme/red\n")
    assert owners_by_repository(tmp_path) == {"acme/shop": "acme/red"}


def test_a_folder_of_checkouts_gives_a_source_each(tmp_path: Path) -> None:
    for name in ("shop", "till"):
        checkout(tmp_path / name)
    initialised(tmp_path)
    assert [source.name for source in load_config(tmp_path / "config.yaml", {}).sources] == ["shop", "till"]


def test_an_empty_folder_gives_a_file_that_loads(tmp_path: Path) -> None:
    initialised(tmp_path)
    assert load_config(tmp_path / "config.yaml", {}).sources == ()
    result = run_payoff("doctor", "--config", str(tmp_path / "config.yaml"))
    assert result.exit_code == 2
    assert "no sources" in text_of(result)


def test_a_file_that_is_there_is_replaced_by_force_alone(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("mine")
    result = run_payoff("init", "--config", str(path))
    assert (result.exit_code, path.read_text()) == (2, "mine")
    assert "Give another --config, or --force" in text_of(result)
    assert initialised(tmp_path, "--force").startswith("# Payoff, configured")
