"""The tables of the store: those of `checks.frames.tables`, and what a run knows beside them.

Every row of a file has a key, the file's number times 2^32 plus the row's number within the file and table; so the rows
of a file lie together, stay where they are when other files come and go, and lead back to their file. Key 0 to 2^32-1
is the batch itself. Where a run's tables are read, rows are numbered from 0 in the order of its files
(`etl.store.numbering`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from checks.frames.tables import OTHERS, Column, Kind, Table, funds_of

NAME = "jixiao.sqlite"
APPLICATION = 0x6A786278
"""SQLite's application id of our stores."""
VERSION = 2
"""`user_version`; a store of an older one is brought up to date by `MIGRATIONS`."""
MIGRATIONS: Mapping[int, tuple[str, ...]] = {
    1: ('ALTER TABLE "findings" ADD COLUMN "repair" TEXT',),
}
"""Statements that make a store of a version one of the next."""
ROWS_A_FILE = 1 << 32

_SQL: Mapping[Kind, str] = {
    "text": "TEXT",
    "count": "INTEGER",
    "number": "INTEGER",
    "flag": "INTEGER",
    "bytes": "BLOB",
}


def _text(name: str, meaning: str, missing: bool = False) -> Column:
    return Column(name, "text", meaning, missing=missing)


def _count(name: str, meaning: str, refers: str = "", missing: bool = False) -> Column:
    return Column(name, "count", meaning, refers=refers, missing=missing)


_REASONS = (_text("reason_zh", "the reason in Chinese"), _text("reason_en", "the reason in English"))
_FILES = replace(OTHERS["files"], columns=(
    *OTHERS["files"].columns,
    Column("position", "number", "position in the run, by path", missing=True),
    _text("digest", "SHA-256 of its content, empty where it is to be read again"),
    _text("reader", "the program that read it"),
    _text("judged", "what its findings depend on beside itself: settings, inputs, rules"),
    _text("sheet_names", "its sheets, as JSON"),
    _text("hidden_sheets", "its hidden sheets, as JSON"),
    _text("page", "the remarks that a return brought back, as JSON", missing=True),
    _text("fates", "of each rule the forms it fired on, did not apply to, could not judge, as JSON"),
    _count("round", "which round of this file it is"),
))  # fmt: skip
_FORMS = replace(OTHERS["forms"], columns=(
    *OTHERS["forms"].columns,
    Column("counted", "flag", "the city's sums hold it"),
    _text("left_out", "why they do not: superseded, whole, excluded"),
))  # fmt: skip
FINDINGS = Table("findings", "a finding; one of the batch has a key below 2^32", (
    _text("form", "id of its form, empty for a whole file or batch"),
    _text("path", "path of its file, empty for the batch"),
    _text("code", "its rule"),
    _text("severity", "error, warning or info"),
    _text("message_zh", "what is said in Chinese"),
    _text("message_en", "what is said in English"),
    _text("found", "what stands there"),
    _text("expected", "what should"),
    _text("difference", "by how much they differ"),
    _text("hypothesis_zh", "what was probably meant, in Chinese"),
    _text("hypothesis_en", "what was probably meant, in English"),
    Column("trial", "flag", "its rule is on trial"),
    _count("candidates", "how many of its first values may each be the wrong one"),
    _count("note_at", "which value shows the breach"),
    _text("spots", "its values as JSON: table, key, column"),
    _text("key", "what ties it to the same finding of another round"),
    Column("said", "flag", "it stands: it is not said once for the whole city"),
    _text("state", "what became of it since the last round"),
    _text("explanation", "what the department explained"),
    _text("review", "what the bureau decided"),
    _text("repair", "the amounts that were meant where one answer is sure, as JSON: table, key, column, fen", missing=True),
))  # fmt: skip
FUNDS = funds_of({})
"""The fund lines, of which a store has those of the forms that came in (`funds_table`)."""
_OWN = (
    Table("outlines", "what the sheets of a file show, packed for drawing", (Column("drawn", "bytes", "the sheets"),)),
    Table("place_names", "tables and columns that places point at", (_text("names", "pairs, as JSON"),)),
    Table("places", "where the values of a form stood, packed", (
        _count("names", "its pairs of table and column", "place_names"),
        Column("numbers", "bytes", "for each value the number of its pair, row, sheet, row and column of the cell"),
    )),
    FINDINGS,
    Table("cells", "a cell of a finding, the one to correct first", (
        _count("finding", "its finding", "findings"),
        _count("position", "from 0"),
        _text("sheet", "name of the sheet"),
        _text("cell", "the cell (E18)"),
    )),
    Table("not_run", "a rule that could not judge a form, and why", (
        _text("form", "id of the form"), _text("code", "the rule"), *_REASONS,
    )),
    Table("tallies", "what became of a rule", (
        _text("code", "the rule"), _count("forms", "forms it was given"), _count("fired", "forms it fired on"),
        _count("not_applicable", "forms it does not apply to"), _count("not_run", "forms it could not judge"),
    )),
    Table("skipped", "a file that was passed over, and why", (
        _text("path", "its path"), _text("code", "a stable word for the reason"),
        _text("reason", "the reason in Chinese"), _text("reason_en", "the reason in English"),
    )),
    Table("roster", "the roster as given", (_text("line", "a line, as JSON"),)),
    Table("absent", "a form of an earlier round that did not come in again", (_text("record", "the form, as JSON"),)),
    Table("contents", "how many rows of a table a file has, and what stands in them", (
        _text("name", "the table"), _count("rows", "how many"), _text("digest", "SHA-256 of the rows"),
    )),
    Table("sections", "a file's section of the report page", (
        _text("made_from", "what it was made from"), Column("html", "bytes", "the section, packed"),
    )),
    Table("outputs", "a file that was written", (
        _text("path", "its path below the output folder"), _text("made_from", "what it was made from"),
        _count("size", "its bytes"), _text("digest", "SHA-256 of its content"),
        Column("verified", "number", "cells compared with its original", missing=True),
    )),
    Table("run", "how the run was made", (_text("name", "what"), _text("value", "its value"))),
)  # fmt: skip

STORED: Mapping[str, Table] = {
    table.name: table
    for table in (
        _FILES,
        _FORMS,
        FUNDS,
        *(OTHERS[name] for name in ("projects", "indicators", "oddities")),
        *_OWN,
    )
}
"""Every table of the store by name; each has its key besides (`key_name`). `funds` is widened as forms come in."""
OF_A_FILE = ("forms", "funds", "projects", "indicators", "oddities", "places", "outlines")
"""Tables whose rows come from reading a file, parents first."""
OF_A_CHECK = ("findings", "cells", "not_run")
"""Tables whose rows come from the rules, parents first."""
_SAME_KEYS = {"funds": "forms", "places": "forms", "outlines": "files", "sections": "files"}
"""Tables with one row for each of another, under the same key."""
INDEXED = ("forms.file", "projects.form", "indicators.form", "oddities.form", "cells.finding")


_FIELD = re.compile(r"[a-z][a-z0-9_]{0,60}_(?:half|full)")


def is_field(name: str) -> bool:
    """Return whether a column may be that of an amount."""
    return _FIELD.fullmatch(name) is not None


def funds_table(fields: Iterable[str]) -> Table:
    """Return the table of the fund lines as a store has it that holds these amounts."""
    return funds_of(dict.fromkeys(fields, ""))


def statements(fields: Iterable[str] = ()) -> Iterator[str]:
    """Yield what makes the tables of a store, empty or with the amounts of the forms that came in."""
    for table in STORED.values():
        yield _create(table if table.name != "funds" else funds_table(fields))
    for name in INDEXED:
        table_name, column = name.split(".")
        yield f'CREATE INDEX "{table_name}_{column}" ON "{table_name}" ("{column}")'


def _create(table: Table) -> str:
    parent = _SAME_KEYS.get(table.name)
    key = f'"{key_name(table)}" INTEGER PRIMARY KEY' + (f' REFERENCES "{parent}"' if parent else "")
    return f'CREATE TABLE "{table.name}" ({", ".join([key, *(_column(column, table.name == "funds") for column in table.columns)])})'


def widening(fields: Iterable[str]) -> Iterator[str]:
    """Yield what gives the fund lines of a store further amounts, absent in the forms that are there."""
    for column in funds_table(fields).columns:
        yield f'ALTER TABLE "funds" ADD COLUMN {_column(column, of_funds=True)}'


def key_name(table: Table) -> str:
    """Return what the key of a table's rows is called."""
    return "number" if "row" in table.names() else "row"


def _column(column: Column, of_funds: bool = False) -> str:
    if of_funds and column.kind == "text":
        default = "absent" if column.words else ""
        return f"\"{column.name}\" {_SQL[column.kind]} NOT NULL DEFAULT '{default}'"
    refers = column.refers if column.range[0] == 0 or column.refers in ("findings", "place_names") else ""
    held = ("" if column.missing else " NOT NULL") + (f' REFERENCES "{refers}"' if refers else "")
    return f'"{column.name}" {_SQL[column.kind]}{held}'


def is_key(column: Column) -> bool:
    """Return whether a column holds keys of another table's rows, or -1."""
    return bool(column.refers) and column.refers != "place_names"
