"""Writes a run as data: `OUT/data/` with every table as CSV (and Parquet), and `OUT/citywide.duckdb`.

What is written is described in docs/data.md. `etl.data_read` reads it back, so that runs can be merged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.batch import Batch
from etl.tables import (
    NAMES,
    Parts,
    encodable,
    in_parts,
    index_name,
    place_frames,
    write_parts,
    write_places,
)

if TYPE_CHECKING:
    import pandas as pd

    from etl.stack import Stack

FOLDER, DATABASE = "data", "citywide.duckdb"
VERSION = "1"
FINDING_COLUMNS = (
    "form", "path", "code", "severity", "sheet", "cell", "message_zh", "message_en", "found", "expected", "difference",
    "hypothesis_zh", "hypothesis_en", "trial", "fields", "state", "explanation", "review",
)  # fmt: skip


def data_frames(
    batch: Batch, inputs: Mapping[str, Any], exclude: Sequence[str] = ()
) -> dict[str, pd.DataFrame]:
    """Return every table of a run but `places` by name, amounts in integer fen.

    To the tables of `checks.tables` come `findings`, `cells` (all cells of a finding), `not_run`,
    `tallies`, `skipped`, `roster` where one is given, and `run` (how the run was made). `forms` says which
    forms are `counted` in the city's sums, and why others are not.
    """
    from etl.citywide.scope import scope_of

    found = {name: getattr(batch.stack.tables, name) for name in NAMES[:-1]}
    left = scope_of(batch.stack.tables, inputs.get("roster"), exclude).left_out
    forms = found["forms"].index.tolist()
    found["forms"] = found["forms"].assign(
        counted=[form not in left for form in forms],
        left_out=[left[form].why if form in left else "" for form in forms],
    )
    found |= _findings(batch) | _outcomes(batch)
    if inputs.get("roster") is not None:
        found["roster"] = inputs["roster"]
    settings = [("version", VERSION), *(("exclude", name) for name in exclude)]
    found["run"] = _frame(settings, ("key", "value"))
    return found


def _typed_parts(frame: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Yield a table in parts, the type of each column inferred from all its values.

    Of a whole frame pandas infers it by blocks of columns, which depend on how many chunks the frame came in.
    """
    return in_parts(frame, {str(name): column.infer_objects().dtype for name, column in frame.items()})


def _findings(batch: Batch) -> dict[str, pd.DataFrame]:
    from etl.grid import address_text

    rows, cells = [], []
    for number, entry in enumerate(batch.located):
        f, places = entry.finding, [(c.sheet, address_text((c.row, c.column))) for c in entry.cells]
        first = places[0] if places else ("", "")
        fields = " ".join(dict.fromkeys(spot.field for spot in f.spots))
        rows.append((
            f.form, f.path, f.code, str(f.severity), *first, f.message["zh"], f.message["en"], f.found, f.expected,
            f.difference, f.hypothesis.get("zh", ""), f.hypothesis.get("en", ""), f.trial, fields, entry.state,
            entry.explanation, entry.review,
        ))  # fmt: skip
        cells += [
            (number, c.path, *place, position)
            for position, (c, place) in enumerate(zip(entry.cells, places, strict=True))
        ]
    names = ("finding", "path", "sheet", "cell", "position")
    return {"findings": _frame(rows, FINDING_COLUMNS), "cells": _frame(cells, names)}


def _outcomes(batch: Batch) -> dict[str, pd.DataFrame]:
    not_run = [(n.form, n.code, n.reason["zh"], n.reason["en"]) for n in batch.not_run]
    skipped = [(s.relative, s.code, s.reason, s.reason_en) for s in batch.skipped]
    tallies = [tuple(asdict(tally).values()) for tally in batch.tallies]
    names = ("code", "forms", "fired", "not_applicable", "not_run")
    return {
        "not_run": _frame(not_run, ("form", "code", "reason_zh", "reason_en")),
        "skipped": _frame(skipped, ("path", "code", "reason", "reason_en")),
        "tallies": _frame(tallies, names),
    }


def _frame(rows: Sequence[tuple[Any, ...]], columns: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(list(rows), columns=list(columns)).infer_objects()


def write_data(
    output: Path, batch: Batch, inputs: Mapping[str, Any], exclude: Sequence[str] = ()
) -> Iterator[Path]:
    """Write a run's tables below its output folder; yield what was written. Old tables of the folder are removed.

    Parquet and DuckDB files are written where their packages are installed.
    """
    folder = output / FOLDER
    for old in (*folder.glob("*.csv"), *folder.glob("*.parquet"), output / DATABASE):
        old.unlink(missing_ok=True)
    frames = data_frames(batch, inputs, exclude)
    tables: dict[str, Parts] = {name: partial(_typed_parts, frame) for name, frame in frames.items()}
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

    temporary = path.with_name(f".{path.name}.tmp")
    temporary.unlink(missing_ok=True)
    with duckdb.connect(str(temporary)) as database:
        for name, made in tables.items():
            for number, frame in enumerate(made()):
                money = [column for column in frame.columns if column.endswith("_wan")]
                casts = ", ".join(f'CAST("{column}" AS DECIMAL(24,6)) AS "{column}"' for column in money)
                database.register("given", _typed(encodable(frame)))
                into = f'INSERT INTO "{name}"' if number else f'CREATE TABLE "{name}" AS'
                database.execute(f"{into} SELECT * {f'REPLACE ({casts})' if casts else ''} FROM given")
                database.unregister("given")
    temporary.replace(path)


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with its row numbers as a column and texts that a database cannot take for anything else."""
    import pandas as pd

    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    plain = frame.reset_index(names=index_name(frame))
    return plain.astype(dict.fromkeys(texts, "string"))
