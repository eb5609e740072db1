"""The city's workbook: sums against sums made another way, control totals, links, recalculation."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

HOME = Path(__file__).parent.parent
CITY_FILES = HOME / "samples" / "city"
ROSTER = CITY_FILES / "roster.csv"


@pytest.fixture(scope="module")
def produced(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.here import produce

    output = tmp_path_factory.mktemp("city")
    produce([HOME / "samples" / "city"], output, roster=ROSTER, workers=1, quiet=True)
    return output


def opened(path: Path | io.BytesIO, values: bool) -> Any:
    from openpyxl import load_workbook

    return load_workbook(path, data_only=values)


@pytest.fixture(scope="module")
def values(produced: Path) -> Any:
    return opened(produced / "citywide.xlsx", True)


def table(sheet: Any) -> list[dict[str, Any]]:
    """Return the rows under a sheet's headings (row 4)."""
    rows = list(sheet.iter_rows(min_row=4, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def exact(value: Any) -> Decimal:
    return Decimal(str(value or 0)).quantize(Decimal("0.000001"))


def test_all_sheets_are_there(values: Any) -> None:
    wanted = {"总览", "报送情况", "收支汇总", "项目清单", "指标清单", "问题清单", "问题统计", "数字来源"}
    assert wanted <= set(values.sheetnames)


def test_the_city_is_the_sum_of_the_submissions_read_by_another_reader(produced: Path, values: Any) -> None:
    """Every figure of 收支汇总 is what openpyxl finds in the named cell of the named submission."""
    found = 0
    for row in table(values["数字来源"]):
        path = HOME / "samples" / "city" / row["文件"]
        if path.suffix != ".xlsx" or row["金额（万元）"] is None:
            continue
        cell = _submissions(path)[row["工作表"]][row["单元格"]]
        if isinstance(cell.value, int | float):
            assert exact(cell.value) == exact(row["金额（万元）"]), (row, cell.value)
            found += 1
    assert found > 200


_OPEN: dict[Path, Any] = {}


def _submissions(path: Path) -> Any:
    if path not in _OPEN:
        _OPEN[path] = opened(path, True)
    return _OPEN[path]


def is_formula(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("=")


DOUBT = "※"


def is_doubtful(cell: Any) -> bool:
    """Return whether a cell of money is marked as in doubt; the mark is in its number format."""
    return DOUBT in str(cell.number_format)


def test_totals_are_live_and_exact(produced: Path, values: Any) -> None:
    """Below each list stand three sums: what was submitted, what was probably meant, what nobody disputes."""
    live = opened(produced / "citywide.xlsx", False)
    for name in ("收支汇总", "项目清单"):
        sheet, formulas = values[name], live[name]
        last = sheet.max_row
        readings = {sheet.cell(row, 2).value: row for row in range(last - 2, last + 1)}
        assert list(readings) == ["报送数", "疑似应为", "无争议数"]
        assert {sheet.cell(row, 1).value for row in readings.values()} == {"合计"}
        for column in range(1, sheet.max_column + 1):
            formula = formulas.cell(readings["报送数"], column).value
            if is_formula(formula):
                assert formula.startswith(("=SUM(", "=SUBTOTAL(9,"))
                cells = [
                    sheet.cell(row, column) for row in range(5, last - 2)
                    if isinstance(sheet.cell(row, column).value, int | float)
                    and not is_formula(formulas.cell(row, column).value)
                ]  # fmt: skip
                sound = [cell for cell in cells if not is_doubtful(cell)]
                assert exact(sheet.cell(readings["报送数"], column).value) == sum(
                    exact(c.value) for c in cells
                )
                assert exact(sheet.cell(readings["无争议数"], column).value) == sum(
                    exact(c.value) for c in sound
                )
                assert is_formula(formulas.cell(readings["无争议数"], column).value)


def test_departments_are_live_subtotals_of_the_agencies_folded_under_them(
    produced: Path, values: Any
) -> None:
    from openpyxl.utils import range_boundaries

    sheet, live = values["收支汇总"], opened(produced / "citywide.xlsx", False)["收支汇总"]
    headings = [cell.value for cell in sheet[4]]
    column = headings.index("项目支出(全年)") + 1
    ends = live.max_row - 2
    departments = [row for row in range(5, ends) if is_formula(live.cell(row, column).value)]
    assert len({sheet.cell(row, 1).value for row in departments}) == 9
    seen: list[int] = []
    for row in departments:
        if str(sheet.cell(row, 2).value).startswith(("报送数", "疑似应为")):
            seen.append(row)  # beside the undisputed sum, where it differs
            continue
        area = live.cell(row, column).value.removeprefix("=SUBTOTAL(9,").partition(")")[0]
        _, first, _, last = range_boundaries(area)
        agencies = range(first, last + 1)
        assert {sheet.cell(n, 1).value for n in agencies} == {sheet.cell(row, 1).value}
        assert all(live.row_dimensions[n].outlineLevel == 1 for n in agencies)
        added = sum(exact(c.value) for n in agencies if not is_doubtful(c := sheet.cell(n, column)))
        assert exact(sheet.cell(row, column).value) == added
        seen += [row, *agencies]
    assert sorted(seen) == list(range(5, ends))


def test_control_totals_come_out_even(values: Any) -> None:
    rows = {row[0].value: row[1].value for row in values["总览"].iter_rows(min_row=5) if row[0].value}
    for control in ("文件数", "报表数", "全市合计 = 各单位之和", "金额单元格"):
        assert rows[control] == "一致", control


def test_receipts_agree_with_the_findings(produced: Path, values: Any) -> None:
    document = json.loads((produced / "findings.json").read_text(encoding="utf-8"))
    rows = table(values["报送情况"])
    assert {row["文件"] for row in rows if row["文件"]} == {file["path"] for file in document["files"]}
    missing = {row["单位"] for row in rows if row["状态"] == "未报"}
    said = " ".join(f["message"] for f in document["findings"] if f["code"] == "XW01" and not f["path"])
    assert missing and all(agency in said for agency in missing)
    assert sum(row["错误"] for row in rows) == sum(
        f["severity"] == "error" for f in document["findings"] if f["form"]
    )


def test_every_finding_is_listed_with_its_cell(produced: Path, values: Any) -> None:
    document = json.loads((produced / "findings.json").read_text(encoding="utf-8"))
    listed = {(r["代码"], r["文件"] or "", r["单元格"] or "", r["问题"]) for r in table(values["问题清单"])}
    found = {
        (f["code"], f["path"], f["cells"][0]["cell"] if f["cells"] else "", f["message"])
        for f in document["findings"]
    }
    assert listed == found


def test_links_lead_to_the_returns(produced: Path) -> None:
    from urllib.parse import unquote

    live = opened(produced / "citywide.xlsx", False)
    targets = {
        cell.hyperlink.target
        for row in live["报送情况"].iter_rows()
        for cell in row
        if cell.hyperlink is not None
    }
    assert targets
    for target in targets:
        assert (produced / unquote(target.replace("\\", "/"))).is_file(), target


def test_text_is_never_a_formula(produced: Path) -> None:
    live = opened(produced / "citywide.xlsx", False)
    formulas = {c.value for sheet in live for row in sheet.iter_rows() for c in row if c.data_type == "f"}
    assert all(formula.startswith(("=SUM(", "=SUBTOTAL(9,")) for formula in formulas)
    assert any(c.value == "=100%" for row in live["指标清单"].iter_rows() for c in row)


def test_the_same_batch_gives_the_same_bytes(produced: Path, tmp_path: Path) -> None:
    from tests.here import produce

    produce([HOME / "samples" / "city"], tmp_path, roster=ROSTER, workers=1, quiet=True)
    for name in ("citywide.xlsx", "findings.json", "findings.csv"):
        assert (tmp_path / name).read_bytes() == (produced / name).read_bytes(), name


@pytest.mark.needs_libreoffice
def test_libreoffice_recalculates_to_the_cached_results(produced: Path, values: Any, tmp_path: Path) -> None:
    shutil.copy(produced / "citywide.xlsx", tmp_path / "citywide.xlsx")
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "citywide.xlsx"),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    back = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "b"),
    ]
    subprocess.run([*back, str(tmp_path / "citywide.ods")], check=True, capture_output=True, timeout=180)
    again = opened(tmp_path / "b" / "citywide.xlsx", True)
    for name in ("收支汇总", "项目清单", "问题统计"):
        old, new = table(values[name])[-1], table(again[name])[-1]
        assert {k: exact(v) for k, v in old.items() if isinstance(v, int | float)} == {
            k: exact(v) for k, v in new.items() if isinstance(v, int | float)
        }
