"""Numbers, dates and texts are shown as LibreOffice shows them, and as tables of another program have them."""

from __future__ import annotations

import csv
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from etl.cell.number_format import BUILT_IN, is_date_format, shown, shown_text

FORMATS = (
    "General", "0", "0.00", "#,##0", "#,##0.00", "0%", "0.00%", "# ?/?", "# ??/??", "# ?/4", "0.00E+00",
    "#,##0,", "#,##0.0,,", "0.00,", '0"."0000"万元"', '0"."0,"万元"', '0\\.0,"万"', '"≥"0"人次"', '0.00"元"',
    '0.00"万元"', "#,##0.00_);(#,##0.00)", "#,##0;[Red]-#,##0", '0;-0;"零"', '[>=10000]0"."0,"万";0',
    '[>=100000000]0"."00,,"亿元";[>=10000]0"."0,"万元";0.00"元"', "[<1]0.00%;0.0", "yyyy/m/d", 'yyyy"年"m"月"d"日"',
    'm"月"d"日"', "yyyy-mm-dd", 'yyyy"年度"', "d-mmm-yy", "h:mm", "h:mm:ss", "mm:ss", "[h]:mm:ss", "yyyy/m/d h:mm",
    "h:mm AM/PM", '0"年度"', "000", "0,000", '"约"0.0"%"', ";;;", "+0;-0;0", "[>0]0;[<0](0);\"无\"", '#,##0"."0000',
)  # fmt: skip
VALUES = (
    "0", "1", "-1", "0.5", "-0.75", "2", "12", "45", "98.5", "100", "0.3174", "288", "721.26", "-721.26", "1000",
    "8055.47", "9999", "10000", "20000", "45021", "45021.75", "44927", "2023", "80554700", "123456789.125",
)  # fmt: skip


def _in_libreoffice(folder: Path) -> list[list[str]]:
    """Return what LibreOffice shows of every value in every format: a row a value, a column a format."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row, value in enumerate(VALUES, 1):
        for column, code in enumerate(FORMATS, 1):
            cell = sheet.cell(row, column, float(value))
            cell.number_format = code
    book.save(folder / "grid.xlsx")
    command = [
        "soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--convert-to",
        "csv:Text - txt - csv (StarCalc):44,34,76,1,,1033,false,true", "--outdir", str(folder), str(folder / "grid.xlsx"),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    with (folder / "grid.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def _bare(text: str) -> str:
    """Return a text without blanks, which LibreOffice pads with, and without an idle point."""
    return "".join(text.split()).replace(".%", "%").rstrip(".")


def _is_told_alike(value: str, code: str) -> bool:
    """Return whether the two programs mean the same: LibreOffice has days before 1900 and other 60 first days of it,
    knows no day after 9999, and takes the sign off a number that a conditional section shows."""
    number = Decimal(value)
    if is_date_format(code):
        return 61 <= number < 2_958_466 or (0 <= number < 1 and "y" not in code and "d" not in code)
    return number >= 0 or not code.startswith("[>=")


@pytest.mark.needs_libreoffice
def test_numbers_are_shown_as_libreoffice_shows_them(tmp_path: Path) -> None:
    grid = _in_libreoffice(tmp_path)
    assert len(grid) == len(VALUES)
    pairs = [
        (value, code, theirs, shown(value, code))
        for value, row in zip(VALUES, grid, strict=True)
        for code, theirs in zip(FORMATS, row, strict=True)
        if _is_told_alike(value, code)
    ]
    assert len(pairs) > 800
    assert [pair for pair in pairs if _bare(pair[2]) != _bare(pair[3])] == []


@pytest.mark.parametrize(
    ("raw", "code", "text"),
    [
        ("80554700", '0!.0,"万元"', "8055.5万元"), ("80554700", '0!.0000"万元"', "8055.4700万元"), ("80554700", "0!.0,", "8055.5"),
        ("123456789", "#,##0!.0000", "123,45.6,789"), ("20000", '"≥"0!.0,"万人次"', "≥2.0万人次"), ("5000", '[>=10000]0!.0,"万";0', "5000"),
        ("150000000", '[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元"', "1.50亿元"), ("1", "yyyy/m/d", "1900/1/1"),
        ("60", "yyyy/m/d", "1900/2/29"), ("44927", '[DBNum1][$-804]yyyy"年"m"月"d"日"', "二〇二三年一月一日"), ("45021.75", BUILT_IN[55], "下午6时00分"),
        ("45021", "aaaa", "星期三"), ("45021", 'e"年"', "2023年"), ("1", "0%", "100%"), ("0", BUILT_IN[43], "-"), ("3", 'G/通用格式"人"', "3人"),
        ("-5", '"≥"0', "-≥5"), ("12", "0.##", "12"), ("1234567", "##0.0E+0", "1.2E+6"), ("7", "@", "7"), ("7", ";;;", ""), ("7", '"见附件"', "见附件"),
        ("721.25", "# ?/?", "721 1/4"), ("1.5e300", "0", "1.5e300"), ("-3", "yyyy", "-3"), ("9" * 70, "0.00", "9" * 70),
    ],
)  # fmt: skip
def test_what_a_cell_shows(raw: str, code: str, text: str) -> None:
    assert shown(raw, code) == text


def test_days_are_counted_from_1904_where_a_workbook_says_so() -> None:
    assert shown("43559", "yyyy/m/d", True) == shown("45021", "yyyy/m/d") == "2023/4/5"


def test_texts_are_shown_through_their_own_section() -> None:
    assert shown_text("90", '"≥"@"人"') == "≥90人"
    assert shown_text("90", '0;-0;0;"约"@') == "约90"
    assert shown_text("90", "0.00") == shown_text("90", "General") == "90"


@pytest.mark.parametrize(
    "code",
    [
        "[" * 300,
        '"' * 255,
        "0" * 255,
        "[>=1e9]0",
        "[>=]0",
        "[DBNum9]0",
        "0/0/0",
        "E+",
        "\\",
        "_",
        "*",
        "#/#",
        ";;;;;;",
    ],
)
def test_no_format_breaks_the_reader(code: str) -> None:
    for raw in ("0", "-1.5", "45021.75", "1e-29", "1e18"):
        assert len(shown(raw, code)) < 2000
