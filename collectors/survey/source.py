"""`kind: survey`: exports of survey tools (Qualtrics, Typeform, LimeSurvey, Google Forms, SurveyMonkey, CSV).

One file is one wave of a questionnaire. Everything is judged before anything is given: a set with an error
stores nothing. Columns about people are dropped where the file is read, responses get identifiers that
lead back to nobody, and no raw body is kept. Comments are not kept either: anybody may stand in them.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from collectors.base import Context, Cursor, Page, Preview, Resource, Skipped
from collectors.errors import FatalError
from collectors.files.find import TableSource, state_of
from collectors.files.read import Examined, tables
from collectors.files.read import examine as examine_table
from collectors.survey.config import Config as Config
from collectors.survey.preview import preview
from collectors.survey.read import Export, examine
from warehouse.records import Coverage, SurveyInvitation, SurveyResponse, to_tables

ENDINGS = (".csv", ".tsv", ".txt")
_log = logging.getLogger(__name__)


def build(name: str, config: Config, context: Context) -> "SurveySource":
    """The source of one questionnaire."""
    return SurveySource(name, config, context)


@dataclass(frozen=True, slots=True)
class SurveySource:
    """The waves of one questionnaire, as a source with one resource: a set is loaded whole or not at all."""

    name: str
    config: Config
    context: Context
    kind: str = "survey"

    def resources(self) -> Sequence[Resource]:
        return (SurveyResource(self.name, self.config, self.context),)

    def preview(self) -> Preview:
        """What is read of each file, which columns are dropped, what is wrong; nothing is stored."""
        return preview(self.name, files_of(self.name, self.config), self.config, self.context.pseudonym)


@dataclass(frozen=True, slots=True)
class SurveyResource:
    """All waves. Its cursor is the state of each file, and a digest of the mapping they were read with."""

    source: str
    config: Config
    context: Context
    name: str = "responses"
    scope_id: str = "*"

    def pages(self, cursor: Cursor | None) -> Iterator[Page]:
        """One page for each file that changed.

        Raises
        ------
        FatalError : no file, or one that breaks a rule; nothing was yielded.
        """
        files = files_of(self.source, self.config)
        if self.config.invitations:
            files = {**files, "invitations": self.config.invitations}
        mapping = _digest(self.config)
        is_known = (cursor or {}).get("mapping") == mapping
        stored: Mapping[str, Any] = (cursor or {}).get("files", {}) if is_known else {}
        states = {name: state_of(_source(path, name), stored.get(name)) for name, path in files.items()}
        changed = [n for n in files if states[n]["sha256"] != stored.get(n, {}).get("sha256")]
        pages = [self._page(name, files[name]) for name in changed]
        self._refuse_half_read(files, states)
        kept = {name: state for name, state in stored.items() if name in states}
        for done, (name, page) in enumerate(zip(changed, pages, strict=True), start=1):
            kept[name] = states[name]
            yield _at(page, {"mapping": mapping, "files": dict(kept)}, done, len(changed))

    def _page(self, name: str, path: Path) -> Page:
        if path == self.config.invitations:
            return _invitations(path)
        export = examine(path, name, self.config, self.context.pseudonym)
        _log.info(
            "source=%s survey=%s responses=%d answers=%d dropped_columns=%d",
            *(self.source, name, len(export.counted), len(export.answers), len(export.meaning.personal)),
        )
        notes = [Skipped(name, f"{n} responses: {reason}") for reason, n in sorted(export.left_out.items())]
        notes += [Skipped(name, f"no column is the item {item}") for item in export.meaning.absent]
        return Page(tables=to_tables(export.answers), coverage=tuple(_coverage(export)), skipped=tuple(notes))

    def _refuse_half_read(self, files: Mapping[str, Path], states: Mapping[str, Mapping[str, Any]]) -> None:
        for name, path in files.items():
            if state_of(_source(path, name), states[name]) != states[name]:
                raise FatalError(f"{path} changed while it was read. Collect again when it is complete.")


def files_of(source: str, config: Config) -> dict[str, Path]:
    """The exports by identifier of their wave.

    Raises
    ------
    FatalError : there is none, or one identifier for several.
    """
    path = config.path
    if path.is_file():
        return {config.survey_id or path.stem: path}
    if not path.is_dir():
        raise FatalError(f'{source}: {path} does not exist. Set "path" to an export or a folder of exports.')
    is_other = {config.invitations}
    found = [
        file
        for file in sorted(path.iterdir())
        if file.suffix.lower() in ENDINGS and not file.name.startswith(".") and file not in is_other
    ]
    if not found:
        raise FatalError(f"{source}: {path} holds no export ({', '.join(ENDINGS)}). Put the files there.")
    if len({file.stem for file in found}) < len(found) or (config.survey_id and len(found) > 1):
        raise FatalError(
            f"{source}: {path} holds several files for one wave. Give each a name of its own, and leave "
            "`survey_id` out."
        )
    return {config.survey_id or file.stem: file for file in found}


def _source(path: Path, name: str) -> TableSource:
    return TableSource(path, name, SurveyResponse)


def _digest(config: Config) -> str:
    """What the files are read with; another mapping reads them again."""
    return hashlib.sha256(repr(config).encode()).hexdigest()[:16]


def _coverage(export: Export) -> Iterator[Coverage]:
    """An export holds everything between its first and its last response."""
    times = sorted(answer.responded_at for answer in export.answers)
    if times:
        yield Coverage("survey_responses", times[0], times[-1] + timedelta(seconds=1), "*")


def _invitations(path: Path) -> Page:
    file = TableSource(path, path.name, SurveyInvitation)
    examined: Examined = examine_table(file)
    if examined.n_problems:
        lines = "\n".join(f"  {path.name}, {problem}" for problem in examined.problems)
        raise FatalError(f"{path}: {examined.n_problems} errors:\n{lines}")
    return Page(tables={SurveyInvitation.table: next(tables(file, 1_000_000))})


def _at(page: Page, cursor: Cursor, done: int, total: int) -> Page:
    return Page(page.tables, cursor, page.coverage, page.raw, page.skipped, 0, done, total)
