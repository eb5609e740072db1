"""Reads one submission from its file to its forms; whatever is wrong with it is said, never raised."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from etl.cell.grid import Workbook
from etl.form.places import sheets_of
from etl.form.profiles import Catalogue, shipped
from etl.intake.archives import read_entry
from etl.intake.file_reading import FileReading
from etl.intake.submissions import OWN_MARK, Submission, skip
from etl.package.container import shown_name
from etl.reading.extract import Extraction, read_forms
from etl.safe.unreadable import Unreadable

if TYPE_CHECKING:
    from etl.marked.lines import Page
    from etl.package.parts import Package

LARGEST_FILE = 50_000_000
OF_PARTS = (".xlsx", ".xlsm", ".xltx", ".xltm")
"""Endings of files that are read by their parts and come back by patching them; any other may take another library."""

_READERS = (
    "encodings.cp437", "encodings.utf_16_le", "heapq", "etl.marked.answers", "etl.marked.unmark", "etl.sheets.outline",
    "etl.sheets.workbook",
)  # fmt: skip
_OTHER_READERS = ("xlrd", "xlsxwriter", "etl.sheets.as_xlsx", "etl.sheets.binary", "etl.sheets.legacy")
"""What is loaded only when a file is read or returned, so that commands that read none start at once."""

_NOT_READ = {
    "unread": (
        "unread_layout",
        "表样无法识别：工作表“{sheets}”中没有读出任何金额和指标，请用当年下发的表样重新填报",
        "the layout cannot be recognised: neither an amount nor an indicator was read on sheet “{sheets}”; please fill in the year's template",
    ),
    "sample": (
        "sample",
        "只有填报样例（工作表“{sheets}”），没有本单位的表",
        "there is only a sample (sheet “{sheets}”) and no form of the agency's own",
    ),
}
"""Why a workbook with the form's labels holds no form: code and what is said."""

_BROUGHT: ContextVar[Mapping[Submission, bytes | Unreadable]] = ContextVar("_BROUGHT", default={})  # noqa: B039


def get_ready(name: str) -> None:
    """Load what reading a file of this name takes, before its clock starts: a slow machine's loading is no file's fault."""
    for module in _READERS if name.lower().endswith(OF_PARTS) else _READERS + _OTHER_READERS:
        import_module(module)


@contextmanager
def brought(contents: Mapping[Submission, bytes | Unreadable]) -> Iterator[None]:
    """Take the content of these submissions as given while the body runs: for a worker that cannot see them."""
    before = _BROUGHT.set(contents)
    try:
        yield
    finally:
        _BROUGHT.reset(before)


def read_submission(submission: Submission, known: Catalogue | None = None) -> FileReading:
    """Return the forms of a file, or its status and the reason why there are none.

    Only a fault of this program raises; a file that cannot be opened is `unreadable`, one that holds
    something else is `not_a_form`, one of our own reports is `skipped`. `known`: the form profiles, those shipped where
    none are given.
    """
    return read_with_digest(submission, known)[0]


def read_with_digest(submission: Submission, known: Catalogue | None = None) -> tuple[FileReading, str]:
    """Return what `read_submission` does and the SHA-256 of the bytes it read, "" where there were none."""
    try:
        data = submission_bytes(submission)
    except Unreadable as refusal:
        return _refused(submission.relative, refusal), ""
    return read_data(submission.relative, data, known, submission.outlined), sha256(data).hexdigest()


def content_digest(submission: Submission) -> str:
    """Return the SHA-256 of a submission's content, "" where it cannot be read as it was found."""
    try:
        return sha256(submission_bytes(submission)).hexdigest() if submission.path.is_file() else ""
    except Unreadable:
        return ""


def read_data(path: str, data: bytes, known: Catalogue | None = None, outlined: bool = False) -> FileReading:
    """Return the forms of a file's bytes as `read_submission` does, with what its sheets show where `outlined`."""
    try:
        workbook, page = _opened(data)
    except Unreadable as refusal:
        return _refused(path, refusal)
    known = known or shipped()
    reading = file_reading(path, workbook, read_forms(workbook, known), known)
    return replace(reading, page=page, outline=_outline(workbook, reading) if outlined else b"")


def _outline(workbook: Workbook, reading: FileReading) -> bytes:
    from etl.sheets.outline import outlines, packed_outlines

    sheets = {sheet for form in reading.readings for sheet in sheets_of(form.located)}
    return packed_outlines(outlines(workbook, {reading.sheet_names[sheet] for sheet in sheets}))


def _refused(path: str, refusal: Unreadable) -> FileReading:
    if refusal.code == "own_report":
        passed = skip(path, "own_report")
        return FileReading(path, "skipped", passed.code, passed.reason, passed.reason_en)
    return FileReading(path, "unreadable", refusal.code, refusal.reason, refusal.english)


def submission_bytes(submission: Submission) -> bytes:
    """Return a submission's content; raises `Unreadable` as `file_bytes` and for one changed since it was found."""
    content = _BROUGHT.get().get(submission)
    if isinstance(content, Unreadable):
        raise content
    if submission.refusal is not None:
        raise Unreadable(*submission.refusal)
    return _content(submission) if content is None else content


def file_bytes(path: Path) -> bytes:
    """Return a file's content; raises `Unreadable` for one too large or that the system will not give."""
    return _content(Submission(path, path.name))


def _content(submission: Submission) -> bytes:
    try:
        with submission.path.open("rb") as file:
            facts = os.fstat(file.fileno())
            if submission.entry is None and facts.st_size > LARGEST_FILE:
                raise Unreadable("too_large", "文件超过50MB", "the file is larger than 50 MB")
            found = (submission.size, submission.modified)
            if submission.size >= 0 and (facts.st_size, facts.st_mtime_ns) != found:
                raise Unreadable(
                    "changed",
                    "文件在检查期间被改动,请重新运行",
                    "the file was changed meanwhile; please run again",
                )
            if submission.entry is not None:
                return read_entry(file, submission.entry)
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Unreadable(
            "io_error", f"读取文件失败:{reason}", f"reading the file failed: {reason}"
        ) from error


def open_workbook(data: bytes) -> Workbook:
    """Return the sheets of a submission without our own marks, whatever kind of workbook it is."""
    return _opened(data)[0]


def _opened(data: bytes) -> tuple[Workbook, Page | None]:
    """Return a submission's sheets, and of a return what our own sheet brings back."""
    from etl.marked.answers import read_page
    from etl.marked.unmark import unmark
    from etl.package.parts import open_package, sniff
    from etl.sheets.workbook import read_workbook

    kind = sniff(data)
    if kind != "xlsx":
        return _parted(_converted(data, kind))
    package = open_package(data)
    if package.has("docProps/core.xml") and OWN_MARK.encode() in package.head("docProps/core.xml"):
        raise Unreadable("own_report", "本程序生成的报告", "a report of this program")
    workbook = read_workbook(unmark(package))
    if not any(sheet.cells for sheet in workbook.sheets) and _has_pictures(package):
        raise Unreadable(
            "only_pictures",
            "工作表里只有图片,没有可读取的内容",
            "the sheets hold pictures and nothing that can be read",
        )
    rest, page = _parted(workbook)
    return rest, read_page(package) or page


def _parted(workbook: Workbook) -> tuple[Workbook, Page | None]:
    """Return a workbook without our sheets of remarks, and what these say: another program kept them as plain sheets."""
    from etl.marked.answers import page_of
    from etl.marked.headings import is_remarks

    ours = [sheet for sheet in workbook.sheets if is_remarks(sheet)]
    if not ours:
        return workbook, None
    rest = tuple(sheet for sheet in workbook.sheets if sheet not in ours)
    return replace(workbook, sheets=rest), page_of(ours)


def page_in(data: bytes) -> Page | None:
    """Return what the sheets of remarks in a file say, whatever kind of workbook it is; None where it has none.

    Raises `Unreadable` for a file that cannot be opened.
    """
    return _opened(data)[1]


def _has_pictures(package: Package) -> bool:
    return any(name.startswith("xl/media/") for name in package.names)


class Markable(NamedTuple):
    """What a return is made from. `converted`: it is not the submission's own package, but its grid as .xlsx.

    `renamed`: the names of tabs that could not stay, with the new ones.
    """

    package: Package
    converted: bool = False
    renamed: Mapping[str, str] = {}


def markable(data: bytes) -> Markable:
    """Return what a return is made from: the submission's own package, or its grid as .xlsx where it has none."""
    from etl.package.parts import open_package, sniff

    kind = sniff(data)
    if kind == "xlsx":
        return Markable(open_package(data))
    from etl.sheets.as_xlsx import as_xlsx, tab_names

    workbook = _parted(_converted(data, kind))[0]
    names = [sheet.name for sheet in workbook.sheets]
    renamed: dict[str, str] = {}
    for old, new in zip(names, tab_names(names), strict=True):
        if old != new:
            renamed.setdefault(old, new)
    return Markable(open_package(as_xlsx(workbook)), True, renamed)


def _converted(data: bytes, kind: Literal["xls", "ods", "xlsb"]) -> Workbook:
    """Return the sheets of a submission that is no OOXML of text."""
    if kind == "xlsb":
        from etl.sheets.binary import read_binary

        return read_binary(data)
    from etl.sheets.legacy import read_legacy

    return read_legacy(data, kind)


def file_reading(
    path: str, workbook: Workbook, extraction: Extraction, known: Catalogue | None = None
) -> FileReading:
    """Return a file's reading from what its workbook held."""
    names = tuple(sheet.name for sheet in workbook.sheets)
    if extraction.readings:
        return FileReading(
            path,
            "checked",
            readings=extraction.readings,
            sheet_names=names,
            hidden_sheets=extraction.hidden_sheets,
        )
    for why, (code, reason, english) in _NOT_READ.items():
        sheets = "、".join(sheet.sheet for sheet in extraction.passed if sheet.why == why)
        if sheets:
            told = (reason.format(sheets=sheets), english.format(sheets=sheets))
            return FileReading(path, "not_a_form", code, *told, sheet_names=names)
    if workbook.lost_sheets:
        name = shown_name(workbook.lost_sheets[0])
        return FileReading(
            path, "unreadable", "missing_part", f"文件缺少工作表“{name}”的部件",
            f"the file lacks the part of its sheet “{name}”", sheet_names=names,
        )  # fmt: skip
    if extraction.other_title:
        title = extraction.other_title
        return FileReading(
            path, "not_a_form", "other_form", f"这是《{title}》,不是《{(known or shipped()).usual.title.plain}》",
            f"this is “{title}”, not “{(known or shipped()).usual.title.plain}”, the form of a department's overall performance goals",
            sheet_names=names,
        )  # fmt: skip
    if not any(sheet.cells for sheet in workbook.sheets):
        return FileReading(
            path, "unreadable", "empty_workbook", "工作表是空的", "the sheets are empty", sheet_names=names
        )
    return FileReading(
        path,
        "not_a_form",
        "no_form",
        "未找到部门整体预算绩效目标表",
        "no form of a department's goals was found",
        sheet_names=names,
    )
