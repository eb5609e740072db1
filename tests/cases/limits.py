"""Cases at the thresholds (`checks.settings.THRESHOLDS`): just within, just beyond."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests import clean
from tests.batches import Batch
from tests.cases import Case, Raw
from tests.cases.st import _changed
from tests.cases.xw import _EQUAL, _SHARES, A, B, edited
from tests.cases.yy import last, now

_LONG = clean.FORMS["long_term_goal"]


def _values(number: int, half: str, full: str) -> dict[str, str]:
    return {f"indicators[{number}].half": half, f"indicators[{number}].full": full}


def _words(*numbers: int) -> dict[str, str]:
    """Put a word in place of both values of indicators."""
    return {key: value for number in numbers for key, value in _values(number, "及时", "及时").items()}


def _planned(half: str, rate: str) -> dict[str, str]:
    """Plan an amount of basic expenditure for the half year, and the rate that comes to."""
    return {"funds.basic_half": half, **_values(11, rate, "≥98%")}


def _repaired(amount: str, basic: str) -> dict[str, str]:
    """Give repairs another budget, basic expenditure the rest."""
    return {"projects[3].full": amount, "projects[3].half": "40", "funds.project_half": "859.75",
            "funds.project_full": f"{1599.5 + float(amount):.2f}", "funds.basic_full": basic, **_values(11, "≥47%", "≥98%")}  # fmt: skip


def _again(agency: str) -> Callable[[bytes], bytes]:
    """Add the same form on a second sheet, under a name of its own."""

    def change(sheet: Any) -> None:
        copied = sheet.parent.copy_worksheet(sheet)
        copied.title = "另一张"
        copied["B3"] = agency

    return _changed(change)


CASES: tuple[Case, ...] = (
    Case("CP03", {"forms.long_term_goal": "全面做好养护各项工作"}, ("TX06!I.short@forms.long_term_goal: | 中长期目标 / 10",), silent=True, why="ten characters are a goal, a short one"),
    Case("CP03", {"forms.long_term_goal": "全面做好养护各项。"}, ("CP03!E.short@forms.long_term_goal: 全面做好养护各项。 | 中长期目标 / 9",), why="nine are none"),
    Case("TX06", {"forms.long_term_goal": _LONG[:20]}, silent=True, why="twenty characters"),
    Case("TX06", {"forms.long_term_goal": _LONG[:19]}, ("TX06!I.short@forms.long_term_goal: | 中长期目标 / 19",)),
    Case("TX08", {"forms.long_term_goal": "全面做好养护各项工作", "forms.annual_goal": "全面做好养护各项工作"}, ("TX08!W@forms.long_term_goal/annual_goal: 100%", "TX06!I.number@forms.annual_goal", "TX06!I.short@forms.long_term_goal: | 中长期目标 / 10", "TX06!I.short@forms.annual_goal: | 年度目标 / 10")),
    Case("HF04", _values(11, "≥51.01%", "≥98%"), ("HF04!W@indicators[11].half+funds.basic_half/project_half/total_full: ≥51.01%→50.00% (1.01pp) | 1600 / 3200",), why="just more than a point"),
    Case("HF04", _values(11, "≥55%", "≥98%"), ("HF04!W@indicators[11].half+funds.basic_half/project_half/total_full: ≥55%→50.00% (5.00pp) | 1600 / 3200",), why="five points are a warning"),
    Case("HF04", _values(11, "≥55.01%", "≥98%"), ("HF04!E@indicators[11].half+funds.basic_half/project_half/total_full: ≥55.01%→50.00% (5.01pp) | 1600 / 3200",)),
    Case("IG05", {**_values(42, "≥55%", "≥300%"), "indicators[42].name": "养护任务完成率"}, silent=True, why="three times over, no more"),
    Case("IG05", {**_values(42, "≥55%", "≥301%"), "indicators[42].name": "养护任务完成率"}, ("IG05!W.over@indicators[42].full: ≥301% | 养护任务完成率",)),
    Case("IG05", _values(42, "≥88%", "≥100%"), silent=True, why="the whole is within a share"),
    Case("IG05", _values(42, "≥88%", "≥100.1%"), ("IG05!E@indicators[42].full: ≥100.1% | 公园绿地服务半径覆盖率",)),
    Case("CF05", _values(10, "≤10%", "≤10%"), silent=True, why="a tenth may be carried over"),
    Case("CF05", _values(10, "≤10.1%", "≤10.1%"), ("CF05!W@indicators[10].half/full: ≤10.1%→0%～10% | 结转结余率",)),
    Case("CF05", _values(9, "≤100%", "≤100.1%"), ("CF05!E@indicators[9].full: ≤100.1%→0%～100% | 公用经费控制率",)),
    Case("IG19", _values(45, "≥80%", "≥80%"), ("XS06!W@indicators[45].full+forms.annual_goal: ≥80%→90% | 市民满意度不低于90% / 市民满意度",), silent=True, why="eighty is enough"),
    Case("IG16", _words(33, 34, 35, 38, 40, 44), silent=True, why="nine of fifteen are sixty per cent"),
    Case("IG16", _words(33, 34, 35, 38, 40, 43, 44), ("IG16!I.share@indicators[31].name: | 53% / 60",), why="eight of fifteen"),
    Case("HF09", _planned("330.25", "≥40%"), silent=True, why="1280 of 3200 are forty per cent"),
    Case("HF09", _planned("329.9", "≥39%"), ("HF09!I@funds.basic_half/project_half/total_full: 39.99% | 偏低",), why="a hair less"),
    Case("HF09", _planned("1130.25", "≥65%"), silent=True, why="2080 of 3200 are sixty-five per cent"),
    Case("HF09", _planned("1130.6", "≥65%"), ("HF09!I@funds.basic_half/project_half/total_full: 65.01% | 偏高",)),
    Case("HF13", {"projects[0].half": "759.8", "projects[1].half": "90.1", "projects[2].half": "49.8", "projects[3].half": "38.7", "projects[4].half": "11.34", "projects[5].half": "0.01"},
         ("HF13!I@projects[0].half: 80.00% | 公园绿地养护项目",), why="759.8 of 949.75 are eighty per cent"),
    Case("HF08", {"projects[1].half": "90.1", "funds.project_half": "814.6", **_values(11, "≥45%", "≥98%")}, silent=True, why="half of the trees, a fifth of the money"),
    Case("HF08", {"projects[1].half": "90.09", "funds.project_half": "814.59", **_values(11, "≥45%", "≥98%")},
         ("HF08!I@indicators[36].half/full+projects[1].half: 50.0%→20.0% | 行道树修剪数量 / 行道树修剪项目",)),
    Case("RV04", _repaired("99.99", "1500.51"), silent=True, drop=("indicators[34]", "indicators[35]"), why="less than a million"),
    Case("HF01", _values(12, "≤5%", "≤4%"), ("HF01!E@indicators[12].half/full: ≤5%→≤4% | 预算调整率",), why="what is adjusted adds up"),
    Case("HF01", _values(41, "≥20万元", "≥20万元"), ("HF02!W@indicators[41].half/full: ≥20万元→≥20万元 | 绿地养护费用节约金额",), silent=True, why="equal is not above"),
    Case("AR11", _planned("0", "≥29%"), ("HF09!I@funds.basic_half/project_half/total_full: 29.68% | 偏低",), silent=True, why="nothing is no rounded estimate"),
    Case("XS05", {"forms.annual_goal": clean.FORMS["annual_goal"] + "1.加强省市学习交流。2.开展节约用水宣传。3.组织职工技能竞赛。"},
         ("XS05!I.goal@forms.annual_goal: 加强省市学习交流；开展节约用水宣传；组织职工技能竞赛 | 加强省市学习交流 / 等3条",), why="one is quoted, the others counted"),
    Case("CF01", drop=("indicators[0]",), finds=("CF01!E.missing@forms.title: →工作计划制定健全性",), why="the first of all: no indicator stands before it"),
    Case("IG15", {"indicators[38].name": "古" * 100}, silent=True, why="a hundred characters"),
    Case("IG15", {"indicators[38].name": "古" * 101}, (f"IG15!W@indicators[38].name: {'古' * 101} | {'古' * 29}…",)),
    Case("IG06", {**_values(42, "≤100%", "≤100%"), "indicators[42].name": "硬质铺装占比"}, ("IG06!W@indicators[42].half/full: ≤100% | 硬质铺装占比",), why="no share is more"),
    Case("TX09", {"forms.long_term_goal": _LONG + "建立建全考核制度。", "forms.functions": clean.FORMS["functions"] + "建立建全管护台账。"},
         ("TX09!I@forms.functions/long_term_goal: 建立建全 | 单位主要职能 / 等2处",), why="one finding for both texts"),
    Case("XS01", change=_again("苏州市园林绿地养护中兴"), finds=("XS01!W@forms.agency: 苏州市园林绿地养护中兴 | 苏州市园林绿地养护中心", "ST13!I: | 2"), why="two forms, one name misspelt"),
    Case("XS01", change=_again("苏州市园林绿地养护中芯"), finds=("XS01!W@forms.agency: 苏州市园林绿地养护中芯 | 苏州市园林绿地养护中心", "ST13!I: | 2")),
    Case("XS01", change=_again(clean.AGENCY), finds=("ST13!I: | 2",), silent=True, why="one name, two forms"),
    Case("XS04", {"forms.functions": "1、负责国有林场护林防火。"},
         ("XS04!I@forms.functions: 负责国有林场护林防火", "XS03!I@indicators[31,36,39].level2+forms.functions: 公园绿地养护管理；行道树修剪和古树名木保护；公园绿地服务和市民投诉办理 | 公园绿地养护管理 / 等3项"), why="the only function, and nobody works on it"),
    Case("XS03", {"forms.functions": "负责国有林场护林防火和苗木引种选育。"},
         ("XS03!I@indicators[31,36,39].level2+forms.functions: 公园绿地养护管理；行道树修剪和古树名木保护；公园绿地服务和市民投诉办理 | 公园绿地养护管理 / 等3项",), why="several in one finding"),
    Case("CF01", {"indicators[18].name": "绩效管理覆盖度率"}, ("CF01!E.missing@indicators[16].name: →基础信息完善性", "CF01!E.renamed@indicators[18].name: 绩效管理覆盖度率→绩效管理覆盖率"), drop=("indicators[17]",), why="another name, and one missing before it"),
    Case("CF01", {"indicators[1].name": "中长期规划制订健全性"}, ("CF01!E.missing@forms.title: →工作计划制定健全性", "CF01!E.renamed@indicators[1].name: 中长期规划制订健全性→中长期规划制定健全性"), drop=("indicators[0]",), why="another name, and the first missing"),
    Case("CF04", _values(6, "≥50%", "=105%"), ("CF04!I@indicators[6].full: =105%→≥ | 非税收入预算完成率", "HF05!W.operator@indicators[6].half/full: ≥50%→=105% | 非税收入预算完成率"), why="more than the whole is no whole"),
    Case("CP06", {"indicators[36].key_task": None, **{f"indicators[{n}].{f}": "不适用" for n in (36, 37, 38) for f in ("name", "half", "full")}}, (), silent=True, why="a duty that does not apply this year"),
    Case("RV04", {"projects[3].name": "人工湖驳岸改造", "projects[1].name": "温室大棚改造"},
         ("RV04!W@projects[1,3].name: 750.5 | 2 / “温室大棚改造”等2个缺质量、时效、成本指标", "RV01!W@projects[1].name/full: 450.5 | 温室大棚改造 / 23.72%", "RV01!W@projects[3].name/full: 300 | 人工湖驳岸改造 / 15.79%", "RV02!I@funds.project_full: 59.64%→≥60% | 1109 / 1859.5 / 60"), why="the largest first"),
    Case("RV03", add={"indicators": ({"block": "duty", "level1": "履职", "level2": "绿地碳汇计量方法研究", "key_task": "开展绿地碳汇计量方法研究。", "name": "碳汇计量报告数量", "half": "≥1份", "full": "≥3份"},)},
         finds=("RV03!I@indicators[46].key_task: | 绿地碳汇计量方法研究", "XS03!I@indicators[46].level2+forms.functions: 绿地碳汇计量方法研究"), why="one word in common is no project"),
    Case("TX02", {"forms.long_term_goal": _LONG + "（含湿地，另见【附件。"}, ("TX02!I@forms.long_term_goal: 【附件。 | 中长期目标",), why="the last one left open"),
    Case("AR07", {"projects[5].half": "-0.01", "projects[0].half": "440.01"}, ("AR07!E@projects[5].half: -0.01→≥0 | 物业管理经费",), why="a hundredth below nothing"),
)  # fmt: skip

BATCHES: tuple[Batch, ...] = (
    Batch("YY04", now(), last_year=last({"funds.special_account_full": "0"}), why="from nothing to 100 万元, no more"),
    Batch("YY04", now(), ("new.xlsx!I@funds.total_full: 3200→4800 (-1600) | 资金总额 / -33.3%",), last_year=last({"funds.total_full": "4800"}), why="a third less"),
    Batch("YY04", now(), ("new.xlsx!E.yuan@funds.general_full: 2900→0.29 (2899.71) | 一般公共预算资金 / 10000",), last_year=last({"funds.general_full": "0.29"}), why="in yuan, or last year's was not"),
    Batch("YY04", now({"funds.total_full": "3000"}), ("new.xlsx!E.yuan@funds.total_full: 3000→0.1 (2999.9) | 资金总额 / 30000",), last_year=last({"funds.total_full": "0.1"}), why="thirty thousand times"),
    Batch("YY08", now(), ("new.xlsx!I@forms.staffing: 18→14 | +28.6%",), last_year=last({"forms.staffing": "编制数：20人，在编在岗人数：14人。"}), why="more than a fifth more"),
    Batch("XS09", {"form.xlsx": Case("")}, ("form.xlsx!W.roster@forms.staffing: 20→26",), roster=({"agency": A, "quota": "20"}, {"agency": clean.AGENCY, "quota": "26"}), why="its own row of the roster"),
    Batch("RV05", {"form.xlsx": Case(""), "new.xlsx": Case("", {"forms.agency": A})}, ("form.xlsx!I.year@indicators[36].full+projects[1].full: 375→167 | 行道树修剪数量 / 株",),
          last_year={"other.xlsx": Case("", {"forms.fiscal_year": "2022年度", "forms.agency": B}), "form.xlsx": Case("", {"forms.fiscal_year": "2022年度", "projects[1].full": "200"})}, not_run=("new.xlsx",), why="an agency without a year before is not compared with another's"),
    Batch("YY03", now(), last_year=last({"indicators[32].full": "650处"}), why="last year's value said no direction"),
    Batch("YY03", now(), finds=("new.xlsx!W@indicators[32].full: ≥350处→≥368.43处 | 公园设施维修数量",), last_year=last({"indicators[32].full": "≥368.43处"}), why="a hair more than five per cent"),
    Batch("YY05", now(), ("new.xlsx!W@indicators[35].full: ≤0.86万元→0.7万元 | 公园设施单处维修成本",),
          actuals=({"agency": clean.AGENCY, "name": "公园设施单处维修成本", "actual": "0.7万元"},), why="it cost less last year"),
    Batch("YY05", now(), actuals=({"agency": clean.AGENCY, "name": "公园设施单处维修成本", "actual": "0.9万元"},), why="it cost more last year"),
    Batch("XW09", {f"{n}.xlsx": edited(f"苏州市第{n}管理所", _EQUAL if n < 2 else {}) for n in range(41)}, why="two of forty-one are less than five per cent"),
    Batch("XW07", {"a.xlsx": edited(A, {"projects[0].full": "8000000"})}, ("a.xlsx!E.yuan@projects[0].full: 8000000 | 公园绿地养护项目", "a.xlsx!W.unlisted@projects[1-5].name: 450.5 | 行道树修剪项目 / 450.5万元等5个项目"),
          approved=({"agency": A, "project": clean.PROJECTS[0][0], "fen": 800_000_000, "date": ""},)),
    Batch("XW08", _SHARES | {"x.xlsx": edited(B, {"funds.project_half": "1300", "funds.basic_half": Raw(text="约650")})}, why="unknown, so not judged"),
)  # fmt: skip
