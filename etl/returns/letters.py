"""Writes 退回说明, the letter that goes with a return: one .docx an agency, from the same findings.

Laid out as official letters are (GB/T 9704 margins and letter sizes). The date is left open, and no clock is
read: the same findings give the same bytes.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from checks.rule import RULES, quoted
from etl.batch.model import Batch
from etl.form.declaration import label_key
from etl.frames.located import Located, by_path, cell_text
from etl.frames.order import ordered
from etl.marked.lines import State
from etl.rounds.records import FileRound
from etl.safe.clean import clean
from etl.safe.file_names import return_path
from etl.safe.refusal import Refusal

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

ENDING = "（退回说明）.docx"
_BODY, _HEAD, _TITLE = "仿宋", "黑体", "宋体"
_SIZE, _LINE = 16, 28
"""Points: 三号, and the fixed line an official letter has."""
_TWO_LETTERS = 2 * _SIZE
_EPOCH = (1980, 1, 1, 0, 0, 0)
_NUMERALS = "一二三四"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one agency is told: its files (as they are returned), its findings, and what became of last round's."""

    target: Path
    agency: str
    year: str
    files: tuple[str, ...]
    located: tuple[Located, ...]
    number: int = 1
    fixed: int = 0
    compared: bool = False


def write_letters(
    batch: Batch,
    folder: Path,
    rounds: Mapping[str, FileRound] | None = None,
    executor: Executor | None = None,
) -> list[Path]:
    """Write a letter to every agency whose form has an error or a warning; return where they are."""
    letters = letters_of(batch, folder, rounds or {})
    if executor is None:
        return [write_letter(letter) for letter in letters]
    from etl.workers.pool import each

    done = list(each(executor, write_letter, letters, 8))
    for letter, written in zip(letters, done, strict=True):
        if written is None:
            raise Refusal(f"写出进程异常退出 the process writing it died: {letter.target}")
    return [written for written in done if written is not None]


def letters_of(batch: Batch, folder: Path, rounds: Mapping[str, FileRound]) -> list[Letter]:
    """Return the letters of a batch: the files of one agency in one letter, named after its first file."""
    found = by_path([entry for entry in batch.located if not RULES[entry.finding.code].summary])
    taken: set[str] = set()
    letters = []
    for agency, paths, year in _agencies(batch):
        entries = [e for path in paths for e in found.get(path, ()) if e.state != State.EXPLAINED]
        if all(entry.finding.severity == "info" for entry in entries):
            continue
        done = [rounds[path] for path in paths if path in rounds]
        letters.append(
            Letter(
                folder / _name(paths[0], taken),
                agency,
                year,
                tuple(return_path(Path(), path).name for path in paths),
                tuple(entries),
                max([one.number for one in done] or [1]),
                sum(len(one.fixed) for one in done),
                any(one.compared for one in done),
            )
        )
    return letters


def _agencies(batch: Batch) -> Iterator[tuple[str, list[str], str]]:
    """Yield each agency with its files and fiscal year; a form without a name stands for its own file."""
    forms = batch.stack.tables.forms
    found: dict[str, tuple[str, list[str], str]] = {}
    for path, agency, year in zip(forms["path"], forms["agency"], forms["fiscal_year"], strict=True):
        name = str(agency or "").strip()
        _, paths, _ = found.setdefault(
            label_key(name) or f"/{path}", (name, [], "" if str(year) == "<NA>" else str(year))
        )
        if path not in paths:
            paths.append(str(path))
    yield from found.values()


def _name(path: str, taken: set[str]) -> str:
    """Return where a letter goes: beside its return's path, never a name out of a workbook."""
    pure = PurePosixPath(path)
    name = str(pure.with_name(f"{pure.stem}{ENDING}"))
    if name.casefold() in taken:
        name = str(pure.with_name(f"{pure.name}{ENDING}"))
    taken.add(name.casefold())
    return name


def write_letter(letter: Letter) -> Path:
    """Write one letter, whole or not at all; runs in a worker."""
    from etl.safe.whole_file import write_whole

    write_whole(letter.target, letter_bytes(letter))
    return letter.target


def letter_bytes(letter: Letter) -> bytes:
    """Return a letter as .docx."""
    document = _blank()
    _title(document, "部门整体预算绩效目标表退回说明")
    _line(document, f"{quoted(clean(letter.agency), 100) or '报送单位'}：", indent=False)
    for text in _opening(letter):
        _line(document, text)
    numeral = iter(_NUMERALS)
    for severity, heading in (("error", "须改正的错误"), ("warning", "须核实的警告")):
        entries = [entry for entry in ordered(letter.located) if entry.finding.severity == severity]
        if entries:
            _line(document, f"{next(numeral)}、{heading}", font=_HEAD)
            for number, entry in enumerate(entries, 1):
                _line(document, f"{number}．{_finding(entry, len(letter.files) > 1)}")
    _line(document, f"{next(numeral)}、修改和报送要求", font=_HEAD)
    for text in _demands(letter):
        _line(document, text)
    _closing(document, letter)
    return _packed(document)


def _opening(letter: Letter) -> Iterator[str]:
    counts = Counter(str(entry.finding.severity) for entry in letter.located)
    year = f"{letter.year}年度" if letter.year else ""
    parts = [f"须改正的错误{counts['error']}条"] * bool(counts["error"])
    parts += [f"须核实的警告{counts['warning']}条"] * bool(counts["warning"])
    more = f"，另有供参考的提示{counts['info']}条" if counts["info"] else ""
    yield (
        f"你单位报送的{year}《苏州市市级部门整体预算绩效目标表》收悉。经审核，发现{'、'.join(parts)}{more}。"
        "现予退回，请按下列意见修改。"
    )
    if letter.compared:
        states = Counter(entry.state for entry in letter.located)
        yield (
            f"本次为第{letter.number}轮审核。与上一轮相比，已改{letter.fixed}条，"
            f"未改{states[State.STANDING.value]}条，新增{states[State.NEW.value]}条。"
        )


def _finding(entry: Located, several: bool) -> str:
    finding = entry.finding
    file = f"（{clean(finding.path)}）" if several else ""
    place = clean(cell_text(entry.cells[0])).replace("!", "表", 1) if entry.cells else "整个文件"
    place = place.replace("表表", "表")
    guess = finding.hypothesis.get("zh", "")
    todo = RULES[finding.code].doc["改法"].rstrip("。")
    return (
        (f"{file}{place}单元格：" if entry.cells else f"{file}{place}：")
        + f"{_sentence(finding.message['zh'])}{_sentence(guess) if guess else ''}处理：{todo}。（{finding.code}）"
    )


def _sentence(text: str) -> str:
    return clean(text).rstrip("。；") + "。"


def _demands(letter: Letter) -> Iterator[str]:
    counts = Counter(str(entry.finding.severity) for entry in letter.located)
    if counts["error"]:
        yield "错误须全部改正。"
    if counts["warning"]:
        yield "警告请逐条核实：确有不妥的，予以改正；情况属实的，在退回文件“审核意见”表“单位说明”栏写明原因。"
    if counts["info"]:
        yield "提示列于退回文件“审核意见”表，供修改时参考。"
    yield "请在退回的原文件上修改，不要删除“审核意见”表，修改后按规定时间重新报送。"


def _closing(document: Document, letter: Letter) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    names = "；".join(clean(name) for name in letter.files)
    _line(document, "")
    _line(document, f"附件：{names}")
    _line(document, "")
    for text in ("（盖章）　　", "　　　　年　　月　　日"):
        paragraph = _line(document, text, indent=False)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.keep_together = True


def _blank() -> Document:
    """Return an empty A4 document with an official letter's margins and page numbers."""
    import docx
    from docx.shared import Mm

    document = docx.Document()
    document.core_properties.author = ""
    document.core_properties.title = "退回说明"
    document.core_properties.comments = ""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    _page_number(section.footer.paragraphs[0])
    return document


def _page_number(paragraph: Paragraph) -> None:
    """Write `— 1 —` into a footer, with the number as a field."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _run(paragraph, "— ", _TITLE, 14)
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    run = _run(paragraph, "1", _TITLE, 14)
    run._r.getparent().replace(run._r, field)
    field.append(run._r)
    _run(paragraph, " —", _TITLE, 14)


def _title(document: Document, text: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(_LINE)
    _run(paragraph, text, _TITLE, 22).bold = True


def _line(document: Document, text: str, *, font: str = _BODY, indent: bool = True) -> Paragraph:
    """Add a paragraph: fixed line height, indented by two letters."""
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = Pt(_LINE)
    if indent:
        shape.first_line_indent = Pt(_TWO_LETTERS)
    if font == _HEAD:
        shape.keep_with_next = True
    _run(paragraph, text, font, _SIZE)
    return paragraph


def _run(paragraph: Paragraph, text: str, font: str, size: int) -> Any:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = paragraph.add_run(text)
    run.font.name = "Times New Roman"
    run.font.size = Pt(size)
    properties: Any = run._r.rPr
    properties.rFonts.set(qn("w:eastAsia"), font)
    return run


def _packed(document: Document) -> bytes:
    """Return a document's bytes without the clock that saving writes into the package."""
    drafted, packed = io.BytesIO(), io.BytesIO()
    document.save(drafted)
    with zipfile.ZipFile(drafted) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
