"""What `绩效.cmd` does with what was dropped on it: checks it, writes the results beside it and opens them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from etl.safe.say import say

ENDING = "（审核结果）"
FOUND = (0, 1, 3)
"""Exit codes of a run that came to its end: nothing found, errors found, something lost on the way."""


def main(arguments: Sequence[str]) -> int:
    """Check the folders, zips and workbooks named, and return the exit code of the run."""
    if not arguments:
        say("请把装有填报表的文件夹（或压缩包、工作簿）拖到“绩效.cmd”图标上。")
        return 2
    output = beside(Path(arguments[0]))
    code = subprocess.call(
        [sys.executable, "-m", "jixiao", "run", *arguments, "-o", str(output), "--letters"]
    )
    if code in FOUND:
        open_results(output)
    return code


def beside(dropped: Path) -> Path:
    """Return where the results of what was dropped go: a folder of its name and `（审核结果）` beside it."""
    name = dropped.name if dropped.is_dir() else dropped.stem
    return dropped.absolute().parent / f"{name}{ENDING}"


def open_results(output: Path) -> None:
    """Open the report and the folder with the returns, where the system knows how (Windows)."""
    for path in (output, output / "report.html"):
        if sys.platform == "win32":
            os.startfile(path)
        else:
            say(f"→ {path}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
