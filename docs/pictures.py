"""Draws the pictures of the READMEs and the manual from real runs over the sample city: `python -m docs.pictures [NAME…]`.

Needs soffice, pdftoppm and chromium, the extras, and Pillow, which nothing else here needs. Not compared by a test:
renderings differ between machines.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from docs.draw import HOME

IMAGES = HOME / "docs" / "img"
_PORT, _SCREEN = 8799, {"width": 1280, "height": 900}
_RESOLUTION, _COLOURS = 95, 256
"""Dots an inch of a page, and colours of a picture: enough to read it, and a file stays below 200 kB."""
_WHOSE = "绩效处"  # the desk shows who decides: not the account that draws
_BATCH = "2023年预算绩效目标"
_AGENCY = "苏州市教育装备与勤工俭学管理办公室"


@dataclass(frozen=True)
class Sheet:
    """A picture of a page of a document: its name, the document of the run (a pattern), the page."""

    picture: str
    document: str
    page: int


SHEETS = (
    Sheet("remarks", f"returns/{_AGENCY}.xlsx", 1),
    Sheet("return", f"returns/{_AGENCY}.xlsx", 4),
    Sheet("citywide", "citywide.xlsx", 1),
    Sheet("letter", f"letters/**/*{_AGENCY}*.docx", 1),
)


def main(wanted: list[str]) -> None:
    """Run the samples and draw the pictures asked for, or all."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        _jixiao(
            "run", "samples/city", "samples/published", "-o", str(work / "out"), "--quiet", "--letters",
            "--reply-by", "2023-03-31", "--roster", "samples/city/roster.csv",
        )  # fmt: skip
        for sheet in SHEETS:
            if not wanted or sheet.picture in wanted:
                (document,) = (work / "out").glob(sheet.document)
                _keep(_page_of(document, sheet.page, work), sheet.picture, trim=True)
        with _browser() as page:
            if not wanted or "report" in wanted:
                _report(page, work / "out" / "report.html")
            if not wanted or "desk" in wanted:
                with _desk(work) as address:
                    _walk_through(page, address)


def _report(page: Any, report: Path) -> None:
    """Take the page of the batch with the form of an agency open."""
    page.goto(report.as_uri())
    page.locator(f"a:has-text('{_AGENCY}')").first.click()
    opened = page.locator("details[open] > summary", has_text=_AGENCY)
    opened.evaluate("it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 72)")  # below the filters
    page.wait_for_timeout(500)
    _keep(page.screenshot(), "report")


def _walk_through(page: Any, address: str) -> None:
    """Take the board of the city, decide on one form and take its page."""
    page.goto(address)
    page.locator(f"main a:has-text('{_BATCH}')").first.click()
    page.wait_for_selector("table.board", timeout=240_000)
    page.click("a:has-text('排水设施')")
    page.wait_for_selector("article.finding")
    page.keyboard.press("j")
    page.keyboard.press("1")
    page.wait_for_selector(".undo")
    page.keyboard.press("k")  # back to what was decided
    page.wait_for_timeout(500)
    _keep(page.screenshot(), "desk-form")
    page.goto(page.url.rpartition("/f/")[0])
    _keep(page.screenshot(), "desk-board")


@contextmanager
def _browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield browser.new_page(viewport=_SCREEN, locale="zh-CN", color_scheme="light")
        finally:
            browser.close()


@contextmanager
def _desk(work: Path) -> Iterator[str]:
    """Give the address of a desk that begins with the sample city."""
    came_in = shutil.copytree(HOME / "samples" / "city", work / _BATCH)
    given = ["--home", str(work / "desk"), "--port", str(_PORT), "--hand-in", str(came_in), "--lang", "zh"]
    named = os.environ | {"LOGNAME": _WHOSE, "PYTHONPATH": str(HOME), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "jixiao", "desk", *given]
    with subprocess.Popen(command, cwd=HOME, env=named, stdout=subprocess.PIPE, text=True) as desk:
        assert desk.stdout is not None
        try:
            address = desk.stdout.readline().split()[-1]
            _wait_for_answer()
            yield address
        finally:
            desk.terminate()


def _wait_for_answer() -> None:
    for _ in range(100):  # it says its address a moment before it answers
        with suppress(OSError), socket.create_connection(("127.0.0.1", _PORT), timeout=5):
            return
        time.sleep(0.1)
    raise TimeoutError("the desk does not answer")


def _jixiao(*words: str) -> None:
    subprocess.run([sys.executable, "-m", "jixiao", *words], cwd=HOME, check=False)  # 1: errors were found


def _page_of(document: Path, page: int, work: Path) -> bytes:
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    printed = work / f"{document.stem}.pdf"
    printed.unlink(missing_ok=True)  # of a workbook of the same name
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(document)]
    subprocess.run(convert, check=True, capture_output=True)
    only = ["-f", str(page), "-l", str(page), "-singlefile", "-r", str(_RESOLUTION)]
    subprocess.run(["pdftoppm", "-png", *only, str(printed), str(work / "page")], check=True)
    return (work / "page.png").read_bytes()


def _keep(drawn: bytes, picture: str, trim: bool = False) -> None:
    """Write a picture small, `trim`: without the white of the paper around it."""
    from PIL import Image, ImageChops, ImageOps

    image = Image.open(io.BytesIO(drawn)).convert("RGB")
    if trim:
        white = Image.new("RGB", image.size, "white")
        image = ImageOps.expand(image.crop(ImageChops.difference(image, white).getbbox()), 16, "white")
    flat = image.quantize(_COLOURS, dither=Image.Dither.NONE)
    flat.save(IMAGES / f"{picture}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
