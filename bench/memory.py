"""Memory of a run as the city grows: `python -m bench.memory [FORMS ...]`, 1,000 and 10,000 by default.

Each run is a process of its own with two workers over forms of `bench.many`; memory is its largest process and,
on Linux, all its processes together. The last line says how many times the first run's memory the last one took.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

FORMS = (1_000, 10_000)
WORKERS = 2
_WRITE = "import sys; from bench.memory import write; write(int(sys.argv[1]), sys.argv[2])"
_RUN = "import sys; from bench.memory import run; run(sys.argv[1])"


def write(count: int, folder: str) -> None:
    """Write so many forms into a folder."""
    from bench.many import many
    from bench.pipeline import written

    written(many(count), Path(folder) / "in")


def run(folder: str) -> None:
    """Run the command over a folder's forms and print seconds, bytes of its largest process and of all together."""
    from bench.pipeline import whole

    done = whole(Path(folder) / "in", Path(folder) / "out", WORKERS)
    print(done.clock, done.memory, done.together)


def _said(program: str, *arguments: str) -> list[float]:
    """Run a program in a process of its own and return the numbers it prints.

    Linux counts the size of a process that starts another as that one's: who writes the forms must not start the run.
    """
    command = [sys.executable, "-c", program, *arguments]
    root = Path(__file__).parent.parent
    said = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    return [float(number) for number in said.stdout.split()]


def main(*counts: int) -> None:
    """Print the table."""
    print("| forms | s | ms a form | largest process | all processes |\n|---|---|---|---|---|")
    measured = []
    for count in counts or FORMS:
        with tempfile.TemporaryDirectory() as scratch:
            _said(_WRITE, str(count), scratch)
            seconds, *memory = _said(_RUN, scratch)
        measured.append(memory)
        sizes = " | ".join(f"{size / 1e6:.0f} MB" for size in memory)
        print(f"| {count:,} | {seconds:.0f} | {seconds / count * 1000:.1f} | {sizes} |", flush=True)
    largest, together = (last / max(first, 1) for first, last in zip(measured[0], measured[-1], strict=True))
    print(f"\nlargest process {largest:.2f} x, all processes {together:.2f} x (goal 1.3)")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
