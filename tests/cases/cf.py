"""Cases of the common framework."""

from __future__ import annotations

from tests.batches import Batch
from tests.cases import Case


def _values(number: int, half: str, full: str) -> dict[str, str]:
    return {f"indicators[{number}].half": half, f"indicators[{number}].full": full}


_RATES = dict.fromkeys((6, 7, 9, 13, 18, 21, 26, 28, 30), ("=100%", "=100%"))
_ALL_FULL = {key: value for n, pair in _RATES.items() for key, value in _values(n, *pair).items()}

CASES: tuple[Case, ...] = (
    Case("CF01", drop=("indicators[21]",), finds=("CF01!E.missing@indicators[20].name: →固定资产利用率",), why="placed at the indicator before it"),
    Case("CF01", {"indicators[21].name": "固定资产管理率"}, ("CF01!E.renamed@indicators[21].name: 固定资产管理率→固定资产利用率",), why="the indicator under another name is one finding"),
    Case("CF01", {"indicators[22].name": "固定资产利用率"}, ("CF01!E.twice@indicators[22].name: 固定资产利用率", "CF01!E.missing@indicators[21].name: →资产管理制度健全性"), why="one twice, and so one missing"),
    Case("CF01", {**{f"indicators[{n}].level2": "预算编织" for n in (4, 5)}}, ("CF01!E.level@indicators[4].level2: 预算编织→预算编制 | 预算编制规范性",), why="one merged cell over two rows"),
    Case("CF01", drop=tuple(f"indicators[{n}]" for n in range(14, 21)), finds=("CF01!E.many@indicators[13].name: →预算管理制度健全性、非税收入管理合规性、预决算信息公开度 | 7",), why="another template is one finding"),
    Case("CF01", {"indicators[8].name": "三公经费变动率"}, silent=True, why="quotes are no difference"),
    Case("CF02", {"indicators[21].name": "档案管理规范率"}, ("CF02!W@indicators[21].name: 档案管理规范率", "CF01!E.missing@indicators[20].name: →固定资产利用率")),
    Case("CF02", {"indicators[21].name": "固定资产 利用率"}, ("TX04!I@indicators[21].name: 固定资产 利用率 | 名称",), silent=True),
    Case("CF03", _values(5, "规范", "科学"), ("CF03!W@indicators[5].half: 规范→科学 | 预算编制科学性",)),
    Case("CF03", _values(5, "科学", "90"), ("CF03!E.number@indicators[5].full: 90→科学 | 预算编制科学性",), why="a number is an error"),
    Case("CF03", _values(5, "较科学", "科学"), silent=True),
    Case("CF04", _values(26, "=100%", "=100%"), ("CF04!I@indicators[26].full/half: =100%→≤ | 在职人员控制率",)),
    Case("CF04", _values(26, "≤100%", "≤100%"), silent=True),
    Case("CF05", _values(9, "≤120%", "≤120%"), ("CF05!E@indicators[9].half/full: ≤120%→0%～100% | 公用经费控制率",)),
    Case("CF05", _values(10, "≤12%", "≤12%"), ("CF05!W@indicators[10].half/full: ≤12%→0%～10% | 结转结余率",), why="a high carry-over is a warning"),
    Case("CF05", _values(6, "≥50%", "≥105%"), silent=True, why="revenue may exceed its budget"),
    Case("CF06", {**_values(10, "=5%", "=5%"), **_values(11, "=50%", "=100%")},
         ("CF06!W@indicators[11,10].full: =100% | =5%", "CF04!I@indicators[10].full/half: =5%→≤ | 结转结余率", "CF04!I@indicators[11].half: =50%→≥ | 预算执行率")),
    Case("CF06", {**_values(10, "=2%", "=2%"), **_values(11, "=50%", "=98%")}, ("CF04!I@indicators[10].full/half: =2%→≤ | 结转结余率", "CF04!I@indicators[11].full/half: =98%、=50%→≥ | 预算执行率"), silent=True),
    Case("CF07", {"forms.staffing": "编制数：20人，在编在岗人数：22人。"}, ("CF07!E@indicators[26].full+forms.staffing: ≤100%→110.00% | 22 / 20",)),
    Case("CF07", {"forms.staffing": "编制数：20人，在编在岗人数：20人。"}, silent=True),
    Case("CF09", {**_ALL_FULL, **_values(8, "不适用", "不适用"), **_values(10, "不适用", "不适用"), **_values(12, "不适用", "不适用"), **_values(11, "=50%", "=100%")},
         ("CF09!I@indicators[6].full", "HF03!W@indicators[6].half: =100%→=100% | 非税收入预算完成率", "HF03!W@indicators[7].half: =100%→=100% | 政府采购执行率", "CF04!I@indicators[11].half: =50%→≥ | 预算执行率", "CF04!I@indicators[9].full/half: =100%→≤ | 公用经费控制率",
          "CF04!I@indicators[26].full/half: =100%→≤ | 在职人员控制率")),
    Case("CF09", silent=True),
    Case("CF02", add={"indicators": ({"block": "common", "level1": "过程", "level2": "机构建设", "key_task": "", "name": "档案管理规范性", "half": "规范", "full": "规范"},)},
         finds=("CF02!W@indicators[46].name: 档案管理规范性",)),
    Case("CF03", _values(5, "规范", "规范"), ("CF03!W@indicators[5].half/full: 规范→科学 | 预算编制科学性",), why="both values, one finding"),
    Case("CF03", _values(15, "不适用", "不适用"), silent=True, why="no non-tax revenue"),
    Case("CF03", _values(24, "/", "—"), silent=True, why="no projects: marks say so too"),
    Case("CF03", _values(5, "√", "科学"), ("CF03!E.number@indicators[5].half: √→科学 | 预算编制科学性",), why="a sign is an error"),
    Case("CF03", _values(5, "科学100%", "科学"), ("CF03!E.number@indicators[5].half: 科学100%→科学 | 预算编制科学性",), why="a number behind the word is an error"),
    Case("CF01", {"indicators[7].name": "不适用", **_values(7, "不适用", "不适用")}, silent=True, why="its row says that it does not apply"),
    Case("CF02", {"indicators[7].name": "/", **_values(7, "/", "/")}, silent=True, why="a mark in its place is no row too many"),
    Case("CF05", _values(7, "本单位不涉及", "本单位不涉及"), silent=True, why="said as a sentence"),
    Case("CF04", _values(21, "=95%", "=95%"), ("CF04!I@indicators[21].full/half: =95%→≥ | 固定资产利用率",)),
    Case("CF04", _values(21, "=100%", "100%"), silent=True, why="all of it is all of it"),
    Case("CF04", _values(21, "≤95%", "≤95%"), ("CF04!W@indicators[21].full/half: ≤95%→≥ | 固定资产利用率",), why="a utilisation bounded from above, a warning"),
    Case("CF04", _values(21, "95%", "95%"), ("CF04!W.missing@indicators[21].full/half: 95%→≥ | 固定资产利用率",), why="no operator, a warning"),
    Case("CF05", _values(21, "较高", "≥95%"), ("CF05!E.kind@indicators[21].half: 较高 | 固定资产利用率",), why="a word for a rate"),
    Case("CF05", _values(21, "≥95", "≥95%"), ("CF05!W.unit@indicators[21].half: ≥95 | 固定资产利用率",), why="no per cent sign, a warning"),
    Case("CF05", _values(21, "≥95人", "≥95%"), ("CF05!E.unit@indicators[21].half: ≥95人 | 固定资产利用率",)),
    Case("CF05", _values(10, "≤120%", "≤120%"), ("CF05!E@indicators[10].half/full: ≤120%→0%～100% | 结转结余率",), why="beyond the whole, an error"),
    Case("CF05", _values(8, "不适用", "不适用"), silent=True, why="no such spending"),
    Case("CF06", {**_values(10, "≤1%", "≤1%"), **_values(11, "=50%", "=98%")}, ("CF06!W@indicators[11,10].full: =98% | ≤1%", "CF04!I@indicators[11].full/half: =98%、=50%→≥ | 预算执行率"),
         why="2 % must be left over"),
    Case("CF06", {**_values(10, "≤5%", "≤5%"), **_values(11, "≥50%", "≥95%")}, silent=True),
    Case("CF07", {"forms.staffing": "编制数：20人，在编在岗人数：22人，其中备案制3人。"}, ("CF07!W@indicators[26].full+forms.staffing: ≤100%→110.00% | 22 / 20",), why="people without a post, a warning"),
    Case("CF07", {"forms.staffing": "行政编制10名、事业编制30名，实有人员38名。"}, silent=True, why="posts of two kinds are added"),
    Case("CF07", {"forms.staffing": "行政编制10名、事业编制30名，实有人员43名。"}, ("CF07!E@indicators[26].full+forms.staffing: ≤100%→107.50% | 43 / 40",), why="and so too many for both"),
    Case("CF07", {"forms.staffing": "在编人员2022年底为15人，编制数16人。"}, silent=True, why="a year is no number of people"),
    Case("CF07", {"forms.staffing": "编制数：20人，在编在岗人数：25人。"}, ("CF07!W@indicators[26].full+forms.staffing: ≤100%→125.00% | 25 / 20",), why="125 %, a warning"),
    Case("CF07", {"forms.staffing": "编制数：20人，在编在岗人数：200人。"}, silent=True, why="a tenth of the posts was misread, or mistyped: who knows"),
    Case("CF07", {"forms.staffing": "在编在岗人数：22人。"}, ("CP09!I.quota@forms.staffing",), silent=True, why="not run: no posts stated"),
)  # fmt: skip


_NONE = {"funds.special_account_full": "0", "funds.general_full": "3000"}


def _agencies(*edits: dict[str, str]) -> dict[str, Case]:
    return {
        f"{n}.xlsx": Case("", edit | {"forms.agency": f"苏州市第{n}绿地管理所"})
        for n, edit in enumerate(edits)
    }


BATCHES: tuple[Batch, ...] = (
    Batch(
        "CF08",
        _agencies(_NONE, _NONE, {}),
        ("city!I: 2 | 苏州市第0绿地管理所、苏州市第1绿地管理所",),
        why="said once for the city",
    ),
    Batch(
        "CF08",
        _agencies(_NONE | _values(6, "不适用", "不适用"), {}, {}),
        why="it says that it does not apply",
    ),
    Batch("CF08", _agencies(_NONE), why="one form is no city"),
)
