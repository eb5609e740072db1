"""What is stored of files, as plain rows: made of a stack in whichever process read it, and made a stack again."""

from __future__ import annotations

import hashlib
import json
import marshal
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from checks.finding import Fate, Finding, NotRun, Severity, Spot
from checks.frames.tables import DTYPES, LINK_COLUMNS, OTHERS, Column, Table, Tables, declared, together
from etl.cell.grid import address_text, cell_address
from etl.form.places import PackedPlaces
from etl.form.profiles import Catalogue
from etl.frames.build import CellPlace, Stack, budgets_of
from etl.frames.located import Located
from etl.intake.file_reading import FileReading
from etl.marked.lines import Line, Page, Stray
from etl.store.fund_rows import ABSENT, PROFILE, Row, amounts_of, own_amounts, placed
from etl.store.numbering import COUNTED, Numbering, counted_as, numbering, spot_keys, spots_of
from etl.store.schema import OF_A_CHECK, OF_A_FILE, STORED

if TYPE_CHECKING:
    import pandas as pd

Rows = Mapping[str, list[Row]]
"""Rows of one file by table, keys first."""


@dataclass(frozen=True, slots=True)
class FileRows:
    """What is to be stored of a file: its key, values of its own row in `files`, and its rows in the other tables.

    `fields`: the amounts its fund lines have, in order.
    """

    key: int
    facts: Mapping[str, Any]
    tables: Rows = field(default_factory=dict)
    fields: tuple[str, ...] = ()


def counts_of(stack: Stack) -> list[dict[str, int]]:
    """Return how many rows of each table every file of a stack has."""
    found: list[dict[str, int]] = [dict.fromkeys(COUNTED, 0) for _ in stack.files]
    for form, file in enumerate(stack.file_of):
        found[file]["forms"] += 1
        for table in ("projects", "indicators"):
            following = stack.starts[table][form + 1 : form + 2] or (len(getattr(stack.tables, table)),)
            found[file][table] += following[0] - stack.starts[table][form]
    for form in stack.tables.oddities["form"].tolist():
        found[stack.file_of[form]]["oddities"] += 1
    return found


# -- a stack as rows


def read_rows(stack: Stack, keys: Sequence[int]) -> list[FileRows]:
    """Return what reading made of the files of a stack, whose keys are given."""
    numbers = numbering(zip(keys, counts_of(stack), strict=True))
    tables: dict[str, list[Row]] = {
        name: _rows(getattr(stack.tables, name), table, numbers)
        for name, table in declared(stack.tables.budget).items()
        if name != "files"
    }
    forms = numbers.keys("forms")
    tables["places"] = [
        (key, json.dumps(where.names, ensure_ascii=False), where.numbers)
        for key, where in zip(forms, stack.located, strict=True)
    ]
    tables["outlines"] = [
        (key, file.outline) for key, file in zip(keys, stack.files, strict=True) if file.outline
    ]
    apart = by_file(tables, keys)
    files = stack.tables.files
    columns = {name: files[name].tolist() for name in OTHERS["files"].names()}
    made = [
        FileRows(
            key,
            {name: values[n] for name, values in columns.items()} | _facts(file),
            apart[key],
            stack.tables.budget.fields,
        )
        for n, (key, file) in enumerate(zip(keys, stack.files, strict=True))
    ]
    return made if len(stack.tables.budgets) == 1 else [_of_its_own(file, stack) for file in made]


def _of_its_own(file: FileRows, stack: Stack) -> FileRows:
    rows, fields = own_amounts(file.tables["forms"], file.tables["funds"], file.fields, stack.tables)
    return replace(file, tables={**file.tables, "funds": rows}, fields=fields)


def _facts(file: FileReading) -> dict[str, Any]:
    return {
        "sheet_names": json.dumps(file.sheet_names, ensure_ascii=False),
        "hidden_sheets": json.dumps(file.hidden_sheets, ensure_ascii=False),
        "page": None if file.page is None else json.dumps(asdict(file.page), ensure_ascii=False),
    }


def by_file(tables: Mapping[str, Iterable[Row]], keys: Iterable[int]) -> dict[int, dict[str, list[Row]]]:
    """Return rows apart by file; rows of one key are those of a file, of a larger one lead to it."""
    found: dict[int, dict[str, list[Row]]] = {key: {name: [] for name in tables} for key in keys}
    for name, rows in tables.items():
        for row in rows:
            found[row[0] if name == "outlines" else row[0] >> 32][name].append(row)
    return found


def _rows(frame: pd.DataFrame, table: Table, numbers: Numbering) -> list[Row]:
    """Return the rows of a table; raises ValueError for one that has not the very columns that are declared."""
    if tuple(frame.columns) != table.names():
        raise ValueError(
            f"{table.name}: {set(frame.columns) ^ set(table.names())} is not as checks.frames.tables declares"
        )
    keys = numbers.keys(table.name if table.name in COUNTED else "forms")
    columns = [_plain(frame, column, numbers) for column in table.columns if column.name in frame.columns]
    return list(zip(keys, *columns, strict=True))


def _plain(frame: pd.DataFrame, column: Column, numbers: Numbering) -> list[Any]:
    """Return a column as plain values, row numbers as keys."""
    values = frame[column.name]
    if column.kind == "number":
        given = zip(values.to_numpy(dtype="int64", na_value=0).tolist(), values.isna().tolist(), strict=True)
        return [None if missing else number for number, missing in given]
    if column.kind == "flag":
        return values.astype("int64").tolist()
    plain: list[Any] = values.tolist()
    if column.refers == "files":
        return [numbers.files[n] for n in plain]
    if column.refers:
        keys = numbers.keys(column.refers)
        return [keys[n] if n >= 0 else n for n in plain]
    if column.name == "row":
        homes = map(counted_as, frame["table"].tolist())
        return [numbers.key(home, n) if home else n for home, n in zip(homes, plain, strict=True)]
    return plain


def found_rows(
    stack: Stack,
    keys: Sequence[int],
    located: Iterable[Located],
    not_run: Iterable[NotRun],
    fates: Mapping[str, Fate],
) -> list[FileRows]:
    """Return what the rules of one form said of the files of a stack, and the links of its projects."""
    numbers = numbering(zip(keys, counts_of(stack), strict=True))
    position = {file.path: n for n, file in enumerate(stack.files)}
    ids = stack.tables.forms["id"].tolist()
    file_of_id = dict(zip(ids, stack.file_of, strict=True))
    rank = {id_: n for n, id_ in enumerate(ids)}
    last = len(rank)
    entries: list[list[Located]] = [[] for _ in keys]
    for entry in located:
        entries[position[entry.finding.path]].append(entry)
    lacking: list[list[NotRun]] = [[] for _ in keys]
    for said in not_run:
        lacking[file_of_id[said.form]].append(said)
    told = _told_by_file(stack, fates)
    links = by_file({"links": _links(stack, numbers)}, keys)
    made = []
    for n, key in enumerate(keys):
        own = sorted(
            entries[n], key=lambda e: (rank.get(e.finding.form, last), e.finding.path, e.finding.code)
        )
        reasons = sorted(lacking[n], key=lambda one: (rank[one.form], one.code))
        rows = finding_rows(own, key, numbers) | {"not_run": not_run_rows(reasons, key)}
        made.append(FileRows(key, {"fates": json.dumps(told[n])}, rows | {"links": links[key]["links"]}))
    return made


def _links(stack: Stack, numbers: Numbering) -> list[Row]:
    projects = stack.tables.projects
    linked = [column for column in OTHERS["projects"].columns if column.stage == "linked"]
    columns = (_plain(projects, column, numbers) for column in linked)
    return list(zip(numbers.keys("projects"), *columns, strict=True))


def _told_by_file(stack: Stack, fates: Mapping[str, Fate]) -> list[dict[str, list[int]]]:
    """Return of each file on how many of its forms every rule fired, did not apply, was not run; not where on none."""
    found: list[dict[str, list[int]]] = [{} for _ in stack.files]
    for code, fate in fates.items():
        for at, forms in enumerate(fate):
            for form in forms:
                found[stack.file_of[form]].setdefault(code, [0, 0, 0])[at] += 1
    return found


def finding_rows(entries: Iterable[Located], file: int, numbers: Numbering) -> dict[str, list[Row]]:
    """Return findings and their cells as rows of a file (0: of the batch)."""
    findings: list[Row] = []
    cells: list[Row] = []
    base = file << 32
    for n, entry in enumerate(entries):
        f = entry.finding
        findings.append((
            base + n, f.form, f.path, f.code, str(f.severity), f.message["zh"], f.message["en"], f.found, f.expected,
            f.difference, f.hypothesis.get("zh", ""), f.hypothesis.get("en", ""), int(f.trial), f.candidates, f.note_at,
            json.dumps(spot_keys(f.spots, numbers), separators=(",", ":")), entry.key, 1, entry.state,
            entry.explanation, entry.review, _repair_text(f, numbers),
        ))  # fmt: skip
        for position, cell in enumerate(entry.cells):
            cells.append(
                (base + len(cells), base + n, position, cell.sheet, address_text((cell.row, cell.column)))
            )
    return {"findings": findings, "cells": cells}


def not_run_rows(entries: Iterable[NotRun], file: int) -> list[Row]:
    """Return what was not run as rows of a file (0: of the batch)."""
    return [((file << 32) + n, e.form, e.code, e.reason["zh"], e.reason["en"]) for n, e in enumerate(entries)]


# -- rows as what they were made of


def located_of(row: Row, cells: Iterable[Row], numbers: Numbering) -> Located:
    """Return a finding of its row and those of its cells."""
    (_, form, path, code, severity, zh, en, found, expected, difference, guess, guess_en, trial, candidates, note_at,
     spots, key, _, state, explanation, review, repair) = row  # fmt: skip
    hypothesis = {lang: text for lang, text in (("zh", guess), ("en", guess_en)) if text}
    finding = Finding(
        code, Severity(severity), path, form, spots_of(json.loads(spots), numbers), {"zh": zh, "en": en}, found,
        expected, difference, hypothesis, bool(trial), candidates, note_at, _repair_of(json.loads(repair or "[]"), numbers),
    )  # fmt: skip
    places = tuple(CellPlace(path, sheet, *_address(cell)) for _, _, _, sheet, cell in cells)
    return Located(finding, places, key, state, explanation, review)


def _repair_text(finding: Finding, numbers: Numbering) -> str:
    keys = spot_keys([spot for spot, _ in finding.repair], numbers)
    made = [(*key, fen) for key, (_, fen) in zip(keys, finding.repair, strict=True)]
    return json.dumps(made, separators=(",", ":"))


def _repair_of(rows: Sequence[Sequence[Any]], numbers: Numbering) -> tuple[tuple[Spot, int], ...]:
    spots = spots_of([row[:3] for row in rows], numbers)
    return tuple(zip(spots, (int(row[3]) for row in rows), strict=True))


def _address(cell: str) -> tuple[int, int]:
    found = cell_address(cell)
    if found is None:
        raise ValueError(cell)
    return found


def not_run_of(row: Row) -> NotRun:
    """Return what was not run of its row."""
    return NotRun(row[1], row[2], {"zh": row[3], "en": row[4]})


def page_of(text: str | None) -> Page | None:
    """Return the remarks a return brought back."""
    if text is None:
        return None
    plain = json.loads(text)
    lines = tuple(Line(**line) for line in plain["lines"])
    strays = tuple(Stray(**stray) for stray in plain["strays"])
    return Page(plain["number"], lines, tuple(plain["heading"]), strays)


def stack_of(files: Sequence[FileRows], known: Catalogue) -> Stack:
    """Return what was stored of some files as a stack; `known`: the profiles their forms were read with."""
    from etl.frames.build import plain_text

    plain_text()
    numbers = numbering((file.key, {name: len(file.tables[name]) for name in COUNTED}) for file in files)
    profiles = (row[PROFILE] for file in files for row in file.tables["forms"])
    budgets = budgets_of(profiles, known)
    whole = declared(together(tuple(budgets.values())))
    tables = {
        name: frame_of(table, [row for file in files for row in file.tables[name]], numbers)
        for name, table in whole.items()
        if name not in ("files", "funds")
    }
    funds = [(file.fields, row) for file in files for row in file.tables["funds"]]
    tables["funds"] = frame_of(whole["funds"], placed(funds, amounts_of(whole["funds"])), numbers)
    rows = [(file.key, *(file.facts[name] for name in OTHERS["files"].names())) for file in files]
    places = [PackedPlaces(_names(row[1]), row[2]) for file in files for row in file.tables["places"]]
    return Stack(
        Tables(files=frame_of(OTHERS["files"], rows, numbers), **tables, budgets=budgets),
        places,
        tuple(file_of(file.facts) for file in files),
        tuple(n for n, file in enumerate(files) for _ in file.tables["forms"]),
        starts_of(tables["forms"], tables["projects"], tables["indicators"]),
    )


def _names(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((table, name) for table, name in json.loads(text))


def file_of(facts: Mapping[str, Any]) -> FileReading:
    """Return a file as it was read, without its forms, of its row."""
    return FileReading(
        facts["path"], facts["status"], facts["code"], facts["reason"], facts["reason_en"], (),
        tuple(json.loads(facts["sheet_names"])), facts["modified"], tuple(json.loads(facts["hidden_sheets"])),
        page_of(facts["page"]),
    )  # fmt: skip


def starts_of(forms: pd.DataFrame, projects: Any, indicators: Any) -> dict[str, tuple[int, ...]]:
    """Return where the rows of each form begin in the tables of several rows a form."""
    import numpy as np

    numbers = np.arange(len(forms))
    found = {
        name: tuple(np.searchsorted(table["form"].to_numpy(), numbers).tolist())
        for name, table in (("projects", projects), ("indicators", indicators))
    }
    return found | {"outside": (0,) * len(forms)}


def frame_of(
    table: Table, rows: Sequence[Row], numbers: Numbering, names: Sequence[str] = ()
) -> pd.DataFrame:
    """Return rows, keys first, as a frame of the declared types with row numbers for keys; `names`: of some columns."""
    import pandas as pd

    columns = [column for column in table.columns if not names or column.name in names]
    by_column = list(zip(*rows, strict=True)) or [()] * (len(columns) + 1)
    made = {
        column.name: series_of(column, values, numbers, lambda: by_column[1 + _at(columns, "table")])
        for column, values in zip(columns, by_column[1:], strict=False)
    }
    return pd.DataFrame(made, copy=False)


def _at(columns: Sequence[Column], name: str) -> int:
    return next(n for n, column in enumerate(columns) if column.name == name)


def series_of(column: Column, values: Sequence[Any], numbers: Numbering, homes: Any) -> pd.Series[Any]:
    """Return the values of a column as a series of its declared type; `homes` gives the tables that `row` is of."""
    import numpy as np
    import pandas as pd

    if column.kind == "number":
        return pd.Series(pd.array(values, dtype="Int64"))
    if column.kind == "text":
        return pd.Series(texts_of(values), dtype=object)
    if column.name == "row":
        values = [
            numbers.number(home, key) if (home := counted_as(table)) else key
            for table, key in zip(homes(), values, strict=True)
        ]
    plain = np.fromiter(values, dtype=np.int64, count=len(values))
    if column.refers == "files":
        plain = np.array([numbers.position[key] for key in plain.tolist()], dtype=np.int64)
    elif column.refers:
        plain = numbers.numbers(column.refers, plain)
    return pd.Series(plain.astype(DTYPES[column.kind]))


def texts_of(values: Sequence[Any]) -> Sequence[Any]:
    """Return texts as they were; what cannot be encoded is stored as bytes (`etl.store.database`)."""
    if bytes in set(map(type, values)):
        return [text_of(value) for value in values]
    return values


def text_of(value: Any) -> Any:
    """Return a text as it was, or whatever else it is."""
    return value.decode("utf-8", "surrogatepass") if isinstance(value, bytes) else value


def contents(rows: FileRows) -> Iterator[tuple[str, int, str]]:
    """Yield of each table of a file its name, how many rows there are, and a digest of them."""
    for name in (*OF_A_FILE, *OF_A_CHECK):
        if name in rows.tables:
            given = rows.tables[name]
            yield name, len(given), digest_of(name, given)


_SET_LATER = {
    "forms": ("id", "path", "asked_year", "counted", "left_out"),
    "projects": LINK_COLUMNS,
    "findings": ("said", "state", "explanation", "review"),
}
"""Columns that are set again without a table's rows being made anew: by a rename, by the links, by a round."""


def digest_of(table: str, rows: Sequence[Row]) -> str:
    """Return the SHA-256 of a file's rows of a table; amounts that are absent say nothing."""
    if table == "funds":
        rows = [tuple(value for value in row if value not in ABSENT) for row in rows]
    left_out = _SET_LATER.get(table, ())
    at = [0, *(n for n, name in enumerate(STORED[table].names(), 1) if name not in left_out)]
    same = [tuple(row[n] for n in at) for row in rows] if left_out else rows
    return hashlib.sha256(marshal.dumps(list(same), 2)).hexdigest()
