"""Writes blank forms: one workbook, or one an agency of the roster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from etl.form.declaration import Form
from etl.safe.whole_file import make_folder, write_whole

_UNSAFE = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
LONGEST_NAME = 60


def write_blank_forms(
    form: Form, output: Path, roster: Path | None, year: int, agency: str
) -> Iterator[Path]:
    """Write the blank form that checks itself and yield each file written.

    Without a roster `output` is the workbook (`.xlsx`) or a folder for it; with one it is a folder that
    receives a prefilled workbook for each agency.
    """
    from etl.template.blank_form import blank_form, blank_forms

    if roster is None:
        path = output if output.suffix.lower() == ".xlsx" else output / f"{form.title.text}.xlsx"
        write_whole(path, blank_form(form, agency, year))
        yield path
        return
    from etl.intake.roster import read_roster

    make_folder(output)
    for name, content in blank_forms(form, read_roster(roster)["agency"], year):
        path = output / f"{safe_name(name)}.xlsx"
        write_whole(path, content)
        yield path


def safe_name(text: str) -> str:
    """Return a text as part of a file name: no separators or controls, short, never a reserved name."""
    name = _UNSAFE.sub("_", text).strip(" .")[:LONGEST_NAME] or "_"
    reserved = {"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))}
    return f"_{name}" if name.partition(".")[0].lower() in reserved else name
