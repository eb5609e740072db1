"""Writes one form with every library at hand, as departments' systems do; each writes its packages its own way."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from etl.intake.read import open_workbook
from tests.paper import paper

SHEET = "绩效目标表"
NOTE = "请与业务科核对"
"""Of the first project's amount, where a library writes notes."""

_NODE = {
    "exceljs": """
const E = require('exceljs'); const f = JSON.parse(require('fs').readFileSync(0));
const b = new E.Workbook(); const s = b.addWorksheet(f.sheet);
for (const [r, c, v] of f.cells) s.getCell(r, c).value = v;
for (const [t, l, d, r] of f.merges) s.mergeCells(t, l, d, r);
s.getCell(f.note[0], f.note[1]).note = f.text;
b.xlsx.writeFile(process.argv[1]);
""",
    "xlsx": """
const X = require('xlsx'); const f = JSON.parse(require('fs').readFileSync(0));
const s = {'!ref': 'A1:H200', '!merges': f.merges.map(([t, l, d, r]) => ({s: {r: t-1, c: l-1}, e: {r: d-1, c: r-1}}))};
for (const [r, c, v] of f.cells) s[X.utils.encode_cell({r: r-1, c: c-1})] = {t: typeof v == 'number' ? 'n' : 's', v};
const n = s[X.utils.encode_cell({r: f.note[0]-1, c: f.note[1]-1})]; n.c = [{a: '张三', t: f.text}];
const b = X.utils.book_new(); X.utils.book_append_sheet(b, s, f.sheet); X.writeFile(b, process.argv[1], {compression: true});
""",
    "xlsx-populate": """
const P = require('xlsx-populate'); const f = JSON.parse(require('fs').readFileSync(0));
const a = n => String.fromCharCode(64 + n);
P.fromBlankAsync().then(b => { const s = b.sheet(0); s.name(f.sheet);
for (const [r, c, v] of f.cells) s.cell(r, c).value(v);
for (const [t, l, d, r] of f.merges) s.range(`${a(l)}${t}:${a(r)}${d}`).merged(true);
return b.toFileAsync(process.argv[1]); });
""",
}


@cache
def form() -> dict[str, Any]:
    """Return the clean form as numbers, texts and merged areas."""
    (sheet,) = open_workbook(paper().data).sheets
    cells = [
        (row, column, float(cell.raw) if cell.kind == "number" else cell.raw)
        for (row, column), cell in sorted(sheet.cells.items())
    ]
    note = next((row, column) for row, column, value in cells if isinstance(value, float))
    return {"sheet": SHEET, "cells": cells, "merges": sheet.merges, "note": note, "text": NOTE}


def openpyxl() -> bytes:
    from openpyxl import Workbook
    from openpyxl.comments import Comment

    book = Workbook()
    sheet: Any = book.active
    sheet.title = SHEET
    for row, column, value in form()["cells"]:
        cell = sheet.cell(row, column, value)
        cell.data_type = "s" if isinstance(value, str) else "n"  # =100% is no formula
    for top, left, bottom, right in form()["merges"]:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
    sheet.cell(*form()["note"]).comment = Comment(NOTE, "张三")
    return _saved(book.save)


def openpyxl_write_only() -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    for row in _rows():
        cells = [WriteOnlyCell(sheet, value) for value in row]
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
        sheet.append(cells)
    return _saved(book.save)


def xlsxwriter() -> bytes:
    return _by_xlsxwriter({"in_memory": True})


def xlsxwriter_line_by_line() -> bytes:
    return _by_xlsxwriter({"constant_memory": True})


def _by_xlsxwriter(options: dict[str, Any]) -> bytes:
    from xlsxwriter import Workbook

    target = io.BytesIO()
    with Workbook(target, options) as book:
        sheet = book.add_worksheet(SHEET)
        for row, column, value in form()["cells"]:
            write = sheet.write_string if isinstance(value, str) else sheet.write_number
            write(row - 1, column - 1, value)
        sheet.write_comment(form()["note"][0] - 1, form()["note"][1] - 1, NOTE)
    return target.getvalue()


def pyexcelerate() -> bytes:
    from pyexcelerate import Workbook

    def put(value: Any) -> Any:
        """Return what it writes as it stands: a text that begins with = would be a formula."""
        return f" {value}" if str(value).startswith("=") else "" if value is None else value

    book = Workbook()
    book.new_sheet(SHEET, data=[list(map(put, row)) for row in _rows()])
    return _saved(book._save)


def libreoffice() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "form.ods.xlsx"
        source.write_bytes(openpyxl())
        program = shutil.which("soffice") or shutil.which("libreoffice")
        home = f"-env:UserInstallation=file://{folder}/home"
        command = [
            str(program),
            home,
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            f"{folder}/out",
            str(source),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        return next(Path(folder, "out").glob("*.xlsx")).read_bytes()


def by_node(name: str) -> bytes:
    """Return the form as a library of Node writes it."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "form.xlsx"
        given = json.dumps(form()).encode()
        subprocess.run(
            ["node", "-e", _NODE[name], str(target)],
            input=given,
            check=True,
            capture_output=True,
            timeout=120,
        )
        return target.read_bytes()


def has_node(name: str) -> bool:
    """Say whether Node and a library of it are there (`npm install exceljs xlsx xlsx-populate`, NODE_PATH)."""
    if shutil.which("node") is None:
        return False
    asked = f"require.resolve('{name}')"
    return (
        subprocess.run(["node", "-e", asked], capture_output=True, env={**os.environ}, check=False).returncode
        == 0
    )


def _rows() -> list[list[Any]]:
    cells = {(row, column): value for row, column, value in form()["cells"]}
    last, wide = (max(at[n] for at in cells) for n in (0, 1))
    return [[cells.get((row, column)) for column in range(1, wide + 1)] for row in range(1, last + 1)]


def _saved(save: Callable[[Any], object]) -> bytes:
    target = io.BytesIO()
    save(target)
    return target.getvalue()


PYTHON: dict[str, Callable[[], bytes]] = {
    function.__name__: function
    for function in (openpyxl, openpyxl_write_only, xlsxwriter, xlsxwriter_line_by_line, pyexcelerate)
}
NODE = tuple(_NODE)
