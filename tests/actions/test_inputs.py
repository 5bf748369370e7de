"""What a request may hold, and what is said at the field where it may not."""

from typing import Any

import pytest

from actions.catalogue import load_actions
from actions.errors import InputError
from actions.inputs import checked_inputs
from tests.actions.asked import IMAGE, asked

ACTION = load_actions()["deploy-service"]


def problems(given: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(InputError) as caught:
        checked_inputs(ACTION, given)
    return caught.value.problems


def test_what_is_not_given_has_its_default() -> None:
    inputs = checked_inputs(ACTION, asked())
    assert (inputs["tier"], inputs["size"], inputs["port"]) == ("standard", "small", 8080)
    assert (inputs["database"], inputs["exposure"]) == ("none", "internal")
    assert inputs["environments"] == ["staging", "production"]


def test_every_field_that_is_wrong_is_named_at_once() -> None:
    assert problems({"image": "latest", "siez": "small"}).keys() == {"name", "team", "image", "'siez'"}
    assert problems(asked(siez="small"))["'siez'"] == "is no input of this action; did you mean size?"
    assert problems({"team": "payments", "image": IMAGE}) == {"name": "is missing"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "../../etc/passwd"),
        ("name", "checkout/../../team-b"),
        ("name", "Checkout"),
        ("name", "a" * 41),
        ("name", "-checkout"),
        ("name", "checkout\n"),
        ("name", "checkout\nkind: ClusterRole"),
        ("name", "$(reboot)"),
        ("name", "`reboot`"),
        ("name", "{{ platform }}"),
        ("team", "payments; rm -rf /"),
        ("team", "payments\n---\nkind: Secret"),
        ("team", "a" * 64),
        ("image", "registry.example.com/shop/checkout:latest"),
        ("image", "registry.example.com/shop/checkout@sha256:" + "g" * 64),
        ("image", "checkout@sha256:" + "0" * 64),
        ("image", IMAGE + "\n"),
        ("image", IMAGE + " --privileged"),
        ("port", 80),
        ("port", 65536),
        ("port", 15020),
        ("port", 10**400),
        ("port", "8080"),
        ("port", True),
        ("port", 8080.5),
        ("health_path", "http://evil.example/"),
        ("health_path", "/x\n"),
        ("environments", []),
        ("environments", ["production", "production"]),
        ("environments", ["a", "b", "c", "d", "e", "f", "g"]),
        ("environments", "production"),
        ("environments", ["../production"]),
        ("tier", "platinum"),
        ("size", "enormous"),
        ("calls", ["ledger"] * 2),
        ("calls", [f"s{n}" for n in range(31)]),
    ],
)
def test_a_value_that_could_harm_is_refused_at_its_field(field: str, value: Any) -> None:
    assert [name.split(".")[0] for name in problems(asked(**{field: value}))] == [field]


def test_an_enormous_value_is_not_repeated_in_full() -> None:
    assert len(problems(asked(health_path="x" * 10_000_000))["health_path"]) < 300


def test_metrics_have_a_port_of_their_own() -> None:
    assert problems(asked(port=9090)) == {"metrics_port": "is the port for requests too; choose another one"}
