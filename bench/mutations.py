"""Plants one slip at a time in random consistent forms and prints what is found: `python -m bench.mutations`.

Recall: the spoilt cell is named by some finding. First: it is the cell to correct (`cells[0]`) of the
finding on its sum. Beside: findings that do not name the spoilt cell at all (precision). Every form is written
in a random layout, read back from the workbook and checked with the whole catalogue, many at once.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.forms import random_form
from bench.slips import SLIPS, Slip, with_value
from checks.declared.budget import FUND_FIELDS
from checks.given.inputs import Inputs
from checks.localisation.culprit import CODES
from checks.settings import Settings
from checks.targets.target import Kind, parse
from etl.batch.chunk import check_readings
from etl.form.places import Where, unpacked
from etl.frames.located import Located
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from tests.bent import BENDS, Page, Pages, straight, workbook_bytes

SEED = 2023
EACH = 20
CLEAN = 1_000
_LAYOUTS = [name for name in BENDS if name not in ("amounts as text", "totals as formulas", "hidden rows")]
"""Layouts that are no finding by themselves (ST), so that every finding counts."""


@dataclass(slots=True)
class Score:
    planted: int = 0
    named: int = 0
    first: int = 0
    findings: int = 0
    beside: int = 0


@dataclass(frozen=True, slots=True)
class Planted:
    slip: Slip
    spoilt: tuple[Where, ...]
    pages: Pages


def plant(rng: Random, slip: Slip) -> Planted | None:
    """Return a random form with a slip in a random layout, or None where it does not apply."""
    done = slip.plant(rng, straight(random_form(rng)))
    if done is None:
        return None
    page, spoilt = done
    return Planted(slip, spoilt, _bent(rng, page))


def _bent(rng: Random, page: Page) -> Pages:
    """Return the page in a random layout; one that the slip makes impossible is printed as it is."""
    try:
        return BENDS[rng.choice(_LAYOUTS)](page)
    except (StopIteration, ValueError):
        return (page,)


def read(name: str, pages: Pages) -> FileReading:
    return read_data(name, workbook_bytes(pages))


def check(files: list[FileReading]) -> dict[str, list[Located]]:
    found: dict[str, list[Located]] = defaultdict(list)
    for entry in check_readings(files, Settings(), Inputs()).located:
        if not entry.finding.code.startswith("ST06"):
            found[entry.finding.path].append(entry)
    return found


def score(planted: Planted, files: FileReading, found: list[Located], total: Score) -> None:
    """Count what was said of one planted slip."""
    named = {(c.sheet, c.row, c.column) for entry in found for c in entry.cells}
    spoilt = spoilt_cells(planted, files)
    total.planted += 1
    total.named += bool(named & set(spoilt))
    total.findings += len(found)
    total.beside += sum(
        not {(c.sheet, c.row, c.column) for c in entry.cells} & set(spoilt) for entry in found
    )
    if planted.slip.trace:
        firsts = [
            (e.cells[0].sheet, e.cells[0].row, e.cells[0].column)
            for e in found
            if e.finding.code in CODES | {"CP07", "AR07"}
        ]
        total.first += any(cell in spoilt for cell in firsts)


def spoilt_cells(planted: Planted, file: FileReading) -> list[tuple[str, int, int]]:
    """Return the spoilt cells as the reader placed them; a value that is gone has its place all the same."""
    cells = []
    for where in planted.spoilt:
        for reading in file.readings:
            at = unpacked(reading.located).get(where)
            if at is not None:
                cells.append((file.sheet_names[at.sheet], at.row, at.column))
    return cells


def main(each: int = EACH, clean: int = CLEAN) -> None:
    """Print the table of all slips, and what is said of clean forms."""
    rng = Random(SEED)
    planted = [p for slip in SLIPS for p in (plant(rng, slip) for _ in range(each)) if p is not None]
    files = [read(f"{number}", p.pages) for number, p in enumerate(planted)]
    found = check(files)
    scores: dict[str, Score] = defaultdict(Score)
    for number, p in enumerate(planted):
        score(p, files[number], found[f"{number}"], scores[p.slip.name])
    _print(scores, {slip.name for slip in SLIPS if slip.trace})
    _print_clean(rng, clean)
    unguarded()


def unguarded() -> None:
    """Print the cells of the form in which a small change is noticed by no rule."""
    page = straight(random_form(Random(SEED)))
    wheres = [c.where for c in page.cells if c.where and c.where[0] != "labels" and c.where[2] in _FIELDS]
    files = [read(f"{n}", (_changed(page, where),)) for n, where in enumerate(wheres)]
    found = check(files)
    silent = [where for n, where in enumerate(wheres) if not found.get(f"{n}")]
    print(f"\n{len(wheres)} cells with a value; a small change goes unnoticed in {len(silent)}:")
    groups: dict[str, list[int]] = defaultdict(list)
    for table, row, field in silent:
        groups[f"{table}.{field}"].append(row)
    for name, rows in sorted(groups.items()):
        print(f"  {name}: {', '.join(map(str, rows))}")


_FIELDS = frozenset(
    {
        "agency",
        "functions",
        "staffing",
        "long_term_goal",
        "annual_goal",
        "fiscal_year",
        "name",
        "half",
        "full",
    }
    | set(FUND_FIELDS)
)


def _changed(page: Page, where: Where) -> Page:
    """Return the page with a plausible other value in one cell: an amount 1.23 more, a number a tenth more, a word added."""
    cell = next(c for c in page.cells if c.where == where)
    if isinstance(cell.value, Decimal):
        return with_value(page, where, cell.value + Decimal("1.23"))
    parsed = parse(cell.value)
    if parsed.kind is Kind.NUMBER and parsed.number is not None:
        number = (parsed.number * Decimal("0.9")).quantize(Decimal(1))
        return with_value(page, where, f"{parsed.operator}{number}{parsed.unit}")
    return with_value(page, where, f"{cell.value}等")


def _print(scores: dict[str, Score], trace: set[str]) -> None:
    print(f"{'slip':40} {'planted':>7} {'named':>7} {'first':>7} {'beside':>7}")
    for name, s in scores.items():
        first = f"{s.first / s.planted:7.2f}" if name in trace else f"{'-':>7}"
        print(
            f"{name:40} {s.planted:7} {s.named / s.planted:7.2f} {first} {s.beside / max(s.findings, 1):7.2f}"
        )
    planted = sum(s.planted for s in scores.values())
    traced = [s for name, s in scores.items() if name in trace]
    print(f"\n{len(scores)} kinds of slips, {planted} planted")
    print(f"recall {sum(s.named for s in scores.values()) / planted:.3f} (goal 0.98)")
    print(
        f"culprit first, of slips with an arithmetic trace {sum(s.first for s in traced) / sum(s.planted for s in traced):.3f} (goal 0.85)"
    )
    findings, beside = sum(s.findings for s in scores.values()), sum(s.beside for s in scores.values())
    print(f"precision {1 - beside / findings:.3f}: {findings} findings, {beside} do not name the spoilt cell")


def _print_clean(rng: Random, count: int) -> None:
    files = [read(f"{number}", _bent(rng, straight(random_form(rng)))) for number in range(count)]
    found = [entry for entries in check(files).values() for entry in entries]
    errors = [entry for entry in found if entry.finding.severity == "error"]
    print(f"{count} clean forms: {len(errors)} errors (goal 0), {len(found)} findings in all")
    for code in sorted({entry.finding.code for entry in found}):
        print(f"  {code} {sum(entry.finding.code == code for entry in found)}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
