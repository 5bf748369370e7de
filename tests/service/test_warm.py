"""Before the first visitor, the server has the code of pages and keeps the collector off the libraries."""

import gc
import sys
import tomllib
from importlib.resources import files

import pytest

from service.serving.warm import warm


def test_the_code_of_every_page_is_there_before_it_is_frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    frozen: list[set[str]] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(set(sys.modules)))
    warm()
    (known,) = frozen
    assert {"dashboards.delivery.panels", "dashboards.page.tables", "plotly.io._json"} <= known
    # Views are scripts: importing them would draw them for nobody.
    assert not [name for name in known if name.startswith("dashboards.views.")]


def test_no_collection_of_everything_follows_a_run_of_a_page() -> None:
    settings = tomllib.loads(files("dashboards").joinpath(".streamlit/config.toml").read_text())
    assert settings["runner"]["postScriptGC"] is False
