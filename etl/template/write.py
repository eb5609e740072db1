"""Writes blank forms: one workbook, or one an agency of the roster."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from etl.form.declaration import Form
from etl.safe.file_names import writable_path
from etl.safe.whole_file import make_folder, write_whole


def write_blank_forms(
    form: Form, output: Path, roster: Path | None, year: int, agency: str, *, totals: bool = False
) -> Iterator[Path]:
    """Write the blank form that checks itself and yield each file written.

    With `totals` the totals add up by themselves and are locked. Without a roster `output` is the workbook (`.xlsx`) or a folder for it; with one it is a folder that
    receives a prefilled workbook for each agency.
    """
    from etl.template.blank_form import blank_form, blank_forms

    if roster is None:
        path = output if output.suffix.lower() == ".xlsx" else output / f"{form.title.text}.xlsx"
        write_whole(path, blank_form(form, agency, year, totals=totals))
        yield path
        return
    from etl.intake.roster import read_roster

    make_folder(output)
    for name, content in blank_forms(form, read_roster(roster)["agency"], year, totals=totals):
        path = output / writable_path([f"{name}.xlsx"])
        write_whole(path, content)
        yield path
