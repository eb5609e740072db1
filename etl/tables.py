"""Gives the normalised tables to analysts: as frames from Python, as CSV (and Parquet) from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.budget import FUND_FIELDS

if TYPE_CHECKING:
    import pandas as pd

    from etl.stack import Stack

FORMS_A_PART = 100
"""Forms whose places are held at a time while they are written."""
NAMES = ("files", "forms", "funds", "projects", "indicators", "oddities", "places")


def read_tables(paths: Sequence[Path | str], workers: int | None = 1) -> dict[str, pd.DataFrame]:
    """Return the normalised tables of all submissions under the paths, by name.

    `files`, `forms`, `funds`, `projects`, `indicators`, `oddities` as described in `checks.tables`
    (amounts in integer fen, indicator numbers in millionths), and `places`: for every value the form,
    table, row and field it is, and the file, sheet and cell it stood in. Raises `etl.refusal.Refusal`
    for paths that do not exist or hold no submission.
    """
    return frames(_stack(paths, workers))


def frames(stack: Stack) -> dict[str, pd.DataFrame]:
    """Return the tables of a stack with its places as one more frame."""
    return {name: getattr(stack.tables, name) for name in NAMES[:-1]} | {"places": places_frame(stack)}


def places_frame(stack: Stack) -> pd.DataFrame:
    """Return one row a value: form, table, row, field, path, sheet, cell."""
    return _places_of(stack, range(len(stack.located)), 0)


def place_frames(stack: Stack) -> Iterator[pd.DataFrame]:
    """Yield `places_frame` in parts, row numbers running on: of a city it would be the largest thing in memory."""
    start = 0
    for first in range(0, max(len(stack.located), 1), FORMS_A_PART):
        part = _places_of(stack, range(first, min(first + FORMS_A_PART, len(stack.located))), start)
        start += len(part)
        yield part


def _places_of(stack: Stack, forms: range, start: int) -> pd.DataFrame:
    import pandas as pd

    from etl.grid import address_text

    rows = [
        (form, table, row, field, cell.path, cell.sheet, address_text((cell.row, cell.column)))
        for form, table, row, field, cell in stack.places(forms)
    ]
    names = ["form", "table", "row", "field", "path", "sheet", "cell"]
    return pd.DataFrame(rows, pd.RangeIndex(start, start + len(rows)), names, dtype=object)


def write_tables(paths: Sequence[Path], output: Path, workers: int | None) -> Iterator[tuple[str, int]]:
    """Write every table as `NAME.csv` (and `NAME.parquet` where pyarrow is installed); yield name and rows."""
    from etl.output import make_folder

    make_folder(output)
    stack = _stack(paths, workers)
    for name in NAMES:
        yield name, write_parts(output / name, partial(_parts, stack, name))


def _parts(stack: Stack, name: str) -> Iterator[pd.DataFrame]:
    return place_frames(stack) if name == "places" else iter([with_amounts(getattr(stack.tables, name))])


def write_parts(path: Path, parts: Callable[[], Iterator[pd.DataFrame]]) -> int:
    """Write a table that comes in parts as `path`.csv, and .parquet where pyarrow is installed; return its rows."""
    if find_spec("pyarrow"):
        _write_parquet(path.with_name(f"{path.name}.parquet"), parts())
    return _write_csv(path.with_name(f"{path.name}.csv"), parts())


def _write_csv(path: Path, parts: Iterator[pd.DataFrame]) -> int:
    from etl.output import whole

    rows = 0
    with whole(path) as file:
        file.write(b"\xef\xbb\xbf")
        for number, part in enumerate(parts):
            file.write(csv_of(part, header=number == 0).encode("utf-8"))
            rows += len(part)
    return rows


def _write_parquet(path: Path, parts: Iterator[pd.DataFrame]) -> None:
    import pyarrow
    from pyarrow import parquet

    from etl.output import whole

    first = pyarrow.Table.from_pandas(encodable(next(parts)), preserve_index=False)
    with whole(path) as file, parquet.ParquetWriter(file, first.schema) as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(pyarrow.Table.from_pandas(encodable(part), first.schema, preserve_index=False))


def encodable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose texts can be encoded: half of a surrogate pair, as in a name that is not UTF-8, is escaped."""
    import pandas as pd

    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: frame[name].map(_encodable) for name in texts})


def _encodable(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def csv_of(frame: pd.DataFrame, header: bool = True) -> str:
    """Return a frame as CSV, row numbers first; nothing in it is taken for a formula by a spreadsheet."""
    import pandas as pd

    from etl.report import csv_text

    shown = frame.astype(object)
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            safe = {text: csv_text(text) for text in frame[name].unique() if isinstance(text, str)}
            shown[name] = [safe.get(value, value) for value in frame[name].tolist()]
    return str(shown.to_csv(header=header, index_label=index_name(frame), lineterminator="\r\n"))


def index_name(frame: pd.DataFrame) -> str:
    """Return what the row numbers of a table are called where they are written as a column."""
    return "number" if "row" in frame.columns else "row"


def with_amounts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with a column in 万元 (exact text) beside each amount in fen."""
    from checks.money import wan_text

    amounts = [name for name in (*FUND_FIELDS, "half", "full") if name in frame.columns]
    added = {
        f"{name}_wan": frame[name].map(lambda fen: wan_text(int(fen)), na_action="ignore") for name in amounts
    }
    return frame.assign(**added)


def _stack(paths: Sequence[Path | str], workers: int | None) -> Stack:
    from etl.produce import read

    return read([Path(path) for path in paths], workers=workers)
