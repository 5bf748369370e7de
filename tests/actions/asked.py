"""Requests that the tests of actions make, and every combination of what can be asked for."""

import itertools
from collections.abc import Iterator
from typing import Any

from allpairspy import AllPairs

from actions.config import Platform

IMAGE = "registry.example.com/shop/checkout@sha256:" + "0123456789abcdef" * 4

OPTIONS: dict[str, tuple[Any, ...]] = {
    "mesh": ("ambient", "sidecar"),
    "pod_security": ("baseline", "restricted"),
    "tier": ("critical", "standard", "experimental"),
    "size": ("small", "medium", "large"),
    "database": ("none", "postgresql"),
    "exposure": ("internal", "public"),
    "environments": (("production",), ("staging", "production")),
    "calls": ((), ("ledger",)),
}


def asked(**changed: Any) -> dict[str, Any]:
    """A request that is valid, with what a test wants to be different."""
    return {"name": "checkout", "team": "payments", "image": IMAGE, **changed}


def platform(**changed: Any) -> Platform:
    """A platform that can do everything."""
    return Platform.model_validate(
        {
            "gateway": {"domain": "shop.example"},
            "prometheus_labels": {"release": "prometheus"},
            "argocd": {"repository": "https://git.example.com/platform/gitops.git"},
            **changed,
        }
    )


def all_combinations() -> Iterator[dict[str, Any]]:
    """Every combination of the options."""
    for values in itertools.product(*OPTIONS.values()):
        yield dict(zip(OPTIONS, values, strict=True))


def pairwise_combinations() -> Iterator[dict[str, Any]]:
    """So many that every two options meet in each of their combinations."""
    for values in AllPairs([list(values) for values in OPTIONS.values()]):
        yield dict(zip(OPTIONS, values, strict=True))


def split(options: dict[str, Any]) -> tuple[dict[str, Any], Platform]:
    """A combination as the request and the platform that it stands for."""
    inputs = {key: list(value) if isinstance(value, tuple) else value for key, value in options.items()}
    chosen = {key: inputs.pop(key) for key in ("mesh", "pod_security")}
    return asked(**inputs), platform(**chosen)
