"""Draws the pictures of the READMEs from real runs, through LibreOffice and Chromium: `python -m docs.pictures`.

Needs soffice, pdftoppm, chromium and convert. Not compared by a test: renderings differ between machines.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from docs.draw import HOME

IMAGES = HOME / "docs" / "img"
PAGES = (
    ("returns/苏州市教育装备与勤工俭学管理办公室.xlsx", 1, "remarks"),
    ("returns/苏州市教育装备与勤工俭学管理办公室.xlsx", 3, "return"),
)


def main() -> None:
    """Run the samples and draw a page of each workbook named."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        command = [
            sys.executable,
            "-m",
            "jixiao",
            "run",
            "samples/city",
            "samples/published",
            "-o",
            str(work),
            "--quiet",
        ]
        subprocess.run([*command, "--roster", "samples/city/roster.csv"], cwd=HOME, check=False)
        for name, page, picture in (*PAGES, ("citywide.xlsx", 1, "citywide")):
            _draw(work / name, page, IMAGES / f"{picture}.png", work)
        one = [*command[:4], "samples/published", "-o", str(work / "one"), "--quiet", "--letters"]
        subprocess.run(one, cwd=HOME, check=False)
        (letter,) = (work / "one" / "letters").glob("*.docx")
        _draw(letter, 1, IMAGES / "letter.png", work)
        _browse(work / "one" / "report.html", IMAGES / "report.png", work)


def _browse(page: Path, picture: Path, work: Path) -> None:
    """Take a picture of a page with its first form open; the window is high enough that nothing scrolls."""
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--window-size=1280,7000",
        "--virtual-time-budget=4000", f"--user-data-dir={work / 'browser'}", f"--screenshot={picture}",
    ]  # fmt: skip
    subprocess.run([*command, f"{page.as_uri()}#f1"], check=True, capture_output=True)
    shrink = ["-crop", "1280x1250+0+0", "+repage", "+dither", "-colors", "128"]
    subprocess.run(["convert", str(picture), *shrink, str(picture)], check=True)


def _draw(workbook: Path, page: int, picture: Path, work: Path) -> None:
    profile = f"-env:UserInstallation={(work / 'profile').as_uri()}"
    convert = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(work), str(workbook)]
    subprocess.run(convert, check=True, capture_output=True)
    stem = picture.with_suffix("")
    pdf = work / f"{workbook.stem}.pdf"
    subprocess.run(
        [
            "pdftoppm",
            "-r",
            "95",
            "-png",
            "-f",
            str(page),
            "-l",
            str(page),
            "-singlefile",
            str(pdf),
            str(stem),
        ],
        check=True,
    )
    subprocess.run(
        [
            "convert",
            str(picture),
            "-trim",
            "-bordercolor",
            "white",
            "-border",
            "16",
            "+dither",
            "-colors",
            "64",
            str(picture),
        ],
        check=True,
    )


if __name__ == "__main__":
    main()
