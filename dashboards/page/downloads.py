"""The one button by which a file leaves a page: noted in the audit first, made when it is asked for."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboards.access.audit import Deed, audit
from dashboards.access.here import visitor_here
from dashboards.access.visitor import Visitor, require
from dashboards.page.filters import chosen_words


def file_button(
    label: str, make: Callable[[], bytes], *, name: str, mime: str, key: str, n_rows: int | None = None
) -> None:
    """A button that gives ``make()`` as the file ``name``; ``n_rows`` are those of a table."""
    deed = Deed("export", name, chosen_words(), n_rows)
    st.download_button(
        label,
        partial(noted, visitor_here(), deed, make),
        file_name=name,
        mime=mime,
        icon=":material/download:",
        type="tertiary",
        on_click="ignore",
        key=key,
    )


def noted(visitor: Visitor, deed: Deed, make: Callable[[], bytes]) -> bytes:
    """The file, once its export is noted. It is asked for later than the button is drawn, so the login is
    looked at again.

    Raises
    ------
    DeniedError : the login is over.
    StorageError : the export cannot be noted; then there is no file.
    """
    require(visitor, "read")
    here = audit()
    if here is not None:
        here.note(visitor, deed)
    return make()
