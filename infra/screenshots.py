"""`make screenshots`: the pictures of README.md and docs/, taken anew of the demo's reviews.

A stack of its own walks the demo and its pages are pictured; two tests that walk through the app
picture their steps. Everything is put into docs/images with few colours, which is what a page has.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, Page
from rich.console import Console

from infra.browser import opened
from infra.parts import ROOT
from infra.stack import Stack
from satispy import one_time
from satispy.client import Client
from satispy.demo import screen
from satispy.demo.generate import DEMO_SCALE, write_walk
from satispy.errors import StackError
from satispy.settings import Settings

IMAGES: Final = ROOT / "docs" / "images"
COLOURS: Final = 256
#: Of one picture in the strip, in pixels.
WIDTH, GAP, COLUMNS = 560, 12, 3


@dataclass(frozen=True)
class Picture:
    name: str
    page: str  # as its address says it
    height: int
    width: int = 1240
    language: str = "fr-FR"
    example: str = ""  # the button to click, and its answer to wait for


PICTURES: Final = (
    Picture("overview", "accueil", 860),
    Picture("why", "pourquoi", 1180),
    Picture("why-english", "pourquoi", 1180, language="en-GB"),
    Picture("why-narrow", "pourquoi", 1500, width=390),
    Picture("evolution", "evolution", 1120),
    Picture("predict", "predire", 1000, example="Mitigé"),
)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        taken = Path(folder)
        with demo() as stack, opened() as browser:
            if browser is None:
                raise StackError("No Chromium starts here; make test says what helps.")
            for each in PICTURES:
                take(browser, stack, each, taken / f"{each.name}.png")
        for path in sorted(taken.glob("*.png")):
            keep(Image.open(path), IMAGES / path.name)
    operator = steps("tests/dashboard/test_operators_walk.py")
    for name, image in operator.items():
        keep(image, IMAGES / "operator" / f"{name}.png")
    walk = steps("tests/e2e/test_without_a_terminal.py")
    keep(strip([*walk.values()]), IMAGES / "walk.png")


@contextmanager
def demo() -> Iterator[Stack]:
    """A stack that has walked the demo, in a home of its own."""
    settings = Settings()
    settings = settings.model_copy(update={"home": settings.home / "screenshots"})
    stack = Stack(settings)
    stack.down()
    shutil.rmtree(settings.home, ignore_errors=True)
    files = write_walk(settings.home / "reviews", scale=DEMO_SCALE)
    console = Console()
    try:
        stack.up(console.print)
        updates = screen.follow(console, stack.store(), files)
        with Client(stack.service.url) as client:
            screen.wait_until_served(client, updates[-1])
        yield stack
    finally:
        stack.down()


def take(browser: Browser, stack: Stack, picture: Picture, target: Path) -> None:
    context = browser.new_context(
        locale=picture.language, viewport={"width": picture.width, "height": picture.height}
    )
    context.set_default_timeout(120_000)
    page = context.new_page()
    page.goto(one_time.link(stack.app.url, one_time.make(stack.home)))
    page.get_by_role("tab").first.wait_for()
    page.goto(f"{stack.app.url}/app#{picture.page}")
    page.get_by_role("heading", level=1).wait_for()
    if picture.example:
        page.get_by_role("button", name=picture.example).click()
        page.get_by_role("region", name="Les mots qui ont pesé").wait_for()
    at_rest(page)
    page.screenshot(path=target)
    context.close()


def at_rest(page: Page) -> None:
    """What was sent ahead is gone; charts are drawn a moment after their page is there."""
    page.locator("#ahead").wait_for(state="detached")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(3_000)


def steps(test: str) -> dict[str, Image.Image]:
    """Name → picture of each step of a test, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", "--demand-browser", test]
        environment = {**os.environ, "SATISPY_PICTURES": folder}
        subprocess.run(command, cwd=ROOT, env=environment, check=True)  # noqa: S603  # our own
        return {path.stem: Image.open(path).copy() for path in sorted(Path(folder).glob("*.png"))}


def strip(images: Sequence[Image.Image]) -> Image.Image:
    """All of one size, numbered, beside and below each other."""
    height = WIDTH * images[0].height // images[0].width
    rows = -(-len(images) // COLUMNS)
    size = (COLUMNS * (WIDTH + GAP) + GAP, rows * (height + GAP) + GAP)
    sheet = Image.new("RGB", size, "#c9d3da")
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(22)
    for number, image in enumerate(images):
        row, column = divmod(number, COLUMNS)
        left, top = GAP + column * (WIDTH + GAP), GAP + row * (height + GAP)
        sheet.paste(
            image.convert("RGB").resize((WIDTH, height), Image.Resampling.LANCZOS), (left, top)
        )
        centre = (left + WIDTH - 24, top + height - 24)
        draw.circle(centre, 17, fill="#17516d")
        draw.text(centre, str(number + 1), fill="white", font=font, anchor="mm")
    return sheet


def keep(image: Image.Image, target: Path) -> None:
    few = image.convert("RGB").quantize(
        COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
    )
    few.save(target, optimize=True)
    print(f"{target.relative_to(ROOT)}: {target.stat().st_size >> 10} kB")  # noqa: T201


if __name__ == "__main__":
    main()
