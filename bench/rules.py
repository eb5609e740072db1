"""What the rules cost over a stack, beside reading the same files: `python -m bench.rules [FORMS]`.

Prints seconds for reading, for checking the whole stack and for checking some forms one by one, the ratio
of each to reading, and the dearest rules.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from random import Random

from bench.forms import random_form
from bench.slips import SLIPS
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import Checked, check_readings
from etl.intake.file_reading import FileReading
from etl.intake.read import read_data
from samples.build import form_bytes
from tests.bent import straight, workbook_bytes

FORMS = 500
ONE_BY_ONE = 25
DEAREST = 12


def made(count: int) -> list[bytes]:
    """Return workbooks: random consistent forms as drawn, every tenth with a slip planted."""
    rng = Random(7)
    clean = [form_bytes(random_form(rng)) for _ in range(count - count // 10)]
    spoilt = []
    while len(spoilt) < count // 10:
        done = rng.choice(SLIPS).plant(rng, straight(random_form(rng)))
        if done is not None:
            spoilt.append(workbook_bytes((done[0],)))
    return clean + spoilt


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main(count: int = FORMS) -> None:
    """Print the table."""
    data = made(count)
    files: list[FileReading] = []
    results: list[Checked] = []
    _warm_up(data[0])
    reading = timed(lambda: files.extend(read_data(f"{n}.xlsx", d) for n, d in enumerate(data)))
    checking = timed(lambda: results.append(check_readings(files, Settings(), Inputs())))
    single = timed(lambda: [check_readings([file], Settings(), Inputs()) for file in files[:ONE_BY_ONE]])
    each = single / ONE_BY_ONE * count
    print(f"{count} forms, every tenth with a slip; milliseconds a form")
    print(f"  reading           {reading / count * 1000:8.2f}   1.00 x reading")
    print(
        f"  rules, one stack  {checking / count * 1000:8.2f}   {checking / reading:.2f} x reading (goal at most 1)"
    )
    print(f"  rules, one by one {each / count * 1000:8.2f}   {each / checking:.0f} x the stack")
    _dearest(results, reading)


def _warm_up(data: bytes) -> None:
    check_readings([read_data("warm.xlsx", data)], Settings(), Inputs())


def _dearest(results: Sequence[Checked], reading: float) -> None:
    timings = sorted(results[0].timings.items(), key=lambda item: -item[1])
    print(
        f"  all {len(timings)} rules together {sum(seconds for _, seconds in timings) / reading:.2f} x reading; the dearest:"
    )
    for code, seconds in timings[:DEAREST]:
        print(f"    {code}  {seconds * 1000:8.1f} ms  {seconds / reading:6.3f} x reading")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
