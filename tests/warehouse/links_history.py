"""Small histories and deployments for the tests of linking, written as words instead of arrays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from warehouse.links.graph import CommitGraph, commit_graph
from warehouse.links.repository import Repository, repository
from warehouse.links.running import NONE, Deployments


@dataclass(frozen=True)
class Roll:
    """A deployment, in the order of its finish."""

    sha: str | None
    service: str = "shop"
    environment: str = "production"
    status: str = "success"
    is_flagged: bool = False


def history(parents: Mapping[str, str]) -> CommitGraph:
    """The graph of commits and their parents, separated by spaces."""
    return commit_graph("acme/shop", pa.array(parents, pa.string()), pa.array(parents.values(), pa.string()))


def deployments(rolls: Sequence[Roll]) -> Deployments:
    """The arrays that linking works on."""
    return Deployments(
        service=_codes([roll.service for roll in rolls]),
        series=_codes([(roll.service, roll.environment) for roll in rolls]),
        sha=_codes([roll.sha for roll in rolls]),
        is_success=np.array([roll.status == "success" for roll in rolls], np.bool_),
        is_production=np.array([roll.environment == "production" for roll in rolls], np.bool_),
        is_flagged=np.array([roll.is_flagged for roll in rolls], np.bool_),
    )


def _codes(words: Sequence[object]) -> np.ndarray:
    known = list(dict.fromkeys(word for word in words if word is not None))
    return np.array([NONE if word is None else known.index(word) for word in words], np.int64)


def classified(parents: Mapping[str, str], rolls: Sequence[Roll]) -> Repository:
    """The repository with these deployments."""
    shas = pa.array([roll.sha for roll in rolls], pa.string())
    return repository(history(parents), deployments(rolls), shas)


def first_places(
    parents: Mapping[str, str], rolls: Sequence[Roll], service: str = "shop"
) -> dict[str, int | None]:
    """For every commit the place of the deployment it belongs to, counted from 0."""
    number = list(dict.fromkeys(roll.service for roll in rolls)).index(service)
    services = np.full(len(parents), number)
    places = classified(parents, rolls).first_deployments(services, pa.array(parents, pa.string()))
    return {
        sha: None if place == NONE else place for sha, place in zip(parents, places.tolist(), strict=True)
    }
