"""Outside identifiers find their service and team, once per instant."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from warehouse.mapping import Mention, Rule, ServiceMapRow, disputed, resolve, service_map_table, unmapped
from warehouse.names import parse_name
from warehouse.records import Ownership, Service

BERLIN = ZoneInfo("Europe/Berlin")
ZONE = ZoneInfo("UTC")
SHOP = Service("shop", team_id="red", tier="1")
PAY = Service("pay", team_id="blue")
SERVICES = (SHOP, PAY)


def rule(name: str, service_id: str | None = None, **rest: object) -> Rule:
    return Rule(parse_name(name), service_id, **rest)  # type: ignore[arg-type]


def midnight(*day: int) -> datetime:
    return datetime(*day, tzinfo=UTC)  # type: ignore[arg-type, misc]


def rows_of(outside_id: str, rows: Sequence[ServiceMapRow]) -> list[ServiceMapRow]:
    return [row for row in rows if row.outside_id == outside_id]


def at(outside_id: str, instant: datetime, rows: Sequence[ServiceMapRow]) -> list[ServiceMapRow]:
    return [
        row
        for row in rows_of(outside_id, rows)
        if (row.from_at is None or row.from_at <= instant) and (row.to_at is None or instant < row.to_at)
    ]


def test_a_known_service_means_itself_for_all_time() -> None:
    rows = resolve([], [], SERVICES, zone=ZONE)
    assert rows == (
        ServiceMapRow("pay", "pay", "blue", None, None, None),
        ServiceMapRow("shop", "shop", "red", "1", None, None),
    )


def test_an_unknown_identifier_gets_no_row() -> None:
    assert rows_of("PX1", resolve([("pager", "PX1")], [], SERVICES, zone=ZONE)) == []


def test_an_exact_rule_wins_over_an_earlier_pattern() -> None:
    rules = [rule("/^shop-.*$/", "shop"), rule("shop-pay", "pay")]
    rows = resolve([("ci", "shop-pay"), ("ci", "shop-web")], rules, SERVICES, zone=ZONE)
    assert rows_of("shop-pay", rows) == [ServiceMapRow("shop-pay", "pay", "blue", None, None, None)]
    assert rows_of("shop-web", rows) == [ServiceMapRow("shop-web", "shop", "red", "1", None, None)]


def test_of_two_patterns_the_earlier_wins() -> None:
    rules = [rule("/^x-.*$/", "pay"), rule("/^.*$/", "shop")]
    assert [
        row.service_id for row in rows_of("x-1", resolve([("ci", "x-1")], rules, SERVICES, zone=ZONE))
    ] == ["pay"]


def test_a_pattern_does_not_take_a_known_service_away() -> None:
    rows = resolve([], [rule("/^.*$/", "shop")], SERVICES, zone=ZONE)
    assert [row.service_id for row in rows_of("pay", rows)] == ["pay"]


def test_a_rule_for_one_source_leaves_the_others_alone() -> None:
    rules = [rule("web", "shop", source="pager")]
    assert resolve([("ci", "web")], rules, (), zone=ZONE) == ()
    rows = resolve([("pager", "web")], rules, SERVICES, zone=ZONE)
    assert [row.service_id for row in rows_of("web", rows)] == ["shop"]


def test_a_dated_rule_gives_way_to_the_next_outside_its_days() -> None:
    rules = [rule("web", "pay", from_on=date(2026, 1, 1), to_on=date(2026, 2, 1)), rule("web", "shop")]
    rows = rows_of("web", resolve([("ci", "web")], rules, SERVICES, zone=ZONE))
    assert [(row.service_id, row.from_at, row.to_at) for row in rows] == [
        ("shop", None, midnight(2026, 1, 1)),
        ("pay", midnight(2026, 1, 1), midnight(2026, 2, 1)),
        ("shop", midnight(2026, 2, 1), None),
    ]


def test_days_begin_in_the_reporting_zone() -> None:
    # Berlin is two hours ahead of UTC on 1 July, one hour on 1 December.
    rules = [rule("web", "shop", from_on=date(2026, 7, 1), to_on=date(2026, 12, 1))]
    (row,) = rows_of("web", resolve([("ci", "web")], rules, SERVICES, zone=BERLIN))
    assert row.from_at == datetime(2026, 6, 30, 22, tzinfo=UTC)
    assert row.to_at == datetime(2026, 11, 30, 23, tzinfo=UTC)


def test_ownership_by_date_replaces_the_team_of_the_service_and_a_gap_is_nobody() -> None:
    ownership = [
        Ownership("shop", "green", None, date(2026, 1, 1)),
        Ownership("shop", "blue", date(2026, 2, 1), None),
    ]
    rows = rows_of("shop", resolve([], [], SERVICES, ownership, zone=ZONE))
    assert [(row.team_id, row.from_at, row.to_at) for row in rows] == [
        ("green", None, midnight(2026, 1, 1)),
        (None, midnight(2026, 1, 1), midnight(2026, 2, 1)),
        ("blue", midnight(2026, 2, 1), None),
    ]
    assert {row.service_id for row in rows} == {"shop"}


def test_two_rules_and_two_owners_of_one_day_give_one_row() -> None:
    rules = [rule("web", "shop"), rule("web", "pay"), rule("/^web$/", "shop", from_on=date(2026, 1, 1))]
    ownership = [Ownership("shop", "green", date(2026, 1, 1)), Ownership("shop", "blue", date(2026, 3, 1))]
    rows = resolve([("ci", "web"), ("pager", "web")], rules, SERVICES, ownership, zone=ZONE)
    for instant, team in [(midnight(2026, 2, 1), "green"), (midnight(2026, 3, 1), "blue")]:
        assert [row.team_id for row in at("web", instant, rows)] == [team]


def test_an_identifier_can_belong_to_a_team_without_a_service() -> None:
    rows = resolve([("desk", "helpdesk")], [rule("helpdesk", team_id="red")], SERVICES, zone=ZONE)
    assert rows_of("helpdesk", rows) == [ServiceMapRow("helpdesk", None, "red", None, None, None)]


def test_queues_and_services_of_one_name_are_two_things() -> None:
    rules = [rule("shop", team_id="blue", kind="queue")]
    assert resolve([], rules, (SHOP,), zone=ZONE) == resolve([], [], (SHOP,), zone=ZONE)
    (row,) = resolve([("desk", "shop")], rules, (SHOP,), zone=ZONE, kind="queue")
    assert (row.service_id, row.team_id) == (None, "blue")


def test_unmapped_identifiers_are_listed_by_how_many_rows_they_cost() -> None:
    rules = [rule("web", "shop"), rule("/^old-.*$/", "gone")]
    mentions = [
        Mention("deployments", "ci", "web", 900),
        Mention("deployments", "ci", "batch", 3),
        Mention("incidents", "pager", "batch", 2),
        Mention("changes", "git", "old-api", 40),
    ]
    rows = resolve([(m.source, m.outside_id) for m in mentions], rules, SERVICES, zone=ZONE)
    first, second = unmapped(mentions, rows, rules)
    assert (first.outside_id, first.n_rows, first.points_to) == ("old-api", 40, ("gone",))
    assert (second.outside_id, second.sources, second.n_rows) == ("batch", ("ci", "pager"), 5)
    assert second.by_table == {"deployments": 3, "incidents": 2}
    assert second.points_to == ()


def test_an_identifier_that_two_sources_use_for_two_services_is_disputed() -> None:
    rules = [rule("api", "shop", source="ci"), rule("api", "pay", source="pager"), rule("web", "shop")]
    ids = [("ci", "api"), ("pager", "api"), ("ci", "web"), ("pager", "web")]
    assert disputed(ids, rules) == ("api",)
    assert [row.service_id for row in rows_of("api", resolve(ids, rules, SERVICES, zone=ZONE))] == ["shop"]


def test_the_arrow_table_holds_utc_without_a_zone() -> None:
    rows = resolve([("ci", "web")], [rule("web", "shop", from_on=date(2026, 7, 1))], (SHOP,), zone=BERLIN)
    shop = {"service_id": "shop", "team_id": "red", "tier": "1", "to_at": None}
    assert service_map_table(rows).to_pylist() == [
        {"outside_id": "shop", "from_at": None, **shop},
        {"outside_id": "web", "from_at": datetime(2026, 6, 30, 22), **shop},  # noqa: DTZ001
    ]


days = st.one_of(st.none(), st.dates(date(2026, 1, 1), date(2026, 1, 9)))
rules_strategy = st.lists(
    st.builds(
        Rule,
        name=st.sampled_from(["web", "/^w.*$/", "shop"]).map(parse_name),
        service_id=st.sampled_from(["shop", "pay", "gone"]),
        source=st.sampled_from([None, "ci"]),
        from_on=days,
        to_on=days,
    ),
    max_size=5,
)
owners_strategy = st.lists(
    st.builds(
        Ownership,
        service_id=st.sampled_from(["shop", "pay"]),
        team_id=st.sampled_from(["red", "blue"]),
        from_on=days,
        to_on=days,
    ),
    max_size=5,
)


@given(rules_strategy, owners_strategy)
def test_no_instant_ever_has_two_rows_and_no_row_is_empty(rules: list[Rule], owners: list[Ownership]) -> None:
    rows = resolve([("ci", "web"), ("git", "web")], rules, SERVICES, owners, zone=ZONE)
    assert all(row.from_at is None or row.to_at is None or row.from_at < row.to_at for row in rows)
    for outside_id in ("web", "shop", "pay"):
        for day in range(1, 11):
            assert len(at(outside_id, midnight(2026, 1, day), rows)) <= 1
