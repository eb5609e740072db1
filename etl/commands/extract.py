"""Gives the normalised tables to analysts: as frames from Python, as CSV (and Parquet) from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from etl.data.parts import NAMES, frames, in_parts, place_frames, write_parts, write_places
from etl.safe.whole_file import make_folder

if TYPE_CHECKING:
    import pandas as pd

    from etl.frames.build import Stack


def read_tables(paths: Sequence[Path | str], workers: int | None = 1) -> dict[str, pd.DataFrame]:
    """Return the normalised tables of all submissions under the paths, by name.

    `files`, `forms`, `funds`, `projects`, `indicators`, `oddities` as described in `checks.frames.tables`
    (amounts in integer fen, indicator numbers in millionths), and `places`: for every value the form,
    table, row and field it is, and the file, sheet and cell it stood in. Raises `etl.safe.refusal.Refusal`
    for paths that do not exist or hold no submission.
    """
    return frames(_stack(paths, workers))


def write_tables(paths: Sequence[Path], output: Path, workers: int | None) -> Iterator[tuple[str, int]]:
    """Write every table as `NAME.csv` (and `NAME.parquet` where pyarrow is installed); yield name and rows."""

    make_folder(output)
    stack = _stack(paths, workers)
    for name in NAMES[:-1]:
        yield name, write_parts(output / name, partial(in_parts, getattr(stack.tables, name)))
    yield "places", write_places(output, partial(place_frames, stack), stack)


def _stack(paths: Sequence[Path | str], workers: int | None) -> Stack:
    from etl.batch.read import read

    return read([Path(path) for path in paths], workers=workers)
