"""What a name in the configuration matches, and which patterns are refused."""

import pytest

from warehouse.names import joined_regex, parse_name


def test_an_exact_name_means_itself_in_its_own_case() -> None:
    name = parse_name("production")
    assert name.matches("production")
    assert not any(
        name.matches(other) for other in ("Production", "preproduction", "production ", "production-eu")
    )


@pytest.mark.parametrize("other", ["preprod", "non-prod", "product-api", "prod\n", "PROD"])
def test_an_anchored_pattern_takes_whole_names_only(other: str) -> None:
    assert parse_name("/^prod(-eu)?$/").matches("prod-eu")
    assert not parse_name("/^prod(-eu)?$/").matches(other)


@pytest.mark.parametrize("text", ["/prod/", "/^prod/", "/prod$/", r"/^prod\$/", "/(?i)prod(.*)/", "//"])
def test_a_pattern_without_anchors_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(ValueError, match="preprod"):
        parse_name(text)


def test_an_alternative_outside_of_a_group_is_refused() -> None:
    with pytest.raises(ValueError, match="group"):
        parse_name("/^prod|.*live$/")


@pytest.mark.parametrize("text", ["/^(prod|live)$/", "/^prod[|]live$/", r"/^prod\|live$/", r"/^a\\$/"])
def test_a_bar_inside_of_a_group_class_or_escape_is_fine(text: str) -> None:
    assert parse_name(text).is_pattern


def test_a_pattern_that_does_not_compile_says_so() -> None:
    with pytest.raises(ValueError, match="not a regular expression"):
        parse_name("/^prod($/")


def test_an_empty_name_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        parse_name("")


def test_a_full_stop_in_an_exact_name_stays_a_full_stop_in_sql() -> None:
    # Written by hand: the stop is escaped, each alternative keeps its own anchors.
    assert joined_regex([parse_name("fix.now"), parse_name("/^hot.*$/")]) == r"(?:^fix\.now$)|(?:^hot.*$)"
    assert joined_regex([]) == ""
