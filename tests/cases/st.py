"""Cases of structure and template."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from tests import packages as p
from tests.binary_books import as_binary
from tests.cases import Case, Raw
from tests.hostile import unpacked


def _changed(change: Callable[[Any], None]) -> Callable[[bytes], bytes]:
    """Return an edit of the finished workbook through openpyxl."""

    def apply(data: bytes) -> bytes:
        from openpyxl import load_workbook

        workbook = load_workbook(io.BytesIO(data))
        change(workbook.active)
        stream = io.BytesIO()
        workbook.save(stream)
        return stream.getvalue()

    return apply


def _other_title(sheet: Any) -> None:
    sheet["A1"] = "2023年度项目支出绩效目标申报表"
    sheet.delete_rows(3, 60)


def _no_labels(sheet: Any) -> None:
    for cell in ("D12", "C13", "C14", "C15"):
        sheet[cell] = None


def _hidden_sheet(value: object) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        hidden = sheet.parent.create_sheet("底稿")
        hidden["A1"] = value
        hidden.sheet_state = "hidden"

    return change


def _below(text: str) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        sheet.cell(sheet.max_row + 2, 1).value = text

    return change


def _second_form(sheet: Any) -> None:
    copied = sheet.parent.copy_worksheet(sheet)
    copied.title = "另一张"
    copied["B3"] = "苏州市另一中心"


def _lost_tab(state: str) -> Callable[[bytes], bytes]:
    """Add a tab without contents, as a module of 1995 is once the workbook is saved as .xlsx."""

    def change(data: bytes) -> bytes:
        found = unpacked(data)
        tab = f'<sheet name="Module1" sheetId="77" {state}r:id="" xmlns:r="{p.REL}"/></sheets>'
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b"</sheets>", tab.encode())
        return p.zip_bytes(found)

    return change


CASES: tuple[Case, ...] = (
    Case("ST01", change=lambda data: data[: len(data) // 2], finds=("ST01!E: | 文件不完整（下载或拷贝中断），请重新报送",), why="cut short"),
    Case("ST01", silent=True),
    Case("ST02", change=_changed(_other_title), finds=("ST02!E: | 这是《2023年度项目支出绩效目标申报表》,不是部门整体预算绩效目标表",), why="another form, by its title"),
    Case("ST02", {"forms.title": "2023年苏州市市级部门整体绩效目标表"}, silent=True, why="a title of another wording"),
    Case("ST03", change=_changed(_no_labels), finds=("ST03!W@forms.title: | 4 / 国有资本金、社保基金、上年结转资金、其他资金",), why="social insurance, carried in and other money lines gone"),
    Case("ST03", {"labels.carried_in": None}, ("ST04!E@forms.title: →上年结转资金",), silent=True, why="one label is ST04's"),
    Case("ST04", {"labels.carried_in": None}, ("ST04!E@forms.title: →上年结转资金",)),
    Case("ST04", {"labels.carried_in": "上年结转　资 金："}, silent=True, why="blanks and a colon change nothing"),
    Case("ST05", {"=F59": None}, ("ST05!W@=A59: | 全年指标值",), why="the duty heading lost its last label"),
    Case("ST05", {"=F59": "全年值"}, silent=True, why="another wording of the heading"),
    Case("ST06", {"projects[2].name": None, "=B21": "古树名木保护项目", "=D21": Raw(number="124.5"), "projects[2].half": Raw(number="249"), "projects[2].full": None},
         ("ST06!I@=B21: | 1",), why="a row pushed one column left"),
    Case("ST06", silent=True),
    Case("ST06", {"indicators[38].name": "养护责任落实", "indicators[38].half": "到位", "indicators[38].full": "到位"}, silent=True, why="a name that might be a value"),
    Case("ST07", {"projects[0].half": Raw(error="#REF!")}, ("ST07!E.error@projects[0].half: #REF! | 公园绿地养护项目",), why="one finding, the sum is not judged"),
    Case("ST07", {"funds.project_full": Raw(formula="VLOOKUP(A1,B1:C9,2,0)")}, ("ST07!E.no_result@funds.project_full: VLOOKUP(A1,B1:C9,2,0) | 项目支出(全年)",), why="no result, not a plain sum"),
    Case("ST07", {"funds.project_full": Raw(formula="SUM(F19:F24)")}, ("ST07!W.recomputed@funds.project_full: 1899.5→1899.5 | 项目支出(全年)",), why="worked out, so no sum is broken"),
    Case("ST07", {"indicators[36].half": Raw(error="#N/A")}, ("ST07!E.error@indicators[36].half: #N/A | 行道树修剪数量",)),
    Case("ST07", silent=True),
    Case("ST08", {"projects[0].half": Raw(text="420.00万元"), "projects[1].half": Raw(text="２２５．２５")}, ("ST08!I@projects[0,1].half: 420.00万元 | 2 / 420",), why="said once"),
    Case("ST08", {"funds.other_full": Raw(text="约5")}, ("ST08!E.text@funds.other_full: 约5 | 其他资金",), why="not a number"),
    Case("ST08", {"funds.other_full": Raw(text="—")}, ("CP02!W@funds.other_full: | 1 / 其他资金",), silent=True, why="a dash says that there is nothing"),
    Case("ST09", {"projects[0].half": Raw(text="4200000元")}, ("ST08!I@projects[0].half: 4200000元 | 1 / 420", "ST09!W.mixed@projects[0].half: 4200000元 | 1")),
    Case("ST09", silent=True),
    Case("ST10", change=_changed(lambda sheet: sheet.row_dimensions.__getitem__(20).__setattr__("hidden", True)), finds=("ST10!W@projects[1].name: | 隐藏行",)),
    Case("ST10", change=_changed(lambda sheet: sheet.row_dimensions.__getitem__(120).__setattr__("hidden", True)), silent=True, why="an empty row below the form"),
    Case("ST10", change=_changed(_hidden_sheet(1200)), finds=("ST10!W@forms.title: | 含数字的隐藏工作表“底稿”",)),
    Case("ST10", change=_changed(_hidden_sheet("健全")), silent=True, why="a list for drop-downs"),
    Case("ST10", change=_changed(_below("本表数据待与财务科再次核对")), finds=("ST10!W@=A77: | 表外内容“本表数据待与财务科再次核对”",)),
    Case("ST10", change=_changed(_below("填报人：王某 联系电话：0512-65000000")), silent=True),
    Case("ST10", change=_lost_tab(""), finds=("ST10!W@forms.title: | 内容缺失、未能读取的工作表“Module1”",), why="a tab whose contents are not in the file"),
    Case("ST10", change=_lost_tab('state="hidden" '), silent=True, why="a module, which nobody sees"),
    Case("ST12", silent=True),
    Case("ST13", change=_changed(_second_form), finds=("ST13!I: | 2",)),
    Case("ST13", silent=True),
    Case("ST14", change=as_binary, finds=("ST14!I.binary_workbook@forms.title",), why="a binary workbook"),
    Case("ST14", silent=True),
)  # fmt: skip
