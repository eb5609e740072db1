"""Gives the normalised tables to analysts: as frames from Python, as CSV (and Parquet) from the command line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from checks.budget import FUND_FIELDS

if TYPE_CHECKING:
    import pandas as pd

    from etl.stack import Stack

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
    import pandas as pd

    from etl.grid import address_text

    rows = [
        (form, table, row, field, cell.path, cell.sheet, address_text((cell.row, cell.column)))
        for form, table, row, field, cell in stack.places()
    ]
    return pd.DataFrame(
        rows, columns=["form", "table", "row", "field", "path", "sheet", "cell"], dtype=object
    )


def write_tables(paths: Sequence[Path], output: Path, workers: int | None) -> Iterator[tuple[str, int]]:
    """Write every table as `NAME.csv` (and `NAME.parquet` where pyarrow is installed); yield name and rows."""
    from etl.output import make_folder, write_whole

    make_folder(output)
    for name, frame in frames(_stack(paths, workers)).items():
        write_whole(output / f"{name}.csv", b"\xef\xbb\xbf" + csv_of(with_amounts(frame)).encode("utf-8"))
        if find_spec("pyarrow"):
            with_amounts(frame).to_parquet(output / f"{name}.parquet")
        yield name, len(frame)


def csv_of(frame: pd.DataFrame) -> str:
    """Return a frame as CSV, row numbers first; nothing in it is taken for a formula by a spreadsheet."""
    import pandas as pd

    from etl.report import csv_text

    shown = frame.astype(object)
    for name in frame.columns:
        if not pd.api.types.is_numeric_dtype(frame[name]):
            safe = {text: csv_text(text) for text in frame[name].unique() if isinstance(text, str)}
            shown[name] = [safe.get(value, value) for value in frame[name].tolist()]
    return str(shown.to_csv(index_label=index_name(frame), lineterminator="\r\n"))


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
