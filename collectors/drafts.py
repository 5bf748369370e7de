"""How long a pull or merge request was a draft, from the steps between draft and ready."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

Step = tuple[datetime, Literal["draft", "ready"]]


def drafts(
    steps: Iterable[Step], *, opened_at: datetime, is_draft: bool, until: datetime
) -> tuple[datetime | None, float]:
    """When it was last made ready (``None``: it is a draft) and the hours as a draft before that.

    One whose first step is to become ready was opened as a draft. ``until`` ends the last draft.
    """
    known = sorted(steps)
    was_draft = known[0][1] == "ready" if known else is_draft
    since, ready_at, spent = (opened_at if was_draft else None), opened_at, timedelta()
    for at, step in known:
        if step == "draft":
            since = since or at
        elif since:
            spent, since, ready_at = spent + (at - since), None, at
    if since is None:
        return ready_at, spent / timedelta(hours=1)
    return None, (spent + max(until - since, timedelta())) / timedelta(hours=1)
