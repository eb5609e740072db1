"""Writes what is said of the whole batch, while workers write the returns.

The tables and the state of the round need nothing but the batch, which lies in a file that workers of this machine
read for themselves: two of them write these, and the program the workbook meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import BrokenExecutor, Executor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from etl.batch.model import Batch
from etl.safe.whole_file import as_text, whole
from etl.workers.limits import own_work

if TYPE_CHECKING:
    import pandas as pd

    from etl.citywide import Options
    from etl.rounds.compare import Rounds

MANY_FILES = 4_000
"""Files up to which workers write sums: of more, a batch's own tables once more in each is memory for little time."""


def begin_sums(
    output: Path,
    batch: Batch,
    inputs: Mapping[str, Any],
    lang: str,
    options: Options,
    executor: Executor | None,
) -> Callable[[], None]:
    """Begin to write what workers can, and give a function that writes the rest and waits.

    `executor`: workers of this machine; without any all is written when it is waited for. What is given raises
    `Refusal` for whatever the system refuses to write.
    """
    from etl.rounds.compare import standing

    counted = standing(batch)
    waits = [
        _begun(executor, partial(_write_tables, output, counted, inputs.get("roster"), options.exclude)),
        _begun(executor, partial(_write_state, output, batch, lang, options.rounds)),
    ]

    def rest() -> None:
        _write_rest(output, batch, counted, inputs, lang, options)
        for wait in waits:
            wait()

    return rest


def _begun(executor: Executor | None, write: Callable[[], None]) -> Callable[[], None]:
    """Begin a piece of work and give what waits for it; where its worker has no memory or dies it is done here."""
    if executor is None:
        return write
    future = executor.submit(write)

    def wait() -> None:
        try:
            future.result()
        except (BrokenExecutor, MemoryError):
            write()

    return wait


def _write_tables(
    output: Path, counted: Batch, roster: pd.DataFrame | None, exclude: tuple[str, ...]
) -> None:
    from etl.data.write import write_data
    from etl.frames.build import plain_text

    plain_text()
    with own_work():
        list(write_data(output, counted, {"roster": roster}, exclude))


def _write_state(output: Path, batch: Batch, lang: str, rounds: Rounds | None) -> None:
    from etl.frames.build import plain_text
    from etl.rounds.compare import records
    from etl.rounds.store import STORE_NAME, write_store

    plain_text()
    with own_work():
        write_store(output / STORE_NAME, records(batch, lang, rounds))


def _write_rest(
    output: Path, batch: Batch, counted: Batch, inputs: Mapping[str, Any], lang: str, options: Options
) -> None:
    from etl.citywide import write_citywide
    from etl.data.findings import json_pieces, write_csv

    with whole(output / "citywide.xlsx") as file:
        write_citywide(file, counted, inputs, lang, options)
    with whole(output / "findings.json") as file:
        file.writelines(piece.encode("utf-8") for piece in json_pieces(batch, lang, options.rounds))
    with whole(output / "findings.csv") as file, as_text(file) as text:
        write_csv(text, batch, lang)
