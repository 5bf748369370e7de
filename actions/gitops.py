"""What a request changes in the GitOps repository, given what is there."""

from collections.abc import Mapping
from typing import Any

import yaml

from actions.catalogue import Action
from actions.config import Platform
from actions.errors import ConflictError
from actions.git import Files, Tree
from actions.rendering import RECORD, rendered
from actions.runs import Run


def recorded(tree: Tree, name: str) -> Mapping[str, Any] | None:
    """The request that a service was last made from; ``None`` where there is no such service.

    Raises
    ------
    ConflictError : the record was changed by hand and cannot be read.
    """
    path = RECORD.format(name=name)
    text = tree.read(path)
    if text is None:
        return None
    try:
        record = yaml.safe_load(text)
        return {"files": [], **record} if isinstance(record["inputs"], dict) else _unreadable(path)
    except (yaml.YAMLError, KeyError, TypeError):
        return _unreadable(path)


def require_own(record: Mapping[str, Any] | None, run: Run) -> None:
    """Refuse a name that another team owns, and what does not fit to whether there is such a service.

    Raises
    ------
    ConflictError : with the reason.
    """
    if record is None:
        if run.operation != "create":
            raise ConflictError(f"There is no service {run.target} to {run.operation}. Check its name.")
        return
    owner = record["inputs"].get("team")
    if owner != run.team:
        raise ConflictError(
            f"The service {run.target} belongs to team {owner}. Choose another name, or ask that team."
        )
    if record["action"] != run.action:
        raise ConflictError(
            f"The service {run.target} was made by {record['action']}, not by {run.action}. Use that action."
        )
    if run.operation == "create" and record["run"] != run.run_id and not is_same(record, run):
        raise ConflictError(f"The service {run.target} is there already. To change it, ask for an update.")


def is_same(record: Mapping[str, Any], run: Run) -> bool:
    """Whether the service stands as the run asks for, everywhere."""
    return record["inputs"] == dict(run.inputs) and record["version"] == run.version and not record["waiting"]


def changed_files(tree: Tree, action: Action, run: Run, platform: Platform, *, time_saved: str) -> Files:
    """Every file that the run writes or takes away.

    Environments that wait for their approval keep what they have.

    Raises
    ------
    ConflictError : see `require_own`; or a file of another service would be overwritten.
    """
    record = recorded(tree, run.target)
    require_own(record, run)
    mine = set(record["files"]) if record else set()
    if run.operation == "retire":
        return dict.fromkeys(mine | {RECORD.format(name=run.target)})
    if record and is_same(record, run):
        return {}
    made = rendered(
        action,
        run.inputs,
        platform,
        run_id=run.run_id,
        review_url=run.review_url,
        time_saved=time_saved,
        held=run.held,
    )
    waiting = {path for path in mine if any(_is_of(path, run.target, place) for place in run.held)}
    _require_free(tree, set(made) - mine, run)
    kept = sorted({*made, *waiting} - {RECORD.format(name=run.target)})
    return {**dict.fromkeys(mine - waiting), **made, **_record(action, run, kept)}


def _require_free(tree: Tree, new: set[str], run: Run) -> None:
    """Two names can meet: service `a-b` in `c` and service `a` in `b-c` would share a namespace."""
    taken = sorted(new & tree.paths)
    if taken:
        raise ConflictError(
            f"{taken[0]} is there already and is not of service {run.target}. Choose another name."
        )


def _is_of(path: str, name: str, environment: str) -> bool:
    parts = path.split("/")
    return environment in parts or any(part.startswith(f"{name}-{environment}.") for part in parts)


def _record(action: Action, run: Run, files: list[str]) -> Files:
    """The request beside what was made of it, for the next one."""
    record = {
        "action": action.name,
        "version": action.version,
        "run": run.run_id,
        "review": run.review_url or None,
        "inputs": dict(run.inputs),
        "waiting": list(run.held),
        "files": files,
    }
    text = f"# Written by the action {action.name}; read by the next request. Do not edit.\n"
    return {RECORD.format(name=run.target): text + yaml.safe_dump(record, sort_keys=True)}


def _unreadable(path: str) -> Mapping[str, Any]:
    raise ConflictError(
        f"{path} cannot be read as the record of a request. Restore it from the history of git."
    )
