"""Bends workbooks at random and asks of each what must always hold: `python -m bench.fuzz [MINUTES] [FIRST]`.

Whatever a file holds, reading it gives a result and never an exception, the rules run, and a return either adds no
fault, reads back with the same figures and comes off again byte for byte, or is not handed out. What does not hold
is put into `tests/found` with the number that made it; everything there is a test from then on.

Each stretch of numbers runs in a process of its own, so that one that takes its process down is named too.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.mutate import mutated, seeds
from checks.settings import Settings
from etl.batch.chunk import check_readings
from etl.frames.located import Located
from etl.intake.file_reading import FileReading
from etl.intake.read import Markable, markable, open_workbook, read_data
from etl.marked.annotate import annotate
from etl.marked.find import is_return
from etl.marked.unmark import unmark
from etl.marks.model import Mark
from etl.package.parts import Package, open_package
from etl.returns.remarks import marks, remarks_page, renamed
from etl.safe.unreadable import Unreadable
from etl.validation.package import added_faults, faults

FOUND = Path("tests/found")
SECONDS = 20
"""Of processor time a workbook may take: the machine may be busy."""
STRETCH = 400
MEMORY = 3 << 30


def judged(data: bytes) -> tuple[str, str]:
    """Return what became of a file, in a word, and what does not hold of it, "" where all does."""
    try:
        reading = read_data("form.xlsx", data)
    except Exception:
        return "read", _last_line()
    if reading.status not in ("checked", "not_a_form"):
        return reading.status, ""
    try:
        located = check_readings([reading], Settings(), {}).located
    except Exception:
        return "rules", _last_line()
    try:
        return _judged_return(data, reading, located)
    except Exception:
        return "return", _last_line()


def _judged_return(data: bytes, reading: FileReading, located: Sequence[Located]) -> tuple[str, str]:
    try:
        source = markable(data)
    except Unreadable:
        return "return", "a file that was read cannot be marked"
    page = remarks_page(located, (), "zh", converted=source.converted)
    given = [*marks(located, "zh"), *_more(reading)]
    if source.renamed:
        given, page = renamed(given, page, source.renamed, "zh")
    marked = annotate(source.package, given, page)
    after = open_package(marked)
    wrong = added_faults(None if source.converted else source.package, after)
    sound = not faults(source.package)
    if wrong:  # it is not handed out, which is as it should be only for what was not quite sound before
        return "unsound", f"{wrong[0].code} {wrong[0].part} {wrong[0].detail}" if sound else ""
    if sound and _opens(source.package.container.data) and not _opens(marked):
        return "returned", "openpyxl opens the original and not the return"
    return "returned", next(_differences(source, after, data, marked), "")


def _more(reading: FileReading) -> Iterator[Mark]:
    """Yield marks on cells and none, whether or not rules found something."""
    for sheet in dict.fromkeys(reading.sheet_names[:2]):
        for severity, row, column in (("error", 3, 2), ("warning", 5, 6), ("info", 7, 1)):
            yield Mark(sheet, row, column, severity, f"意见 <{row}> & ]]>")  # type: ignore[arg-type]
        yield Mark(sheet, 5, 2, "error", primary=False)


def _differences(source: Markable, after: Package, data: bytes, marked: bytes) -> Iterator[str]:
    if not is_return(after):
        yield "the return is not known for one"
    before, back = unmark(source.package), unmark(after)
    if [(m.raw_name, m.crc, m.size) for m in before.container.members] != [
        (m.raw_name, m.crc, m.size) for m in back.container.members
    ]:
        yield "without marks it is not the original"
    if not source.converted and _figures(data) != _figures(marked):
        yield "figures differ"


def _figures(data: bytes) -> list[object]:
    """Return what the sheets of a file hold; our own marks and sheet are taken off first."""
    return [
        (sheet.name, {at: (cell.kind, cell.raw) for at, cell in sheet.cells.items()})
        for sheet in open_workbook(data).sheets
    ]


def _opens(data: bytes) -> bool:
    import io
    import warnings

    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            load_workbook(io.BytesIO(data))
    except Exception:
        return False
    return True


def _last_line() -> str:
    kind, error, trace = sys.exc_info()
    frames = [f"{Path(f.filename).name}:{f.name}" for f in traceback.extract_tb(trace)][-3:]
    return f"{kind.__name__ if kind else ''}: {str(error)[:120]} in {' > '.join(frames)}"


def _stretch(first: int) -> None:
    """Judge a stretch of numbers and print a line for each, before and after."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    seeds()
    for number in range(first, first + STRETCH):
        print(f"begun {number}", flush=True)
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        name, data = mutated(number)
        word, wrong = judged(data)
        signal.setitimer(signal.ITIMER_PROF, 0)
        print(f"done {number}\t{word}\t{name}\t{wrong}", flush=True)


def _stretches(until: float, first: int) -> Iterator[tuple[int, str, str, str]]:
    """Yield number, outcome, seed and what does not hold; a process that dies gives its last number."""
    while time.monotonic() < until:
        command = [sys.executable, "-m", "bench.fuzz", "--stretch", str(first)]
        begun = first - 1
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            for line in process.stdout:
                words = line.rstrip("\n").split("\t")
                begun = int(words[0].split()[1])
                if line.startswith("done"):
                    yield begun, words[1], words[2], words[3]
                if time.monotonic() > until:
                    process.kill()
                    return
        if begun < first + STRETCH - 1 or process.returncode:
            yield begun, "died", mutated(begun)[0], f"the process ended with {process.returncode}"
            first = begun + 1
        else:
            first += STRETCH


def main(minutes: float, first: int) -> int:
    """Bend workbooks for so many minutes; return how many different things did not hold."""
    outcomes: Counter[str] = Counter()
    kinds: dict[str, int] = {}
    print(f"{len(seeds())} workbooks are bent for {minutes:g} minutes")
    for number, word, name, wrong in _stretches(time.monotonic() + 60 * minutes, first):
        outcomes[word] += 1
        kind = wrong.split(" xl/")[0]
        if wrong and kind not in kinds:
            kinds[kind] = number
            FOUND.mkdir(exist_ok=True)
            (FOUND / f"{number}.bin").write_bytes(mutated(number)[1])
            print(f"{number} ({name}): {word}: {wrong}")
    total = sum(outcomes.values())
    print(f"{total} workbooks: " + ", ".join(f"{word} {count}" for word, count in outcomes.most_common()))
    print(f"{len(kinds)} kinds of trouble")
    return len(kinds)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stretch"]:
        _stretch(int(sys.argv[2]))
    else:
        given = [float(word) for word in sys.argv[1:3]]
        sys.exit(main(given[0] if given else 5.0, int(given[1]) if len(given) > 1 else 0) > 0)
