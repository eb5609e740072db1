"""Writes what is said of the whole batch: the city's workbook, findings as JSON and CSV, the tables as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from checks.given.inputs import Inputs
from etl.batch.depends import digest_of
from etl.batch.model import Batch
from etl.batch.recipients import recipients
from etl.batch.request import Request
from etl.commands.merge import earlier_runs, is_run, join, places, round_name
from etl.data.findings import json_pieces
from etl.data.findings_csv import write_csv
from etl.data.write import write_data
from etl.safe.whole_file import as_text, whole
from etl.store.database import Store, past_store
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
    store: Store | None = None,
) -> None:
    """Write what would not be the same as it stands; raises `Refusal` for whatever the system refuses to write.

    `made_from`: a digest of all that is known of the batch and asked of it. `store`: of the run; with an earlier round the
    city's workbook is drawn over all rounds, the newest form of each agency.
    """
    from etl.rounds.compare import standing

    def city(path: Path) -> None:
        from etl.citywide import write_citywide

        over, given, how = batch, inputs, options
        if request.previous is not None and store is not None:
            over, given, how = _over_rounds(request, store, inputs, options)
        with whole(path) as file:
            write_citywide(file, standing(over), given, request.lang, how)

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


def _over_rounds(
    request: Request, store: Store, inputs: Inputs, options: Options
) -> tuple[Batch, Inputs, Options]:
    """Return the city over all rounds up to this one: the newest form of each agency, whoever handed in again."""
    from etl.citywide import explained

    assert request.previous is not None
    folders = [*earlier_runs(request.previous), request.previous] if is_run(request.previous) else []
    names = [round_name(number) for number in range(1, len(folders) + 2)]
    with ExitStack() as until_done:
        runs = [
            (name, until_done.enter_context(past_store(f))) for name, f in zip(names, folders, strict=False)
        ]
        joined = join([*runs, (names[-1], store)], by_round=True)
    roster = joined.inputs.roster if inputs.roster is None else inputs.roster
    how = replace(
        options, folders=places(request.output, [*folders, request.output], names), runs=tuple(joined.told),
        numbers=joined.rounds, explained=explained(joined.batch), latest=names[-1],
    )  # fmt: skip
    return joined.batch, replace(inputs, roster=roster), how
