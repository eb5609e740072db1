"""The peer: what a competent user writes with openpyxl, pandas and pandera, file by file.

It reads the form as printed (labels looked up in the sheet), builds one frame a table, validates each with
a pandera schema of about a dozen checks and saves the workbook with fills and notes. It knows no other
layout, no mess and no rule across tables but the sums: far less than jixiao does, so the ratio flatters it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import Any

import openpyxl
import pandas as pd
import pandera.pandas as pa
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

LINES = {
    "资金总额": "total", "财政拨款": "appropriation", "一般公共预算资金": "general", "政府性基金": "fund",
    "财政专户管理资金": "special", "国有资本金": "capital", "社保基金": "social", "上年结转资金": "carried",
    "其他资金": "other", "基本支出": "basic", "项目支出": "project",
}  # fmt: skip
TEXTS = ("单位名称", "单位主要职能", "机构设置及人员配置", "中长期目标", "年度目标")
HEADS = {"一级指标": "level1", "二级指标": "level2", "重点工作": "task", "三级指标": "name", "半年指标值": "half", "全年指标值": "full"}  # fmt: skip
MARK = PatternFill("solid", fgColor="FFFFC7CE")
_MONEY = pa.Column(float, pa.Check.ge(0), nullable=True, coerce=True)

FUNDS = pa.DataFrameSchema(
    {"full": _MONEY, "half": _MONEY},
    checks=pa.Check(lambda f: ~(f["half"] > f["full"] + 0.005), name="半年数大于全年数"),
)
PROJECTS = pa.DataFrameSchema(
    {"name": pa.Column(str, [pa.Check.str_length(2, 200)], unique=True), "half": _MONEY, "full": _MONEY},
    checks=[
        pa.Check(lambda f: ~(f["half"] > f["full"] + 0.005), name="半年数大于全年数"),
        pa.Check(lambda f: f["full"].fillna(0) > 0, name="项目没有预算数"),
    ],
)
INDICATORS = pa.DataFrameSchema(
    {
        "level1": pa.Column(str, pa.Check.isin(["决策", "过程", "履职", "效益", "满意度"])),
        "level2": pa.Column(str, pa.Check.str_length(2, 60)),
        "name": pa.Column(str, [pa.Check.str_length(2, 60)], unique=True),
        "half": pa.Column(str, pa.Check.str_length(1, 60), nullable=True),
        "full": pa.Column(str, pa.Check.str_length(1, 60), nullable=False),
    },
    checks=[
        pa.Check(lambda f: percent(f["full"]).fillna(0) <= 100, name="百分数超过100%"),
        pa.Check(lambda f: ~(percent(f["half"]) > percent(f["full"]) + 0.005), name="半年指标高于全年"),
    ],
)
FORM = pa.DataFrameSchema({name: pa.Column(str, pa.Check.str_length(2, 20_000)) for name in TEXTS})


def percent(values: Any) -> Any:
    """Return the number in texts such as ≥95%, NaN where there is none."""
    return pd.to_numeric(values.str.extract(r"([0-9.]+)%")[0], errors="coerce")


def check_file(data: bytes) -> bytes:
    """Return the workbook with what the schemas refuse marked."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    texts, funds, projects, indicators = _tables(sheet)
    for schema, frame in ((FORM, texts), (FUNDS, funds), (PROJECTS, projects), (INDICATORS, indicators)):
        for row, column, message in _failures(schema, frame):
            _mark(sheet.cell(row, column), message)
    for row, message in _sums(funds, projects):
        _mark(sheet.cell(row, 6), message)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tables(sheet: Any) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    texts: dict[str, str] = {}
    funds, projects, indicators = [], [], []
    heads: dict[int, str] = {}
    down: dict[str, Any] = {}
    for row in sheet.iter_rows():
        values = {cell.column: cell.value for cell in row if cell.value is not None}
        labels = {str(value).replace("\n", ""): column for column, value in values.items()}
        number = row[0].row
        if "三级指标" in labels:
            heads = {column: HEADS[label] for label, column in labels.items() if label in HEADS}
        elif heads:
            found = {name: values.get(column) for column, name in heads.items()}
            down |= {name: found[name] for name in ("level1", "level2", "task") if found.get(name)}
            indicators.append({**found, **down, "row": number})
        elif label := next((label for label in labels if label in TEXTS), ""):
            texts[label] = str(values.get(labels[label] + 1, ""))
        elif label := next((label for label in labels if label in LINES), ""):
            funds.append({"line": LINES[label], "half": values.get(5), "full": values.get(6), "row": number})
        elif 3 in values and 6 in values:
            projects.append(
                {"name": str(values[3]), "half": values.get(5), "full": values.get(6), "row": number}
            )
    return (
        pd.DataFrame([{"row": 3, **texts}]),
        pd.DataFrame(funds),
        pd.DataFrame(projects),
        pd.DataFrame(indicators),
    )


COLUMN: dict[str, int] = {"name": 3, "half": 5, "full": 6, "level1": 1, "level2": 2}


def _failures(schema: Any, frame: pd.DataFrame) -> Iterator[tuple[int, int, str]]:
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as error:
        for case in error.failure_cases.itertuples():
            if case.index is not None and not pd.isna(case.index):
                yield (
                    int(frame["row"].iloc[int(case.index)]),
                    COLUMN.get(str(case.column), 6),
                    str(case.check),
                )


def _sums(funds: pd.DataFrame, projects: pd.DataFrame) -> Iterator[tuple[int, str]]:
    full = pd.to_numeric(funds.set_index("line")["full"], errors="coerce").fillna(0)
    rows = funds.set_index("line")["row"]
    parts: dict[str, Callable[[], float]] = {
        "total": lambda: full[["appropriation", "social", "carried", "other"]].sum(),
        "appropriation": lambda: full[["general", "fund", "special", "capital"]].sum(),
        "project": lambda: pd.to_numeric(projects["full"], errors="coerce").sum(),
    }
    for name, part in parts.items():
        if name in full.index and abs(full[name] - part()) > 0.005:
            yield int(rows[name]), f"应为{part():.2f}"


def _mark(cell: Any, message: str) -> None:
    cell.fill = MARK
    cell.comment = Comment(message, "审核")
