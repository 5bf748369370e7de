"""No secret, name or address is in a log, an error, a kept body, the warehouse, a snapshot or an export.

Every kind of the conformance suite runs through the real commands; a new kind needs no test of its own.
"""

import json
import logging
import typing
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from collectors import registry
from collectors.base import RawBody
from service.care.pseudonyms import pseudonyms_of
from service.configuration.config import load_config
from service.running.pipeline import collect_and_publish
from tests.collectors.contract import NOW, World, world_of
from tests.collectors.gitrepo import GitRepo
from tests.collectors.test_contract import KINDS
from tests.service.command import JANUARY, SHOP, run_payoff
from tests.service.folders import write_config
from tests.service.leaks import PERSON, SEEDS, WORDS, everything_in, found, seed
from warehouse.engine import Warehouse
from warehouse.load import load_page


@pytest.fixture(params=KINDS, ids=lambda folder: folder.name)
def world(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = world_of(request.param, tmp_path / "cache", monkeypatch)
    for entry in world.api.lists:
        seed(entry["all"])
    for answer in world.api.details.values():
        seed(answer)
    return world


def configured(world: World, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, list[str]]:
    """The stanza of the kind in a `config.yaml`, with its secrets in variables; and the secrets."""
    stanza = yaml.safe_load((world.folder / "stanza.yaml").read_text())
    fields = registry.config_class(stanza["kind"]).model_fields
    secrets = {key: value for key, value in stanza.items() if key in fields and _is_secret(fields[key])}
    for key, value in secrets.items():
        monkeypatch.setenv(f"SEEDED_{key.upper()}", value)
        stanza[key] = f"${{SEEDED_{key.upper()}}}"
    rest = "environments: {production: [production]}\n"
    return write_config(folder, rest + yaml.safe_dump({"sources": [stanza]})), list(secrets.values())


def _is_secret(field: FieldInfo) -> bool:
    return field.annotation is SecretStr or SecretStr in typing.get_args(field.annotation)


def commands(config: Path, exports: Path) -> list[tuple[str, str]]:
    """What every command says of what was collected, and what it writes."""
    asked: list[tuple[str, ...]] = [
        ("doctor",),
        ("mapping",),
        ("metrics", "deployment_frequency", *JANUARY),
        ("export", str(exports), "--format", "csv"),
    ]
    results = [(arguments, run_payoff(*arguments, "--config", str(config))) for arguments in asked]
    said = [(" ".join(arguments), result.stdout + result.stderr) for arguments, result in results]
    return said + list(everything_in(exports))


def test_nothing_of_a_kind_leaks(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    config, secrets = configured(world, tmp_path, monkeypatch)
    settings = load_config(config)
    with caplog.at_level(logging.DEBUG):
        report = collect_and_publish(settings, clock=lambda: NOW)
        texts = commands(config, tmp_path / "exports")
        world.api.authorization = "Bearer of something else"
        refused = collect_and_publish(settings, clock=lambda: NOW)
    texts += [("log", caplog.text), ("report", f"{report} {refused} {settings}")]
    texts += list(everything_in(settings.storage.directory))
    assert report.inserted > 0
    assert not report.failed
    assert refused.failed
    # The search finds what is there: a source by its name, in the log, the tables and the export.
    (source,) = settings.sources
    places = {place for _, place in found([source.name], texts)}
    assert {"log", "warehouse.duckdb: raw_bodies", "warehouse.duckdb: cursors"} <= places
    assert any(place.endswith(".csv") for place in places)
    assert secrets
    assert found([*SEEDS, *secrets, *world.seeded], texts) == []


def test_the_search_finds_what_was_not_scrubbed(tmp_path: Path) -> None:
    body = json.dumps({"author": PERSON, "text": WORDS}).encode()
    with Warehouse.open(tmp_path) as warehouse:
        load_page(warehouse, "x", "y", "*", tables={}, raw=[RawBody("1", body, NOW)])
    places = {place for _, place in found(SEEDS, everything_in(tmp_path))}
    assert "warehouse.duckdb: raw_bodies" in places


def test_nothing_of_a_repository_leaks_outside_of_its_cache(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    config = write_config(tmp_path, SHOP)
    repo = GitRepo(tmp_path / "shop")
    repo.commit()
    repo.tag("v1")
    settings = load_config(config)
    with caplog.at_level(logging.DEBUG):
        report = collect_and_publish(settings, clock=lambda: NOW)
        texts = commands(config, tmp_path / "exports")
    texts += [("log", caplog.text), ("report", repr(report))]
    texts += [
        (place, text)
        for place, text in everything_in(settings.storage.directory)
        if not place.startswith("cache/")
    ]
    author = repo.git("log", "-1", "--format=%ae")
    assert found([author, repo.git("log", "-1", "--format=%an")], texts) == []
    assert found([pseudonyms_of(settings)(author)], texts)
