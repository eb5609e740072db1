"""Cases of structure and template."""

from __future__ import annotations

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tests import clean
from tests import packages as p
from tests.binary_books import as_binary
from tests.cases import Case, Raw
from tests.hostile import unpacked
from tests.paper_results import with_results


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


def _all(change: Callable[[Decimal], Any]) -> dict[str, Any]:
    """Return every amount of the clean form, changed."""
    edits = {f"funds.{name}": change(Decimal(text)) for name, text in clean.FUNDS.items()}
    for number, (_, half, full) in enumerate(clean.PROJECTS):
        edits |= {
            f"projects[{number}].half": change(Decimal(half)),
            f"projects[{number}].full": change(Decimal(full)),
        }
    return edits


def _times(factor: int) -> dict[str, Any]:
    return _all(lambda number: f"{number * factor:f}")


def _shown(code: str) -> dict[str, Any]:
    """Return every amount in 元 in cells of a format."""
    return _all(lambda number: Raw(number=f"{number * 10000:f}", number_format=code))


def _font(cell: str, **font: Any) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        from openpyxl.styles import Font

        sheet[cell].font = Font(**font)

    return change


def _another(name: str, *rows: tuple[str, ...]) -> Callable[[Any], None]:
    def change(sheet: Any) -> None:
        other = sheet.parent.create_sheet(name)
        for row in rows:
            other.append(row)

    return change


_ZERO_LINKS = {
    f"funds.{name}": Raw(formula="[1]Sheet1!B7")
    for name in ("total_full", "appropriation_full", "basic_full")
}


def _lost_tab(state: str) -> Callable[[bytes], bytes]:
    """Add a tab without contents, as a module of 1995 is once the workbook is saved as .xlsx."""

    def change(data: bytes) -> bytes:
        found = unpacked(data)
        tab = f'<sheet name="Module1" sheetId="77" {state}r:id="" xmlns:r="{p.REL}"/></sheets>'
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b"</sheets>", tab.encode())
        return p.zip_bytes(found)

    return change


def _sample(sheet: Any) -> None:
    copied = sheet.parent.copy_worksheet(sheet)
    copied.title = "填报样例"
    copied["B3"] = "XX单位"


_OWN = "苏州市市级部门整体预算绩效目标表"
_PROJECT_FORM = (
    ("项目支出绩效目标表",), ("项目名称", "培训项目"), ("主管部门", "市某局"), ("一级指标", "二级指标", "三级指标", "指标值"),
    ("产出指标", "数量指标", "培训场次", "≥12场"),
)  # fmt: skip
_EMPTY = ((_OWN,), ("单位名称", "苏州市另一中心"), ("单位主要职能",), ("机构设置及人员配置",))
_FIRST, _SECOND = (
    {"name": "公园绿地养护项目", "half": "420", "full": "800"},
    {"name": "行道树修剪项目", "half": "225.25", "full": "450.5"},
)
_PART = {"projects[1].name": "其中：绿地补植", "projects[1].half": "100", "projects[1].full": "200"}
_GROUP = {"projects[0].name": "一、专项类项目", "projects[0].half": "949.75"}

CASES: tuple[Case, ...] = (
    Case("ST01", change=lambda data: data[: len(data) // 2], finds=("ST01!E: | 文件不完整（下载或拷贝中断），请重新报送",), why="cut short"),
    Case("ST01", silent=True),
    Case("ST02", change=_changed(_other_title), finds=("ST02!E: | 这是《2023年度项目支出绩效目标申报表》,不是《苏州市市级部门整体预算绩效目标表》",), why="another form, by its title"),
    Case("ST02", {"forms.title": "2023年苏州市市级部门整体绩效目标表"}, silent=True, why="a title of another wording"),
    Case("ST03", change=_changed(_no_labels), finds=("ST03!W@forms.title: | 4 / 国有资本金、社保基金、上年结转资金、其他资金",), why="social insurance, carried in and other money lines gone"),
    Case("ST03", {"labels.carried_in": None}, ("ST04!E@forms.title: →上年结转资金",), silent=True, why="one label is ST04's"),
    Case("ST04", {"labels.carried_in": None}, ("ST04!E@forms.title: →上年结转资金",)),
    Case("ST04", {"labels.carried_in": "上年结转　资 金："}, silent=True, why="blanks and a colon change nothing"),
    Case("ST05", {"=F59": None}, ("ST05!W@=A59: | 全年指标值",), why="the duty heading lost its last label"),
    Case("ST05", {"=F59": "全年值"}, silent=True, why="another wording of the heading"),
    Case("ST06", {"projects[2].name": None, "=B21": "古树名木保护项目", "=D21": Raw(number="124.5"), "projects[2].half": Raw(number="249"), "projects[2].full": None},
         ("ST06!I@=B21: | 1",), why="a row pushed one column left"),
    Case("ST06", _PART, ("ST06!I.list@projects[1].name: | “其中”行“其中：绿地补植”",), add={"projects": (_SECOND,)}, why="a part of the row above"),
    Case("ST06", {**_GROUP, "projects[0].full": "1899.5"}, ("ST06!I.list@projects[0].name: | 分组行“一、专项类项目”",), add={"projects": (_FIRST,)}, why="the sum of what follows"),
    Case("ST06", {**_GROUP, "projects[0].full": "1910"}, ("ST06!I.list@projects[0].name: | 分组行“一、专项类项目”", "ST06!E.differs@projects[0].full: 1910→1899.5 | 一、专项类项目"), add={"projects": (_FIRST,)}, why="a group that is not its sum"),
    Case("ST06", {"=G59": "分值"}, ("ST06!I.extra@=G59: | 多出的列“分值”",), why="a column the form does not have"),
    Case("ST06", silent=True),
    Case("ST06", {"indicators[38].name": "养护责任落实", "indicators[38].half": "到位", "indicators[38].full": "到位"}, silent=True, why="a name that might be a value"),
    Case("ST07", {"projects[0].half": Raw(error="#REF!")}, ("ST07!E.error@projects[0].half: #REF! | 公园绿地养护项目",), why="one finding, the sum is not judged"),
    Case("ST07", {"funds.project_full": Raw(formula="VLOOKUP(A1,B1:C9,2,0)")}, ("ST07!E.no_result@funds.project_full: VLOOKUP(A1,B1:C9,2,0) | 项目支出(全年)",), why="no result, not a plain sum"),
    Case("ST07", {"funds.project_full": Raw(formula="SUM(F19:F24)")}, ("ST07!W.recomputed@funds.project_full: 1899.5→1899.5 | 项目支出(全年)",), why="worked out, so no sum is broken"),
    Case("ST07", {"indicators[36].half": Raw(error="#N/A")}, ("ST07!E.error@indicators[36].half: #N/A | 行道树修剪数量",)),
    Case("ST07", {"funds.basic_full": Raw(formula="B3*2+ROUND(1300.5,2)")}, ("ST07!E.no_result@=F17: B3*2+ROUND(1300.5,2) | 基本支出(全年)",), why="a text has no sum"),
    Case("ST07", {"funds.basic_full": Raw(formula="=1200+100.5")}, change=with_results({"=": ""}), finds=("ST07!W.recomputed@=F17: 1300.5→1300.5 | 基本支出(全年)",), why="arithmetic"),
    Case("ST07", {"funds.project_full": Raw(formula="SUM(F19:F24)")}, change=with_results({"F18": "0"}), finds=("ST07!W.zero@=F18: 0→1899.5 | 项目支出(全年)",), why="a program's 0"),
    Case("ST07", {"funds.project_full": Raw(formula="SUM(F19:F24)")}, change=with_results({"F18": "0", "=": ""}), finds=("ST07!I.recalculated@=F18: 0→1899.5 | 项目支出(全年)",), why="a 0 that everybody calculates on opening"),
    Case("ST07", {"funds.project_full": Raw(formula="SUM(F19:F24)")}, change=with_results({"F18": "1890"}), finds=("AR04!E.broken@=F18+=F19+=F20+=F21+=F22+=F23+=F24+=F7+=F17: 1890→1899.5 (-9.5) | 项目支出(全年)", "ST07!W.stale@=F18: 1890→1899.5 | 项目支出(全年)"), why="stale"),
    Case("ST07", {"funds.project_full": Raw(formula="SUM(F19:F24)")}, change=with_results({"F18": "1899.5"}), silent=True),
    Case("ST07", _ZERO_LINKS, change=with_results(dict.fromkeys(("F7", "F8", "F17"), "0")), finds=("ST07!E.links@=F7+=F8+=F17: 0 | 3 / 资金总额",), why="links that are broken have one cause"),
    Case("ST07", {"funds.other_full": Raw(formula="[1]Sheet1!B7")}, change=with_results({"F15": "0"}), silent=True, why="a line that may be 0, linked"),
    Case("ST07", silent=True),
    Case("ST08", {"projects[0].half": Raw(text="420.00万元"), "projects[1].half": Raw(text="２２５．２５")}, ("ST08!I@projects[0,1].half: 420.00万元 | 2 / 420",), why="said once"),
    Case("ST08", {"funds.other_full": Raw(text="约5")}, ("ST08!E.text@funds.other_full: 约5 | 其他资金",), why="not a number"),
    Case("ST08", {"funds.other_full": Raw(text="—")}, ("CP02!I.marks@funds.other_full: | 1 / 其他资金",), silent=True, why="a dash says that there is nothing"),
    Case("ST09", {"projects[0].half": Raw(text="4200000元")}, ("ST08!I@projects[0].half: 4200000元 | 1 / 420", "ST09!W.mixed@projects[0].half: 4200000元 | 1 / 420")),
    Case("ST08", {"funds.basic_full": Raw(number="1300.5", number_format="0%")}, ("ST08!W.shown@=F17: 130050%→1300.5 | 基本支出(全年)",), why="130050% is what people see"),
    Case("ST08", {"projects[1].full": Raw(number="450.5", number_format="# ?/?")}, silent=True, why="450 1/2 is the amount"),
    Case("ST08", {"projects[1].full": Raw(number="450.5", number_format='"见附件"')}, ("ST08!W.shown@=F20: 见附件→450.5 | 行道树修剪项目",)),
    Case("ST08", {"projects[1].full": Raw(number="450.5", number_format="m/d")}, ("ST08!E.date@=F20: 3/25 | 行道树修剪项目",), why="quoted as the cell shows it"),
    Case("ST08", {"funds.total_full": Raw(text="3200万元（大写：叁仟贰佰万元整）")}, ("ST08!I@=F7: 3200万元（大写：叁仟贰佰万元整） | 1 / 3200",)),
    Case("ST09", _times(10_000), ("ST09!E.doubt@=F17: 13005000 | 基本支出13005000万元，机构人员最多38人，人均342236万元",), why="20 people cannot spend 13 million 万元"),
    Case("ST09", {"labels.funds": "部门整体资金（元）", **_times(10_000)}, ("ST09!I.stated@=A6: 部门整体资金（元） | 元",), why="the heading says so"),
    Case("ST09", {"forms.fiscal_year": "2023年度　单位：元", **_times(10_000)}, ("ST09!W.conflict@=A2: 2023年度 单位：元",), why="said above, while the heading was left as printed"),
    Case("ST09", {"labels.funds": "部门整体资金（千元）", **_times(10)}, ("ST09!I.stated@=A6: 部门整体资金（千元） | 千元",)),
    Case("ST09", {"labels.funds": "部门整体资金（百元）", "forms.fiscal_year": "2023年度　单位：元"}, ("AR08!I@=E17+=F17+=E18+=F18+=E19+=E20+=E21+=E22+=E23+=E24+=F20+=F21+=F23+=F24: 0.065025 | 14 / 基本支出(半年)0.065025", "ST09!E.unclear@=A2: 2023年度 单位：元 | 元、百元"), why="two units"),
    Case("ST09", {"labels.funds": "部门整体资金（元）"}, ("AR08!I@=E17+=F17+=E18+=F18+=E19+=E20+=E21+=E22+=E23+=E24+=F20+=F21+=F23+=F24: 0.065025 | 14 / 基本支出(半年)0.065025", "ST09!E.doubt@=F17: 0.13005 | 基本支出0.13005万元，机构人员至少20人，人均仅65元", "ST09!I.stated@=A6: 部门整体资金（元） | 元"), why="3200 yuan a year for 20 people"),
    Case("ST09", _shown('0!.0000"万元"'), ("ST09!I.mixed@=F7+=F8+=F9+=F10+=F11+=F12+=F13+=F14+=F15+=E17+=F17+=E18+=F18+=E19+=F19+=E20+=F20+=E21+=F21+=E22+=F22+=E23+=F23+=E24+=F24: 3200.0000万元 | 25 / 3200",), why="the format says so"),
    Case("ST09", _shown('[>=100000000]0!.00,,"亿元";[>=10000]0!.0,"万元";0"元"'), ("ST09!I.mixed@=F7+=F8+=F9+=F10+=F11+=F12+=F13+=F14+=F15+=E17+=F17+=E18+=F18+=E19+=F19+=E20+=F20+=E21+=F21+=E22+=F22+=E23+=F23+=E24+=F24: 3200.0万元 | 25 / 3200",)),
    Case("ST09", {"labels.funds": "部门整体资金（元）", **_shown('0!.0,')}, ("AR08!I@=E17+=F17+=E18+=F18+=E19+=E20+=E21+=E22+=E23+=E24+=F20+=F21+=F23+=F24: 0.065025 | 14 / 基本支出(半年)0.065025", "ST09!E.scaled@=F7: 3200.0"), why="元 by the heading, scaled once more by the format"),
    Case("ST09", {"projects[0].full": Raw(number="8000000", number_format='0.00"元"')}, ("ST09!W.mixed@=F19: 8000000.00元 | 1 / 800",), why="one cell"),
    Case("ST09", {"forms.staffing": "编制数：2000人，在编在岗人数：1800人。内设机构：办公室、养护科、保护科、服务科。", **_times(200)}, silent=True, why="a large agency, all whole"),
    Case("ST09", silent=True),
    Case("ST10", change=_changed(lambda sheet: sheet.row_dimensions.__getitem__(20).__setattr__("hidden", True)), finds=("ST10!W@projects[1].name: | 隐藏行",)),
    Case("ST10", change=_changed(lambda sheet: sheet.row_dimensions.__getitem__(120).__setattr__("hidden", True)), silent=True, why="an empty row below the form"),
    Case("ST10", change=_changed(_hidden_sheet(1200)), finds=("ST10!W@forms.title: | 含数字的隐藏工作表“底稿”",)),
    Case("ST10", change=_changed(_hidden_sheet("健全")), silent=True, why="a list for drop-downs"),
    Case("ST10", change=_changed(_below("本表数据待与财务科再次核对")), finds=("ST10!W@=A77: | 表外内容“本表数据待与财务科再次核对”",)),
    Case("ST10", change=_changed(_below("填报人：王某 联系电话：0512-65000000")), silent=True),
    Case("ST10", change=_changed(_font("F9", strike=True)), finds=("ST10!W@=F9: | 带删除线的金额",)),
    Case("ST10", change=_changed(_font("F9", color="FFFFFFFF")), finds=("ST10!W@=F9: | 白色字体、看不见的金额",)),
    Case("ST10", change=_changed(_font("F15", color="FFFFFFFF", strike=True)), silent=True, why="nothing is hidden of a 0"),
    Case("ST10", {"labels.social_insurance": "事业收入资金", "funds.social_insurance_full": "100"},
         ("ST04!E@forms.title: →社保基金", "ST10!W.line@labels.social_insurance: 100 | 事业收入资金 / 收入"), why="no sum of the side is judged"),
    Case("ST10", change=_changed(_below("填表说明：金额单位为万元")), silent=True, why="an explanation"),
    Case("ST10", change=_lost_tab(""), finds=("ST10!W@forms.title: | 内容缺失、未能读取的工作表“Module1”",), why="a tab whose contents are not in the file"),
    Case("ST10", change=_lost_tab('state="hidden" '), silent=True, why="a module, which nobody sees"),
    Case("ST12", silent=True),
    Case("ST13", change=_changed(_second_form), finds=("ST13!I: | 2",)),
    Case("ST13", change=_changed(_another("培训项目", *_PROJECT_FORM)), finds=("ST13!I.other_sheet: | “培训项目”（《项目支出绩效目标表》）",)),
    Case("ST13", change=_changed(_sample), finds=(f"ST13!I.sample_sheet: | “填报样例”（《{_OWN}》）",)),
    Case("ST13", change=_changed(_another("另一张", *_EMPTY)), finds=(f"ST13!E.unread_sheet: | “另一张”（《{_OWN}》）",), why="labels and nothing else"),
    Case("ST13", change=_changed(_another("备注", ("与上年相同",))), silent=True, why="a remark is no table"),
    Case("ST13", silent=True),
    Case("ST15", {"indicators[18].half": Raw(formula="=100%"), "indicators[18].full": Raw(formula="=100%")}, ("ST15!I@=E46+=F46: =100% | 2",), why="what Excel makes of =100%"),
    Case("ST15", {"indicators[7].half": Raw(formula='="≥"&50&"%"')}, ("ST07!W.recomputed@=E35: ≥50%→≥50% | 政府采购执行率",), silent=True, why="a formula that says the operator"),
    Case("ST15", {"indicators[18].half": Raw(text="=100%")}, silent=True),
    Case("ST14", change=as_binary, finds=("ST14!I.binary_workbook@forms.title",), why="a binary workbook"),
    Case("ST14", silent=True),
)  # fmt: skip
