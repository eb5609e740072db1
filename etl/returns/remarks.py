"""Turns findings into what a return shows: marks on cells and the page 审核意见."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import checks.rules  # noqa: F401  (registers every rule)
from checks.finding import SEVERITY_NAMES, SEVERITY_ORDER, Severity
from checks.rule import RULES, quoted
from etl.cell.grid import address_text
from etl.frames.located import Located
from etl.frames.order import MOST_FRAMED, marked_cells
from etl.frames.told import Told, places_text, told
from etl.marked.lines import STATE_NAMES, Line, State, Stray
from etl.marks.model import CHINESE, ENGLISH, ChangeRow, Mark, RemarkRow, RemarksPage
from etl.marks.model import Severity as PlainSeverity
from etl.returns.heads import Letterhead
from etl.rounds.match import counts as state_counts
from etl.rounds.records import Change, FileRound
from etl.rounds.values import what
from etl.safe.clean import clean
from etl.workers.program import rule_set, version

LONGEST_QUOTE = 300
MOST_STRAYS = 5
"""Texts beside the lines of a returned page that are quoted."""
MOST_CHANGES = 500
"""Lines of 修改对照; a workbook that was filled in anew differs everywhere."""
MOST_RENAMED = 20
"""Tabs named with their new name."""
FIRST_ROUND = FileRound()
_TITLES = {"zh": "部门整体预算绩效目标审核意见", "en": "Review of the department's overall performance goals"}
_SAY = {
    "zh": {
        "agency": "单位：{agency}", "year": "预算年度：{year}", "counts": "错误{error}条，警告{warning}条，提示{info}条",
        "todo": "请改正全部错误；警告请核实后改正，或在“单位说明”中说明原因；修改后连同本表一并报回。",
        "clean": "未发现须改正的问题。", "signed": "原文件带有数字签名；标注后签名失效，请以原文件为准。",
        "converted": "原文件格式不能直接标注，本表为同内容的.xlsx文件。",
        "made_by": "由jixiao {version}检查，规则集{rules}",
        "renamed": "工作表“{old}”在.xlsx中不能用原名，已改为“{new}”。",
        "file": "整个文件",
        "round": "第{number}轮", "since": "与上一轮相比：{counts}", "each": "{name}{count}条", "marked": "（涉及{count}处，只标出前{shown}处）", "nothing": "（无）",
        "many": "另有{count}处修改未列出", "stray": "上次报回时另有文字写在意见的行外（{place}）：“{text}”",
    },
    "en": {
        "agency": "Agency: {agency}", "year": "Fiscal year: {year}",
        "counts": "{error} errors, {warning} warnings, {info} notes",
        "todo": "Please correct every error; correct each warning or explain it in the column Explanation, and hand this file in again.",
        "clean": "Nothing needs to be corrected.", "signed": "The original carried a digital signature; marks make it void.",
        "converted": "The original format cannot be marked; this is an .xlsx with the same contents.",
        "renamed": "A sheet of .xlsx cannot be called “{old}”; it is “{new}” here.",
        "made_by": "checked by jixiao {version}, rules {rules}",
        "file": "the whole file",
        "round": "Round {number}", "since": "Since last round: {counts}", "each": "{name}: {count}", "marked": "({count} cells; the first {shown} are marked)", "nothing": "(none)",
        "many": "{count} more changes are not listed",
        "stray": "Beside the lines of the last page stood ({place}): “{text}”",
    },
}  # fmt: skip


def marks(located: Sequence[Located], lang: str) -> list[Mark]:
    """Return the marks of a file's findings: fill and note on the cell to correct, a border on the others.

    Where several cells may be the wrong one, all get the border, and the note stands where the breach shows.
    At most `MOST_FRAMED` cells of a finding get one; the note says how many there are. A note begins with the number of
    its line on 审核意见; a hint has none. What was explained is not marked.
    """
    made = []
    for line in told(located):
        quoted = {id(entry) for entry in line.quoted}
        for entry in line.entries:
            if entry.state == State.EXPLAINED:
                continue
            severity = _plain(entry.finding.severity)
            noted = severity != "info" and id(entry) in quoted
            for cell, primary in marked_cells(entry):
                note = clean(_note(line, entry, lang)) if primary and noted else ""
                made.append(Mark(cell.sheet, cell.row, cell.column, severity, note, primary))
    return made


def _plain(severity: Severity) -> PlainSeverity:
    return "error" if severity == "error" else "warning" if severity == "warning" else "info"


def _note(line: Told, entry: Located, lang: str) -> str:
    finding = entry.finding
    hypothesis = finding.hypothesis.get(lang, "")
    lines = [f"[{line.number}] {SEVERITY_NAMES[lang][finding.severity]}：{finding.message[lang]}"]
    if len(entry.cells) > MOST_FRAMED + 1:
        lines.append(_SAY[lang]["marked"].format(count=len(entry.cells), shown=MOST_FRAMED + 1))
    return "\n".join([*lines, *([hypothesis] if hypothesis else [])])


def remarks_page(
    located: Sequence[Located],
    heads: Sequence[Letterhead],
    lang: str,
    done: FileRound = FIRST_ROUND,
    *,
    signed: bool = False,
    converted: bool = False,
    strays: Sequence[Stray] = (),
) -> RemarksPage:
    """Return the page of a file: heading, one row a finding (errors first), the round, what was not checked.

    `strays`: what came back on the last page beside the line of any finding; it is quoted in the heading.
    """
    say = _SAY[lang]
    lines = told(located)
    counts = Counter(line.severity.value for line in lines if line.first.state != State.EXPLAINED)
    rows = [_row(line, lang) for line in lines]
    heading = [
        say["agency"].format(
            agency="、".join(dict.fromkeys(quoted(clean(head.agency), 100) for head in heads))
        ),
        _counts_line(heads, counts, done, lang),
        *([_since([line.first for line in lines], done, lang)] if done.compared else []),
        say["todo"] if counts["error"] + counts["warning"] else say["clean"],
        *([say["signed"]] if signed else []),
        *([say["converted"]] if converted else []),
        *(
            say["stray"].format(place=clean(s.place), text=quoted(clean(s.text), 200))
            for s in strays[:MOST_STRAYS]
        ),
    ]
    return RemarksPage(
        title=_TITLES[lang],
        heading=tuple(heading),
        rows=tuple(rows),
        fixed=tuple(dict.fromkeys(_fixed(line, lang) for line in done.fixed)),
        changes=tuple(_change_rows(done.changes, lang)),
        not_checked=tuple(dict.fromkeys(line[lang] for head in heads for line in head.not_checked)),
        made_by=_SAY[lang]["made_by"].format(version=version(), rules=rule_set()),
        wording=CHINESE if lang == "zh" else ENGLISH,
    )


def renamed(
    given: Sequence[Mark], page: RemarksPage, names: Mapping[str, str], lang: str
) -> tuple[list[Mark], RemarksPage]:
    """Return marks and page of a workbook some of whose tabs got another name, which its heading says."""
    lines = [
        _SAY[lang]["renamed"].format(old=quoted(clean(old), 60), new=quoted(clean(new), 60))
        for old, new in names.items()
    ][:MOST_RENAMED]
    page = replace(
        page,
        heading=(*page.heading, *lines),
        rows=tuple(replace(row, target=_moved(row.target, names)) for row in page.rows),
        changes=tuple(replace(change, target=_moved(change.target, names)) for change in page.changes),
    )
    return [replace(mark, sheet=names.get(mark.sheet, mark.sheet)) for mark in given], page


def _moved(target: tuple[str, str] | None, names: Mapping[str, str]) -> tuple[str, str] | None:
    return (names.get(target[0], target[0]), target[1]) if target else None


def says_converted(heading: Sequence[str]) -> bool:
    """Say whether a returned page's heading says that the original could not be patched."""
    return any(say["converted"] in heading for say in _SAY.values())


def _counts_line(heads: Sequence[Letterhead], counts: Counter[str], done: FileRound, lang: str) -> str:
    """Return the line that says year, counts and round; `etl.marked.answers` reads the round from its end."""
    say = _SAY[lang]
    year = next((head.year for head in heads if head.year), "")
    numbers = {severity: counts.get(severity, 0) for severity in SEVERITY_ORDER}
    parts = (say["year"].format(year=quoted(clean(year))), say["counts"].format(**numbers))
    return "    ".join((*parts, say["round"].format(number=done.number)))


def _since(located: Sequence[Located], done: FileRound, lang: str) -> str:
    each = (
        _SAY[lang]["each"].format(name=STATE_NAMES[lang][state], count=count)
        for state, count in state_counts(located, len(done.fixed))
    )
    return _SAY[lang]["since"].format(counts=("，" if lang == "zh" else ", ").join(each))


def _fixed(line: Line, lang: str) -> str:
    severity = SEVERITY_NAMES[lang].get(line.severity, line.severity)
    words = (STATE_NAMES[lang][State.FIXED], severity, line.code, line.place, line.message)
    return clean("  ".join(word for word in words if word))


def _change_rows(changes: Sequence[Change], lang: str) -> Iterator[ChangeRow]:
    say = _SAY[lang]
    for change in changes[:MOST_CHANGES]:
        old, new = (say["nothing"] if not text else clean(text) for text in (change.old, change.new))
        sheet, _, address = change.value.place.rpartition("!")
        target = (sheet, address) if change.new is not None and sheet else None
        yield ChangeRow(clean(change.value.place), clean(what(change.value, lang)), old, new, target)
    if len(changes) > MOST_CHANGES:
        yield ChangeRow("", say["many"].format(count=len(changes) - MOST_CHANGES), "", "")


def _row(line: Told, lang: str) -> RemarkRow:
    first, cell = line.first, next(iter(line.places), None)
    docs = [RULES[entry.finding.code].doc for entry in line.quoted]
    todo = "改法" if lang == "zh" else "Fix"
    bases = dict.fromkeys(_basis(doc["依据"], lang) for doc in docs)
    return RemarkRow(
        number=line.number,
        severity=_plain(line.severity),
        severity_label=SEVERITY_NAMES[lang][line.severity],
        code="、".join(line.codes),
        place=clean(places_text(line, lang)) or _SAY[lang]["file"],
        target=(cell.sheet, address_text((cell.row, cell.column))) if cell else None,
        found=clean(line.found())[:LONGEST_QUOTE],
        message="\n".join(_lines(line, lang)),
        todo="\n".join(dict.fromkeys(doc[todo] for doc in docs)),
        basis="；".join(basis for basis in bases if basis),
        explanation=clean(first.explanation),
        review=clean(first.review),
        key=line.key,
        settled=first.state == State.EXPLAINED,
    )


def _basis(text: str, lang: str) -> str:
    """Return what a rule rests on as a department is told it: without what is said of it among ourselves."""
    return text.replace(" (unconfirmed)", "") if lang == "zh" else text


def _lines(line: Told, lang: str) -> Iterator[str]:
    state = f"【{STATE_NAMES[lang][State(line.first.state)]}】" if line.first.state else ""
    first, *rest = (clean(said.text) for said in line.sentences(lang))
    yield state + first
    yield from rest
