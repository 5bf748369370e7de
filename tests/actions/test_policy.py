"""Rules of the organisation, each with the reason that the requester reads."""

import sys
from typing import Any

import pytest

from actions.catalogue import load_actions
from actions.config import Platform, Policy
from actions.errors import PolicyError
from actions.inputs import checked_inputs
from actions.policy import check_policy
from tests.actions.asked import asked, platform

ACTION = load_actions()["deploy-service"]


def reasons(policy: Policy, where: Platform | None = None, **changed: Any) -> tuple[str, ...]:
    try:
        check_policy(checked_inputs(ACTION, asked(**changed)), policy, where or platform())
    except PolicyError as error:
        return error.reasons
    return ()


def test_without_rules_everything_that_is_valid_is_allowed() -> None:
    assert reasons(Policy()) == ()


@pytest.mark.parametrize(
    ("registry", "is_allowed"),
    [
        ("registry.example.com", True),
        ("registry.example.com/", True),
        ("registry.example.com/shop", True),
        ("registry.example", False),
        ("registry.example.com/sho", False),
        ("ghcr.io/acme", False),
    ],
)
def test_images_come_from_allowed_registries_by_whole_parts_of_their_name(
    registry: str, is_allowed: bool
) -> None:
    assert (reasons(Policy(registries=(registry,))) == ()) is is_allowed


def test_every_broken_rule_is_told() -> None:
    policy = Policy(sizes={"production": ("small", "medium")}, exposures={"experimental": ("internal",)})
    broken = {
        "size": "large",
        "exposure": "public",
        "tier": "experimental",
        "environments": ["production", "qa"],
    }
    assert reasons(policy, **broken) == (
        "Size large is not allowed in production; allowed: small, medium.",
        "There is no environment qa; there are: staging, production.",
        "Services of tier experimental may not be public; allowed: internal.",
    )


def test_nothing_is_public_where_the_platform_has_no_domain() -> None:
    (reason,) = reasons(Policy(), Platform(), exposure="public")
    assert "actions.platform.gateway.domain" in reason


def test_an_unsigned_image_is_refused_and_so_is_one_that_cannot_be_checked() -> None:
    def checked_by(*command: str) -> Policy:
        return Policy(signature_command=command)

    succeeds = "import sys; sys.exit('@sha256:' not in sys.argv[1])"
    assert reasons(checked_by(sys.executable, "-c", succeeds, "{image}")) == ()
    (unsigned,) = reasons(checked_by(sys.executable, "-c", "import sys; sys.exit(1)", "{image}"))
    assert "is not signed" in unsigned
    (missing,) = reasons(checked_by("no-such-command-here", "{image}"))
    assert "could not be checked" in missing


def test_sidecars_without_the_cni_plugin_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match="NET_ADMIN"):
        Platform(mesh="sidecar", istio_cni=False)
