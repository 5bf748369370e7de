"""Takes the pictures in docs/images again: ``python -m tests.browser.screenshots``.

The world of `config.yaml` is built in a temporary folder and served by `payoff serve`: what `make run` shows.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.actions.asked import IMAGE
from tests.browser.chromium import CHROMIUM, chromium, page_at, serving, settle, show_whole

ROOT = Path(__file__).parents[2]
IMAGES = ROOT / "docs" / "images"
# Text and charts have few colours: with a palette a picture stays small in the repository.
_COLOURS = 256
Whole = npt.NDArray[np.int64]


def ask_for_a_diff(page: Page) -> None:
    """Fill in the form of a service and look at its dry run."""
    page.get_by_role("textbox", name="Name *").fill("basket")
    page.get_by_role("textbox", name="Image *").fill(IMAGE)
    page.get_by_role("combobox", name="Team *").click()
    page.get_by_role("option", name="checkout").first.click()
    page.get_by_role("button", name="Show the diff").click()
    page.get_by_text("A dry run: nothing was changed").wait_for(timeout=30_000)
    settle(page)


class Picture(NamedTuple):
    """A picture: its name, the path with its query, and what is done before it is taken.

    ``tallest`` is how much of the page is shown: enough to see what it is about.
    """

    name: str
    path: str
    mode: Any
    width: int = 1440
    prepare: Callable[[Page], None] | None = None
    tallest: int = 2400


PICTURES = (
    Picture("overview-light", "/", "light"),
    Picture("overview-dark", "/", "dark"),
    Picture("overview-narrow", "/", "light", 390),
    Picture("roi-light", "/roi", "light"),
    Picture("roi-dark", "/roi?realisation=70", "dark"),
    Picture("delivery-light", "/delivery", "light"),
    Picture("delivery-dark", "/delivery?key=Change+fail+rate&rows=true", "dark"),
    Picture("adoption-light", "/adoption", "light"),
    Picture("adoption-narrow", "/adoption", "dark", 390),
    Picture("team-dark", "/team?team=Payments", "dark"),
    Picture("service-light", "/service?service=payments+api", "light"),
    Picture("data-health-light", "/data_health?audit=Change+fail+rate", "light"),
    Picture("catalogue-dark", "/catalogue?metric=change_lead_time", "dark"),
    Picture("deploy-light", "/deploy", "light", prepare=ask_for_a_diff, tallest=1460),
)


def main() -> int:
    """Write every picture; the exit code is 1 where there is no Chromium."""
    if not CHROMIUM.exists():
        sys.stderr.write(f"There is no Chromium at {CHROMIUM}; install it to take the pictures.\n")
        return 1
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(shutil.copy(ROOT / "config.yaml", folder))
        payoff = str(Path(sys.executable).with_name("payoff"))
        subprocess.run([payoff, "collect", "--config", str(config)], check=True)
        with serving(config) as address, chromium() as browser:
            for picture in PICTURES:
                _take(browser, address, picture)
    return 0


def _take(browser: Browser, address: str, picture: Picture) -> None:
    target = IMAGES / f"{picture.name}.png"
    with page_at(browser, address + picture.path, mode=picture.mode, width=picture.width) as page:
        if picture.prepare:
            picture.prepare(page)
        show_whole(page, tallest=picture.tallest)
        if page.locator("[data-testid=stException]").count():
            raise RuntimeError(f"{target.name}: the page shows an error")
        taken = Image.open(BytesIO(page.screenshot()))
    _few_colours(taken.convert("RGB")).save(target, optimize=True)
    sys.stderr.write(f"{target.name}: {target.stat().st_size // 1000} kB\n")


def _few_colours(image: Image.Image) -> Image.Image:
    """The picture with a palette that keeps its plain grounds exactly and shifts only edges of letters."""
    red, green, blue = np.moveaxis(np.asarray(image).astype(np.int64), -1, 0)
    found, at, counts = np.unique(red << 16 | green << 8 | blue, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    chosen, nearest = _palette(colours, counts)
    palette = Image.fromarray(nearest[at].reshape(red.shape).astype(np.uint8), "P")
    palette.putpalette(chosen.astype(np.uint8).tobytes())
    return palette


def _palette(colours: Whole, counts: Whole) -> tuple[Whole, Whole]:
    """The chosen colours, one after the other that which is worst served yet; for each colour its place.

    The usual ways to choose take means of neighbours, and tint a whole side bar.
    """
    error = np.full(len(colours), np.iinfo(np.int32).max, dtype=np.int64)
    nearest, chosen = np.zeros(len(colours), dtype=np.int64), []
    for place in range(min(_COLOURS, len(colours))):
        new = colours[int(np.argmax(error * counts))]
        distance = ((colours - new) ** 2).sum(axis=1)
        nearest[distance < error] = place
        error = np.minimum(error, distance)
        chosen.append(new)
    return np.array(chosen), nearest


if __name__ == "__main__":
    raise SystemExit(main())
