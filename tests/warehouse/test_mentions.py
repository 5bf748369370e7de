"""What is not mapped, in the order of what it costs, and where rules or sources say two things."""

from datetime import date
from zoneinfo import ZoneInfo

from tests.warehouse.test_mapping import SERVICES, resolve, rule
from warehouse.mapping import Catalogue, Mapping
from warehouse.mentions import Disputed, Mention, disputed, unmapped

UTC_ZONE = ZoneInfo("UTC")


def test_unmapped_identifiers_are_listed_by_the_largest_share_of_a_table_that_they_cost() -> None:
    rules = [rule("web", "shop"), rule("/^old-.*$/", "gone")]
    mentions = [
        Mention("deployments", "ci", "web", 900),
        Mention("deployments", "ci", "batch", 100),  # 10 % of the deployments
        Mention("incidents", "pager", "batch", 2),  # 2 of 4 incidents: 50 %
        Mention("incidents", "pager", "web", 2),
        Mention("changes", "git", "old-api", 40),  # all of the changes
        Mention("coverage", "pager", "quiet", 0),
    ]
    rows = resolve([(m.source, m.outside_id) for m in mentions], rules)
    found = unmapped(mentions, rows, rules)
    assert [(item.source, item.outside_id, item.share, item.n_rows, item.points_to) for item in found] == [
        ("git", "old-api", 1.0, 40, ("gone",)),
        ("pager", "batch", 0.5, 2, ()),
        ("ci", "batch", 0.1, 100, ()),
    ]
    assert found[1].by_table == {"incidents": 2}


def test_an_identifier_is_unmapped_for_the_source_that_has_no_rule() -> None:
    rules = [rule("api", "shop", source="ci")]
    mentions = [Mention("deployments", "ci", "api", 1), Mention("incidents", "pager", "api", 1)]
    rows = resolve([("ci", "api"), ("pager", "api")], rules)
    assert [item.source for item in unmapped(mentions, rows, rules)] == ["pager"]


def test_teams_and_queues_are_counted_apart_from_services() -> None:
    mentions = [Mention("tickets", "desk", "OPS", 3, "queue"), Mention("tickets", "desk", "OPS", 2)]
    rows = Mapping([], Catalogue(SERVICES), UTC_ZONE).teams([], [("desk", "OPS")])
    (queue,) = unmapped(mentions, rows, [], "queue")
    assert (queue.kind, queue.n_rows) == ("queue", 3)


def test_a_queue_costs_the_tickets_that_nothing_else_places() -> None:
    mentions = [
        Mention("tickets", "desk", "HR", 6, "queue", n_spoken_for=4),  # 2 of 10 tickets: 20 %
        Mention("tickets", "desk", "help", 4, "queue", n_spoken_for=4),
    ]
    (queue,) = unmapped(mentions, [], [], "queue")
    assert (queue.outside_id, queue.n_rows, queue.share) == ("HR", 2, 0.2)


def names(*sources: str) -> list[Mention]:
    return [Mention("deployments", source, "api", 1) for source in sources]


def test_a_name_that_means_two_services_to_two_sources_is_shown_with_both() -> None:
    rules = [rule("api", "shop", source="ci"), rule("api", "pay", source="pager")]
    assert disputed(names("ci", "pager"), rules) == (Disputed("service", "api", ("ci: shop", "pager: pay")),)
    assert disputed(names("ci"), rules) == ()


def test_two_exact_rules_for_one_day_are_disputed_and_a_hand_over_is_not() -> None:
    first, second = date(2026, 1, 1), date(2026, 2, 1)
    clash = [rule("api", "shop"), rule("api", "pay", from_on=first)]
    assert disputed(names("ci"), clash) == (Disputed("service", "api", ("shop", "pay")),)
    handed = [rule("api", "shop", to_on=second), rule("api", "pay", from_on=second)]
    assert disputed(names("ci"), handed) == ()
    assert disputed(names("ci"), [rule("api", "shop"), rule("/^a.*$/", "pay")]) == ()
