"""jixiao (绩效) checks departments' budget-performance workbooks, marks them, and sums up the city.

`python -m jixiao` is the command line. From Python (docs/python.md):

- `jixiao.check(paths)` returns what was found,
- `jixiao.run(paths, output)` writes everything, too,
- `jixiao.open(folder)` gives the tables of a run that was written there as DataFrames,
- `jixiao.read_tables(paths)` gives the normalised tables of forms that are read now.
"""

from etl.cli import main
from etl.results import Cell, Checked, File, Finding, Produced, check, run
from etl.safe.refusal import Refusal
from etl.tables import opened as open
from etl.tables import read_tables

__all__ = [
    "Cell",
    "Checked",
    "File",
    "Finding",
    "Produced",
    "Refusal",
    "check",
    "main",
    "open",
    "read_tables",
    "run",
]

if __name__ == "__main__":
    main()
