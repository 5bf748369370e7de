"""`payoff mapping` suggests entries that can be pasted, those first that matter most."""

from pathlib import Path

import pytest
import yaml

from service.onboarding.owners_files import Entity
from service.onboarding.suggesting import Candidate, likeness, stanza, suggested
from tests.service.command import FILES, Payoff, text_of
from tests.service.folders import DEPLOYMENTS, deployment_rows, write_config, write_files
from warehouse.mentions import Unmapped

SHOP = Candidate("service", "web-shop", ("The Web Shop", "acme/web-shop"))
PAY = Candidate("service", "payments")
RED = Candidate("team", "red", ("Team Red",))
OURS = (SHOP, PAY, RED)


def unmapped(name: str, kind: str = "service") -> Unmapped:
    return Unmapped("ci", kind, name, {"deployments": 3}, {"deployments": 0.5})  # type: ignore[arg-type]


def meaning(item: Unmapped, *entities: Entity, title: str = "") -> str | None:
    found = suggested(item, OURS, entities, title)
    return found and found.target.identifier


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("webshop-service", "web-shop"),
        ("deploy-WebShop", "web-shop"),
        ("acme/payments-svc", "payments"),
        ("payment", "payments"),
        ("PX1", None),
        ("search", None),
    ],
)
def test_a_name_means_the_service_that_it_is_like(name: str, meant: str | None) -> None:
    assert meaning(unmapped(name)) == meant


def test_the_title_that_a_source_has_for_people_counts_as_well() -> None:
    assert meaning(unmapped("PX1"), title="Payments (production)") == "payments"


def test_what_the_catalogue_states_wins_over_a_likeness() -> None:
    entity = Entity("component", "payments", outside={"pagerduty.com/service-id": "webshop"})
    assert meaning(unmapped("webshop"), entity) == "payments"
    assert meaning(unmapped("webshop")) == "web-shop"


def test_a_queue_of_the_catalogue_is_no_service_of_the_same_name() -> None:
    entity = Entity("component", "payments", outside={"jira/project-key": "OPS"})
    assert meaning(unmapped("OPS", "queue"), entity) == "payments"
    assert meaning(unmapped("OPS"), entity) is None


def test_a_team_is_never_suggested_for_a_service_nor_the_other_way_round() -> None:
    assert meaning(unmapped("team-red", "team")) == "red"
    assert meaning(unmapped("team-red")) is None
    assert meaning(unmapped("payments", "team")) is None


def test_a_repository_that_is_like_no_service_belongs_at_least_to_its_owner() -> None:
    owners = {"acme/tooling": "acme/team-red", "acme/other": "acme/nobody-we-know"}
    found = suggested(unmapped("acme/tooling"), OURS, [], owners=owners)
    assert found is not None
    assert (found.target, found.reason) == (RED, "CODEOWNERS names acme/team-red")
    assert suggested(unmapped("acme/other"), OURS, [], owners=owners) is None
    likelier = suggested(unmapped("acme/web-shop"), OURS, [], owners={"acme/web-shop": "acme/team-red"})
    assert likelier is not None
    assert likelier.target == SHOP


def test_words_that_all_names_have_make_nothing_alike() -> None:
    assert likeness("search-service", "payments-service") < 0.5
    assert likeness("service", "service") == 1.0


def test_an_entry_is_yaml_that_the_configuration_takes() -> None:
    item = unmapped("yes: [no]", "queue")
    line = stanza(item, suggested(item, OURS, [], "Payments"), "3 tickets (50%)")
    (entry,) = yaml.safe_load(line)
    assert entry == {"source": "ci", "id": "yes: [no]", "kind": "queue", "service": "payments"}
    nothing = stanza(unmapped("PX1"), None, "x")
    assert nothing.strip().startswith("# - {")


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    rows = deployment_rows(7, 8, service="PX1") + deployment_rows(7, service="pay-service")
    return write_files(
        tmp_path / "exports",
        deployments=DEPLOYMENTS + rows,
        services="service_id,team_id\npay,money\n",
        teams="team_id\nmoney\n",
    )


def test_pasted_suggestions_leave_nothing_unmapped(payoff: Payoff, exports: Path, tmp_path: Path) -> None:
    write_config(tmp_path, FILES)
    (tmp_path / "catalog-info.yaml").write_text(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\n"
        "metadata: {name: pay, annotations: {pagerduty.com/service-id: PX1}}\n"
    )
    payoff("collect")
    result = payoff("mapping")
    assert result.exit_code == 0
    first, second = yaml.safe_load(result.stdout)["mapping"]
    assert first == {"source": "exports", "id": "PX1", "service": "pay"}
    assert second == {"source": "exports", "id": "pay-service", "service": "pay"}
    assert "2 deployments (67%)" in result.stdout
    write_config(tmp_path, FILES + result.stdout)
    payoff("collect")
    again = payoff("mapping")
    assert (again.stdout, text_of(again)) == ("", "Every name means a service or a team.")


def test_disputed_names_are_told(payoff: Payoff, exports: Path, tmp_path: Path) -> None:
    rules = "mapping:\n  - {id: PX1, service: pay}\n  - {id: PX1, service: other}\n"
    write_config(tmp_path, FILES + rules)
    payoff("collect")
    assert "disputed service PX1: other; pay" in text_of(payoff("mapping"))


def test_before_a_collection_it_says_what_to_do(payoff: Payoff, exports: Path, tmp_path: Path) -> None:
    write_config(tmp_path, FILES)
    result = payoff("mapping")
    assert result.exit_code == 4
    assert "Run `payoff collect` first" in text_of(result)
