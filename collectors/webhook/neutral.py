"""Plain JSON: a deployment or an incident in the columns of the neutral format.

``{"deployment": {"deployment_id": "d-17", …}}`` or ``{"incident": {…}}``. A key that is no column is
refused, so that a typing error does not lose a value.
"""

import difflib
from typing import Any

from collectors.webhook.reading import Delivery, FieldError, Fields, Sighting
from warehouse.records import Deployment, Field, Incident, Record, fields_of

_RECORDS: dict[str, type[Record]] = {"deployment": Deployment, "incident": Incident}


def read(delivery: Delivery) -> Sighting:
    """What the body tells.

    Raises
    ------
    FieldError : a field is missing or wrong.
    """
    body = Fields(delivery.body)
    kinds = [kind for kind in _RECORDS if kind in body.value]
    if len(kinds) != 1 or len(body.value) != 1:
        raise FieldError("", 'should be {"deployment": {…}} or {"incident": {…}}, one of them')
    item, record = body.within(kinds[0]), _RECORDS[kinds[0]]
    _refuse_unknown(item, record)
    values = {field.name: _value(item, field) for field in fields_of(record)}
    key = {name: values.pop(name) for name in record.key}
    is_open = values.get("status") == "in_progress" if record is Deployment else not values["resolved_at"]
    at = values.get("finished_at") or values.get("resolved_at") or values["started_at"]
    if record is Deployment and not is_open and values["finished_at"] is None:
        raise FieldError(f"{item.path}.finished_at", "is missing; a deployment that ended has it")
    return Sighting(record, key, at or delivery.received_at, is_open, values)


def _refuse_unknown(item: Fields, record: type[Record]) -> None:
    known = [field.name for field in fields_of(record)]
    for key in item.value:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise FieldError(f"{item.path}.{key}", f"is no column; {hint}")


def _value(item: Fields, field: Field) -> Any:
    if item.value.get(field.name) in (None, ""):
        if field.required:
            item.text(field.name)
        return None
    if field.choices:
        return item.choice(field.name, {word: word for word in field.choices})
    if field.type is bool:
        return _truth(item, field.name)
    return item.time(field.name) if field.name.endswith("_at") else item.text(field.name)


def _truth(item: Fields, name: str) -> bool:
    value = item.value[name]
    if not isinstance(value, bool):
        raise FieldError(f"{item.path}.{name}", "should be true or false")
    return value
