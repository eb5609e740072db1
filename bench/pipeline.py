"""The whole pipeline beside its peer and its bound: `python -m bench.pipeline [FORMS]`, or `make bench`.

Every stage runs over the same forms in the same run and is printed in milliseconds a form and as ratios: to
the bound (inflate every part, parse the sheet, deflate it, write the file: what any program has to do) and
to the peer (`bench/plain.py`). Stages on one core are measured in processor time, so that other work on the
machine counts little, and each counts as its quickest round; whole runs are timed by the clock too and report the memory of their largest
process and, on Linux, of all their processes together.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from bench.many import many
from bench.plain import check_file
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.chunk import Checked
from etl.batch.model import Batch
from etl.batch.whole import put_together
from etl.frames.build import Stack
from etl.intake.file_reading import FileReading
from etl.intake.submissions import Submission
from etl.workers.limits import collect_seldom

FORMS = 500
PEER_FORMS = 20
WARM = 8
ROUNDS = 3
SECONDS_BETWEEN = 0.5


@dataclass(frozen=True, slots=True)
class Stage:
    """A measured stage: its name and its processor seconds a form."""

    name: str
    each: float


@dataclass(frozen=True, slots=True)
class Whole:
    """A measured run of the command: seconds by the clock and of the processors, and bytes of memory at their peak.

    `memory`: of the largest process; `together`: of all of them, pages they share counted once.
    """

    workers: int
    clock: float
    processor: float
    memory: int
    together: int


def timed(work: Callable[[], object], count: int) -> float:
    """Return the processor seconds a form of some work on `count` forms."""
    gc.collect()
    started = time.process_time()
    work()
    return (time.process_time() - started) / count


def bound(data: bytes, folder: Path) -> None:
    """Do what no program that reads, changes and writes a workbook can do without."""
    from lxml import etree

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    etree.fromstring(parts["xl/worksheets/sheet1.xml"])
    packed = zlib.compress(parts["xl/worksheets/sheet1.xml"])
    (folder / "bound.bin").write_bytes(packed + data[len(packed) :])


def _bounds(files: list[bytes], folder: Path) -> None:
    for data in files:
        bound(data, folder)


def stages(files: list[bytes], folder: Path) -> Iterator[Stage]:
    """Measure each stage on one core, in the order of a run, as often as `ROUNDS` says."""
    submissions = written(files, folder / "in")
    _warm(submissions[:WARM], folder / "warm")
    usual = gc.get_threshold()
    for number in range(ROUNDS):
        gc.set_threshold(*usual)
        few = files[:PEER_FORMS]
        yield Stage("peer", timed(lambda few=few: [check_file(data) for data in few], len(few)))
        yield Stage("bound", timed(lambda: _bounds(files, folder), len(files)))
        collect_seldom()  # as every worker does
        yield from _ours(submissions, folder / f"out{number}")


def quickest(measured: Iterable[Stage]) -> dict[str, float]:
    """Return the least of what each stage took: whatever else the machine did only adds."""
    each: dict[str, float] = {}
    for stage in measured:
        each[stage.name] = min(each.get(stage.name, stage.each), stage.each)
    return each


def written(files: list[bytes], folder: Path) -> list[Submission]:
    """Write the forms into a folder and return them as submissions."""
    folder.mkdir(parents=True, exist_ok=True)
    found = []
    for number, data in enumerate(files):
        path = folder / f"form{number:05}.xlsx"
        path.write_bytes(data)
        found.append(Submission(path, path.name))
    return found


def _warm(submissions: list[Submission], folder: Path) -> None:
    for _ in _ours(submissions, folder):
        pass


def _ours(submissions: list[Submission], out: Path) -> Iterator[Stage]:
    from checks.enrich import enriched
    from checks.frames.contracts import hold
    from checks.likeness.links import linked
    from checks.run import check
    from etl.frames.build import stack
    from etl.frames.located import locate
    from etl.intake.read import read_submission
    from etl.returns.write import begin_returns
    from tests.here import Here

    count = len(submissions)
    files: list[FileReading] = []
    stacks: list[Stack] = []
    chunks: list[Checked] = []
    batches: list[Batch] = []

    def normalise() -> None:
        stacked = stack(files)
        hold(stacked.tables)
        stacks.append(replace(stacked, tables=enriched(stacked.tables)))

    def rules() -> None:
        timings: dict[str, float] = {}
        linked_stack = replace(stacks[0], tables=linked(stacks[0].tables, Settings()))
        outcome = check(linked_stack.tables, Settings(), Inputs(), "form", timings)
        located = tuple(locate(linked_stack, outcome.findings))
        chunks.append(
            Checked(linked_stack, located, outcome.not_run, outcome.tallies, outcome.fates, timings)
        )

    yield Stage("read", timed(lambda: files.extend(read_submission(s) for s in submissions), count))
    yield Stage("normalise", timed(normalise, count))
    yield Stage("rules", timed(rules, count))
    yield Stage(
        "across", timed(lambda: batches.append(put_together(chunks, (), Settings(), Inputs())), count)
    )
    yield Stage(
        "return", timed(lambda: begin_returns(batches[0], submissions, out, "zh", Here())(), count)
    )  # begun within what is timed: this executor does a job when it is handed in


def whole(folder: Path, out: Path, workers: int) -> Whole:
    """Run the command over a folder in a process of its own and return what it took."""
    command = [
        sys.executable,
        "-m",
        "jixiao",
        "run",
        str(folder),
        "-o",
        str(out),
        "--quiet",
        "--workers",
        str(workers),
    ]
    before = os.times()
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=Path(__file__).parent.parent) as done:
        together = watched(done)
    clock = time.perf_counter() - started
    after = os.times()
    if done.returncode not in (0, 1) or not (out / "findings.json").exists():
        raise RuntimeError(f"exit {done.returncode}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return Whole(workers, clock, spent, _largest(), together)


def watched(process: subprocess.Popen[bytes]) -> int:
    """Wait for a process and return the most bytes it and its children took together, 0 where Linux does not say."""
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_memory, [process.pid, *_children(process.pid)])))
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_BETWEEN)
    return most


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    return []


def _memory(pid: int) -> int:
    """Return the bytes a process takes, its share of what it shares with others."""
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)
    return 0


def _largest() -> int:
    """Return the bytes of the largest process ended so far, 0 where the system does not say."""
    try:
        import resource
    except ImportError:  # Windows
        return 0
    largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return largest if sys.platform == "darwin" else largest * 1024


def whole_runs(folder: Path) -> Iterator[tuple[str, list[Whole]]]:
    """Run the command over the folder's forms: anew, over files that are all unchanged, and with one changed."""
    for workers in (1, 2):
        name = f"{workers} worker{'s' * (workers > 1)}"
        yield name, [whole(folder / "in", folder / f"whole{workers}-{n}", workers) for n in range(ROUNDS)]
    out = folder / "whole2-0"
    yield "2 workers, nothing changed", [whole(folder / "in", out, 2) for _ in range(ROUNDS)]
    changed = []
    for number in range(ROUNDS):
        change_one(folder / "in", number)
        changed.append(whole(folder / "in", out, 2))
    yield "2 workers, one file changed", changed


def change_one(folder: Path, number: int) -> None:
    """Change an amount in one of the forms, as a department does that hands in again."""
    path = sorted(folder.iterdir())[number]
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = re.sub(rb"(<v>)([0-9]+\.[0-9]+)(</v>)", rb"\g<1>1\g<2>\g<3>", part, count=1)
            target.writestr(name, part)
    path.write_bytes(packed.getvalue())


def main(count: int = FORMS) -> None:
    """Print the table."""
    files = many(count)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        each = quickest(stages(files, folder))
        size = sum(map(len, files)) // count
        print(f"{count} forms of {size:,} bytes, one core, processor time, the least of {ROUNDS} rounds")
        print("| stage | ms a form | x the bound |\n|---|---|---|")
        one_form = sum(each[name] for name in ("read", "normalise", "rules", "return"))
        for name, seconds in [*each.items(), ("read + normalise + rules + return", one_form)]:
            print(f"| {name} | {seconds * 1000:.2f} | {seconds / each['bound']:.1f} |")
        print(f"\nthe peer takes {each['peer'] / one_form:.0f} x that (goal 40)\n")
        print(
            "| whole run | s | ms a form | x the bound | processor ms a form | largest process | all processes |"
        )
        print("|---|---|---|---|---|---|---|")
        for name, runs in whole_runs(folder):
            run = min(runs, key=lambda run: run.clock)
            ms = run.clock / count * 1000
            print(
                f"| {name} | {run.clock:.1f} | {ms:.2f} | {ms / each['bound'] / 1000:.1f}"
                f" | {run.processor / count * 1000:.2f} | {run.memory // 1_000_000} MB"
                f" | {run.together // 1_000_000} MB |"
            )


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
