"""The page docs/data.md: what a run writes as tables, the dictionary of every column, and queries that a test runs."""

from __future__ import annotations

from collections.abc import Iterator

from checks.frames.tables import Column, Table, declared
from etl.form.profiles import shipped
from etl.store.schema import STORED, key_name

_DECLARED = declared(shipped().usual.budget)
"""The tables as a run of the usual form has them; the fund lines are those of the forms that came in."""

_HEAD = """# A run as data

Drawn from the declarations in `checks/frames/tables.py` and `etl/store/schema.py` by `make docs`; do not edit.

`jixiao run` keeps everything it knows in one database and writes it as tables beside the workbooks:

- `OUT/jixiao.sqlite`: the store of the batch, a plain SQLite file once the run has ended. The next run into the folder takes from it what did
  not change, `--previous OUT` compares with it, `jixiao citywide OUT1 OUT2` reads it, `jixiao recheck OUT` runs the rules over it.
- `OUT/data/NAME.csv`: UTF-8 with a byte-order mark, so that Excel opens it; a text that a spreadsheet would run as a formula
  carries an apostrophe.
- `OUT/data/NAME.parquet`: the same, where `pyarrow` is installed (`pip install jixiao[parquet]`).

Amounts are integers in fen (`total_full`, `half`, `full`: 1 万元 is 1,000,000 fen); `data/` has the exact amount in 万元 beside them (`…_wan`). The text
as it stood is in `…_raw`, what the cell held in `…_state` (`number`, `blank`, or why it could not be read). Numbers of targets are integers in
millionths of their unit. A link of a project to a duty line counts from the threshold `link_least_percent` on.

In `data/` rows are numbered from 0 in the order of files; in the store they have keys that stay when other files come and go (a file's number
times 4,294,967,296 plus the row's number within the file). References lead to the one or the other, so that the same joins work in both.
"""
_QUERIES = """## Two queries

They run as they stand over the store, and over the tables in `data/`; a test does both.

The agencies that plan to spend least of their money by mid-year:

```sql
SELECT f.agency,
       u.total_full / 1000000.0 AS total_wan,
       ROUND((u.basic_half + u.project_half) * 100.0 / (u.basic_full + u.project_full), 1) AS half_percent
FROM forms f JOIN funds u ON u."row" = f."row"
WHERE f.counted AND u.basic_full + u.project_full > 0
ORDER BY half_percent, f.agency
LIMIT 10
```

The rules that fire most, and on how many agencies:

```sql
SELECT g.code, g.severity, COUNT(*) AS findings, COUNT(DISTINCT f.agency) AS agencies
FROM findings g JOIN forms f ON f.id = g.form
GROUP BY g.code, g.severity
ORDER BY findings DESC, g.code, g.severity
```

Over `data/` alone, where every value has its cell in `places`: the projects of 5 million yuan and more that plan nothing before July.

```sql
SELECT f.agency, p.name, p.full_wan, c.sheet, c.cell
FROM projects p
JOIN forms f ON f."row" = p.form
JOIN places c ON c.form = f.id AND c."table" = 'projects' AND c."row" = p."row" AND c.field = 'full'
WHERE f.counted AND p."full" >= 500000000 AND p.half = 0
ORDER BY p."full" DESC, f.agency, p.name
```

## From pandas and DuckDB

pandas reads the store through Python's own `sqlite3`:

```python
import sqlite3
import pandas as pd

store = sqlite3.connect("file:OUT/jixiao.sqlite?mode=ro", uri=True)
projects = pd.read_sql_query("SELECT f.agency, p.* FROM projects p JOIN forms f ON f.row = p.form", store)
```

DuckDB reads it through its `sqlite` extension, and `data/` without any:

```python
import duckdb

database = duckdb.connect()
database.execute("ATTACH 'OUT/jixiao.sqlite' AS run (TYPE sqlite, READ_ONLY)")
rows = database.execute("SELECT code, count(*) FROM run.findings GROUP BY code").fetchall()
```

```python
import duckdb

rows = duckdb.sql("SELECT code, count(*) FROM 'OUT/data/findings.csv' GROUP BY code").fetchall()
```
"""
_RUNS = """## Several runs

`jixiao citywide OUT1 OUT2 … -o FILE` draws the city's workbook over several runs from their stores. How many rows every table has and what stands in
them is compared with what the run noted; a store that is damaged or of another version is refused by name. Of several submissions of one
agency the newest counts, whichever run it came in with; the others are listed on 总览. Links lead into each run's own `returns/`, relative to
`FILE`. Rules across agencies have judged each run by itself; they are not run again.
"""
_DATA_ONLY = (
    (
        "places",
        "for every value the file, sheet and cell it stood in",
        "`form` = `forms.id`, `table`, `row`, `field`",
    ),
    ("findings", "a finding with the cell to correct", '`row`; `form` = `forms.id` ("" for a whole file)'),
    (
        "cells",
        "all cells of a finding, the one to correct first (`position` 0)",
        "`finding` = `findings.row`",
    ),
    ("not_run", "a rule that could not judge a form, and why", "`form` = `forms.id`, `code`"),
    ("tallies", "what became of a rule: forms, fired, not applicable, not run", "`code`"),
    ("skipped", "a file that was not opened, and why", "`path`"),
    ("roster", "the roster as given", "`row`"),
    ("run", "the version of these tables, and agencies that were excluded", "`key`"),
)


def data_page() -> str:
    """Return the page."""
    return "\n".join([_HEAD, *_tables(), _QUERIES, "## Every column", "", *_dictionary(), _RUNS])


def _tables() -> Iterator[str]:
    yield "## The tables in `data/`"
    yield ""
    yield "| table | one row | key |"
    yield "|---|---|---|"
    for name, table in _DECLARED.items():
        keys = [f"`{key_name(table)}`" + (" = `forms.row`" if name == "funds" else "")]
        keys += [f"`{c.name}` = `{c.refers}.row`" for c in table.columns if c.refers]
        yield f"| `{name}` | {table.row} | {'; '.join(keys)} |"
    for name, row, key in _DATA_ONLY:
        yield f"| `{name}` | {row} | {key} |"
    yield ""


def _dictionary() -> Iterator[str]:
    yield "Columns marked ° are in the store alone; tables that are not named above are too."
    yield ""
    for name, table in {**STORED, "funds": _DECLARED["funds"]}.items():
        known = _DECLARED[name].names() if name in _DECLARED else ()
        yield f"### {name}"
        yield ""
        yield f"{_sentence(table)} Key: `{key_name(table)}`."
        yield ""
        yield "| column | type | meaning |"
        yield "|---|---|---|"
        for column in table.columns:
            own = "°" if known and column.name not in (*known, "counted", "left_out") else ""
            yield f"| `{column.name}`{own} | {_type(column)} | {_meaning(column)} |"
        yield ""


def _sentence(table: Table) -> str:
    return f"One row: {table.row}."


def _type(column: Column) -> str:
    kind = {
        "text": "text",
        "count": "whole number",
        "number": "whole number or none",
        "flag": "0 or 1",
        "bytes": "bytes",
    }
    missing = " or none" if column.missing and column.kind == "text" else ""
    return kind[column.kind] + missing + (f", {column.unit}" if column.unit else "")


def _meaning(column: Column) -> str:
    words = f" ({', '.join(f'`{word}`' for word in column.words)})" if column.words else ""
    refers = f"; `{column.refers}`" if column.refers else ""
    return f"{column.meaning}{words}{refers}"
