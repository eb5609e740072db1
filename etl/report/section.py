"""Draws one file's forms as HTML: the table as on paper with marked cells, and the messages beside it.

Every text is escaped; ids are made of numbers alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import product

from checks.finding import SEVERITY_NAMES
from etl.frames.located import Located, cell_text
from etl.marked.lines import STATE_NAMES, State
from etl.report.picture import Picture, PictureCell, numbered, pictures
from etl.safe.clean import clean
from etl.sheets.grid import column_letters
from etl.sheets.outline import Outline

_SAY = {
    "zh": {"left_out": "另有{count}个有内容的单元格在画出的范围之外", "clean": "未发现问题。", "why": "单位说明：", "review": "复核结果："},
    "en": {
        "left_out": "{count} filled cells lie outside what is drawn", "clean": "Nothing was found.",
        "why": "Explanation: ", "review": "Review: ",
    },
}  # fmt: skip


def file_section(
    number: int, agency: str, path: str, drawn: Iterable[Outline], located: Sequence[Located], lang: str
) -> str:  # fmt: skip
    """Return the section of a file: a heading that opens, its sheets drawn, its findings in words."""
    findings = numbered(located)
    counts = Counter(str(entry.finding.severity) for entry in located)
    error = " data-e" if counts["error"] else ""
    anchors: set[int] = set()
    sheets = "".join(_sheet(number, p, findings, anchors, lang) for p in pictures(drawn, located))
    says = "".join(_message(number, n, entry, n in anchors, lang) for n, entry in findings)
    words = f'<ol class="says">{says}</ol>' if says else f'<p class="note">{_SAY[lang]["clean"]}</p>'
    return (
        f'<details class="form card" id="f{number}" data-f="{_text(agency)} {_text(path)}"{error}>'
        f'<summary><span class="name">{_text(agency or path)}</span>{_chips(counts, lang)}'
        f'<span class="chip path">{_text(path)}</span></summary><div class="two"><div>{sheets}</div>'
        f"<div>{words}</div></div></details>\n"
    )


def _text(text: str) -> str:
    return escape(clean(text))


def _chips(counts: Counter[str], lang: str) -> str:
    names = SEVERITY_NAMES[lang]
    return "".join(
        f'<span class="chip {severity}">{names[severity]} {counts[severity]}</span>'
        for severity in names
        if counts[severity]
    )


def _message(form: int, number: int, entry: Located, drawn: bool, lang: str) -> str:
    finding = entry.finding
    severity = str(finding.severity)
    state = f"【{STATE_NAMES[lang][State(entry.state)]}】" if entry.state else ""
    place = _text(cell_text(entry.cells[0])) if entry.cells else ""
    if place:
        place = f'<a class="place" href="#c{form}-{number}">{place}</a> ' if drawn else f"{place} "
    guess = finding.hypothesis.get(lang, "")
    return (
        f'<li class="{severity}" id="m{form}-{number}"><span class="tag {severity}">{SEVERITY_NAMES[lang][severity]}</span>'
        f"{place}<code>{finding.code}</code> {state}{_text(finding.message[lang])}"
        + (f'<span class="guess">→ {_text(guess)}</span>' if guess else "")
        + _answer(entry, lang)
        + "</li>"
    )


def _answer(entry: Located, lang: str) -> str:
    say = _SAY[lang]
    parts = [(say["why"], entry.explanation), (say["review"], entry.review)]
    return "".join(f'<span class="answer">{name}{_text(text)}</span>' for name, text in parts if text)


def _sheet(
    form: int, picture: Picture, findings: Sequence[tuple[int, Located]], anchors: set[int], lang: str
) -> str:
    messages = {n: f"{entry.finding.code} {clean(entry.finding.message[lang])}" for n, entry in findings}
    heads = "".join(f"<th>{column_letters(column)}</th>" for column in range(1, picture.last_column + 1))
    rows = "".join(_rows(form, picture, messages, anchors))
    more = _SAY[lang]["left_out"].format(count=picture.left_out)
    return (
        f'<p class="sheet">{_text(picture.sheet)}</p><div class="scroll"><table class="grid">'
        f"<thead><tr><th></th>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
        + (f'<p class="note">{more}</p>' if picture.left_out else "")
    )


def _rows(form: int, picture: Picture, messages: dict[int, str], anchors: set[int]) -> Iterator[str]:
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


def _cell(form: int, cell: PictureCell, picture: Picture, messages: dict[int, str], anchors: set[int]) -> str:
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
