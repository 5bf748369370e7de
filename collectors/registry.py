"""Which kinds of source there are: kind → module. One line adds a kind.

A module is imported when its kind is used, so that a run pays only for the sources it has. It exposes
``Config`` (a pydantic model of its own keys in `config.yaml`) and ``build``.
"""

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from pydantic import BaseModel

from collectors.base import Context, Source


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of source.

    ``brings_catalogue``: it can bring teams and services of its own. ``local_keys`` hold a URL or a path;
    a relative path starts at the folder of the configuration, as those of type ``Path`` do. A kind that
    ``is_pushed`` is never asked: its events come by the spool. ``every`` is how often a source of this
    kind is asked where it does not say itself; ``None``: only by `payoff collect`.
    """

    module: str
    summary: str
    brings_catalogue: bool = False
    local_keys: tuple[str, ...] = ()
    is_pushed: bool = False
    every: str | None = "1h"


KINDS: dict[str, Kind] = {
    "demo": Kind(
        "collectors.demo.source",
        "An invented organisation, to look around in.",
        brings_catalogue=True,
        every=None,
    ),
    "files": Kind(
        "collectors.files.source", "CSV, Parquet or NDJSON in the neutral format.", brings_catalogue=True
    ),
    "github": Kind(
        "collectors.github.source",
        "Pull requests, deployments, workflow runs, releases and issues of GitHub.",
        brings_catalogue=True,
    ),
    "gitlab": Kind(
        "collectors.gitlab.source",
        "Merge requests, deployments, pipelines and issues of GitLab.",
        brings_catalogue=True,
    ),
    "pagerduty": Kind("collectors.pagerduty.source", "Incidents of PagerDuty, with their log."),
    "git": Kind("collectors.git.source", "Any Git repository, by URL or path.", local_keys=("url",)),
    "jira": Kind("collectors.jira.source", "Issues of Jira Cloud or Data Center, as tickets."),
    "webhook": Kind(
        "collectors.webhook.source", "What other tools send to `payoff serve`.", is_pushed=True, every=None
    ),
    "survey": Kind(
        "collectors.survey.source",
        "Exports of Qualtrics, Typeform, LimeSurvey, Google Forms or SurveyMonkey, or another CSV.",
    ),
}


def config_class(kind: str) -> type[BaseModel]:
    """The model of the keys that a source of this kind has besides ``name`` and ``kind``.

    Raises
    ------
    KeyError : there is no such kind.
    """
    config: type[BaseModel] = _module(kind).Config
    return config


def build(name: str, kind: str, config: BaseModel, context: Context) -> Source:
    """The source that ``config`` describes, ready to be asked for its resources."""
    source: Source = _module(kind).build(name, config, context)
    return source


def _module(kind: str) -> ModuleType:
    return import_module(KINDS[kind].module)
