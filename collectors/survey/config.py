"""The keys of a `survey` source: where its exports lie and what their columns and answers mean."""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from collectors.survey.times import Order, named_zone
from warehouse.names import NameField

Format = Literal["auto", "qualtrics", "typeform", "limesurvey", "google_forms", "surveymonkey", "csv"]
DONT_KNOW = (
    "don't know",
    "don’t know",
    "i don't know",
    "not applicable",
    "n/a",
    "na",
    "no answer",
    "prefer not to say",
)


class Section(BaseModel):
    """A part of the configuration: frozen, and an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Scale(Section):
    """What answers are worth: whole numbers as they stand, or words in order."""

    numbers: tuple[int, int] | None = Field(
        None, description="Lowest and highest number, where the answers are whole numbers, such as [0, 10]."
    )
    labels: tuple[str | tuple[str, ...], ...] = Field(
        (), description="Answers from the lowest to the highest; a list where several mean the same step."
    )
    first: int = Field(1, description="Number of the lowest of `labels`; each following is one higher.")

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.numbers is None) == (not self.labels):
            raise ValueError("needs exactly one of `numbers` and `labels`")
        if self.numbers is not None and self.numbers[0] >= self.numbers[1]:
            raise ValueError("`numbers` should be the lowest and then the highest number")
        words = [word for step in self.steps for word in step]
        if len(set(words)) < len(words):
            raise ValueError("has the same label twice, so that an answer would have two numbers")
        return self

    @property
    def steps(self) -> tuple[tuple[str, ...], ...]:
        """The labels of each step, in lower case."""
        return tuple(
            tuple(word.casefold().strip() for word in ((step,) if isinstance(step, str) else step))
            for step in self.labels
        )


class ItemEntry(Section):
    """A question of the survey, and the item whose series its answers belong to."""

    item: str = Field(min_length=1, description="Identifier of the item, the same in every wave.")
    column: NameField = Field(
        description="Its column: the code of the tool (Q3), the question's words (then `question / choice` "
        "where it has several columns), or a pattern."
    )
    scale: str = Field(description="Name of one of `scales`.")
    version: str | None = Field(
        None,
        description="Version of its wording. Empty: told by the words themselves, so that a question that is "
        "worded anew begins a new series. Give two wordings one version where they mean the same.",
    )


class Config(Section):
    """The keys of a `survey` source."""

    path: Path = Field(description="An export, or a folder of exports of the same questionnaire.")
    format: Format = Field("auto", description="Tool that wrote the exports; auto: told by their header.")
    survey_id: str | None = Field(
        None, description="Identifier of the wave, for a single file; empty: each file's name without ending."
    )
    zone: str | None = Field(
        None, description="Time zone (IANA name) of times without one; needed where the export names none."
    )
    date_order: Order | None = Field(
        None, description="Order of day, month and year; empty: told by the times of a file, where possible."
    )
    responded_at_column: str = Field("", description="For csv: the column with the time of the response.")
    response_id_column: str = Field("", description="For csv: the column that tells responses apart.")
    team_column: NameField | None = Field(
        None, description="Column with the team, as `mapping` or `teams` knows it; empty: not known."
    )
    items: tuple[ItemEntry, ...] = Field((), description="Which questions are kept.")
    scales: Mapping[str, Scale] = Field(default_factory=dict, description="What answers are worth, by name.")
    ignore: tuple[NameField, ...] = Field(
        (), description="Questions that are left out on purpose, such as comments. Any other is an error."
    )
    personal: tuple[NameField, ...] = Field(
        (), description="Columns about people, besides those that are recognised; never read."
    )
    dont_know: tuple[str, ...] = Field(DONT_KNOW, description='Answers that mean "don\'t know": missing.')
    invitations: Path | None = Field(
        None, description="A CSV file with survey_id, team_id and invited, for response rates."
    )

    @field_validator("zone")
    @classmethod
    def _is_zone(cls, name: str | None) -> str | None:
        if name is not None and named_zone(name) is None:
            raise ValueError("is no time zone; write one of the IANA list, such as Europe/Berlin or UTC")
        return name

    @model_validator(mode="after")
    def _scales_exist(self) -> Self:
        for entry in self.items:
            if entry.scale not in self.scales:
                raise ValueError(f"{entry.item}: there is no scale {entry.scale!r} under `scales`")
        if self.format == "csv" and not self.responded_at_column:
            raise ValueError("format csv needs `responded_at_column`")
        return self

    @property
    def own_zone(self) -> ZoneInfo | None:
        """The configured zone of times without one."""
        return ZoneInfo(self.zone) if self.zone else None
