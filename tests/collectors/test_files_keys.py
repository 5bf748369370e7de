"""Rows that share a key are counted right, whatever the keys hold."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from collectors.files.keys import key_hashes, n_repeated

_PART = st.none() | st.text("ab1é\x00", max_size=3)


@given(parts=st.lists(st.lists(st.tuples(_PART, _PART), max_size=12), max_size=3))
def test_repeated_keys_are_rows_minus_distinct_keys(parts: list[list[tuple[str | None, str | None]]]) -> None:
    hashes = [key_hashes([pa.array([key[i] for key in keys], pa.string()) for i in (0, 1)]) for keys in parts]
    every = [key for keys in parts for key in keys]
    assert n_repeated(hashes) == len(every) - len(set(every))
