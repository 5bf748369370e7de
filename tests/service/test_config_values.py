"""Variables, files and YAML: what is filled in, what is refused, and that nothing secret is printed."""

import traceback
from pathlib import Path

import pytest

from service.care.pseudonyms import keys_of, pseudonyms_of
from service.configuration.config import ConfigError, load_config
from service.configuration.values import Document, read_document

SECRET = "hunter2hunter2hunter2"  # noqa: S105  (no secret: the word that must not appear)


def document(tmp_path: Path, text: str, **environ: str) -> Document:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    return read_document(path, environ)


def complaints(tmp_path: Path, text: str, **environ: str) -> list[str]:
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, environ)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${A}", "one"),
        ("x-${A}-${B:-two}-y", "x-one-two-y"),
        ("${B:-}x", "x"),
        ("${EMPTY:-two}", "two"),
        ("${B:-a:-b}", "a:-b"),
        ("$${A} and ${A}", "${A} and one"),
        ("costs $5 {A}", "costs $5 {A}"),
        ("${file:key.txt}", "from a file"),
        ("<${file:key.txt}>", "<from a file>"),
    ],
)
def test_a_scalar_is_filled_in(tmp_path: Path, written: str, value: str) -> None:
    (tmp_path / "key.txt").write_text("from a file\n")
    found = document(tmp_path, f"a: [{{b: '{written}'}}]", A="one", EMPTY="")
    assert found.data == {"a": [{"b": value}]}
    assert found.problems == []


def test_a_variable_that_holds_a_number_fits_a_key_that_wants_one(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("storage: {keep_snapshots: '${KEEP}'}")
    assert load_config(path, {"KEEP": "7"}).storage.keep_snapshots == 7


def test_a_variable_that_holds_nothing_leaves_the_default(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("storage: {keep_snapshots: '${KEEP:-}'}")
    assert load_config(path, {}).storage.keep_snapshots == 3


def test_a_variable_inside_of_a_variable_is_not_filled_in_again(tmp_path: Path) -> None:
    assert document(tmp_path, "a: '${A}'", A="${B}", B="no").data == {"a": "${B}"}


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("${NOPE}", "the variable NOPE is not set. Set it, or give a default: ${NOPE:-…}"),
        ("${}", "holds no variable's name"),
        ("${A", "is not closed"),
        ("${file:nope.txt}", "nope.txt cannot be read: No such file or directory"),
    ],
)
def test_what_cannot_be_filled_in_says_where_and_what_to_do(
    tmp_path: Path, written: str, remedy: str
) -> None:
    (found,) = complaints(tmp_path, f"organisation:\n  name: '{written}'\n", A="one")
    assert found.startswith("line 2, organisation.name: ")
    assert remedy in found


def test_a_doubled_key_is_an_error_with_both_lines(tmp_path: Path) -> None:
    text = "storage:\n  keep_snapshots: 3\n  keep_snapshots: 4\n"
    assert complaints(tmp_path, text) == [
        "line 3, storage.keep_snapshots: is written twice, first in line 2; keep one of them"
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: [1, 2\nb: 3\n", "line 2: column 2: is not YAML"),
        ("a: b: c\n", "line 1: column 5: is not YAML"),
        ("a: !!python/name:os.system x\n", "line 1: column 4: is not YAML"),
        ("a: &loop [*loop]\n", "line 1: column 4: is not YAML"),
        ("a: 1\n---\nb: 2\n", "line 2: column 1: is not YAML"),
        ("a: '\x07'\n", "is not YAML"),
        ("? [a]\n: b\n", "line 1: column 3: is not YAML: a key is no text"),
    ],
)
def test_what_is_not_yaml_is_located(tmp_path: Path, text: str, place: str) -> None:
    (found,) = complaints(tmp_path, text)
    assert found.startswith(place)


def test_text_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes("organisation: {name: Müller}".encode("latin-1"))
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(path, {})


def test_a_folder_instead_of_a_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read"):
        load_config(tmp_path, {})


@pytest.mark.parametrize(
    "text",
    [
        "organisation: {currency: '${S}', reporting_zone: '${S}', locale: '${file:s.txt}'}",
        "people: {pseudonym_keys: x, pseudonym_key: '${S}'}\nbenchmarks: {report_year: '${S}'}",
        "environments: {production: ['/${S}/']}\nstorage: {keep_snapshots: 'x${S}'}",
        "teams: [{id: '${S}'}, {id: '${S}'}]\nservices: [{id: a, team: '${S}x'}]",
        "sources: [{name: a, kind: '${S}'}]\nmapping: [{id: '${S}', source: '${S}', service: '${S}'}]",
        f"people: {{pseudonym_key: {SECRET}}}",
    ],
)
def test_no_error_holds_a_value_that_was_filled_in_or_a_secret(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.txt").write_text(SECRET)
    path = tmp_path / "config.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load_config(path, {"S": SECRET})
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert SECRET not in repr(caught.value)


def test_settings_show_names_of_variables_and_never_their_values(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(
        "organisation: {name: '${NAME:-Acme}'}\npeople: {pseudonym_key: '${SALT}'}\n"
        "teams: [{id: 't-${SALT}', name: plain}]"
    )
    settings = load_config(path, {"NAME": SECRET, "SALT": SECRET})
    assert settings.organisation.name == SECRET
    assert f"{settings.organisation.name}!" == f"{SECRET}!"
    for shown in (repr(settings), str(settings), repr(settings.written)):
        assert SECRET not in shown
    assert settings.written == {
        "organisation": {"name": "${NAME:-…}"},
        "people": {"pseudonym_key": "${SALT}"},
        "teams": [{"id": "t-${SALT}", "name": "plain"}],
    }


def test_a_secret_may_not_stand_in_the_file(tmp_path: Path) -> None:
    (found,) = complaints(tmp_path, f"people:\n  pseudonym_key: {SECRET}\n")
    assert found.startswith("line 2, people.pseudonym_key: is a secret and may not stand in the file")


def test_the_configured_key_makes_the_pseudonyms(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("people: {pseudonym_key: '${SALT}'}")
    settings = load_config(path, {"SALT": SECRET})
    pseudonyms_of(settings)
    assert keys_of(settings) == (SECRET.encode(),)
    assert not (tmp_path / "data").exists()


def test_without_a_key_one_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("")
    settings = load_config(path, {})
    pseudonyms_of(settings)
    (key,) = keys_of(settings)
    assert len(key) == 64
    pseudonyms_of(settings)
    assert keys_of(settings) == (key,)
    (file,) = (tmp_path / "data").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
