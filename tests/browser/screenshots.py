"""Takes the pictures in docs/images again: ``python -m tests.browser.screenshots``.

The demo world is built in a temporary folder and served from there, so they show what a first run shows.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import CHROMIUM, chromium, page_at, served, show_whole

IMAGES = Path(__file__).parents[2] / "docs" / "images"
_DEMO = "from service.cli import main; main()"
# Name of the picture, path with its query, mode, width.
PICTURES = (
    ("overview-light", "/", "light", 1440),
    ("overview-dark", "/", "dark", 1440),
    ("overview-narrow", "/", "light", 390),
    ("roi-light", "/roi", "light", 1440),
    ("roi-dark", "/roi?realisation=70", "dark", 1440),
    ("roi-narrow", "/roi", "dark", 390),
    ("delivery-lead-time-light", "/delivery", "light", 1440),
    ("delivery-fail-rate-dark", "/delivery?key=Change+fail+rate&rows=true", "dark", 1440),
    ("delivery-narrow", "/delivery", "dark", 390),
    ("adoption-light", "/adoption", "light", 1440),
    ("adoption-narrow", "/adoption", "dark", 390),
    ("team-dark", "/team?team=Payments", "dark", 1440),
    ("service-light", "/service?service=payments+api", "light", 1440),
)


def main() -> int:
    """Write every picture; the exit code is 1 where there is no Chromium."""
    if not CHROMIUM.exists():
        sys.stderr.write(f"There is no Chromium at {CHROMIUM}; install it to take the pictures.\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "demo"
        subprocess.run([sys.executable, "-c", _DEMO, "demo", str(world)], check=True)
        with served(world / "marts", Path(folder)) as address, chromium() as browser:
            for name, path, mode, width in PICTURES:
                _take(browser, address + path, IMAGES / f"{name}.png", mode, width)
    return 0


def _take(browser: Browser, address: str, target: Path, mode: str, width: int) -> None:
    with page_at(browser, address, mode=mode, width=width) as page:
        show_whole(page)
        if page.locator("[data-testid=stException]").count():
            raise RuntimeError(f"{target.name}: the page shows an error")
        page.screenshot(path=target)
    sys.stderr.write(f"{target.name}\n")


if __name__ == "__main__":
    raise SystemExit(main())
