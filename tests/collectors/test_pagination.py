"""Each way of paging goes to the end of its list, over short pages, and never round in circles."""

from collections.abc import Mapping
from itertools import islice
from typing import Any

import pytest

from collectors.errors import FatalError
from collectors.exchange import Response
from collectors.pagination import (
    START,
    LinkHeader,
    NextCursor,
    Offset,
    PageNumber,
    Paginator,
    Position,
    list_pages,
)

URL = "https://api.example/v1/things?page=1"


def response(data: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(URL, headers or {}, data)


def items_of(paginator: Paginator, pages: Mapping[str, Any], key: str, items: str) -> list[int]:
    """What comes of a list whose pages are told apart by the value of ``key``."""

    def fetch(position: Position) -> Response:
        return response(pages[position.params.get(key, "")])

    return [item for page in list_pages(paginator, fetch, items, START, "toy") for item in page.items]


@pytest.mark.parametrize(
    ("header", "link"),
    [
        ('<https://api.example/v1/things?page=2>; rel="next"', "https://api.example/v1/things?page=2"),
        ('</a?page=1>; rel="prev", </a?b=1,2&page=3>; rel="next"', "https://api.example/a?b=1,2&page=3"),
        ('<?page=2>; title="x"; rel=next', "https://api.example/v1/things?page=2"),
    ],
)
def test_the_link_named_next_is_followed(header: str, link: str) -> None:
    assert LinkHeader().next(START, response([]), 0) is None
    assert LinkHeader().next(START, response([], {"link": header}), 1) == Position(link)


def test_a_link_to_the_last_page_is_not_the_next_one() -> None:
    assert LinkHeader().next(START, response([], {"link": '</a?page=9>; rel="last"'}), 1) is None


def test_a_cursor_in_the_body_is_sent_back() -> None:
    pages = {"": {"v": [1], "meta": {"next": "b"}}, "b": {"v": [], "meta": {"next": "c"}}, "c": {"v": [2]}}
    assert items_of(NextCursor("meta.next", "cursor"), pages, "cursor", "v") == [1, 2]


def test_a_cursor_that_is_a_url_is_followed() -> None:
    found = NextCursor("next").next(START, response({"next": "/v1/things?after=x"}), 1)
    assert found == Position("https://api.example/v1/things?after=x")


def test_numbered_pages_end_with_an_empty_one_and_not_with_a_short_one() -> None:
    assert items_of(PageNumber(), {"": [1, 2], "2": [3], "3": [4, 5], "4": []}, "page", "") == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("end", [{"total": 3}, {"isLast": True}, {"more": False}])
def test_offsets_end_where_the_body_says_so(end: dict[str, Any]) -> None:
    pages = {"": {"v": [1, 2], "total": 3}, "2": {"v": [3], **end}}
    assert items_of(Offset(), pages, "startAt", "v") == [1, 2, 3]


def test_offsets_without_any_word_end_with_an_empty_page() -> None:
    assert items_of(Offset(), {"": {"v": [1, 2]}, "2": {"v": []}}, "startAt", "v") == [1, 2]


@pytest.mark.parametrize(
    ("paginator", "first"),
    [
        (NextCursor("next", "cursor"), {"v": [1], "next": "same"}),
        (NextCursor("next"), {"v": [1], "next": URL}),
        (PageNumber("ignored"), {"v": [1]}),
    ],
)
def test_a_list_that_is_followed_by_itself_stops(paginator: Paginator, first: Any) -> None:
    pages = list_pages(paginator, lambda _: response(first), "v", START, "toy: things")
    with pytest.raises(FatalError, match="toy: things: a page is followed by itself"):
        list(islice(pages, 5))


def test_a_body_without_the_list_is_an_error_and_not_an_empty_list() -> None:
    with pytest.raises(FatalError, match="no list values"):
        items_of(PageNumber(), {"": {"error": "x"}}, "page", "values")


def test_a_position_survives_the_cursor() -> None:
    for position in (START, Position("https://api.example/x"), Position(params={"page": "4"})):
        assert Position.from_json(position.as_json()) == position
