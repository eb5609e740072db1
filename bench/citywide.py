"""The city's workbook over 3,000 forms: seconds of one core and memory, printed: `python -m bench.citywide [FORMS]`.

Forms are random and consistent (`bench.forms`), stacked as if read from files of one layout; reading and
checking are not measured here. Each form carries eight findings on random cells, so that the lists of
findings have their usual length. What the batch itself takes is printed apart from what writing adds.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from random import Random

from checks.declared.money import fen_of
from checks.enrich import enriched
from checks.finding import Finding, NotRun, Spot, Tally
from checks.given.inputs import Inputs
from checks.given.roster import COLUMNS
from checks.telling.handbook import all_rules
from etl.batch.model import Batch
from etl.form.layout import FilledForm, lay_out
from etl.form.places import Place, packed_places
from etl.frames.build import Stack, stack
from etl.frames.located import locate
from etl.intake.file_reading import FileReading
from etl.money.amount import Amount
from etl.reading.model import Indicator, Project, Reading, Target
from samples.known_form import FORM_2023

FORMS, SEED, FINDINGS = 3000, 20230701, 8
MOST_SECONDS, MOST_MIB = 20, 400


def city_batch(forms: int, seed: int = SEED) -> tuple[Batch, Inputs]:
    """Return a checked batch of so many forms, and its roster: a department has about twenty agencies."""
    import pandas as pd

    rng = Random(seed)
    files = [_file(rng, number) for number in range(forms)]
    stacked = stack(files)
    stacked = Stack(enriched(stacked.tables), stacked.located, stacked.files, stacked.file_of, stacked.starts)
    rows = [(str(n), _agency(n), "", _department(n), "本级", "", "", "") for n in range(forms + forms // 50)]
    roster = pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)
    findings = tuple(_findings(rng, stacked))
    tallies = tuple(Tally(rule.code, forms, 5, 3, 2) for rule in all_rules())
    reason = {"zh": "上年报表(--last-year)", "en": "last year's forms (--last-year)"}
    not_run = tuple(NotRun(f"{n}#1", "YY01", reason) for n in range(forms))
    return Batch(stacked, tuple(locate(stacked, findings)), not_run, tallies, ()), Inputs(roster)


def _agency(number: int) -> str:
    return f"苏州市第{number}事务管理中心"


def _department(number: int) -> str:
    return f"市第{number % 150}管理局"


def _file(rng: Random, number: int) -> FileReading:
    from bench.forms import random_form

    path = f"{_department(number)}/{_agency(number)}.xlsx"
    return FileReading(
        path, readings=(reading_of(random_form(rng), _agency(number)),), sheet_names=("绩效目标表",)
    )


def reading_of(filled: FilledForm, agency: str) -> Reading:
    """Return a filled form as the reader would read it from its layout, without a workbook in between."""
    addresses = lay_out(FORM_2023, filled).addresses
    indicators = [
        Indicator(i.block, i.level1, i.level2, i.key_task, i.name, _target(i.half), _target(i.full))
        for i in filled.indicators
    ]
    return Reading(
        profile=FORM_2023.id, title="苏州市市级部门整体预算绩效目标表", fiscal_year=2023, year_raw="2023年度", money_unit="万元",
        texts={**filled.texts, "agency": agency},
        amounts={name: _amount(value) for name, value in filled.amounts.items()},
        projects=[Project(p.name, _amount(p.half), _amount(p.full)) for p in filled.projects],
        indicators=indicators,
        located=packed_places({where: Place(0, *address) for where, address in addresses.items()}),
    )  # fmt: skip


def _amount(value: Decimal | None) -> Amount:
    return Amount("blank") if value is None else Amount("number", str(value), fen_of(value))


def _target(text: str) -> Target:
    return Target(text, "text" if text else "blank")


def _findings(rng: Random, stacked: Stack) -> Iterator[Finding]:
    codes = [rule for rule in all_rules() if rule.scope == "form"]
    ids, paths = stacked.tables.forms["id"].tolist(), stacked.tables.forms["path"].tolist()
    for form in range(len(stacked.located)):
        spots = [where for where in stacked.where(form) if where[0] in ("projects", "indicators", "funds")]
        for table, local, field in rng.sample(spots, FINDINGS):
            rule = rng.choice(codes)
            row = local + stacked.starts[table][form] if table in stacked.starts else form
            message = {"zh": f"“{field}”的数与下方各行之和不一致", "en": "a sum differs"}
            yield Finding(
                rule.code,
                rule.severity,
                paths[form],
                ids[form],
                (Spot(table, row, field),),
                message,
                "12.5",
                "13.5",
            )


def resident_mib() -> float:
    """Return the memory this process holds now, in MiB (Linux; 0 elsewhere)."""
    status = Path("/proc/self/statm")
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 2**20 if status.exists() else 0.0


def measured(batch: Batch, inputs: Inputs) -> tuple[float, float, float, int]:
    """Return seconds of processor time, MiB before, the most MiB while writing, and the workbook's bytes."""
    from etl.citywide import write_citywide

    before, most, done = resident_mib(), [0.0], threading.Event()

    def watch() -> None:
        while not done.wait(0.05):
            most[0] = max(most[0], resident_mib())

    watcher = threading.Thread(target=watch)
    watcher.start()
    started = time.process_time()
    with tempfile.TemporaryFile() as file:
        write_citywide(file, batch, inputs, "zh")
        seconds, size = time.process_time() - started, file.seek(0, os.SEEK_END)
    done.set()
    watcher.join()
    return seconds, before, most[0], size


def main(forms: int = FORMS) -> int:
    """Print what the workbook of so many forms costs; return 1 where it is more than it may."""
    batch, inputs = city_batch(forms)
    tables = batch.stack.tables
    print(
        f"forms {forms}, projects {len(tables.projects)}, indicators {len(tables.indicators)}, findings {len(batch.located)}"
    )
    seconds, before, most, size = measured(batch, inputs)
    print(f"workbook {size / 2**20:.1f} MiB in {seconds:.1f} s of one core (at most {MOST_SECONDS})")
    print(f"memory {most:.0f} MiB (at most {MOST_MIB}): the batch {before:.0f}, writing {most - before:.0f}")
    return int(seconds > MOST_SECONDS or most > MOST_MIB)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
