"""The parts of the configuration about requests: working time, and what the statuses of tickets mean."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from warehouse.config import Section, ZoneName
from warehouse.names import NameField
from warehouse.ticket_statuses import DONE, WAITING, WORKING, TicketReading
from warehouse.working_time import WorkingTime, public_holidays

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")


def _minutes(text: str) -> tuple[int, int]:
    """Opening and closing in minutes after midnight."""
    match = _HOURS.fullmatch(text)
    if match is None:
        raise ValueError("should be opening and closing time in quotes, such as 09:00-17:00")
    hours = [int(part) for part in match.groups()]
    opens, closes = hours[0] * 60 + hours[1], hours[2] * 60 + hours[3]
    if max(hours[1], hours[3]) > 59 or closes > 24 * 60 or opens >= closes:
        raise ValueError("should be two times of one day, the earlier first, such as 09:00-17:00")
    if opens % 15 or closes % 15:
        raise ValueError("should be in whole quarter hours, such as 08:45-17:15")
    return opens, closes


def _hours(text: str) -> str:
    _minutes(text)
    return text


class Calendar(Section):
    """Working hours, in which the waiting and touch time of tickets is counted."""

    zone: ZoneName | None = Field(
        default=None, description="Time zone (IANA name) of the hours; empty: the reporting zone."
    )
    workdays: tuple[Weekday, ...] = Field(
        default=("mon", "tue", "wed", "thu", "fri"), min_length=1, description="Days on which people work."
    )
    hours: Annotated[str, AfterValidator(_hours)] = Field(
        default="09:00-17:00",
        description="From when to when, local time, in whole quarter hours; 00:00-24:00 is around the clock.",
    )
    country: str | None = Field(
        default=None,
        pattern="^[A-Z]{2}$",
        description="Country (ISO 3166, two capital letters) whose public holidays are free; empty: none.",
    )
    subdivision: str | None = Field(
        default=None,
        validate_default=True,
        description="Part of the country (ISO 3166-2 without the country), such as BE for Berlin.",
    )
    days_off: tuple[date, ...] = Field(
        default=(), description="Further days on which nobody works, such as a company's own."
    )

    @field_validator("subdivision")
    @classmethod
    def _has_holidays(cls, subdivision: str | None, info: ValidationInfo) -> str | None:
        country = info.data.get("country")
        if country is None:
            if subdivision is not None:
                raise ValueError("needs `country` beside it")
            return None
        try:
            public_holidays(country, subdivision, range(2026, 2027))
        except NotImplementedError:
            place = f"{country}-{subdivision}" if subdivision else country
            raise ValueError(
                f"no holidays are known for {place}; leave it out and list `days_off` yourself"
            ) from None
        return subdivision

    def working_time(self, reporting_zone: str) -> WorkingTime:
        """What facts need to know of it."""
        opens, closes = _minutes(self.hours)
        return WorkingTime(
            zone=self.zone or reporting_zone,
            weekdays=frozenset(_WEEKDAYS.index(day) for day in self.workdays),
            opens=opens,
            closes=closes,
            country=self.country,
            subdivision=self.subdivision,
            days_off=frozenset(self.days_off),
        )


class Adoption(Section):
    """What counts as using the platform."""

    golden_path_actions: tuple[str, ...] = Field(
        default=("deploy-service",),
        description="Self-service actions that are the golden path: whoever must use one of them must deploy "
        "by it, and the share of its deployments is compliance.",
    )


class Tickets(Section):
    """How waiting and touch time are read from the history of a ticket."""

    waiting: tuple[NameField, ...] = Field(
        default=WAITING,
        description="Statuses in which a ticket waits: exact, case matters, or an anchored pattern "
        "between slashes.",
    )
    working: tuple[NameField, ...] = Field(
        default=WORKING, description="Statuses in which somebody works on it."
    )
    done: tuple[NameField, ...] = Field(default=DONE, description="Statuses in which it is over.")
    touch_cap_hours: float = Field(
        default=8,
        gt=0,
        description="One stay in a working status counts as at most so many hours of work, where no work is "
        "logged: a ticket left in progress over a weekend was not worked on all the time.",
    )
    stated_touch_grade: Literal["measured", "estimated"] = Field(
        default="measured",
        description="How `touch_hours` that sources state without a log of work came about.",
    )

    @property
    def reading(self) -> TicketReading:
        """What facts need to know of it."""
        return TicketReading(
            self.waiting, self.working, self.done, self.touch_cap_hours, self.stated_touch_grade
        )
