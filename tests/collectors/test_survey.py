"""What the survey source keeps of a questionnaire, what it drops, and what it refuses."""

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from collectors.errors import FatalError
from collectors.survey.people import is_personal_name
from collectors.survey.problems import SurveyError
from tests.collectors import survey_exports as exports
from tests.collectors.survey_source import ITEMS, SCALES, answers, pages, rows, source

BOTH: dict[str, Any] = {"items": ITEMS, "scales": SCALES}
FORM = "Timestamp,The platform helps me build.,How likely are you to recommend it?\n"


def form(*lines: str, header: str = FORM) -> str:
    return header + "".join(f"2026/01/{day:02} 9:00:00 AM GMT,{line}\n" for day, line in enumerate(lines, 1))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("Agrees,9", 'line 3, column The platform helps me build.: "Agrees" is no answer of helps_me_build'),
        ("Agree,11", 'line 3, column How likely are you to recommend it?: "11" is no answer of recommend'),
        ("Agree,9.5", "answers are whole numbers from 0 to 10"),
        ("Jane said so,9", "line 3, column The platform helps me build.: an answer of 12 characters"),
    ],
)
def test_an_answer_outside_the_scale_is_named_by_file_line_and_column(
    line: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(SurveyError) as refused:
        rows(tmp_path, form("Agree,9", line), **BOTH)
    assert "wave.csv: 1 error:" in str(refused.value)
    assert said in str(refused.value)
    assert "Jane" not in str(refused.value)


def test_an_answer_that_many_gave_is_quoted_for_it_is_nobodys_own(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match='"Sort of" is no answer'):
        rows(tmp_path, form(*["Sort of,9"] * 5), **BOTH)
    with pytest.raises(SurveyError, match="an answer of 7 characters"):
        rows(tmp_path, form(*["Sort of,9"] * 4), **BOTH)


def test_all_errors_of_a_file_are_counted_and_the_first_twenty_shown(tmp_path: Path) -> None:
    with pytest.raises(SurveyError) as refused:
        rows(tmp_path, form(*["Agree,77"] * 25), **BOTH)
    assert "25 errors, the first 20" in str(refused.value)
    assert str(refused.value).count("line ") == 20


def test_a_question_without_a_meaning_is_an_error_until_it_is_left_out_on_purpose(tmp_path: Path) -> None:
    header = FORM.replace("\n", ",Anything else?\n")
    text = form("Agree,9,Ask Jane Doe", header=header)
    with pytest.raises(SurveyError, match=r"column Anything else\?: holds answers and has no meaning"):
        rows(tmp_path, text, **BOTH)
    assert len(rows(tmp_path, text, **BOTH, ignore=["Anything else?"])) == 2


def test_a_column_with_addresses_is_personal_whatever_its_name(tmp_path: Path) -> None:
    header = FORM.replace("\n", ",Reach me\n")
    text = form("Agree,9,at jane.doe@corp.example", header=header)
    assert len(rows(tmp_path, text, **BOTH)) == 2
    as_item = [*ITEMS, {"item": "reach", "column": "Reach me", "scale": "likely"}]
    with pytest.raises(SurveyError, match="cannot be an item") as refused:
        rows(tmp_path, text, items=as_item, scales=SCALES)
    assert "jane.doe" not in str(refused.value)


@pytest.mark.parametrize(
    ("name", "is_personal"),
    [
        *dict.fromkeys(["IPAddress", "ipaddr", "Email Address", "E-Mail", "RecipientLastName"], True).items(),
        *dict.fromkeys(["First Name", "LocationLatitude", "External Data Reference", "token"], True).items(),
        *dict.fromkeys(["Network ID", "Custom Data 3", "Username", "Vorname", "user_id"], True).items(),
        *dict.fromkeys(["Team", "Q1", "The name of our portal is clear", "ResponseId"], False).items(),
        *dict.fromkeys(["How useful is e-mail support?", "Location", "Address the debt"], False).items(),
    ],
)
def test_which_names_of_columns_are_personal(name: str, is_personal: bool) -> None:
    assert is_personal_name(name) is is_personal


def test_changed_wording_begins_a_new_series_and_changed_markup_does_not(tmp_path: Path) -> None:
    def version(question: str) -> Any:
        items = [{**ITEMS[0], "column": "/^(?i:.*build.*)$/"}]
        text = form("Agree", header=f"Timestamp,{question}\n")
        return rows(tmp_path, text, items=items, scales=SCALES)[0]["item_version"]

    first = version("The platform helps me build.")
    assert version("<b>The  platform</b> helps me BUILD. *") == first
    assert version("The platform helps me build software.") != first


def test_a_configured_version_joins_two_wordings(tmp_path: Path) -> None:
    items = [{**ITEMS[0], "version": "1"}]
    found = rows(tmp_path, form("Agree", header="Timestamp,The platform helps me build.\n"), items=items,
                 scales=SCALES)  # fmt: skip
    assert [row["item_version"] for row in found] == ["1"]


def test_codes_without_words_have_no_known_version(tmp_path: Path) -> None:
    items = [{**ITEMS[0], "column": "HELPS"}]
    config = {"items": items, "scales": SCALES, "ignore": ["NPS[SQ001]"], "zone": "UTC", "dont_know": ["A0"]}
    assert {row["item_version"] for row in rows(tmp_path, exports.LIMESURVEY_CODES, **config)} == {None}


def test_times_without_a_zone_and_days_that_could_be_months_are_not_guessed(tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="set `date_order` to dmy or mdy"):
        rows(tmp_path, exports.GOOGLE_SHEET.replace("/12/", "/2/"), **BOTH, zone="UTC")
    with pytest.raises(SurveyError, match=r"line 2, column Timestamp: has no time zone.*set `zone`"):
        rows(tmp_path, exports.GOOGLE_SHEET, **BOTH, date_order="mdy")
    found = answers(tmp_path, exports.GOOGLE_SHEET.replace("/12/", "/13/"), **BOTH, zone="UTC")
    assert found[0][0] == "2026-01-13T15:05:01"  # a 13 can only be a day


def test_nothing_of_a_set_is_given_while_one_file_of_it_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "2026-q1.csv").write_text(form("Agree,9"))
    (tmp_path / "2026-q2.csv").write_text(form("Agree,9", "Nonsense,9"))
    with pytest.raises(FatalError):
        next(iter(source(tmp_path, **BOTH).resources()[0].pages(None)))


def test_a_file_is_read_again_only_when_it_or_its_mapping_changed(tmp_path: Path) -> None:
    (tmp_path / "2026-q1.csv").write_text(form("Agree,9"))
    (tmp_path / "2026-q2.csv").write_text(form("Disagree,2"))
    first = pages(tmp_path, **BOTH)
    cursor = json.loads(json.dumps(first[-1].cursor))
    assert [page.done for page in first] == [1, 2]
    assert pages(tmp_path, cursor, **BOTH) == []
    (tmp_path / "2026-q2.csv").write_text(form("Disagree,2", "Agree,7"))
    again = pages(tmp_path, cursor, **BOTH)
    assert [row["survey_id"] for page in again for row in page.tables["survey_responses"].to_pylist()] == [
        "2026-q2"
    ] * 4
    assert len(pages(tmp_path, cursor, **BOTH, dont_know=["never"])) == 2


def test_a_response_keeps_its_identifier_when_later_ones_are_exported_too(tmp_path: Path) -> None:
    first = {(r["response_id"], r["item_id"]) for r in rows(tmp_path, form("Agree,9", "Agree,8"), **BOTH)}
    later = {
        (r["response_id"], r["item_id"])
        for r in rows(tmp_path, form("Agree,9", "Agree,8", "Agree,7"), **BOTH)
    }
    assert first < later
    (tmp_path / "other.csv").write_text(form("Agree,9"))
    other = {(r["response_id"], r["item_id"]) for r in rows(tmp_path / "other.csv", None, **BOTH)}
    assert not other & later  # the same person in two waves cannot be joined


def test_a_day_between_the_first_and_the_last_response_is_known(tmp_path: Path) -> None:
    rows(tmp_path, form("Agree,9", "Agree,8", "Agree,8"), **BOTH)
    (known,) = pages(tmp_path, **BOTH)[0].coverage
    assert (known.resource, known.scope_id) == ("survey_responses", "*")
    assert (known.from_at.isoformat(), known.to_at.isoformat()) == (
        "2026-01-01T09:00:00+00:00",
        "2026-01-03T09:00:01+00:00",
    )


def test_invitations_come_from_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "wave.csv").write_text(form("Agree,9"))
    invited = tmp_path / "invited.csv"
    invited.write_text("survey_id,team_id,invited\nwave,pay,12\nwave,shop,7\n")
    found = pages(tmp_path, **BOTH, invitations=invited)
    assert found[-1].tables["survey_invitations"].to_pylist() == [
        {"survey_id": "wave", "team_id": "pay", "invited": 12},
        {"survey_id": "wave", "team_id": "shop", "invited": 7},
    ]
    invited.write_text("survey_id,team_id,invited\nwave,pay,many\n")
    with pytest.raises(FatalError, match=r"invited.csv, line 2, column invited"):
        pages(tmp_path, **BOTH, invitations=invited)


def test_doctor_says_what_would_be_read_dropped_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "wave.csv").write_text(exports.QUALTRICS)
    preview = source(tmp_path, **CASE_QUALTRICS).preview()
    assert [finding.text for finding in preview.findings] == [
        "wave.csv: qualtrics, 2 responses to count",
        "wave.csv: dropped, about people: IPAddress, RecipientLastName, RecipientFirstName, RecipientEmail, "
        "ExternalReference, LocationLatitude, LocationLongitude",
        "wave.csv: not read, added by the tool: StartDate, EndDate, Status, Progress, Duration (in seconds), "
        "Finished, RecordedDate, ResponseId, DistributionChannel, UserLanguage",
    ]
    assert [line.split(" (")[0] for line in preview.counted["survey answers"]] == [
        "wave: helps_me_build, 2 answers",
        "wave: recommend, 1 answer",
    ]
    assert preview.not_counted["survey answers"] == [
        "wave: 1 response (not finished)",
        "wave: 1 response (previews, tests and spam)",
        "wave: Q3 (under `ignore`, or empty)",
    ]


def test_doctor_shows_the_columns_and_what_is_wrong_and_goes_on_with_the_next_file(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(exports.QUALTRICS)
    (tmp_path / "b.csv").write_text(form("Agree,9"))
    findings = source(tmp_path, **BOTH).preview().findings
    texts = [finding.text for finding in findings]
    assert "a.csv: dropped, about people: IPAddress, RecipientLastName" in texts[1]
    wrong = [finding.text for finding in findings if not finding.ok]
    assert len(wrong) == 1
    assert "a.csv, line 1, column Team: holds answers and has no meaning" in wrong[0]
    assert "b.csv: google_forms, 1 response to count" in texts


def test_an_item_that_a_wave_did_not_ask_is_said_and_not_zero(tmp_path: Path) -> None:
    (tmp_path / "wave.csv").write_text(form("Agree", header="Timestamp,The platform helps me build.\n"))
    (page,) = pages(tmp_path, **BOTH)
    assert [(note.item, note.reason) for note in page.skipped] == [
        ("wave", "no column is the item recommend")
    ]
    assert page.tables["survey_responses"].num_rows == 1
    texts = [finding.text for finding in source(tmp_path, **BOTH).preview().findings]
    assert "wave.csv: no column is recommend" in texts


CASE_QUALTRICS: dict[str, Any] = {
    "items": [{**ITEMS[0], "column": "Q1"}, {**ITEMS[1], "column": "Q2"}],
    "scales": SCALES,
    "ignore": ["Q3"],
    "team_column": "Team",
}


def test_nobody_turns_up_in_pages_logs_previews_and_errors(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    texts = []
    with caplog.at_level(logging.DEBUG):
        (tmp_path / "wave.csv").write_text(exports.QUALTRICS)
        texts += [repr(pages(tmp_path, **CASE_QUALTRICS)), repr(source(tmp_path, **CASE_QUALTRICS).preview())]
        for broken in (
            exports.QUALTRICS.replace("Agree,9", "Jane Doe,Jane"),
            exports.QUALTRICS.replace("2026-01-12 07:05:01,R_1", "Jane Doe,R_1"),
            exports.QUALTRICS.replace(",R_1,", ",,"),
            exports.QUALTRICS[:-40],
        ):
            (tmp_path / "wave.csv").write_text(broken)
            with pytest.raises(FatalError) as refused:
                pages(tmp_path, **CASE_QUALTRICS)
            texts.append(str(refused.value))
    texts.append(caplog.text)
    assert "answers=3" in caplog.text
    assert [word for word in exports.PEOPLE for text in texts if word in text] == []


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda folder: folder / "nowhere", "does not exist"),
        (lambda folder: folder, "holds no export"),
    ],
)
def test_no_file_is_an_error_with_its_remedy(make: Any, said: str, tmp_path: Path) -> None:
    with pytest.raises(FatalError, match=said):
        pages(make(tmp_path), **BOTH)


def test_bytes_that_are_no_text_are_named_by_their_line(tmp_path: Path) -> None:
    (tmp_path / "wave.csv").write_bytes(form("Agree,9").encode() + b"2026/01/09 9:00:00 AM GMT,\xe9,9\n")
    with pytest.raises(SurveyError, match="line 3: is not UTF-8 text"):
        pages(tmp_path, **BOTH)
