"""Draws one file's forms as HTML: the table as on paper with marked cells, and the messages beside it.

The section is a template; the cells of a form, some six hundred, are put together here, because a template takes
three times as long over them. Every text is escaped; ids are made of numbers alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from checks.finding import SEVERITY_NAMES
from etl.cell.grid import column_letters
from etl.frames.located import Located
from etl.frames.told import Sentence, Told, places_text, told
from etl.marked.lines import STATE_NAMES, State
from etl.report.picture import Picture, PictureCell, pictures
from etl.report.templating import template
from etl.safe.clean import clean
from etl.sheets.outline import Outline

if TYPE_CHECKING:
    from markupsafe import Markup

_SAY = {
    "zh": {
        "left_out": "另有{count}个有内容的单元格在画出的范围之外", "clean": "未发现问题。", "why": "单位说明：", "review": "复核结果：",
        "no_picture": "本表未能画出。", "back": "返回列表",
    },
    "en": {
        "left_out": "{count} filled cells lie outside what is drawn", "clean": "Nothing was found.",
        "why": "Explanation: ", "review": "Review: ", "no_picture": "There is no picture of this form.", "back": "back to the list",
    },
}  # fmt: skip


class _Sheet(NamedTuple):
    """A sheet as the template draws it: the letters of its columns, and its rows as markup."""

    name: str
    columns: Sequence[str]
    rows: Markup
    left_out: int


class _Line(NamedTuple):
    """A finding as the template says it; `drawn`: its cell is on the picture and can be jumped to."""

    number: int
    severity: str
    code: str
    place: str
    drawn: bool
    state: str
    message: str
    more: Sequence[Sentence]
    explanation: str
    review: str


def file_section(
    number: int, agency: str, path: str, drawn: Iterable[Outline], located: Sequence[Located], lang: str
) -> str:
    """Return the section of a file: a heading that opens, its sheets drawn, its findings in words."""
    findings = told(located)
    sheets, anchors = drawn_sheets(number, drawn, located, lang)
    return template("section.html").render(
        number=number,
        agency=agency,
        path=path,
        counts=Counter(str(line.severity) for line in findings),
        severities=SEVERITY_NAMES[lang],
        say=_SAY[lang],
        sheets=sheets,
        lines=[_line(line, line.number in anchors, lang) for line in findings],
    )


def drawn_sheets(
    number: int, drawn: Iterable[Outline], located: Sequence[Located], lang: str
) -> tuple[Markup, set[int]]:
    """Return the sheets of a file as markup with its marked cells, and the numbers of the lines that can be jumped to.

    A marked cell says which line is its own by `data-m` (`m`, the file's number, the line's), and holds an anchor
    (`c` and the same).
    """
    findings = told(located)
    anchors: set[int] = set()
    sheets = [_sheet(number, p, findings, anchors, lang) for p in pictures(drawn, located)]
    return Markup(template("sheets.html").render(say=_SAY[lang], sheets=sheets)), anchors


def _line(line: Told, drawn: bool, lang: str) -> _Line:
    first = line.first
    message, *more = line.sentences(lang)
    return _Line(
        line.number,
        str(line.severity),
        "、".join(line.codes),
        places_text(line, lang),
        drawn,
        STATE_NAMES[lang][State(first.state)] if first.state else "",
        message.text,
        more,
        first.explanation,
        first.review,
    )


def _sheet(form: int, picture: Picture, findings: Sequence[Told], anchors: set[int], lang: str) -> _Sheet:
    messages = {line.number: f"[{line.number}] {clean(line.message(lang))}" for line in findings}
    columns = [column_letters(column) for column in range(1, picture.last_column + 1)]
    rows = Markup("".join(_rows(form, picture, messages, anchors)))
    return _Sheet(picture.sheet, columns, rows, picture.left_out)


def _rows(form: int, picture: Picture, messages: Mapping[int, str], anchors: set[int]) -> Iterator[str]:
    """Yield the rows; where nothing stands and nothing reaches, an empty cell keeps the place."""
    by_row: dict[int, dict[int, PictureCell]] = {}
    covered: set[tuple[int, int]] = set()
    for cell in picture.cells:
        by_row.setdefault(cell.row, {})[cell.column] = cell
        if cell.rows > 1 or cell.columns > 1:
            rows = range(cell.row, cell.row + cell.rows)
            covered.update(product(rows, range(cell.column, cell.column + cell.columns)))
    for row in range(1, picture.last_row + 1):
        cells, drawn = by_row.get(row, {}), []
        for column in range(1, picture.last_column + 1):
            if column in cells:
                drawn.append(_cell(form, cells[column], picture, messages, anchors))
            elif (row, column) not in covered:
                drawn.append("<td></td>")
        yield f"<tr><th>{row}</th>{''.join(drawn)}</tr>"


def _cell(
    form: int, cell: PictureCell, picture: Picture, messages: Mapping[int, str], anchors: set[int]
) -> str:
    if cell.mark is None and cell.rows == cell.columns == 1 and cell.row >= 3:  # nearly all are plain
        return f'<td class="num">{escape(cell.text)}</td>' if cell.number else f"<td>{escape(cell.text)}</td>"
    classes = ["num"] * cell.number + ["title"] * (cell.row < 3 and cell.columns == picture.last_column)
    marked = anchor = ""
    if cell.mark:
        classes += ["m", "at" if cell.mark.primary else "by", cell.mark.severity]
        said = "\n".join(messages[number] for number in cell.mark.numbers)
        first = (cell.mark.here or cell.mark.numbers)[0]
        marked = (
            f' data-m="m{form}-{first}" tabindex="0" title="{escape(said)}"'
            f' aria-label="{escape(cell.text)} {escape(said)}"'
        )
        fresh = [number for number in cell.mark.here if number not in anchors]
        anchors.update(fresh)
        anchor = "".join(f'<i id="c{form}-{number}"></i>' for number in fresh)
    name = f' class="{" ".join(classes)}"' if classes else ""
    spans = f' rowspan="{cell.rows}"' if cell.rows > 1 else ""
    spans += f' colspan="{cell.columns}"' if cell.columns > 1 else ""
    return f"<td{name}{spans}{marked}>{anchor}{escape(cell.text)}</td>"
