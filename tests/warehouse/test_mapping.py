"""Outside identifiers find their service and team, once per source and instant."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from warehouse.mapping import Catalogue, Mapping, ServiceMapRow, TeamMapRow, as_table
from warehouse.names import parse_name
from warehouse.owners import Claim
from warehouse.records import Service
from warehouse.rules import OWN, Rule

BERLIN = ZoneInfo("Europe/Berlin")
ZONE = ZoneInfo("UTC")
SHOP = Service("shop", team_id="red", tier="1")
PAY = Service("pay", team_id="blue")
SERVICES = (SHOP, PAY)


def rule(name: str, service_id: str | None = None, **rest: object) -> Rule:
    return Rule(parse_name(name), service_id, **rest)  # type: ignore[arg-type]


def resolve(
    names: Iterable[tuple[str, str]],
    rules: Sequence[Rule],
    services: Sequence[Service] = SERVICES,
    claims: Sequence[Claim] = (),
    *,
    zone: ZoneInfo = ZONE,
) -> tuple[ServiceMapRow, ...]:
    return Mapping(rules, Catalogue(services, claims), zone).services(names)


def row(
    source: str, outside_id: str, service_id: str | None, team_id: str | None, tier: str | None = None
) -> ServiceMapRow:
    return ServiceMapRow(source, outside_id, service_id, team_id, tier, None, None)


def midnight(*day: int) -> datetime:
    return datetime(*day, tzinfo=UTC)  # type: ignore[arg-type, misc]


def rows_of(outside_id: str, rows: Sequence[ServiceMapRow], source: str = "ci") -> list[ServiceMapRow]:
    return [row for row in rows if (row.source, row.outside_id) == (source, outside_id)]


def at(
    outside_id: str, instant: datetime, rows: Sequence[ServiceMapRow], source: str = "ci"
) -> list[ServiceMapRow]:
    return [
        row
        for row in rows_of(outside_id, rows, source)
        if (row.from_at is None or row.from_at <= instant) and (row.to_at is None or instant < row.to_at)
    ]


def test_a_known_service_means_itself_for_all_time_to_us_and_to_every_source() -> None:
    assert resolve([("ci", "shop")], []) == (
        row(OWN, "pay", "pay", "blue"),
        row(OWN, "shop", "shop", "red", "1"),
        row("ci", "shop", "shop", "red", "1"),
    )


def test_an_unknown_identifier_gets_no_row() -> None:
    assert rows_of("PX1", resolve([("ci", "PX1")], [])) == []


def test_an_exact_rule_wins_over_an_earlier_pattern() -> None:
    rules = [rule("/^shop-.*$/", "shop"), rule("shop-pay", "pay")]
    rows = resolve([("ci", "shop-pay"), ("ci", "shop-web")], rules)
    assert rows_of("shop-pay", rows) == [row("ci", "shop-pay", "pay", "blue")]
    assert rows_of("shop-web", rows) == [row("ci", "shop-web", "shop", "red", "1")]


def test_of_two_patterns_the_earlier_wins() -> None:
    rules = [rule("/^x-.*$/", "pay"), rule("/^.*$/", "shop")]
    assert [found.service_id for found in rows_of("x-1", resolve([("ci", "x-1")], rules))] == ["pay"]


def test_a_pattern_does_not_take_a_known_service_away() -> None:
    rows = resolve([("ci", "pay")], [rule("/^.*$/", "shop")])
    assert [found.service_id for found in rows_of("pay", rows)] == ["pay"]


def test_a_rule_for_one_source_leaves_the_others_alone() -> None:
    rules = [rule("web", "shop", source="pager")]
    rows = resolve([("ci", "web"), ("pager", "web")], rules)
    assert rows_of("web", rows) == []
    assert [found.service_id for found in rows_of("web", rows, "pager")] == ["shop"]


def test_two_sources_use_one_name_for_two_services() -> None:
    rules = [rule("api", "shop", source="ci"), rule("api", "pay", source="pager")]
    rows = resolve([("ci", "api"), ("pager", "api")], rules)
    assert rows_of("api", rows) == [row("ci", "api", "shop", "red", "1")]
    assert rows_of("api", rows, "pager") == [row("pager", "api", "pay", "blue")]


def test_a_source_may_use_the_name_of_a_service_for_another_one() -> None:
    rows = resolve([("ci", "shop"), ("pager", "shop")], [rule("shop", "pay", source="pager")])
    assert [rows_of("shop", rows, source)[0].service_id for source in (OWN, "ci", "pager")] == [
        "shop",
        "shop",
        "pay",
    ]


def test_a_dated_rule_gives_way_to_the_next_outside_its_days() -> None:
    rules = [rule("web", "pay", from_on=date(2026, 1, 1), to_on=date(2026, 2, 1)), rule("web", "shop")]
    rows = rows_of("web", resolve([("ci", "web")], rules))
    assert [(row.service_id, row.from_at, row.to_at) for row in rows] == [
        ("shop", None, midnight(2026, 1, 1)),
        ("pay", midnight(2026, 1, 1), midnight(2026, 2, 1)),
        ("shop", midnight(2026, 2, 1), None),
    ]


def test_days_begin_in_the_reporting_zone() -> None:
    # Berlin is two hours ahead of UTC on 1 July, one hour on 1 December.
    rules = [rule("web", "shop", from_on=date(2026, 7, 1), to_on=date(2026, 12, 1))]
    (row,) = rows_of("web", resolve([("ci", "web")], rules, zone=BERLIN))
    assert row.from_at == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert row.to_at == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_ownership_by_date_replaces_the_team_of_the_service_and_a_gap_is_nobody() -> None:
    claims = [
        Claim("shop", "green", "", None, date(2026, 1, 1)),
        Claim("shop", "blue", "", date(2026, 2, 1), None),
    ]
    rows = rows_of("shop", resolve([], [], claims=claims), OWN)
    assert [(row.team_id, row.from_at, row.to_at) for row in rows] == [
        ("green", None, midnight(2026, 1, 1)),
        (None, midnight(2026, 1, 1), midnight(2026, 2, 1)),
        ("blue", midnight(2026, 2, 1), None),
    ]
    assert {row.service_id for row in rows} == {"shop"}


def test_two_rules_and_two_owners_of_one_day_give_one_row() -> None:
    rules = [rule("web", "shop"), rule("web", "pay"), rule("/^web$/", "shop", from_on=date(2026, 1, 1))]
    claims = [Claim("shop", "green", "", date(2026, 1, 1)), Claim("shop", "blue", "", date(2026, 3, 1))]
    rows = resolve([("ci", "web"), ("pager", "web")], rules, claims=claims)
    for instant, team in [(midnight(2026, 2, 1), "green"), (midnight(2026, 3, 1), "blue")]:
        assert [row.team_id for row in at("web", instant, rows)] == [team]


def test_an_identifier_can_belong_to_a_team_without_a_service() -> None:
    rows = resolve([("ci", "helpdesk")], [rule("helpdesk", team_id="red")])
    assert rows_of("helpdesk", rows) == [row("ci", "helpdesk", None, "red")]


def teams_of(rows: Sequence[TeamMapRow]) -> list[tuple[str, str, str, str | None, str | None]]:
    return [(row.source, row.kind, row.outside_id, row.team_id, row.service_id) for row in rows]


def test_a_queue_belongs_to_a_team_or_to_a_service_and_then_to_its_owner() -> None:
    rules = [rule("OPS", team_id="blue", kind="queue"), rule("TILL", "shop", kind="queue")]
    mapping = Mapping(rules, Catalogue(SERVICES), ZONE)
    queues = [("desk", "OPS"), ("desk", "TILL"), ("desk", "HR")]
    assert teams_of(mapping.teams([], queues)) == [
        ("desk", "queue", "OPS", "blue", None),
        ("desk", "queue", "TILL", "red", "shop"),
    ]


def test_a_rule_for_a_queue_says_nothing_of_the_service_of_that_name() -> None:
    rules = [rule("shop", team_id="blue", kind="queue")]
    assert resolve([("ci", "shop")], rules) == resolve([("ci", "shop")], [])


def test_a_known_team_means_itself_and_a_rule_tells_what_others_call_it() -> None:
    rules = [rule("Team Red", team_id="red", kind="team", source="desk")]
    mapping = Mapping(rules, Catalogue(SERVICES, team_ids=["red"]), ZONE)
    names = [("desk", "Team Red"), ("poll", "Team Red"), ("poll", "red")]
    assert teams_of(mapping.teams(names, [])) == [
        (OWN, "team", "red", "red", None),
        ("desk", "team", "Team Red", "red", None),
        ("poll", "team", "red", "red", None),
    ]


def test_an_owner_is_named_in_the_words_of_whoever_says_it() -> None:
    rules = [rule("acme/red-squad", team_id="red", kind="team", source="git", to_on=date(2026, 2, 1))]
    claims = [Claim("pay", "acme/red-squad", "git"), Claim("shop", "acme/red-squad", "poll")]
    rows = resolve([], rules, claims=claims)
    assert [(found.team_id, found.to_at) for found in rows_of("pay", rows, OWN)] == [
        ("red", midnight(2026, 2, 1)),
        ("acme/red-squad", None),
    ]
    assert [found.team_id for found in rows_of("shop", rows, OWN)] == ["acme/red-squad"]


def test_the_arrow_table_holds_utc_without_a_zone() -> None:
    rows = resolve([("ci", "web")], [rule("web", "shop", from_on=date(2026, 7, 1))], (SHOP,), zone=BERLIN)
    shop = {"service_id": "shop", "team_id": "red", "tier": "1", "to_at": None}
    assert as_table(rows, ServiceMapRow).to_pylist() == [
        {"source": OWN, "outside_id": "shop", "from_at": None, **shop},
        {"source": "ci", "outside_id": "web", "from_at": datetime(2026, 6, 30, 22), **shop},  # noqa: DTZ001
    ]
    assert as_table([], TeamMapRow).column_names[:3] == ["source", "kind", "outside_id"]


days = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 9)))
kinds = st.sampled_from(["service", "queue"])
rules_strategy = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(["web", "/^w.*$/", "shop"]).map(parse_name),
        service_id=st.sampled_from(["shop", "pay", "gone"]),
        source=st.sampled_from([None, "ci"]),
        kind=kinds,
        from_on=days,
        to_on=days,
    ),
    max_size=5,
)
team_rules_strategy = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(["red", "/^r.*$/"]).map(parse_name),
        team_id=st.sampled_from(["blue", "green"]),
        kind=st.sampled_from(["team", "queue"]),
        from_on=days,
        to_on=days,
    ),
    max_size=3,
)
claims_strategy = st.lists(
    st.builds(
        Claim,
        service_id=st.sampled_from(["shop", "pay"]),
        team=st.sampled_from(["red", "blue"]),
        source=st.sampled_from(["git", "config"]),
        from_on=days,
        to_on=days,
    ),
    max_size=5,
)


@given(rules_strategy, team_rules_strategy, claims_strategy)
def test_no_instant_ever_has_two_rows_and_no_row_is_empty(
    rules: list[Rule], team_rules: list[Rule], claims: list[Claim]
) -> None:
    names = [(source, name) for source in ("ci", "git") for name in ("web", "shop", "red")]
    mapping = Mapping([*rules, *team_rules], Catalogue(SERVICES, claims, ["red", "blue"]), ZONE)
    rows = [*mapping.services(names), *mapping.teams(names, names)]
    assert all(row.from_at is None or row.to_at is None or row.from_at < row.to_at for row in rows)
    for day in range(1, 11):
        instant = midnight(2026, 1, day)
        found = [
            (getattr(row, "kind", "service"), row.source, row.outside_id)
            for row in rows
            if (row.from_at is None or row.from_at <= instant) and (row.to_at is None or instant < row.to_at)
        ]
        assert len(found) == len(set(found))
