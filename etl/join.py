"""Joins the stacks of chunks into one, with every number moved on to where its row will stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from checks.tables import Tables
from etl.stack import Stack

if TYPE_CHECKING:
    import pandas as pd


def join_stacks(stacks: Sequence[Stack]) -> Stack:
    """Return several stacks as one, with form, file and row numbers running on."""
    import pandas as pd

    from etl.stack import stack

    if not stacks:
        return stack([])
    if len(stacks) == 1:
        return stacks[0]
    forms = _offsets([len(s.tables.forms) for s in stacks])
    files = _offsets([len(s.tables.files) for s in stacks])
    rows = {
        name: _offsets([len(getattr(s.tables, name)) for s in stacks]) for name in ("projects", "indicators")
    }

    def joined(name: str) -> pd.DataFrame:
        return pd.concat(
            [_moved(name, s, forms[n], files[n], rows, n) for n, s in enumerate(stacks)], ignore_index=True
        )

    tables = Tables(
        **{name: joined(name) for name in ("files", "forms", "funds", "projects", "indicators", "oddities")}
    )
    starts = {
        name: tuple(
            start + (rows[name][n] if name in rows else 0)
            for n, s in enumerate(stacks)
            for start in s.starts[name]
        )
        for name in stacks[0].starts
    }
    return Stack(
        tables,
        tuple(located for s in stacks for located in s.located),
        tuple(file for s in stacks for file in s.files),
        tuple(number + files[n] for n, s in enumerate(stacks) for number in s.file_of),
        starts,
    )


def _offsets(lengths: Sequence[int]) -> list[int]:
    return [sum(lengths[:position]) for position in range(len(lengths))]


def _moved(
    name: str, s: Stack, form: int, file: int, rows: Mapping[str, list[int]], number: int
) -> pd.DataFrame:
    """Return one table of a stack with its references moved on to where the rows will stand."""
    frame: pd.DataFrame = getattr(s.tables, name)
    if "form" in frame.columns:
        frame = frame.assign(form=frame["form"] + form)
    if name == "forms":
        frame = frame.assign(file=frame["file"] + file)
    if name == "oddities":
        apart = {"outside": 0}  # counted within its form
        step = frame["table"].map({table: offsets[number] for table, offsets in rows.items()} | apart)
        frame = frame.assign(row=frame["row"] + step.fillna(form).astype("int64"))
    return frame
