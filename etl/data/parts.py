"""Gives the normalised tables to analysts: as frames from Python, as CSV (and Parquet) from the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from checks.declared.money import wan_text
from checks.frames.columns import rows_of
from etl.cell.grid import address_text
from etl.safe.clean import csv_text
from etl.safe.whole_file import whole

if TYPE_CHECKING:
    import pandas as pd

    from etl.frames.build import Stack

FORMS_A_PART = 100
"""Forms whose places are held at a time while they are written."""
ROWS_A_PART = 10_000
"""Rows of any other table that are held as text at a time."""
NAMES = ("files", "forms", "funds", "projects", "indicators", "oddities", "places")
_PLACE_COLUMNS = ("form", "table", "row", "field", "path", "sheet", "cell")

Row = tuple[Any, ...]
Parts = Callable[[], Iterator["pd.DataFrame"]]
"""Gives a table in parts, from the first anew each time it is called."""


def frames(stack: Stack) -> dict[str, pd.DataFrame]:
    """Return the tables of a stack with its places as one more frame."""
    return {name: getattr(stack.tables, name) for name in NAMES[:-1]} | {"places": places_frame(stack)}


def places_frame(stack: Stack) -> pd.DataFrame:
    """Return one row a value: form, table, row, field, path, sheet, cell."""
    return _places_of(stack, range(len(stack.located)), 0)


def place_frames(stack: Stack) -> Iterator[pd.DataFrame]:
    """Yield `places_frame` in parts, row numbers running on: of a city it would be the largest thing in memory."""
    start = 0
    for forms in _form_parts(stack):
        part = _places_of(stack, forms, start)
        start += len(part)
        yield part


def _form_parts(stack: Stack) -> Iterator[range]:
    count = len(stack.located)
    return (range(first, min(first + FORMS_A_PART, count)) for first in range(0, max(count, 1), FORMS_A_PART))


def _places_of(stack: Stack, forms: range, start: int) -> pd.DataFrame:
    import pandas as pd

    rows = list(_place_rows(stack, forms, str))
    return pd.DataFrame(rows, pd.RangeIndex(start, start + len(rows)), list(_PLACE_COLUMNS), dtype=object)


def _place_rows(stack: Stack, forms: Iterable[int], said: Callable[[str], str]) -> Iterator[Row]:
    """Yield the rows of `places_frame`; `said`: how a text that came from outside is written."""

    ids = stack.tables.forms["id"]
    for form in forms:
        file = stack.files[stack.file_of[form]]
        id_, path, sheets = (
            said(str(ids.iat[form])),
            said(file.path),
            [said(name) for name in file.sheet_names],
        )
        for table, number, field, sheet, row, column in stack.rows(form):
            yield id_, table, number, field, path, sheets[sheet], address_text((row, column))


def place_rows(stack: Stack) -> Iterator[list[Row]]:
    """Yield the rows of `places_frame` as they stand in CSV, in parts: without making a frame of them."""

    number = count()
    head: list[Row] = [("number", *_PLACE_COLUMNS)]
    for forms in _form_parts(stack):
        yield head + [(next(number), *row) for row in _place_rows(stack, forms, csv_text)]
        head = []


def write_places(folder: Path, parts: Parts, stack: Stack) -> int:
    """Write where every value stood as `write_parts` does; `parts` for what is not CSV."""
    return write_parts(folder / "places", parts, place_rows(stack))


def in_parts(frame: pd.DataFrame, types: Mapping[str, Any] | None = None) -> Iterator[pd.DataFrame]:
    """Yield a table some rows at a time, with amounts; `types`: what its columns are made, all of them alike."""
    amounts = _amounts(frame)
    texts = {f"{name}_wan": "str" for name in amounts if frame[name].notna().any()}
    for start in range(0, max(len(frame), 1), ROWS_A_PART):
        part = rows_of(frame, start, start + ROWS_A_PART)
        yield with_amounts(part.astype(types or {})).astype(texts)


def write_parts(path: Path, parts: Parts, rows: Iterator[list[Row]] | None = None) -> int:
    """Write a table that comes in parts as `path`.csv, and .parquet where pyarrow is installed; return its rows.

    `rows`: its rows for CSV with the heading, where there is a shorter way to them.
    """
    if find_spec("pyarrow"):
        _write_parquet(path.with_name(f"{path.name}.parquet"), parts())
    return _write_csv(path.with_name(f"{path.name}.csv"), _csv_parts(parts()) if rows is None else rows)


def _csv_parts(parts: Iterator[pd.DataFrame]) -> Iterator[list[Row]]:
    for number, part in enumerate(parts):
        yield [*([_head(part)] if number == 0 else []), *_csv_rows(part)]


def _write_csv(path: Path, parts: Iterator[list[Row]]) -> int:
    """Write rows in parts, the heading first; return how many there are below it."""

    rows = -1
    with whole(path) as file:
        file.write(b"\xef\xbb\xbf")
        for part in parts:
            file.write(_csv_lines(part).encode("utf-8"))
            rows += len(part)
    return rows


def _write_parquet(path: Path, parts: Iterator[pd.DataFrame]) -> None:
    from pyarrow import parquet

    first = _arrow(next(parts))
    with whole(path) as file, parquet.ParquetWriter(file, first.schema) as writer:
        writer.write_table(first)
        for part in parts:
            writer.write_table(_arrow(part, first.schema))


def _arrow(frame: pd.DataFrame, schema: Any = None) -> Any:
    """Return a frame as an Arrow table; half of a surrogate pair, as in a name that is not UTF-8, is escaped."""
    import pyarrow

    try:
        return pyarrow.Table.from_pandas(frame, schema, preserve_index=False)
    except UnicodeEncodeError:  # so rare that all texts are gone through only then
        texts = frame.select_dtypes(exclude="number").columns
        escaped = frame.assign(**{name: frame[name].map(_encodable) for name in texts})
        return pyarrow.Table.from_pandas(escaped, schema, preserve_index=False)


def _encodable(value: Any) -> Any:
    if not isinstance(value, str) or value.isascii():
        return value
    return value.encode("utf-8", "backslashreplace").decode("utf-8")


def csv_of(frame: pd.DataFrame) -> str:
    """Return a frame as CSV, row numbers first; nothing in it is taken for a formula by a spreadsheet."""
    return _csv_lines([_head(frame), *_csv_rows(frame)])


def _csv_lines(rows: Iterable[Row]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _head(frame: pd.DataFrame) -> Row:
    return (index_name(frame), *frame.columns)


def _csv_rows(frame: pd.DataFrame) -> Iterator[Row]:
    return zip(frame.index.tolist(), *(_csv_values(column) for _, column in frame.items()), strict=True)


def _csv_values(column: pd.Series[Any]) -> list[Any]:
    import pandas as pd

    values = column.tolist()
    if not pd.api.types.is_numeric_dtype(column):
        safe = {text: csv_text(text) for text in column.unique() if isinstance(text, str)}
        values = list(map(safe.get, values, values))
    if column.isna().any():
        return [None if gone else value for value, gone in zip(values, column.isna(), strict=True)]
    return values


def index_name(frame: pd.DataFrame) -> str:
    """Return what the row numbers of a table are called where they are written as a column."""
    return "number" if "row" in frame.columns else "row"


def with_amounts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame with a column in 万元 (exact text) beside each amount in fen."""

    added = {
        f"{name}_wan": frame[name].map(lambda fen: wan_text(int(fen)), na_action="ignore")
        for name in _amounts(frame)
    }
    return frame.assign(**added)


def _amounts(frame: pd.DataFrame) -> list[str]:
    return [name for name in frame.columns if name in ("half", "full") or f"{name}_state" in frame.columns]
