"""What the read API refuses, with reasons, and as its description says."""

from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.api.application import build_api
from service.api.served import Served
from tests.service.api.http import serving
from tests.service.api.reading import OTHER, SHARE, TOKENS, Reader
from tests.service.folders import configured
from tests.service.report_world import NOW


@pytest.mark.parametrize(
    ("path", "asked", "status", "words"),
    [
        ("/v1/metrics/self_servic_share", {}, 404, "Did you mean 'self_service_share'?"),
        ("/v1/metrics/self_servic_share/evidence", {}, 404, "Did you mean 'self_service_share'?"),
        (SHARE, {"tema": "alpha"}, 422, "tema"),
        (SHARE, {"by": "person"}, 422, "by"),
        (SHARE, {"by": "service"}, 422, "it takes: team"),
        (SHARE, {"start": "2025-13-01"}, 422, "start"),
        (SHARE, {"start": "2026-01-01", "end": "2025-01-01"}, 422, "ends"),
        (SHARE, {"start": "1970-01-01", "end": "2100-01-01"}, 422, "20 years"),
        (SHARE, {"team": "shops"}, 422, "There is no team 'shops' in this snapshot. Did you mean 'shop'?"),
        (SHARE, {"action": "fly"}, 422, "There is no action 'fly'"),
        ("/v1/metrics/change_lead_time", {"service": "x"}, 422, "There is no service 'x'"),
        ("/v1/metrics/change_lead_time", {"tier": "x"}, 422, "There is no tier 'x'"),
        (f"{SHARE}/evidence", {"by": "team", "scope": "shops"}, 422, "Did you mean 'shop'?"),
        (SHARE, {"parameter": "clock"}, 422, "name=value"),
        (SHARE, {"parameter": "clock=merged"}, 422, "no parameter 'clock'"),
        ("/v1/roi/2025-Q5", {}, 422, "is no quarter"),
        ("/v1/roi/2025-Q4", {"self_service_share": "nan"}, 422, "self_service_share"),
    ],
)
def test_refusals_say_what_is_wrong(
    reader: Reader, path: str, asked: dict[str, str], status: int, words: str
) -> None:
    answer = reader.get(path, **asked)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


def test_every_address_needs_the_scope_read(reader: Reader) -> None:
    for path in reading_paths(reader.client):
        concrete = path.replace("{version}", "1").replace("{quarter}", "2025-Q4").replace("{name}", "x")
        assert reader.client.get(concrete).status_code == 401, path
        assert reader.get(concrete, token=OTHER).status_code == 403, path


def test_without_a_snapshot_it_says_so(tmp_path: Path, tokens: None) -> None:
    known = configured(tmp_path, TOKENS)
    with serving(build_api(Served(known, clock=lambda: NOW))) as client:
        answer = Reader(client, known.path, tmp_path).get(SHARE)
    assert (answer.status_code, "Nothing is published" in answer.json()["detail"]) == (503, True)


def reading_paths(client: httpx.Client) -> dict[str, list[str]]:
    """The addresses that may be read by the API's own description, each with what it takes."""
    described = client.get("/openapi.json").json()["paths"]
    return {
        path: [each["name"] for each in methods["get"].get("parameters", [])]
        for path, methods in described.items()
        if "get" in methods and not path.startswith("/v1/actions")
    }


ODD = st.one_of(
    st.text(max_size=20).filter(lambda text: text not in (".", "..")),
    st.sampled_from(
        (
            *("", "0", "-1", "1e400", "nan", "9" * 40, "\x00", "'; DROP TABLE x --", "..%2f", "%00", "eyJ9"),
            *("0001-01-01", "9999-12-31", "2025-07-01", "2026-01-01", "2025-Q4", "FY9000-Q4", "9000-Q4"),
            *("self_service_share", "change_lead_time", "team", "week", "csv", "x=1", "clock=merged", "1"),
        )
    ),
    st.integers().map(str),
    st.dates().map(str),
)


@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(data=st.data())
def test_odd_values_never_make_it_fail(reader: Reader, data: st.DataObject) -> None:
    paths = reading_paths(reader.client)
    path = route = data.draw(st.sampled_from(sorted(paths)))
    names = [name for name in paths[path] if f"{{{name}}}" not in path and name != "if-none-match"]
    for name in ("name", "quarter", "version"):
        path = path.replace(f"{{{name}}}", quote(data.draw(ODD), safe=""))
    chosen = data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True)) if names else []
    answer = reader.get(path, **{name: data.draw(ODD) for name in chosen})
    assert answer.status_code < 500, answer.text
    assert is_described(reader.client, route, answer), (route, answer.status_code, answer.headers)


def is_described(client: httpx.Client, route: str, answer: httpx.Response) -> bool:
    """Whether the description of the API knows such an answer of the route."""
    known = client.get("/openapi.json").json()["paths"][route]["get"]["responses"]
    return answer.headers["content-type"] in known.get(str(answer.status_code), {}).get("content", {})
