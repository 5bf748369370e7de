"""What is written down says what is there: generated pages, and the configuration that is shipped."""

import itertools
import re
from pathlib import Path

import pytest
import yaml

from collectors import registry
from service.configuration.config import load_config
from service.configuration.problems import all_keys
from service.configuration.sections import Settings
from service.docs.pages import PAGES, drifted, generated

ROOT = Path(__file__).parents[1]
# A comment that is YAML: an item, or a key, at the indentation that it has without `# `.
EXAMPLE = re.compile(r"^(\s*)# ((?:  )*(?:- )?(?:\w+:(?: |$)|\{).*)$")


def switched_on(text: str) -> str:
    """The file with all its examples switched on."""
    return "\n".join(EXAMPLE.sub(r"\1\2", line) for line in text.splitlines())


def paths_in(value: object, below: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """The path of every key, lists left out of the path."""
    if isinstance(value, list):
        return {path for item in value for path in paths_in(item, below)}
    if not isinstance(value, dict):
        return set()
    return {(*below, key) for key in value} | {
        path for key, item in value.items() for path in paths_in(item, (*below, key))
    }


def test_generated_pages_are_up_to_date() -> None:
    assert drifted(ROOT / "docs") == []


def test_a_page_that_differs_or_is_missing_is_noticed(tmp_path: Path) -> None:
    pages = generated()
    for name, text in pages.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert drifted(tmp_path) == []
    (tmp_path / "data-model.md").write_text("Something else.\n")
    (tmp_path / "configuration.md").unlink()
    assert drifted(tmp_path) == ["configuration.md", "data-model.md"]


@pytest.mark.parametrize("name", list(PAGES))
def test_a_table_has_as_many_cells_in_every_row(name: str) -> None:
    lines = generated()[name].splitlines()
    for above, line in itertools.pairwise(lines):
        if above.startswith("| ") and line.startswith("| "):
            assert len(re.findall(r"(?<!\\)\|", above)) == len(re.findall(r"(?<!\\)\|", line)), line


def test_the_shipped_configuration_shows_the_demo_without_any_variable() -> None:
    settings = load_config(ROOT / "config.yaml", {})
    assert [(source.name, source.kind) for source in settings.sources] == [("demo", "demo")]


def test_the_examples_in_the_shipped_configuration_are_valid(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    text = switched_on((ROOT / "config.yaml").read_text())
    path.write_text(text)
    variables = re.findall(r"\$\{(\w+)\}", text)
    settings = load_config(path, {name: f"https://example.com/{name}" for name in variables})
    assert {source.kind for source in settings.sources} == set(registry.KINDS)
    assert {team.id for team in settings.teams} == {"payments", "commerce", "platform"}


def test_the_shipped_configuration_holds_every_key() -> None:
    written = paths_in(yaml.safe_load(switched_on((ROOT / "config.yaml").read_text())))
    assert set(all_keys(Settings)) - written == set()
    for kind in registry.KINDS:
        keys = {path[-1] for path in all_keys(registry.config_class(kind))}
        assert keys - {path[-1] for path in written if path[0] == "sources"} == set()


def test_the_shipped_configuration_states_the_defaults() -> None:
    """A newcomer who deletes a line that says what is the default anyway changes nothing."""
    shipped, bare = load_config(ROOT / "config.yaml", {}), Settings()
    for section in (
        "environments",
        "attribution",
        "adoption",
        "calendar",
        "tickets",
        "freshness",
        "benchmarks",
        "people",
    ):
        assert getattr(shipped, section) == getattr(bare, section)


def test_decisions_are_numbered_in_a_row_by_file_and_title() -> None:
    pages = sorted((ROOT / "docs/decisions").glob("*.md"))
    numbers = [int(page.name[:4]) for page in pages]
    titles = [int(page.read_text(encoding="utf-8").split(".")[0].removeprefix("# ")) for page in pages]
    assert numbers == titles == list(range(1, len(pages) + 1))
