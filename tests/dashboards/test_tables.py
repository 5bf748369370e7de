"""Which columns of a table are shown."""

import pandas as pd

from dashboards.page.tables import filled


def test_a_column_in_which_no_row_says_anything_is_left_out() -> None:
    table = pd.DataFrame({"source": ["shop", "desk"], "message": ["", None], "requests": [None, 3]})
    assert list(filled(table).columns) == ["source", "requests"]


def test_a_table_without_rows_keeps_its_headings() -> None:
    table = pd.DataFrame({"source": ["shop"], "message": [""]})
    assert list(filled(table.iloc[:0]).columns) == ["source", "message"]
