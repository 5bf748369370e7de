"""What is done before the first visitor comes: the code of pages is there, and out of the collector's way."""

import gc
from importlib import import_module
from pkgutil import walk_packages

import plotly.io

import dashboards
from dashboards.drawing.theme import figure, palette

# These draw when they are imported.
_SCRIPTS = ("dashboards.app", "dashboards.views.")
# What pandas, Streamlit and SciPy import when they are first asked for a table, an icon or an interval.
_LATE = (
    "pandas.io.formats.style",
    "pyarrow.pandas_compat",
    "scipy.optimize",
    "scipy.stats",
    "streamlit.material_icon_names",
)


def warm() -> None:
    """Import what pages use, so that no visitor waits for it, and let no collection walk through it again.

    A quarter of a million objects of the libraries never go. Streamlit would walk through all of them after
    each run of a page, 0.15 s; ``dashboards/.streamlit/config.toml`` turns that off. Python's own collector
    does without: after 100 visits the process was as large as after 20.
    """
    for module in walk_packages(dashboards.__path__, "dashboards."):
        if not module.name.startswith(_SCRIPTS):
            import_module(module.name)
    for name in _LATE:
        import_module(name)
    # Plotly imports much of itself with its first figure.
    plotly.io.to_json(figure(palette(None)).figure())
    gc.collect()
    gc.freeze()
