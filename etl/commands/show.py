"""Prints a file's forms in the terminal as they look, with marks and messages."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from checks.finding import SEVERITY_NAMES
from checks.rule import RULES
from etl.batch.request import Request
from etl.cell.grid import Workbook, column_letters
from etl.frames.located import Located
from etl.frames.told import places_text, told
from etl.report.picture import Picture, PictureCell, pictures
from etl.safe.clean import clean
from etl.safe.refusal import Refusal
from etl.safe.say import say
from etl.safe.width import padded, width
from etl.sheets.outline import outlines

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from etl.batch.model import Batch

_SHORTEST, _LONGEST = 4, 44
"""Columns a cell's text may take before it goes on below."""
_MOST_LINES = 6
_NARROWEST = 60
_FILLS = {"error": "black on bright_red", "warning": "black on yellow", "info": "black on bright_cyan"}
_FRAMES = {"error": "bright_red", "warning": "yellow", "info": "cyan"}
_WORDS = {
    "zh": {"more": "另有{count}个有内容的单元格在画出的范围之外", "clean": "未发现问题。"},
    "en": {"more": "{count} filled cells lie outside what is drawn", "clean": "Nothing was found."},
}


def show_file(file: Path, year: int | None, config: Path | None, lang: str) -> Batch:
    """Check one file, print its forms, and return the checked batch; raises `Refusal` as a check does."""
    from etl.batch.read import checked
    from etl.batch.whole import form_sheets
    from etl.commands.terminal import file_lines
    from etl.intake.read import open_workbook, submission_bytes
    from etl.intake.submissions import find_submissions

    if file.is_dir():
        raise Refusal(f"请给出一个文件 one file is shown, not a folder: {file}")
    batch = checked(Request((file,), year=year, config=config, workers=1))
    for line in file_lines(batch, lang):
        say(line)
    sheets = form_sheets(batch)
    here = [entry for entry in batch.located if entry.cells and not RULES[entry.finding.code].summary]
    by_path = {submission.relative: submission for submission in find_submissions([file])[0]}
    for path, names in sheets.items():
        found = [entry for entry in here if entry.finding.path == path]
        console = _console()
        show(open_workbook(submission_bytes(by_path[path])), names, found, lang, console)
        for line in console.file.getvalue().splitlines():  # type: ignore[attr-defined]
            say(line.rstrip())
    return batch


def _console() -> Console:
    """Return a console that draws into memory: coloured where standard output is a terminal, plain in a pipe.

    What the terminal's encoding lacks is escaped when the lines are printed.
    """
    from rich.console import Console

    return Console(
        file=io.StringIO(),
        force_terminal=sys.stdout.isatty(),
        width=max(shutil.get_terminal_size((100, 40)).columns, _NARROWEST),
        highlight=False,
        markup=False,
        emoji=False,
    )


def _has_lines() -> bool:
    """Say whether standard output can show the characters that boxes are drawn with."""
    try:
        "┌─│".encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def show(
    workbook: Workbook, sheets: Sequence[str], located: Sequence[Located], lang: str, console: Console
) -> None:
    """Print the sheets named with marked cells, then the findings in words.

    A marked cell carries the numbers of its findings, so that marks are seen without colours as well.
    """
    from rich.text import Text

    for picture in pictures(outlines(workbook, sheets), located):
        console.print(Text(clean(picture.sheet), style="bold"))
        for line in _lines(picture, console.width):
            console.print(line)
        if picture.left_out:
            console.print(Text(_WORDS[lang]["more"].format(count=picture.left_out), style="dim"))
    for message in _messages(located, lang):
        console.print(message)
    if not located:
        console.print(Text(_WORDS[lang]["clean"]))


def _lines(picture: Picture, available: int) -> Iterator[Text]:
    """Yield the sheet's lines; a cell that spans columns is drawn across them, a row goes on as long as it must."""
    from rich.text import Text

    bar, rule = ("│", "─") if _has_lines() else ("|", "-")
    cells = [cell for cell in picture.cells if cell.text or cell.mark]
    last = max((cell.column for cell in cells), default=0)
    widths = _widths(cells, last, available)
    by_row: dict[int, dict[int, PictureCell]] = {}
    for cell in cells:
        by_row.setdefault(cell.row, {})[cell.column] = cell
    heads = [padded(column_letters(column), widths[column]) for column in range(1, last + 1)]
    yield Text(bar.join(["   ", *heads]), style="dim")
    yield Text(rule * (3 + last + sum(widths.values())), style="dim")
    for row, here in sorted(by_row.items()):
        yield from _row(row, here, widths, bar)


def _row(row: int, here: dict[int, PictureCell], widths: dict[int, int], bar: str) -> Iterator[Text]:
    from rich.text import Text

    drawn: list[tuple[list[str], int, PictureCell | None]] = []
    column = 1
    while column <= len(widths):
        cell = here.get(column)
        end = min(column + (cell.columns if cell else 1), len(widths) + 1)
        across = sum(widths[at] for at in range(column, end)) + end - column - 1
        drawn.append((_folded(_marked_text(cell), across) if cell else [], across, cell))
        column = end
    for number in range(max(len(lines) for lines, _, _ in drawn)):
        line = Text(f"{row if number == 0 else '':>3}", style="dim")
        for lines, across, cell in drawn:
            text = lines[number] if number < len(lines) else ""
            shown = " " * (across - width(text)) + text if cell and cell.number else padded(text, across)
            line.append(bar, style="dim")
            line.append(shown, style=_style(cell))
        yield line


def _style(cell: PictureCell | None) -> str:
    mark = cell.mark if cell else None
    return "not dim" if mark is None else f"not dim {(_FILLS if mark.primary else _FRAMES)[mark.severity]}"


def _widths(cells: Sequence[PictureCell], last: int, available: int) -> dict[int, int]:
    """Return how wide each column is: as wide as its text, the widest made narrower until all fit."""
    widths = dict.fromkeys(range(1, last + 1), _SHORTEST)
    for cell in cells:
        if cell.columns == 1:
            longest = max(width(line) for line in _marked_text(cell).split("\n"))
            widths[cell.column] = min(max(widths[cell.column], longest), _LONGEST)
    while sum(widths.values()) > max(available - 3 - last, _SHORTEST * last):
        widest = max(widths, key=lambda column: (widths[column], -column))
        widths[widest] -= 1
    return widths


def _marked_text(cell: PictureCell) -> str:
    here = cell.mark.here if cell.mark else ()
    numbers, more = ",".join(map(str, here[:3])), "…" if len(here) > 3 else ""
    return f"{cell.text} [{numbers}{more}]".strip() if numbers else cell.text


def _folded(text: str, columns: int) -> list[str]:
    """Return a text broken where the column ends, by what each character takes, and cut after some lines."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line, used = "", 0
        for character in paragraph:
            if used + width(character) > columns:
                lines.append(line)
                line, used = "", 0
            line += character
            used += width(character)
        lines.append(line)
    if len(lines) <= _MOST_LINES:
        return lines
    numbers = text[text.rfind(" [") :] if text.endswith("]") else ""
    return [*lines[: _MOST_LINES - 1], padded(f"…{numbers}", columns).rstrip()]


def _messages(located: Sequence[Located], lang: str) -> Iterator[Text]:
    from rich.text import Text

    for told_line in told(located):
        severity = str(told_line.severity)
        line = Text(f"{told_line.number:>3} ")
        line.append(f" {SEVERITY_NAMES[lang][severity]} ", style=_FILLS[severity])
        message, *more = told_line.sentences(lang)
        line.append(clean(f" {places_text(told_line, lang)}  {message.text}"))
        line.append(f"  {'、'.join(told_line.codes)}", style="dim")
        for said in more:
            line.append(
                clean(f"\n      {'→ ' * said.guess}{said.text}"), style="italic" if said.guess else ""
            )
        yield line
