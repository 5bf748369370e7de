"""What linking must find, worked out the slow way: sets of ancestors and loops, nothing shared with it."""

from collections.abc import Callable, Mapping, Sequence

from tests.warehouse.links_history import Roll

IsAncestor = Callable[[str, str], bool]


def ancestry(parents: Mapping[str, str]) -> IsAncestor:
    """Whether one commit is another or an ancestor of it, by walking the parents."""

    def is_ancestor(older: str, newer: str) -> bool:
        seen: set[str] = set()
        todo = [newer]
        while todo:
            sha = todo.pop()
            if sha in parents and sha not in seen:
                seen.add(sha)
                todo += parents[sha].split()
        return older in seen

    return is_ancestor


def expected_running(rolls: Sequence[Roll]) -> list[int | None]:
    """The place of the last success before each deployment in its service and environment."""
    return [
        max(
            (
                j
                for j, earlier in enumerate(rolls[:i])
                if (earlier.service, earlier.environment) == (roll.service, roll.environment)
                and earlier.status == "success"
            ),
            default=None,
        )
        for i, roll in enumerate(rolls)
    ]


def expected_rollbacks(rolls: Sequence[Roll], is_ancestor: IsAncestor) -> list[bool]:
    """Flagged, or its sha is a strict ancestor of the running sha."""
    answers = []
    for roll, place in zip(rolls, expected_running(rolls), strict=True):
        old = None if place is None else rolls[place].sha
        goes_back = bool(roll.sha and old and roll.sha != old and is_ancestor(roll.sha, old))
        answers.append(roll.is_flagged or goes_back)
    return answers


def expected_places(
    shas: Sequence[str], rolls: Sequence[Roll], service: str, is_ancestor: IsAncestor
) -> dict[str, int | None]:
    """For every commit the first success in production of the service, no rollback, that contains it."""
    is_rollback = expected_rollbacks(rolls, is_ancestor)
    counted = [
        (place, roll.sha)
        for place, roll in enumerate(rolls)
        if roll.service == service
        and roll.environment == "production"
        and roll.status == "success"
        and not is_rollback[place]
    ]
    return {
        sha: next((place for place, tip in counted if tip is not None and is_ancestor(sha, tip)), None)
        for sha in shas
    }
