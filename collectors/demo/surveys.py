"""Surveys of the demo world: a quarterly wave of platform items and a half-yearly one of satisfaction.

Answers to the platform items are whole numbers from 1 to 7 (some "don't know"); adoption adds the
planted points. Teams are small and large, so that some groups fall below any reporting minimum.
"""

import numpy as np

from collectors.demo.draws import DAY, NEVER, Array, Draws, Rows, Seconds, Window, seconds
from collectors.demo.organisation import PLATFORM, Organisation
from collectors.demo.truth import Effects
from warehouse.records import SurveyInvitation, SurveyResponse

PLATFORM_ITEMS = (
    "helps_me_build", "is_reliable", "is_secure", "is_compliant", "is_self_service", "is_easy_to_use",
    "hides_complexity", "gives_feedback", "shows_health", "team_listens", "documentation_helps",
)  # fmt: skip
SATISFACTION_ITEMS = ("recommend", "satisfied")
SCORE_MEAN, SCORE_SIGMA = 4.1, 1.1
OPENS_AFTER, OPEN_DAYS = 40 * DAY, 14


def survey_rows(draws: Draws, org: Organisation, window: Window, effects: Effects) -> dict[str, Rows]:
    """Responses and invitations of all waves."""
    waves = window.quarters()
    person, team = _people(org)
    n_waves, n_people = len(waves), len(person)
    answered = draws("survey-answered").random((n_waves, n_people)) < _willingness(draws, org)[team]
    wave, who = np.nonzero(answered)
    at = (
        waves[wave]
        + OPENS_AFTER
        + seconds(24 * OPEN_DAYS * draws("survey-day").random(answered.shape)[wave, who])
    )
    platform = _platform_answers(draws, org, waves, effects, team, answered.shape)
    satisfaction = _satisfaction_answers(draws, platform)
    # A response is numbered anew in each wave, so that no two waves can be joined by person.
    numbers = draws("survey-numbers").permuted(np.tile(np.arange(n_people), (n_waves, 1)), axis=1)
    parts = [
        _responses(org, waves, wave, who, team, at, "platform", PLATFORM_ITEMS, platform, 1, numbers),
        _responses(
            org, waves, wave, who, team, at, "satisfaction", SATISFACTION_ITEMS, satisfaction, 2, numbers
        ),
    ]
    responses = {key: np.concatenate([part[key] for part in parts]) for key in parts[0]}
    at = responses["responded_at"]
    born = np.where(at >= window.start, at, NEVER)
    return {
        "survey_responses": Rows(SurveyResponse, responses, born),
        "survey_invitations": _invitations(org, window, waves),
    }


def _people(org: Organisation) -> tuple[Array, Array]:
    team = np.repeat(np.arange(len(org.members)), org.engineers)
    return np.arange(len(team)), team


def _willingness(draws: Draws, org: Organisation) -> Array:
    """Response rates by team; a few teams hardly answer. The platform team is not asked."""
    rate = np.clip(draws("willingness").normal(0.62, 0.18, len(org.team_ids)), 0.12, 0.95)
    rate[PLATFORM] = 0.0
    return np.asarray(rate)


def _platform_answers(
    draws: Draws, org: Organisation, waves: Seconds, effects: Effects, team: Array, shape: tuple[int, int]
) -> Array:
    """Scores by wave, person and item, NaN for "don't know"."""
    mood = draws("survey-team").normal(0.0, 0.35, len(org.team_ids))[team]
    item = draws("survey-item").normal(0.0, 0.3, len(PLATFORM_ITEMS))
    adopted = org.has_adopted(team[None, :], waves[:, None] + OPENS_AFTER)
    mean = SCORE_MEAN + mood[None, :] + effects.survey_score * adopted
    noise = draws("survey-noise").normal(0.0, SCORE_SIGMA, (*shape, len(PLATFORM_ITEMS)))
    score = np.clip(np.rint(mean[:, :, None] + item[None, None, :] + noise), 1, 7)
    unsure = draws("survey-unsure").random(score.shape) < 0.04
    return np.where(unsure, np.nan, score)


def _satisfaction_answers(draws: Draws, platform: Array) -> Array:
    """Recommendation 0..10 and satisfaction 1..5, both following the platform scores."""
    scores = np.nanmean(np.concatenate([platform, np.full((*platform.shape[:2], 1), 4.0)], axis=2), axis=2)
    noise = draws("satisfaction-noise").normal(0.0, 1.0, (*scores.shape, 2))
    recommend = np.clip(np.rint((scores - 1) / 6 * 10 + 0.9 + 1.6 * noise[:, :, 0]), 0, 10)
    satisfied = np.clip(np.rint((scores - 1) / 6 * 4 + 1.2 + 0.7 * noise[:, :, 1]), 1, 5)
    return np.stack([recommend, satisfied], axis=2)


def _survey_ids(waves: Seconds, kind: str) -> Array:
    months = waves.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64)
    return np.array([f"{kind}-{1970 + m // 12}-q{m % 12 // 3 + 1}" for m in months], dtype=object)


def _responses(
    org: Organisation,
    waves: Seconds,
    wave: Array,
    who: Array,
    team: Array,
    at: Seconds,
    kind: str,
    items: tuple[str, ...],
    answers: Array,
    every: int,
    numbers: Array,
) -> dict[str, Array]:
    """One row per response and item of the waves in which this questionnaire is sent."""
    sent = np.flatnonzero(_is_sent(waves[wave], every))
    row, item = np.repeat(sent, len(items)), np.tile(np.arange(len(items)), len(sent))
    value = answers[wave[row], who[row], item]
    text = np.where(np.isnan(value), "don't know", np.nan_to_num(value).astype(np.int64).astype(str))
    surveys = _survey_ids(waves, kind)[wave[row]]
    return {
        "response_id": surveys + "-" + numbers[wave[row], who[row]].astype(str).astype(object),
        "survey_id": surveys,
        "team_id": org.team_ids[team[who[row]]],
        "responded_at": at[row],
        "item_id": np.array(items, dtype=object)[item],
        "item_version": np.full(len(row), "1", dtype=object),
        "answer": text.astype(object),
    }


def _is_sent(waves: Seconds, every: int) -> Array:
    quarters = waves.astype("datetime64[s]").astype("datetime64[M]").astype(np.int64) // 3
    return np.asarray(quarters % every == 0)


def _invitations(org: Organisation, window: Window, waves: Seconds) -> Rows:
    parts = [("platform", waves), ("satisfaction", waves[_is_sent(waves, 2)])]
    asked = np.delete(np.arange(len(org.team_ids)), PLATFORM)
    surveys = np.concatenate([np.repeat(_survey_ids(which, kind), len(asked)) for kind, which in parts])
    opened = np.concatenate([np.repeat(which + OPENS_AFTER, len(asked)) for _, which in parts])
    team = np.tile(asked, len(surveys) // len(asked))
    columns = {"survey_id": surveys, "team_id": org.team_ids[team], "invited": org.engineers[team]}
    return Rows(SurveyInvitation, columns, np.where(opened >= window.start, opened, NEVER))
