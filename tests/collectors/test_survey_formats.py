"""The same two responses, as every survey tool exports them, become the same answers."""

from pathlib import Path
from typing import Any

import pytest

from collectors.errors import FatalError
from collectors.survey.config import Config
from tests.collectors import survey_exports as exports
from tests.collectors.survey_source import ITEMS, SCALES, answers, rows

BOTH = {"items": ITEMS, "scales": SCALES}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "qualtrics": (
        exports.QUALTRICS,
        {"items": [{**ITEMS[0], "column": "Q1"}, {**ITEMS[1], "column": "Q2"}], "ignore": ["Q3", "Team"]},
    ),
    "typeform, older": (exports.TYPEFORM_OLD, {}),
    "typeform, newer": (exports.TYPEFORM_NEW, {}),
    "limesurvey, codes and semicolons": (
        exports.LIMESURVEY_CODES,
        {
            "items": [{**ITEMS[0], "column": "HELPS"}, {**ITEMS[1], "column": "NPS[SQ001]"}],
            "dont_know": ["A0"],
            "zone": "Europe/Berlin",
        },
    ),
    "limesurvey, codes and texts, full answers": (exports.LIMESURVEY_FULL, {"zone": "Europe/Berlin"}),
    "limesurvey, texts": (exports.LIMESURVEY_TEXTS, {"zone": "Europe/Berlin"}),
    "google forms": (exports.GOOGLE_FORMS, {}),
    "google sheet": (exports.GOOGLE_SHEET, {"zone": "Europe/Berlin", "date_order": "mdy"}),
    "surveymonkey": (
        exports.SURVEYMONKEY,
        {
            "items": [{**ITEMS[0], "column": "/^The platform helps me build.*$/"}, ITEMS[1]],
            "ignore": ["/^Which tools.*$/"],
            "zone": "Europe/Berlin",
            "date_order": "mdy",
        },
    ),
    "any other": (
        exports.PLAIN,
        {
            "format": "csv",
            "items": [{**ITEMS[0], "column": "helps"}, {**ITEMS[1], "column": "nps"}],
            "scales": {**SCALES, "agreement": {"numbers": [1, 5]}},
            "responded_at_column": "when",
            "response_id_column": "nr",
        },
    ),
}


@pytest.mark.parametrize("case", list(CASES))
def test_answers_are_numbers_at_the_instant_they_were_given(case: str, tmp_path: Path) -> None:
    text, config = CASES[case]
    # 14:05:01 UTC is 07:05:01 in Denver and 15:05:01 in Berlin in winter; in summer both are an hour later.
    assert answers(tmp_path, text, **{**BOTH, **config}) == [
        ("2026-01-12T14:05:01", "helps_me_build", "4"),
        ("2026-01-12T14:05:01", "recommend", "9"),
        ("2026-07-12T13:05:01", "helps_me_build", "don't know"),
    ]


@pytest.mark.parametrize("case", list(CASES))
def test_nobody_can_be_found_in_what_is_stored(case: str, tmp_path: Path) -> None:
    text, config = CASES[case]
    stored = repr(rows(tmp_path, text, **{**BOTH, **config}))
    assert [word for word in exports.PEOPLE if word in stored] == []
    assert "R_1" not in stored  # the tool's own identifier leads back to the person there


@pytest.mark.parametrize("case", list(CASES))
def test_an_export_that_was_cut_off_anywhere_in_its_last_rows_stores_no_less_than_nothing(
    case: str, tmp_path: Path
) -> None:
    text, config = CASES[case]
    whole = answers(tmp_path, text, **{**BOTH, **config})
    last = text.rstrip("\n").rpartition("\n")[0]
    for end in range(len(last) + 2, len(text) - 2):
        try:
            found = answers(tmp_path, text[:end], **{**BOTH, **config})
        except FatalError:
            continue
        # Only a cut inside the last cell leaves a row that looks whole.
        assert len(found) <= len(whole)
        assert "\n" in text[:end]
        assert text[end:].rstrip("\n").count(_separator(text)) == 0


def _separator(text: str) -> str:
    return ";" if text.count(";") > text.count(",") else ","


def test_the_team_of_a_response_is_kept_where_a_column_says_it(tmp_path: Path) -> None:
    items = [{**ITEMS[0], "column": "Q1"}, {**ITEMS[1], "column": "Q2"}]
    found = rows(tmp_path, exports.QUALTRICS, items=items, scales=SCALES, ignore=["Q3"], team_column="Team")
    assert {(row["answer"], row["team_id"]) for row in found} == {
        ("4", "pay"), ("9", "pay"), ("don't know", "shop")
    }  # fmt: skip


def test_utf_16_as_tab_separated_exports_have_it_is_read(tmp_path: Path) -> None:
    text = exports.TYPEFORM_OLD.replace(",", "\t")
    (tmp_path / "wave.tsv").write_bytes(text.encode("utf-16"))
    assert len(rows(tmp_path / "wave.tsv", None, **BOTH)) == 3


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"format": "qualtrics"}, "an export of qualtrics as it comes from the tool"),
        ({"format": "csv", "responded_at_column": "nowhere"}, "named by `responded_at_column`"),
    ],
)
def test_a_file_of_another_format_is_refused(config: dict[str, Any], said: str, tmp_path: Path) -> None:
    with pytest.raises(FatalError, match=said):
        rows(tmp_path, exports.GOOGLE_FORMS, **{**BOTH, **config})


def test_a_header_of_no_known_tool_names_the_formats(tmp_path: Path) -> None:
    with pytest.raises(FatalError, match=r"one of qualtrics, surveymonkey, .*: set `format`"):
        rows(tmp_path, exports.PLAIN, **BOTH)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"scale": {"numbers": [7, 1]}}, "lowest and then the highest"),
        ({"scale": {"labels": ["yes", "Yes"]}}, "same label twice"),
        ({"scale": {}}, "exactly one of `numbers` and `labels`"),
        ({"item": "unknown"}, "there is no scale 'unknown'"),
        ({"zone": "Mars/Base"}, "is no time zone"),
        ({"format": "csv"}, "needs `responded_at_column`"),
    ],
)
def test_a_configuration_that_cannot_be_meant_is_refused(wrong: dict[str, Any], said: str) -> None:
    config: dict[str, Any] = {"path": "x", "scales": {"s": wrong.pop("scale", {"numbers": [1, 5]})}}
    config["items"] = [{"item": "a", "column": "A", "scale": wrong.pop("item", "s")}]
    with pytest.raises(ValueError, match=said):
        Config.model_validate({**config, **wrong})
