"""What axe-core finds on a page, without what Streamlit draws by itself."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

AXE = Path(__file__).parents[1] / "node" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason=f"there is no axe-core at {AXE}; run make test")
# Rule, and the part of the page where what it finds is Streamlit's own markup and cannot be mended from here.
STREAMLITS_OWN = (
    # The headings of the navigation stand between the items of its list instead of in them.
    ("list", "[data-testid=stSidebarNavItems]"),
    ("listitem", "[data-testid=stSidebarNavItems]"),
    # A long box of code has no tabindex. Chromium and Firefox let the keyboard into what scrolls by itself,
    # and `test_deploying` holds that.
    ("scrollable-region-focusable", "[data-testid=stCode]"),
)
_RUN = """
async (ours) => {
  const found = await axe.run(document, {resultTypes: ['violations']});
  const known = (rule, node) => ours.some(
    ([id, part]) => id === rule && document.querySelector(node.target.flat()[0])?.closest(part));
  return found.violations.flatMap(rule => rule.nodes.filter(node => !known(rule.id, node)).map(
    node => `${rule.id}: ${JSON.stringify(node.target)} ${node.html.slice(0, 200)}`));
}
"""


def violations(page: Page) -> list[str]:
    """Rule and element of each violation that is ours, on the whole page with its side bar."""
    page.evaluate(AXE.read_text())
    found = page.evaluate(_RUN, [list(each) for each in STREAMLITS_OWN])
    assert isinstance(found, list), json.dumps(found)
    return found
