"""Writes a run as data: `OUT/data/` with every table as CSV (and Parquet), from the store.

What is written is described in docs/data.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.declared.budget import Budget
from checks.frames.tables import Kind, declared
from checks.given.inputs import Inputs
from etl.batch.depends import digest_of
from etl.batch.model import Batch
from etl.cell.grid import address_text
from etl.data.described import NAME as PACKAGE
from etl.data.described import package_text
from etl.data.parts import NAMES, ROWS_A_PART, Parts, in_parts, place_frames, place_rows, write_parts
from etl.frames.build import CellPlace
from etl.safe.whole_file import write_whole
from etl.store.read import numbering_of
from etl.store.write import store_scope
from etl.workers.program import fingerprint

if TYPE_CHECKING:
    import pandas as pd

    from etl.store.database import Store
    from etl.store.outputs import Outputs

FOLDER = "data"
VERSION = "1"
FINDING_COLUMNS = (
    "form", "path", "code", "severity", "sheet", "cell", "message_zh", "message_en", "found", "expected", "difference",
    "hypothesis_zh", "hypothesis_en", "trial", "fields", "state", "explanation", "review",
)  # fmt: skip
_TYPES: Mapping[Kind, str] = {"text": "str", "count": "int64", "number": "Int64", "flag": "bool"}
OF_CONTENTS = ("funds", "projects", "indicators", "oddities", "places")
"""Tables that hold nothing but what was read of the files: they change with these alone."""

Rows = Iterator[tuple[Any, ...]]


def data_tables(batch: Batch, inputs: Inputs, exclude: Sequence[str] = ()) -> dict[str, Parts]:
    """Return every table of a run but `places` by name, in parts, amounts in integer fen.

    To the tables of `checks.frames.tables` come `findings`, `cells` (all cells of a finding), `not_run`,
    `tallies`, `skipped`, `roster` where one is given, and `run` (how the run was made). `forms` says which
    forms are `counted` in the city's sums, and why others are not.
    """
    settings = [("version", VERSION), *(("exclude", name) for name in exclude)]
    tables: dict[str, Parts] = {}
    columns_of = declared(batch.stack.tables.budget)
    for name in NAMES[:-1]:
        types = {column.name: _TYPES[column.kind] for column in columns_of[name].columns}
        frame = getattr(batch.stack.tables, name)
        if name == "forms":
            frame = _with_scope(batch, inputs, exclude)
        tables[name] = partial(in_parts, frame, types)
    for name, (columns, rows) in _row_tables(batch).items():
        tables[name] = partial(_row_parts, rows, columns)
    if inputs.roster is not None:
        tables["roster"] = partial(in_parts, inputs.roster, dict.fromkeys(inputs.roster.columns, "str"))
    tables["run"] = partial(_row_parts, lambda: iter(settings), ("key", "value"))
    return tables


def _with_scope(batch: Batch, inputs: Inputs, exclude: Sequence[str]) -> pd.DataFrame:
    from checks.scope import is_doubt, scope_of

    forms = batch.stack.tables.forms
    numbers = dict(zip(forms["id"].tolist(), forms.index.tolist(), strict=True))
    doubts = (entry.finding for entry in batch.located if is_doubt(entry.finding))
    doubtful = {numbers[finding.form]: finding.message["zh"] for finding in doubts}
    left = scope_of(batch.stack.tables, inputs.roster, exclude, doubtful).left_out
    return forms.assign(
        counted=[form not in left for form in forms.index.tolist()],
        left_out=[left[form].why if form in left else "" for form in forms.index.tolist()],
    )


def _row_parts(rows: Callable[[], Rows], columns: Sequence[str]) -> Iterator[pd.DataFrame]:
    """Yield a table that is made row by row in parts; each of its columns holds values of one type."""
    import pandas as pd

    waiting, start = rows(), 0
    while (some := list(islice(waiting, ROWS_A_PART))) or not start:
        index = pd.RangeIndex(start, start + len(some))
        yield pd.DataFrame(some, index, list(columns)).infer_objects()
        start += len(some) or 1


def _row_tables(batch: Batch) -> dict[str, tuple[Sequence[str], Callable[[], Rows]]]:
    """Return the columns of the tables of what was found and what was not, and what gives their rows."""
    tallies = ("code", "forms", "fired", "not_applicable", "not_run")
    return {
        "findings": (FINDING_COLUMNS, lambda: _finding_rows(batch)),
        "cells": (("finding", "path", "sheet", "cell", "position"), lambda: _cell_rows(batch)),
        "not_run": (("form", "code", "reason_zh", "reason_en"), lambda: _not_run_rows(batch)),
        "skipped": (("path", "code", "reason", "reason_en"), lambda: _skipped_rows(batch)),
        "tallies": (tallies, lambda: (tuple(asdict(tally).values()) for tally in batch.tallies)),
    }


def _finding_rows(batch: Batch) -> Rows:
    for entry in batch.located:
        f, first = entry.finding, entry.cells[:1]
        place = (first[0].sheet, _address(first[0])) if first else ("", "")
        fields = " ".join(dict.fromkeys(spot.field for spot in f.spots))
        yield (
            f.form, f.path, f.code, str(f.severity), *place, f.message["zh"], f.message["en"], f.found, f.expected,
            f.difference, f.hypothesis.get("zh", ""), f.hypothesis.get("en", ""), f.trial, fields, entry.state,
            entry.explanation, entry.review,
        )  # fmt: skip


def _cell_rows(batch: Batch) -> Rows:
    for number, entry in enumerate(batch.located):
        for position, cell in enumerate(entry.cells):
            yield number, cell.path, cell.sheet, _address(cell), position


def _not_run_rows(batch: Batch) -> Rows:
    return ((n.form, n.code, n.reason["zh"], n.reason["en"]) for n in batch.not_run)


def _skipped_rows(batch: Batch) -> Rows:
    return ((s.relative, s.code, s.reason, s.reason_en) for s in batch.skipped)


def _address(cell: CellPlace) -> str:
    return address_text((cell.row, cell.column))


def write_data(
    output: Path,
    batch: Batch,
    inputs: Inputs,
    exclude: Sequence[str],
    outputs: Outputs,
    made_from: str,
) -> None:
    """Write the tables of a run that would not be the same as they stand; files of tables it does not have are removed.

    Parquet is written where its package is installed. `made_from`: a digest of all that is known of the batch.
    """
    folder = output / FOLDER
    tables = data_tables(batch, inputs, exclude)
    endings = (".csv", ".parquet") if find_spec("pyarrow") else (".csv",)
    wanted = {folder / f"{name}{ending}" for name in (*tables, "places") for ending in endings}
    for old in {*folder.glob("*.csv"), *folder.glob("*.parquet")} - wanted:
        old.unlink(missing_ok=True)
    forms = _with_scope(batch, inputs, exclude)
    keys = numbering_of(outputs.store).keys("forms")
    store_scope(outputs.store, zip(keys, forms["counted"].tolist(), forms["left_out"].tolist(), strict=True))
    for name in (*tables, "places"):
        own = digest_of(name, contents_of(outputs.store, name) if name in OF_CONTENTS else made_from)
        files = [folder / f"{name}{ending}" for ending in endings]
        if all(outputs.standing(file, own) for file in files):
            continue
        if name == "places":
            write_parts(folder / name, partial(_place_parts, batch), place_rows(batch.stack))
        else:
            write_parts(folder / name, tables[name])
        for file in files:
            outputs.note(file, own)
    _describe(output, (*tables, "places"), batch.stack.tables.budget, outputs)


def _describe(output: Path, names: Sequence[str], budget: Budget, outputs: Outputs) -> None:
    """Write what the tables are, for programs, where that would not be the same as it stands."""
    text = package_text(output / FOLDER, names, budget)
    own = digest_of(PACKAGE, text)
    if outputs.standing(output / PACKAGE, own) is None:
        write_whole(output / PACKAGE, text.encode("utf-8"))
        outputs.note(output / PACKAGE, own)


def contents_of(store: Store, table: str) -> str:
    """Return a digest of what all files of a run have in a table, and of how its rows are numbered."""

    numbered = store.rows(
        'SELECT f.position, c.name, c.rows FROM files f JOIN contents c ON c."row" >> 32 = f."row"'
        " WHERE c.name IN ('forms', 'projects', 'indicators') ORDER BY 1, 2"
    )
    filled = store.rows(
        'SELECT c.digest, f.judged, f.sheet_names, f.path FROM files f JOIN contents c ON c."row" >> 32 = f."row"'
        " WHERE c.name = ? ORDER BY f.position", (table,),
    )  # fmt: skip
    return digest_of(fingerprint(), numbered, filled)


def _place_parts(batch: Batch) -> Iterator[pd.DataFrame]:
    return (part.infer_objects() for part in place_frames(batch.stack))
