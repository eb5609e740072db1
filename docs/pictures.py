"""Draws the pictures of the READMEs from real runs, through LibreOffice: `python -m docs.pictures`.

Needs soffice, pdftoppm and convert. Not compared by a test: renderings differ between machines.
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
    ("returns/苏州市教育装备与勤工俭学管理办公室.xlsx", 2, "return"),
)


def main() -> None:
    """Run the samples and draw a page of each workbook named."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        command = [
            sys.executable,
            "-m",
            "etl",
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
            "-colors",
            "64",
            str(picture),
        ],
        check=True,
    )


if __name__ == "__main__":
    main()
