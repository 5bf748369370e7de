"""The files that a request becomes: complete, the same every time, and no value ever becomes structure."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from actions.catalogue import Action, load_action, load_actions
from actions.errors import TemplateError
from actions.inputs import checked_inputs
from actions.rendering import rendered
from tests.actions.asked import asked, platform

ACTION = load_actions()["deploy-service"]


def files(**changed: Any) -> dict[str, str]:
    return rendered(ACTION, checked_inputs(ACTION, asked(**changed)), platform())


def own(
    folder: Path, text: str, *, path: str = "services/[name]/a.yaml", engine: str = "kustomize"
) -> Action:
    """A template of one file."""
    (folder / "action.yaml").write_text(
        f"name: own\ntitle: Own\nsummary: Own.\nversion: 1.0.0\nengine: {engine}\n"
    )
    (folder / "schema.json").write_text(
        '{"type": "object", "additionalProperties": false, "properties": {"name": {}, "text": {}}}'
    )
    target = folder / "files" / path
    target.parent.mkdir(parents=True)
    target.write_text(text)
    return load_action(folder)


def test_the_same_request_makes_the_same_files() -> None:
    assert files() == files()
    assert list(files()) == sorted(files())


def test_every_environment_has_its_overlay_and_its_application() -> None:
    made = files(environments=["staging", "production"])
    for environment in ("staging", "production"):
        assert f"services/checkout/overlays/{environment}/kustomization.yaml" in made
        assert f"applications/checkout-{environment}.yaml" in made


def test_an_environment_that_waits_is_left_out_and_the_rest_is_there() -> None:
    inputs = checked_inputs(ACTION, asked())
    made = rendered(ACTION, inputs, platform(), held=("production",))
    assert "services/checkout/overlays/staging/kustomization.yaml" in made
    assert not [path for path in made if "production" in path]


def test_a_database_is_there_when_asked_for_and_its_secret_is_wired_in() -> None:
    place = "services/checkout/overlays/production/database.yaml"
    assert place not in files(database="none")
    made = files(database="postgresql")
    claim = yaml.safe_load(made[place])
    deployment = yaml.safe_load(made["services/checkout/base/deployment.yaml"])
    secrets = {
        entry["valueFrom"]["secretKeyRef"]["name"]
        for entry in deployment["spec"]["template"]["spec"]["containers"][0]["env"]
    }
    assert secrets == {claim["spec"]["writeConnectionSecretToRef"]["name"]}
    opened = yaml.safe_load_all(made["services/checkout/overlays/production/networkpolicy.yaml"])
    ports = [port["port"] for rule in list(opened)[1]["spec"]["egress"] for port in rule.get("ports", [])]
    assert 5432 in ports


def test_the_catalogue_entry_has_owner_template_time_saved_and_review() -> None:
    inputs = checked_inputs(ACTION, asked())
    made = rendered(ACTION, inputs, platform(), review_url="https://t.example/7", time_saved="PT4H")
    entry = yaml.safe_load(made["services/checkout/catalog-info.yaml"])
    assert entry["spec"]["owner"] == "group:default/payments"
    assert (
        entry["metadata"]["annotations"]["backstage.io/source-template"] == "template:default/deploy-service"
    )
    assert entry["metadata"]["annotations"]["backstage.io/time-saved"] == "PT4H"
    assert entry["metadata"]["links"] == [{"title": "Security review", "url": "https://t.example/7"}]


def test_a_time_saved_that_is_unknown_is_not_written() -> None:
    assert "time-saved" not in files()["services/checkout/catalog-info.yaml"]


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Action:
    return own(tmp_path_factory.mktemp("own"), "a:\n  text: {{ text }}\n  list: [{{ text }}, 1]\n")


@given(text=st.text())
def test_a_value_stays_one_value_whatever_it_holds(text: str, writing: Action) -> None:
    made = rendered(writing, {"name": "x", "text": text}, platform())
    read = yaml.safe_load(made["services/x/a.yaml"])
    assert read == {"a": {"text": text, "list": [text, 1]}}


def test_a_value_is_never_read_as_a_template(tmp_path: Path) -> None:
    action = own(tmp_path, "text: {{ text }}\n")
    made = rendered(action, {"name": "x", "text": "{{ 7 * 7 }}{% raw %}"}, platform())
    assert yaml.safe_load(made["services/x/a.yaml"]) == {"text": "{{ 7 * 7 }}{% raw %}"}


@pytest.mark.parametrize(
    ("text", "engine", "path"),
    [
        ("a: {{ missing }}\n", "kustomize", "services/[name]/a.yaml"),
        ("a: {{ name\n", "kustomize", "services/[name]/a.yaml"),
        ("a: [1\n", "kustomize", "services/[name]/a.yaml"),
        ("a: {{ name.__class__.__mro__ }}\n", "kustomize", "services/[name]/a.yaml"),
        ("{ a: import 'inputs.json' ", "jsonnet", "services/[name]/main.jsonnet"),
        ("importstr '/etc/passwd'", "jsonnet", "services/[name]/main.jsonnet"),
        ("local f(x) = f(x + 1) + 1; f(1)", "jsonnet", "services/[name]/main.jsonnet"),
    ],
)
def test_a_broken_or_prying_template_is_refused_by_name(
    tmp_path: Path, text: str, engine: str, path: str
) -> None:
    action = own(tmp_path, text, engine=engine, path=path)
    with pytest.raises(TemplateError, match=r"services/"):
        rendered(action, {"name": "x", "text": ""}, platform())


def test_a_template_of_the_organisation_replaces_the_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "deploy-service"
    folder.mkdir()
    own(folder, "a: 1\n")
    (folder / "action.yaml").write_text(
        "name: deploy-service\ntitle: Ours\nsummary: Ours.\nversion: 2.0.0\nengine: kustomize\n"
    )
    assert load_actions(tmp_path)["deploy-service"].title == "Ours"
    assert "deploy-service-jsonnet" in load_actions(tmp_path)
