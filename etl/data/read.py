"""Reads the tables a run wrote into `OUT/data/` back into a batch, and merges the batches of several runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.finding import Finding, NotRun, Severity, Spot, Tally
from checks.frames.tables import Tables
from checks.likeness.links import LINK_COLUMNS, linked
from checks.settings import Settings
from etl.batch.model import Batch
from etl.data.write import FOLDER, VERSION
from etl.form.places import Place, Where, packed
from etl.frames.build import CellPlace, Stack, plain_text
from etl.frames.located import Located
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Skipped
from etl.safe.clean import FORMULA_START
from etl.safe.refusal import Refusal
from etl.sheets.grid import Address, cell_address

if TYPE_CHECKING:
    import pandas as pd

_TABLES = ("files", "forms", "funds", "projects", "indicators", "oddities")
_NEEDED = (*_TABLES, "places", "findings", "cells", "not_run", "tallies", "skipped", "run")
_WHOLE = ("form", "file", "ordinal", "order", "common", "row", *LINK_COLUMNS)
_YES_NO = ("unset", "unknown_income", "unknown_expenditure")
_ADDED = ("counted", "left_out")


@dataclass(frozen=True, slots=True)
class PastRun:
    """A run as its folder holds it; `name` is put before the paths of its files where runs are merged."""

    name: str
    folder: Path
    batch: Batch
    roster: pd.DataFrame | None
    exclude: tuple[str, ...]


def read_run(folder: Path, name: str = "") -> PastRun:
    """Return a run from the folder it was written into; `name` is put before every path.

    Raises `Refusal` where `data/` is missing, incomplete, or of another version.
    """
    data = folder / FOLDER
    gone = [table for table in _NEEDED if not (data / f"{table}.csv").is_file()]
    if gone:
        raise Refusal(f"不是完整的输出文件夹 not the complete output of a run (no {gone[0]}.csv): {data}")
    found = {table: _read(data / f"{table}.csv") for table in _NEEDED}
    settings = list(zip(found["run"]["key"], found["run"]["value"], strict=True))
    if dict(settings).get("version") != VERSION:
        raise Refusal(f"数据版本不符 the data are of another version: {data}")
    batch = _batch(found, f"{name}/" if name else "")
    roster = _read(data / "roster.csv") if (data / "roster.csv").is_file() else None
    return PastRun(name, folder, batch, roster, tuple(value for key, value in settings if key == "exclude"))


def _read(path: Path) -> pd.DataFrame:
    """Return a table as texts; the apostrophe that kept a text from being a formula is taken off."""
    import pandas as pd

    plain_text()
    frame = pd.read_csv(path, dtype=object, keep_default_na=False, encoding="utf-8-sig", index_col=0)
    frame.index = pd.RangeIndex(len(frame))
    for column in frame.columns:
        marked = frame[column].str.match(f"'(?:{FORMULA_START})")
        if marked.any():
            frame.loc[marked, column] = frame.loc[marked, column].str[1:]
    return frame


def _batch(found: Mapping[str, pd.DataFrame], prefix: str) -> Batch:
    stack = _stack(found, prefix)
    findings, cells = found["findings"], _cells(found["cells"], prefix)
    located = [_located(record, cells.get(n, ()), prefix) for n, record in enumerate(_records(findings))]
    not_run = [
        NotRun(prefix + r["form"], r["code"], {"zh": r["reason_zh"], "en": r["reason_en"]})
        for r in _records(found["not_run"])
    ]
    tallies = [
        Tally(r["code"], *(int(r[k]) for k in ("forms", "fired", "not_applicable", "not_run")))
        for r in _records(found["tallies"])
    ]
    skipped = [
        Skipped(prefix + r["path"], r["code"], r["reason"], r["reason_en"])
        for r in _records(found["skipped"])
    ]
    return Batch(stack, tuple(located), tuple(not_run), tuple(tallies), tuple(skipped))


def _address(cell: str) -> Address:
    """Return row and column of a cell: `E18` is (18, 5)."""
    address = cell_address(cell)
    if address is None:
        raise ValueError(cell)
    return address


def _records(frame: pd.DataFrame) -> Iterator[dict[str, str]]:
    names = list(frame.columns)
    for values in zip(*(frame[name].tolist() for name in names), strict=True):
        yield dict(zip(names, values, strict=True))


def _located(record: Mapping[str, str], cells: Sequence[CellPlace], prefix: str) -> Located:
    finding = Finding(
        code=record["code"],
        severity=Severity(record["severity"]),
        path=prefix + record["path"] if record["path"] else "",
        form=prefix + record["form"] if record["form"] else "",
        spots=tuple(Spot("forms", 0, field) for field in record["fields"].split()),
        message={"zh": record["message_zh"], "en": record["message_en"]},
        found=record["found"],
        expected=record["expected"],
        difference=record["difference"],
        hypothesis={lang: text for lang in ("zh", "en") if (text := record[f"hypothesis_{lang}"])},
        trial=record["trial"] == "True",
    )
    return Located(finding, tuple(cells), "", record["state"], record["explanation"], record["review"])


def _cells(frame: pd.DataFrame, prefix: str) -> dict[int, list[CellPlace]]:
    found: dict[int, list[CellPlace]] = {}
    for record in _records(frame):
        place = CellPlace(prefix + record["path"], record["sheet"], *_address(record["cell"]))
        found.setdefault(int(record["finding"]), []).append(place)
    return found


def _stack(found: Mapping[str, pd.DataFrame], prefix: str) -> Stack:
    frames = {name: _typed(found[name], prefix) for name in _TABLES}
    tables = Tables(**frames)
    if not frozenset(LINK_COLUMNS) <= frozenset(tables.projects.columns):  # written before links were
        tables = linked(tables, Settings())
    forms = len(tables.forms)
    starts = {name: _starts(frames[name], forms) for name in ("projects", "indicators")}
    starts["outside"] = (0,) * forms
    located, sheets = _places(found["places"], starts, forms)
    names: list[list[str]] = [[] for _ in range(len(tables.files))]
    file_of = tuple(tables.forms["file"].tolist())
    for form, known in enumerate(sheets):
        names[file_of[form]] += [name for name in known if name not in names[file_of[form]]]
    numbered = tuple(
        packed({w: Place(names[file_of[form]].index(sheet), row, column) for w, (sheet, row, column) in at.items()})
        for form, at in enumerate(located)
    )  # fmt: skip
    files = tuple(
        FileReading(
            r["path"], r["status"], r["code"], r["reason"], r["reason_en"], (), tuple(n), r["modified"]
        )
        for r, n in zip(_records(tables.files), names, strict=True)
    )
    return Stack(tables, numbered, files, file_of, starts)


def _typed(frame: pd.DataFrame, prefix: str) -> pd.DataFrame:
    """Return a table with numbers as numbers and without what was only added for analysts."""
    kept = [c for c in frame.columns if not c.endswith("_wan") and c not in _ADDED]
    made: dict[str, pd.Series[Any]] = {}
    for name in kept:
        column = frame[name]
        amount = f"{name}_state" in frame.columns and f"{name}_raw" in frame.columns
        if name in ("path", "id"):
            made[name] = prefix + column
        elif name in _WHOLE:
            made[name] = column.astype("int64")
        elif (
            (amount and f"{name}_kind" not in frame.columns)
            or name in ("fiscal_year", "asked_year")
            or name.endswith(("_number", "_upper"))
        ):
            made[name] = column.where(column != "", None).map(int, na_action="ignore").astype("Int64")
        else:
            made[name] = column == "True" if name in _YES_NO else column
    return frame[[]].assign(**made)


def _starts(rows: pd.DataFrame, forms: int) -> tuple[int, ...]:
    counts = rows["form"].value_counts()
    starts, total = [], 0
    for form in range(forms):
        starts.append(total)
        total += int(counts.get(form, 0))
    return tuple(starts)


_At = dict[Where, tuple[str, int, int]]


def _places(
    frame: pd.DataFrame, starts: Mapping[str, tuple[int, ...]], forms: int
) -> tuple[list[_At], list[dict[str, None]]]:
    """Return each form's places with sheet names, and the sheets of each form in order."""
    found: list[_At] = [{} for _ in range(forms)]
    sheets: list[dict[str, None]] = [{} for _ in range(forms)]
    numbers: dict[str, int] = {}
    cells = {cell: _address(cell) for cell in frame["cell"].unique()}
    columns = (frame[name].tolist() for name in ("form", "table", "row", "field", "sheet", "cell"))
    for id_, table, row, field, sheet, cell in zip(*columns, strict=True):
        form = numbers.setdefault(id_, len(numbers))
        local = int(row) - starts[table][form] if table in starts else 0
        found[form][table, local, field] = (sheet, *cells[cell])
        sheets[form][sheet] = None
    return found, sheets
