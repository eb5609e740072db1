"""Plants slips in forms that are right, alone and in pairs, and prints what is found: `python -m bench.mutations [EACH] [CLEAN]`.

Recall: the spoilt cell is named by some finding. First: it is the cell to correct (`cells[0]`) of the
finding on its sum. Beside: findings that do not name a spoilt cell at all (precision). Answers: what is shown as the
answer (疑为 …), and how often its cells and amounts are those of the form that was right; as *possible* the same of what
is told as one of several. Every form is written in a random layout, read back from the workbook and checked with the
whole catalogue, many at once.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from bench.answers import Truth, judged
from bench.forms import SOURCES, Source, random_form
from bench.slips import PAIRS, SLIPS, Slip, cell_of, with_value
from checks.culprits.culprit import CODES
from checks.given.inputs import Inputs
from checks.settings import Settings
from checks.targets.target import Kind, parse
from etl.batch.chunk import check_readings
from etl.form.layout import FilledForm
from etl.form.places import Where, unpacked_places
from etl.frames.located import Located
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from samples.known_form import FUND_FIELDS
from tests.bent import BENDS, Page, Pages, straight, workbook_bytes

SEED = 2023
EACH = 20
CLEAN = 1_000
IN_PAIRS = 8
"""Forms for each pair of slips, as a share of EACH in twentieths."""
_LAYOUTS = [name for name in BENDS if name not in ("amounts as text", "totals as formulas", "hidden rows")]
"""Layouts that are no finding by themselves (ST), so that every finding counts."""


@dataclass(slots=True)
class Score:
    """Counts of one kind: slips planted, named, with a trace, first; findings, beside; answers and possibilities, right and in all."""

    planted: int = 0
    named: int = 0
    traced: int = 0
    first: int = 0
    findings: int = 0
    beside: int = 0
    answers: int = 0
    right: int = 0
    possible: int = 0
    among: int = 0


@dataclass(frozen=True, slots=True)
class Planted:
    """A spoilt form: its slips with the cells that may be named for each, and what stood where before."""

    name: str
    slips: tuple[tuple[Slip, tuple[Where, ...]], ...]
    pages: Pages
    clean: Pages
    truth: Truth

    @property
    def spoilt(self) -> tuple[Where, ...]:
        """Return the cells of all slips."""
        return tuple(where for _, cells in self.slips for where in cells)


def plant(rng: Random, slips: Sequence[Slip], source: Source) -> Planted | None:
    """Return a form with slips in a random layout, or None where one does not apply or two meet in a cell."""
    form, planted, gone = source(rng), [], None
    clean, rows = form, set()
    for slip in (slip for slip in slips if slip.on_form):
        done = slip.on_form(rng, form) if slip.on_form else None
        if done is None or planted:
            return None
        form, cells, gone = done
        planted.append((slip, cells))
        rows |= {cell[1] for cell in cells if cell[0] == "projects"}
    page = straight(form)
    values = {cell.where: cell.value for cell in page.cells if cell.where}
    for slip in (slip for slip in slips if slip.plant):
        spoilt = slip.plant(rng, page) if slip.plant else None
        if spoilt is None or {w for _, cells in planted for w in cells} & set(spoilt[1]):
            return None
        page, mine = spoilt
        planted.append((slip, mine))
    name = " + ".join(slip.name for slip in slips)
    layout = rng.choice(_LAYOUTS)
    return Planted(
        name,
        tuple(planted),
        _bent(layout, page),
        _bent(layout, straight(clean)),
        Truth(values, gone, frozenset(rows)),
    )


def _bent(layout: str, page: Page) -> Pages:
    """Return the page in a layout; one that the slip makes impossible is printed as it is."""
    try:
        return BENDS[layout](page)
    except (StopIteration, ValueError, IndexError):
        return (page,)


def read(name: str, pages: Pages) -> FileReading:
    return read_data(name, workbook_bytes(pages))


def check(files: list[FileReading]) -> dict[str, list[Located]]:
    found: dict[str, list[Located]] = defaultdict(list)
    for entry in check_readings(files, Settings(), Inputs()).located:
        if not entry.finding.code.startswith("ST06"):
            found[entry.finding.path].append(entry)
    return found


def score(planted: Planted, file: FileReading, found: list[Located], total: Score) -> None:
    """Count what was said of one spoilt form."""
    places = {where: at for where in planted.truth.values for at in _places(file, where)}
    firsts = {
        _cells(entry)[0]
        for entry in found
        if entry.cells and entry.finding.code in CODES | {"CP07", "AR07", "AR10"}
    }
    named = {cell for entry in found for cell in _cells(entry)}
    every: set[tuple[str, int, int]] = set()
    for slip, cells in planted.slips:
        spoilt = {at for where in cells for at in _places(file, where)}
        every |= spoilt
        total.planted += 1
        total.named += bool(named & spoilt)
        total.traced += slip.trace
        total.first += slip.trace and bool(firsts & spoilt)
    total.findings += len(found)
    total.beside += sum(not set(_cells(entry)) & every for entry in found)
    wheres = {at: where for where, at in places.items()}
    for entry in found:
        sure, right = judged(entry, planted.truth, wheres)
        total.answers += sure == "answer"
        total.right += sure == "answer" and right
        total.possible += sure == "possible"
        total.among += sure == "possible" and right
        if sure == "answer" and not right:
            print(f"wrong: {planted.name}: {entry.finding.message['zh']} → {entry.finding.hypothesis['zh']}")


def _cells(entry: Located) -> list[tuple[str, int, int]]:
    return [(cell.sheet, cell.row, cell.column) for cell in entry.cells]


def _places(file: FileReading, where: Where) -> Iterable[tuple[str, int, int]]:
    """Yield a cell as the reader placed it; a value that is gone has its place all the same."""
    for reading in file.readings:
        at = unpacked_places(reading.located).get(where)
        if at is not None:
            yield file.sheet_names[at.sheet], at.row, at.column


def run(
    rng: Random, kinds: Sequence[Sequence[Slip]], each: int, sources: Sequence[Source]
) -> dict[str, Score]:
    """Plant each kind so many times and return what was found of it, by name."""
    planted = []
    for slips in kinds:
        anywhere = all(slip.anywhere for slip in slips)
        for number in range(each):
            made = plant(rng, slips, sources[number % len(sources)] if anywhere else random_form)
            planted += [made] if made is not None else []
    files = [read(f"{number}", p.pages) for number, p in enumerate(planted)]
    found = check(files)
    own = check([read(f"{number}", p.clean) for number, p in enumerate(planted)])
    scores: dict[str, Score] = defaultdict(Score)
    for number, p in enumerate(planted):
        said = _without(found[f"{number}"], own[f"{number}"])
        score(p, files[number], said, scores[p.name])
    return scores


def _without(found: Iterable[Located], own: Iterable[Located]) -> list[Located]:
    """Return the findings less those that the form has without the slip, counted by rule."""
    before = Counter(entry.finding.code for entry in own)
    left = []
    for entry in found:
        if before[entry.finding.code] and entry.finding.code not in CODES:
            before[entry.finding.code] -= 1
        else:
            left.append(entry)
    return left


def main(each: int = EACH, clean: int = CLEAN) -> None:
    """Print the tables of all slips, alone and in pairs, and what is said of clean forms."""
    rng = Random(SEED)
    _print("alone", run(rng, [(slip,) for slip in SLIPS], each, SOURCES), 0.98)
    _print("in pairs", run(rng, PAIRS, max(1, each * IN_PAIRS // 20), SOURCES), 0.97)
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
    cell = cell_of(page, where)
    assert cell is not None
    if isinstance(cell.value, Decimal):
        return with_value(page, where, cell.value + Decimal("1.23"))
    parsed = parse(cell.value)
    if parsed.kind is Kind.NUMBER and parsed.number is not None:
        number = (parsed.number * Decimal("0.9")).quantize(Decimal(1))
        return with_value(page, where, f"{parsed.operator}{number}{parsed.unit}")
    return with_value(page, where, f"{cell.value}等")


def _print(title: str, scores: Mapping[str, Score], goal: float) -> None:
    print(f"\n{title:70} {'planted':>7} {'named':>6} {'first':>6} {'beside':>6} {'answer':>7} {'right':>6}")
    for name, s in scores.items():
        first = f"{s.first / s.traced:6.2f}" if s.traced else f"{'-':>6}"
        right = f"{s.right / s.answers:6.2f}" if s.answers else f"{'-':>6}"
        beside = s.beside / max(s.findings, 1)
        print(
            f"{name:70} {s.planted:7} {s.named / s.planted:6.2f} {first} {beside:6.2f} {s.answers:7} {right}"
        )
    total = Score()
    for s in scores.values():
        for field in Score.__slots__:
            setattr(total, field, getattr(total, field) + getattr(s, field))
    print(f"\n{title}: {len(scores)} kinds, {total.planted} slips planted")
    print(f"recall {total.named / total.planted:.4f} (goal {goal})")
    print(f"culprit first, of slips with an arithmetic trace {total.first / total.traced:.4f} (goal 0.92)")
    print(
        f"precision {1 - total.beside / total.findings:.4f}: {total.findings} findings,"
        f" {total.beside} do not name a spoilt cell"
    )
    print(
        f"疑为 right {total.right / max(total.answers, 1):.4f} (goal 0.995): {total.answers} answers, "
        f"{total.answers - total.right} wrong; {total.possible} told as possible, {total.among} of them hold the truth"
    )


def _print_clean(rng: Random, count: int) -> None:
    forms: list[FilledForm] = [SOURCES[number % len(SOURCES)](rng) for number in range(count)]
    files = [
        read(f"{number}", _bent(rng.choice(_LAYOUTS), straight(form))) for number, form in enumerate(forms)
    ]
    found = [entry for entries in check(files).values() for entry in entries]
    errors = [entry for entry in found if entry.finding.severity == "error"]
    print(f"\n{count} clean forms: {len(errors)} errors (goal 0), {len(found)} findings in all")
    for code in sorted({entry.finding.code for entry in found}):
        print(f"  {code} {sum(entry.finding.code == code for entry in found)}")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
