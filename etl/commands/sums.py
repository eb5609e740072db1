"""Writes what is said of the whole batch: the city's workbook, findings as JSON and CSV, the tables as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from checks.given.inputs import Inputs
from etl.batch.depends import digest_of
from etl.batch.model import Batch
from etl.batch.recipients import recipients
from etl.batch.request import Request
from etl.data.findings import json_pieces
from etl.data.findings_csv import write_csv
from etl.data.write import write_data
from etl.safe.whole_file import as_text, whole
from etl.store.outputs import Outputs

if TYPE_CHECKING:
    from etl.citywide import Options

SARIF = "findings.sarif"


def write_sums(
    request: Request,
    batch: Batch,
    inputs: Inputs,
    options: Options,
    outputs: Outputs,
    made_from: str,
) -> None:
    """Write what would not be the same as it stands; raises `Refusal` for whatever the system refuses to write.

    `made_from`: a digest of all that is known of the batch and asked of it.
    """
    from etl.rounds.compare import standing

    def city(path: Path) -> None:
        from etl.citywide import write_citywide

        with whole(path) as file:
            write_citywide(file, standing(batch), inputs, request.lang, options)

    def findings(path: Path) -> None:
        with whole(path) as file:
            pieces = json_pieces(batch, request.lang, options.rounds)
            file.writelines(piece.encode("utf-8") for piece in pieces)

    def table(path: Path) -> None:
        everyone = tuple(recipients(batch, inputs.roster))
        with whole(path) as file, as_text(file) as text:
            write_csv(text, batch, request.lang, everyone)

    def log(path: Path) -> None:
        from etl.data.sarif import sarif_pieces

        with whole(path) as file:
            file.writelines(piece.encode("utf-8") for piece in sarif_pieces(batch, request.lang))

    write: Mapping[str, Callable[[Path], None]] = {
        "citywide.xlsx": city, "findings.json": findings, "findings.csv": table,
    }  # fmt: skip
    if request.sarif:
        write = {**write, SARIF: log}
    else:  # one of an earlier run would say what is no longer so
        (request.output / SARIF).unlink(missing_ok=True)
    for name, work in write.items():
        path = request.output / name
        own = digest_of(name, made_from)
        if outputs.standing(path, own) is None:
            work(path)
            outputs.note(path, own)
    write_data(request.output, standing(batch), inputs, request.exclude, outputs, made_from)
