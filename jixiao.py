"""jixiao (绩效) checks departments' budget-performance workbooks, marks them, and sums up the city.

`python -m jixiao` is the command line; from Python, `jixiao.read_tables(paths)` gives the normalised tables.
"""

from etl.cli import main
from etl.tables import read_tables

__all__ = ["main", "read_tables"]

if __name__ == "__main__":
    main()
