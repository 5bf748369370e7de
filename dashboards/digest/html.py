"""The digest as the HTML of a mail: one column of tables with its styles inline, no script, no image.

Mail clients drop style sheets, so every colour stands at its element; those that keep them turn dark by the
one media query there is.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup, escape

from dashboards.digest.content import Digest, Line
from dashboards.digest.markup import cleaned, parts
from dashboards.digest.plain import SIGNS

_CODE = (
    "font-family:ui-monospace,Menlo,Consolas,monospace;font-size:13px;"
    "background-color:#eef2f7;border-radius:4px;padding:1px 4px;"
)
_TAGS = {
    "": Markup("{}"),
    "strong": Markup("<strong>{}</strong>"),
    "code": Markup(f'<code class="code" style="{_CODE}">{{}}</code>'),  # noqa: S704  our own style
}


def html_page(digest: Digest) -> str:
    """The whole page; everything from data is escaped."""
    page: str = _template().render(digest=digest, signs=SIGNS)
    return page


def _styled(line: Line) -> Markup:
    return Markup("").join(_TAGS[style].format(piece) for piece, style in parts(cleaned(line.text)))


def _plain(text: str) -> Markup:
    return escape(cleaned(text))


@cache
def _template() -> Any:
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {"styled": _styled, "plain": _plain}
    source = files("dashboards.digest.templates").joinpath("digest.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)
