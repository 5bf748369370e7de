"""A configuration is read as a whole, or refused with everything that is wrong with it."""

import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import BaseModel, SecretStr

from collectors.registry import KINDS, Kind
from service.configuration.config import ConfigError, Settings, load_config
from warehouse.records import Ownership, Service, Team


class ForgeConfig(BaseModel, extra="forbid"):
    """A source as a forge has it; none of the real kinds is needed here."""

    url: str
    token: SecretStr | None = None
    path: Path | None = None
    pages: int = 1


@pytest.fixture(autouse=True)
def forge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds ``forge`` and ``portal``; only the second brings teams and services."""
    module = ModuleType("tests_forge")
    module.Config = ForgeConfig  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "tests_forge", module)
    monkeypatch.setitem(KINDS, "forge", Kind("tests_forge", "A forge.", local_keys=("url",)))
    monkeypatch.setitem(KINDS, "portal", Kind("tests_forge", "A portal.", brings_catalogue=True))


Load = Callable[..., Settings]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    def load(text: str, **environ: str) -> Settings:
        path = tmp_path / "config.yaml"
        path.write_text(text)
        return load_config(path, environ)

    return load


@pytest.fixture
def complaints(load: Load) -> Callable[..., list[str]]:
    def complaints(text: str, **environ: str) -> list[str]:
        with pytest.raises(ConfigError) as caught:
            load(text, **environ)
        return [str(problem) for problem in caught.value.problems]

    return complaints


Complaints = Callable[..., list[str]]


def test_an_empty_file_has_every_default(load: Load) -> None:
    settings = load("# nothing yet\n")
    assert settings.organisation.reporting_zone == "UTC"
    assert settings.sources == ()
    assert [
        name
        for name in ("prod", "production", "Prod", "preprod")
        if settings.environments.is_production(name)
    ] == [
        "prod",
        "production",
    ]


def test_a_section_whose_lines_are_all_comments_has_its_defaults(load: Load) -> None:
    assert load("teams:\n  # - id: red\nstorage:\n").storage.keep_snapshots == 3


def test_preprod_non_prod_and_product_api_are_not_production(load: Load) -> None:
    settings = load("environments: {production: [production, prod, '/^live-[a-z]+$/']}")
    names = ["preprod", "non-prod", "product-api", "PROD", "prod-2", "xlive-eu", "live-eu", "live-EU"]
    assert [name for name in names if settings.environments.is_production(name)] == ["live-eu"]


def test_an_unknown_key_names_the_nearest_one_and_its_path(complaints: Complaints) -> None:
    assert complaints("organisation:\n  reporting_zon: UTC\n") == [
        "line 2, organisation.reporting_zon: unknown key. Did you mean `organisation.reporting_zone`?"
    ]


def test_a_key_at_the_wrong_level_is_sent_to_its_section(complaints: Complaints) -> None:
    assert complaints("currency: EUR") == [
        "line 1, currency: unknown key here. Did you mean `organisation.currency`?"
    ]


def test_an_unknown_key_of_a_source_is_compared_with_its_kind(complaints: Complaints) -> None:
    text = "sources:\n  - {name: a, kind: forge, url: x}\n  - {name: b, kind: forge, url: x,\n     tokn: y}\n"
    assert complaints(text) == ["line 4, sources[1].tokn: unknown key. Did you mean `sources[1].token`?"]


def test_a_key_like_no_other_lists_what_there_is(complaints: Complaints) -> None:
    (text,) = complaints("benchmarks: {zzz: 1}")
    assert text == "line 1, benchmarks.zzz: unknown key. Known here: report_year"


def test_all_errors_come_at_once_in_the_order_of_the_file(complaints: Complaints) -> None:
    text = """
organisation: {reporting_zone: Mars/Olympus, currency: euro, quarter_start_month: 13}
environments: {production: [prod, /prod/]}
teams: [{id: red}, {id: red}]
services: [{id: shop, team: blue}]
mapping: [{id: x, service: nope}]
sources: [{name: f, kind: forg}, {name: f, kind: forge}]
people: {pseudonym_key: "${SALT}"}
"""
    found = complaints(text)
    places = [text.split(": ")[0] for text in found]
    assert places == [
        "line 2, organisation.reporting_zone",
        "line 2, organisation.currency",
        "line 2, organisation.quarter_start_month",
        "line 3, environments.production[1]",
        "line 4, teams[1].id",
        "line 5, services[0].team",
        "line 6, mapping[0].service",
        "line 7, sources[0].kind",
        "line 7, sources[1].url",
        "line 7, sources[1].name",
        "line 8, people.pseudonym_key",
    ]
    assert "Did you mean `forge`?" in found[7]
    assert "SALT is not set" in found[10]


def test_an_unanchored_production_pattern_is_refused_with_the_reason(complaints: Complaints) -> None:
    (text,) = complaints("environments: {production: [/prod/]}")
    assert "would also take preprod" in text


def test_without_a_production_environment_nothing_would_count(complaints: Complaints) -> None:
    (text,) = complaints("environments: {production: []}")
    assert "name at least one environment" in text


def test_a_value_of_the_wrong_kind_is_shown_with_what_the_key_means(complaints: Complaints) -> None:
    (text,) = complaints("freshness: {stale_after_hours: soon}")
    assert text.startswith("line 1, freshness.stale_after_hours: should be a valid number")
    assert "here it is 'soon'" in text
    assert "marked stale" in text


def test_a_number_where_text_is_meant_asks_for_quotes(complaints: Complaints) -> None:
    (text,) = complaints("teams: [{id: 0123}]")
    assert "put it into quotes" in text


def test_null_without_quotes_is_not_taken_for_the_word(load: Load, complaints: Complaints) -> None:
    (text,) = complaints("organisation: {name: null}")
    assert "`null` without quotes" in text
    assert load("organisation: {name: 'null'}").organisation.name == "null"


def test_a_mapping_entry_has_one_target(complaints: Complaints) -> None:
    (text,) = complaints(
        "teams: [{id: red}]\nservices: [{id: shop}]\nmapping: [{id: x, service: shop, team: red}]"
    )
    assert text.startswith("line 3, mapping[0]: needs exactly one target")


def test_a_mapping_that_ends_before_it_begins_is_refused(complaints: Complaints) -> None:
    text = "services: [{id: shop}]\nmapping: [{id: x, service: shop, from: 2026-02-01, to: 2026-02-01}]"
    assert complaints(text)[0].startswith("line 2, mapping[0]: `to` must be later than `from`")


def test_two_owners_of_one_day_are_refused(complaints: Complaints) -> None:
    teams = "teams: [{id: red}, {id: blue}]\n"
    owners = "{team: red, from: 2026-02-01}, {team: blue, to: 2026-02-02}"
    (text,) = complaints(f"{teams}services: [{{id: shop, owners: [{owners}]}}]")
    assert text.startswith("line 2, services[0].owners: `blue` and `red` own it on the same day")


def test_a_source_may_not_take_the_name_of_the_file_itself(complaints: Complaints) -> None:
    (text,) = complaints("sources: [{name: config, kind: forge, url: x}]")
    assert "choose another name" in text


def test_names_that_nobody_has_are_errors_everywhere(complaints: Complaints) -> None:
    text = """
teams: [{id: red, parent_team: rde}]
services: [{id: shop, owners: [{team: blue}]}]
mapping: [{id: x, service: shpo, source: pager}]
"""
    found = complaints(text)
    assert [line.split(": ")[0] for line in found] == [
        "line 2, teams[0].parent_team",
        "line 3, services[0].owners[0].team",
        "line 4, mapping[0].service",
        "line 4, mapping[0].source",
    ]
    assert "Did you mean `red`?" in found[0]
    assert "Did you mean `shop`?" in found[2]


def test_teams_that_a_source_may_bring_are_not_unknown(load: Load) -> None:
    text = "services: [{id: shop, team: later}]\nsources: [{name: p, kind: portal, url: x}]"
    assert load(text).services[0].team == "later"


def test_a_missing_file_says_how_to_begin(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no such file.*payoff demo.*payoff init"):
        load_config(tmp_path / "config.yaml")


def test_a_list_instead_of_keys_is_refused(complaints: Complaints) -> None:
    assert complaints("- a\n- b\n") == ["line 1: should be keys and values, such as `organisation:`"]


def test_teams_services_and_owners_become_rows(load: Load) -> None:
    settings = load("""
organisation: {reporting_zone: Europe/Berlin}
teams:
  - {id: red, engineers: 7, onboarded_on: 2026-07-01}
services:
  - {id: shop, team: red, tier: "1", repository: acme/shop}
  - {id: pay, owners: [{team: red, to: 2026-03-01}]}
""")
    # Midnight of 1 July in Berlin is 22:00 UTC of the day before.
    assert settings.records() == (
        Team("red", engineers=7.0, onboarded_at=datetime(2026, 6, 30, 22, tzinfo=UTC)),
        Service("shop", team_id="red", repo_id="acme/shop", tier="1"),
        Service("pay"),
        Ownership("pay", "red", None, date(2026, 3, 1)),
    )


def test_a_mapping_entry_becomes_a_rule(load: Load) -> None:
    text = "services: [{id: shop}]\nmapping: [{id: /^shop-.*$/, service: shop, from: 2026-01-01}]"
    (rule,) = load(text).rules()
    assert (rule.service_id, rule.from_on, rule.to_on) == ("shop", date(2026, 1, 1), None)
    assert rule.name.matches("shop-web")


def test_hotfix_names_become_one_expression_for_the_warehouse(load: Load) -> None:
    settings = load("attribution: {hotfix_patterns: [hotfix, /^fix-.*$/]}")
    assert settings.attribution.hotfix_pattern == "(?:^hotfix$)|(?:^fix-.*$)"


def test_a_hotfix_pattern_that_the_warehouse_cannot_evaluate_is_refused(complaints: Complaints) -> None:
    (text,) = complaints("attribution: {hotfix_patterns: ['/^(?!no).*$/']}")
    assert "look-around" in text


def test_relative_paths_start_at_the_folder_of_the_file(load: Load, tmp_path: Path) -> None:
    settings = load("storage: {directory: store}\nsources: [{name: f, kind: forge, url: x, path: exports}]")
    assert settings.storage.directory == tmp_path / "store"
    assert isinstance(settings.sources[0].config, ForgeConfig)
    assert settings.sources[0].config.path == tmp_path / "exports"


@pytest.mark.parametrize("url", ["https://host/repo.git", "git@host:acme/repo.git", "nowhere", "/tmp"])  # noqa: S108
def test_a_url_or_an_absolute_path_stays_as_it_is(load: Load, url: str) -> None:
    config = load(f"sources: [{{name: f, kind: forge, url: '{url}'}}]").sources[0].config
    assert isinstance(config, ForgeConfig)
    assert config.url == url


def test_a_repository_beside_the_file_is_found_from_any_folder(load: Load, tmp_path: Path) -> None:
    (tmp_path / "shop.git").mkdir()
    config = load("sources: [{name: f, kind: forge, url: shop.git}]").sources[0].config
    assert isinstance(config, ForgeConfig)
    assert config.url == str(tmp_path / "shop.git")


def test_settings_cannot_be_changed(load: Load) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load("").organisation.currency = "USD"
