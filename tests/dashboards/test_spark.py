"""Pictures in cards: the least and the greatest value at the edges, gaps are gaps, bars stand on zero."""

import base64
import re

from dashboards.drawing.spark import spark_bars, spark_line
from tests.dashboards.frames import NAN


def path(address: str) -> str:
    kind, _, data = address.partition(";base64,")
    assert kind == "data:image/svg+xml"
    found = re.search(r'<path d="([^"]*)"', base64.b64decode(data).decode())
    assert found is not None
    return found[1]


def test_a_line_goes_from_the_bottom_to_the_top_of_its_picture() -> None:
    # 100 wide, 40 high with 3 left free above and below: 1 lies at 37, 3 at 3, 2 halfway at 20.
    assert path(spark_line([1.0, 3.0, 2.0], "#000")) == "M0.00 37.00L50.00 3.00L100.00 20.00"


def test_a_line_ends_where_a_month_is_not_known() -> None:
    assert path(spark_line([1.0, 1.0, NAN, 3.0, 3.0], "#000")) == (
        "M0.00 37.00L25.00 37.00M75.00 3.00L100.00 3.00"
    )


def test_what_never_changes_is_a_line_in_the_middle() -> None:
    assert path(spark_line([5.0, 5.0], "#000")) == "M0.00 20.00L100.00 20.00"


def test_bars_of_losses_hang_from_zero_and_an_unknown_one_is_no_bar() -> None:
    # From 1 at 3 to -1 at 37; zero is halfway.
    assert path(spark_bars([-1.0, NAN, 1.0, 0.0], "#000")) == (
        "M12.50 20.00V37.00M62.50 20.00V3.00M87.50 20.00V20.00"
    )
