"""Writes a run as data: `OUT/data/` with every table as CSV (and Parquet), and `OUT/citywide.duckdb`.

What is written is described in docs/data.md. `etl.data.read` reads it back, so that runs can be merged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.batch.model import Batch
from etl.data.parts import (
    NAMES,
    ROWS_A_PART,
    Parts,
    encodable,
    in_parts,
    index_name,
    place_frames,
    write_parts,
    write_places,
)
from etl.frames.build import CellPlace
from etl.frames.columns import inferred
from etl.safe.whole_file import in_place_of
from etl.sheets.grid import address_text

if TYPE_CHECKING:
    import pandas as pd

    from etl.frames.build import Stack

FOLDER, DATABASE = "data", "citywide.duckdb"
VERSION = "1"
FINDING_COLUMNS = (
    "form", "path", "code", "severity", "sheet", "cell", "message_zh", "message_en", "found", "expected", "difference",
    "hypothesis_zh", "hypothesis_en", "trial", "fields", "state", "explanation", "review",
)  # fmt: skip


Rows = Iterator[tuple[Any, ...]]


def data_tables(batch: Batch, inputs: Mapping[str, Any], exclude: Sequence[str] = ()) -> dict[str, Parts]:
    """Return every table of a run but `places` by name, in parts, amounts in integer fen.

    To the tables of `checks.frames.tables` come `findings`, `cells` (all cells of a finding), `not_run`,
    `tallies`, `skipped`, `roster` where one is given, and `run` (how the run was made). `forms` says which
    forms are `counted` in the city's sums, and why others are not.
    """
    settings = [("version", VERSION), *(("exclude", name) for name in exclude)]
    frames = _frames_of_forms(batch, inputs, exclude)
    tables: dict[str, Parts] = {name: partial(_typed_parts, frame) for name, frame in frames.items()}
    for name, (columns, rows) in _row_tables(batch).items():
        tables[name] = partial(_row_parts, rows, columns)
    if inputs.get("roster") is not None:
        tables["roster"] = partial(_typed_parts, inputs["roster"])
    tables["run"] = partial(_row_parts, lambda: iter(settings), ("key", "value"))
    return tables


def _frames_of_forms(
    batch: Batch, inputs: Mapping[str, Any], exclude: Sequence[str]
) -> dict[str, pd.DataFrame]:
    from checks.scope import is_doubt, scope_of

    numbers = {id_: number for number, id_ in enumerate(batch.stack.tables.forms["id"])}
    doubtful = {
        numbers[e.finding.form]: e.finding.message["zh"] for e in batch.located if is_doubt(e.finding)
    }
    found = {name: getattr(batch.stack.tables, name) for name in NAMES[:-1]}
    left = scope_of(batch.stack.tables, inputs.get("roster"), exclude, doubtful).left_out
    forms = found["forms"].index.tolist()
    found["forms"] = found["forms"].assign(
        counted=[form not in left for form in forms],
        left_out=[left[form].why if form in left else "" for form in forms],
    )
    return found


def _typed_parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield a table in parts, the type of each column inferred from all its values.

    Of a whole frame pandas infers it by blocks of columns, which depend on how many chunks the frame came in.
    """
    return in_parts(frame, {str(name): inferred(frame, str(name)) for name in frame.columns})


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
    output: Path, batch: Batch, inputs: Mapping[str, Any], exclude: Sequence[str] = ()
) -> Iterator[Path]:
    """Write a run's tables below its output folder; yield what was written. Old tables of the folder are removed.

    Parquet and DuckDB files are written where their packages are installed.
    """
    folder = output / FOLDER
    for old in (*folder.glob("*.csv"), *folder.glob("*.parquet"), output / DATABASE):
        old.unlink(missing_ok=True)
    tables = data_tables(batch, inputs, exclude)
    for name, parts in tables.items():
        write_parts(folder / name, parts)
        yield folder / f"{name}.csv"
    write_places(folder, places := partial(_place_parts, batch.stack), batch.stack)
    yield folder / "places.csv"
    if find_spec("duckdb"):
        _write_database(output / DATABASE, tables | {"places": places})
        yield output / DATABASE


def _place_parts(stack: Stack) -> Iterator[pd.DataFrame]:
    return (part.infer_objects() for part in place_frames(stack))


def _write_database(path: Path, tables: Mapping[str, Parts]) -> None:
    """Write the tables into a DuckDB file; columns in 万元 are DECIMAL(24,6), so that sums stay exact."""
    import duckdb

    with in_place_of(path) as temporary, duckdb.connect(str(temporary)) as database:
        for name, made in tables.items():
            for number, frame in enumerate(made()):
                money = [column for column in frame.columns if column.endswith("_wan")]
                casts = ", ".join(f'CAST("{column}" AS DECIMAL(24,6)) AS "{column}"' for column in money)
                database.register("given", _typed(encodable(frame)))
                into = f'INSERT INTO "{name}"' if number else f'CREATE TABLE "{name}" AS'
                database.execute(f"{into} SELECT * {f'REPLACE ({casts})' if casts else ''} FROM given")
                database.unregister("given")


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its row numbers as a column and texts that a database cannot take for anything else."""
    import pandas as pd

    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    plain = frame.reset_index(names=index_name(frame))
    return plain.astype(dict.fromkeys(texts, "string"))
