"""Who hands in what: the roster of the sample city and the mistakes in each file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from samples import mistakes as m
from samples.city import Agency, data_of, posts_and_staff

ROSTER_COLUMNS = ("代码", "单位名称", "简称", "主管部门", "口径", "编制数")

_EDUCATION, _HEALTH, _CITY, _WATER = "市教育局", "市卫生健康委员会", "市城市管理局", "市水务局"
_CULTURE, _CIVIL, _GREEN, _WORK = "市文化广电和旅游局", "市民政局", "市园林和绿化局", "市人力资源和社会保障局"


@dataclass(frozen=True, slots=True)
class Submission:
    """A file handed in: whose, where (folder and name ending), its mistakes, and how it is put on paper.

    `in_batch` states what is wrong with it beside the others.
    """

    slug: str
    folder: str
    mistakes: tuple[m.Mistake, ...] = ()
    ending: str = ""
    sheets: int = 1
    saved: str = "2023-01-16T09:30:00Z"
    old_excel: bool = False
    in_batch: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Return the path below `samples/city/`."""
        suffix = ".xls" if self.old_excel else ".xlsx"
        return f"{self.folder}/{data_of(self.slug)['agency']}{self.ending}{suffix}"


ROSTER_ROWS: tuple[tuple[str, str, str, str, str], ...] = (
    ("205011", "special_education", "特教中心", _EDUCATION, "本级"),
    ("205012", "youth_science", "青少年科技中心", _EDUCATION, "本级"),
    ("205013", "school_safety", "学校安全中心", _EDUCATION, "本级"),
    ("361021", "health_education", "健教中心", _HEALTH, "本级"),
    ("361022", "blood_service", "血液中心", _HEALTH, "本级"),
    ("361023", "occupational_health", "职业病监测中心", _HEALTH, "本级"),
    ("334001", "city_management_total", "城管局汇总", _CITY, "汇总"),
    ("334010", "city_management_own", "城管局本级", _CITY, "本级"),
    ("334011", "sanitation", "环卫中心", _CITY, "本级"),
    ("334012", "parking", "停车中心", _CITY, "本级"),
    ("332011", "river", "河道所", _WATER, "本级"),
    ("332012", "drainage", "排水中心", _WATER, "本级"),
    ("357011", "art_centre", "群艺馆", _CULTURE, "本级"),
    ("357012", "relics", "文保所", _CULTURE, "本级"),
    ("314011", "elderly_care", "养老中心", _CIVIL, "本级"),
    ("314012", "social_relief", "救助所", _CIVIL, "本级"),
    ("335011", "wetland", "湿地站", _GREEN, "本级"),
    ("318011", "employment", "就业中心", _WORK, "本级"),
    ("318012", "examinations", "人事考试中心", _WORK, "本级"),
)
"""Code, data file, short name, department and scope of every agency that must file and has a data file."""

MISSING = Agency("", "314013", "苏州市社会福利综合服务站", "福利站", _CIVIL, "本级", 33)
"""On the roster, hands in nothing."""


def roster() -> tuple[Agency, ...]:
    """Return the agencies that must file."""
    return (*(_row(*row) for row in ROSTER_ROWS), MISSING)


def _row(code: str, slug: str, short: str, department: str, scope: str) -> Agency:
    posts, _ = posts_and_staff(slug)
    return Agency(slug, code, data_of(slug)["agency"], short, department, scope, posts)


SUBMISSIONS: tuple[Submission, ...] = (
    Submission("special_education", _EDUCATION),
    Submission(
        "youth_science",
        _EDUCATION,
        (
            m.amount(
                "项目支出半年数省略了小数",
                "project_half",
                m.truncated,
                "AR05!W.integer@funds.project_half+projects[{all}].half: {stated}→{sum} ({off}) | 项目支出(半年)",
                "AR11!I@funds.project_half: | 470",
            ),
            m.indicator(
                "满意度没有写≥",
                "学生满意度",
                {"half": "91%", "full": "93%"},
                "IG02!W@indicators[{row}].half/full: 91%、93% | 学生满意度",
            ),
            m.indicator(
                "半年指标值恒成立",
                "展教材料循环使用率",
                {"half": "≥0%"},
                "IG06!W@indicators[{row}].half: ≥0% | 展教材料循环使用率",
            ),
        ),
    ),
    Submission("health_education", _HEALTH),
    Submission(
        "blood_service",
        _HEALTH,
        (
            m.amount(
                "财政拨款小计两位数字写颠倒",
                "appropriation_full",
                m.swapped,
                "AR01!E.broken@funds.appropriation_full/general_full/government_fund_full/special_account_full/state_capital_full/total_full/social_insurance_full/carried_in_full/other_full: {stated}→{sum} ({off}) | 财政拨款小计",
            ),
            m.indicator(
                "定性指标未用规范用词",
                "预算编制科学性",
                {"half": "好", "full": "好"},
                "CF03!W@indicators[{row}].half/full: 好→科学 | 预算编制科学性",
            ),
            m.indicator(
                "生态效益整行空白",
                "医疗废物规范处置率",
                {"name": "", "half": "", "full": ""},
                "CP05!I@indicators[{row}].level2: | 生态效益",
            ),
        ),
    ),
    Submission(
        "occupational_health",
        _HEALTH,
        (
            m.in_yuan(
                "全表按元填报",
                "ST09!E.doubt@funds.basic_full: 11137400 | 基本支出11137400万元，机构人员最多86人，人均129504万元",
            ),
            m.indicator(
                "半年就要求完成全年非税收入",
                "非税收入预算完成率",
                {"half": "≥100%"},
                "HF03!W@indicators[{row}].half: ≥100%→≥100% | 非税收入预算完成率",
            ),
        ),
    ),
    Submission("city_management_total", _CITY),
    Submission("city_management_own", _CITY),
    Submission("sanitation", _CITY),
    Submission(
        "parking",
        _CITY,
        (
            m.indicator(
                "人数指标填成百分比",
                "停车管理员培训人数",
                {"half": "≥48%", "full": "≥94%"},
                "IG04!E@indicators[{row}].half/full: ≥48%、≥94% | 停车管理员培训人数",
            ),
            m.indicator(
                "三级指标重复",
                "停车投诉办结数量",
                {"name": "道路停车点位巡查次数", "half": "≥2550次", "full": "≥5200次"},
                "IG14!E@indicators[{row},{same}].name: 道路停车点位巡查次数",
            ),
            m.text(
                "系统导出的网页标签未清除",
                "functions",
                "。2、",
                "。<br/>2、",
                "TX01!W@forms.functions: <br/> | 单位主要职能",
            ),
        ),
    ),
    Submission("river", _WATER),
    Submission(
        "drainage",
        _WATER,
        (
            m.project(
                "半年数与全年数填反",
                "职工体检经费",
                m.exchanged,
                "AR06!E@projects[{row}].full/half+funds.project_full/project_half+projects[{others}].half/full: {half}→≤{full} ({over}) | 职工体检经费 / {full}",
            ),
            m.indicator(
                "半年值大于全年值",
                "错峰用电节约电费金额",
                {"half": "≥92万元"},
                "HF01!E@indicators[{row}].half/full: ≥92万元→≥82万元 | 错峰用电节约电费金额",
            ),
            m.indicator(
                "控制率超过上限",
                "公用经费控制率",
                {"half": "≤105%", "full": "≤105%"},
                "CF05!E@indicators[{row}].half/full: ≤105%→0%～100% | 公用经费控制率",
            ),
        ),
    ),
    Submission("art_centre", _CULTURE),
    Submission(
        "relics",
        _CULTURE,
        (
            m.amount_as_text(
                "金额写成带单位的文字",
                "general_full",
                "ST08!I@funds.general_full: 3,223.98万元 | 1 / 3223.98",
            ),
            m.hidden_project("隐藏了一个项目行", "退休人员活动经费", "ST10!W@projects[{row}].name: | 隐藏行"),
            m.amount(
                "基本支出两位数字写颠倒",
                "basic_full",
                m.swapped,
                "AR03!E.broken@funds.basic_full/total_full/project_full: {stated}→{sum} ({off}) | 资金总额",
            ),
        ),
    ),
    Submission("elderly_care", _CIVIL),
    Submission(
        "social_relief",
        _CIVIL,
        (
            m.amount(
                "项目支出合计多加一百万元",
                "project_full",
                lambda value: value + 100,
                "AR04!E.broken@funds.project_full/total_full/basic_full+projects[{all}].full: {stated}→{sum} ({off}) | 项目支出(全年)",
            ),
            m.indicator(
                "缺全年指标值",
                "临时救助资金发放及时率",
                {"full": ""},
                "CP04!E.value@indicators[{row}].full/half: | 临时救助资金发放及时率 / 全年指标值",
            ),
        ),
        saved="2023-01-11T16:05:00Z",
        in_batch=(
            "XW02!W@forms.agency: 市民政局/苏州市社会救助事务所.xlsx | 苏州市社会救助事务所 / 市民政局/苏州市社会救助事务所（修改稿）.xlsx",
        ),
    ),
    Submission("social_relief", _CIVIL, ending="（修改稿）", saved="2023-01-18T10:20:00Z"),
    Submission(
        "wetland",
        _GREEN,
        (
            m.amount(
                "其他资金未计入资金总额",
                "other_full",
                lambda _: Decimal("6.5"),
                "AR02!E.broken@funds.other_full/total_full/appropriation_full/social_insurance_full/carried_in_full: {stated}→{sum} ({off}) | 资金总额",
            ),
            m.indicator(
                "半年预算执行率与用款计划不符",
                "预算执行率",
                {"half": "≥70%"},
                "HF04!E@indicators[{row}].half+funds.basic_half/project_half/total_full: ≥70%→49.10% (20.90pp) | 939.15 / 1912.57",
            ),
            m.text(
                "括号不成对",
                "functions",
                "水生植被管护",
                "（水生植被管护",
                "TX02!I@forms.functions: （水生植被管护。 | 单位主要职能",
            ),
        ),
        sheets=2,
    ),
    Submission("employment", _WORK, old_excel=True),
    Submission(
        "examinations",
        _WORK,
        (
            m.wrong_year("沿用上年表头", 2022, "ST11!E@forms.fiscal_year: 2022→2023"),
            m.error_value(
                "公式出错",
                "考务人员培训项目",
                "half",
                "ST07!E.error@projects[{row}].half: #REF! | 考务人员培训项目",
            ),
            m.dropped_indicator(
                "漏填一项共性指标",
                "固定资产利用率",
                "资产管理规范性",
                "CF01!E.missing@indicators[{row}].name: →固定资产利用率",
            ),
        ),
    ),
    Submission(
        "book_houses",
        _CULTURE,
        (
            m.emptied_project(
                "列了没有预算的项目", "书房安保经费", "AR09!W@projects[{row}].full/name: 0 | 书房安保经费"
            ),
            m.project(
                "项目重名",
                "数字资源采购项目",
                lambda p: replace(p, name="图书配送流转项目"),
                "AR10!W@projects[{row},2].name: 图书配送流转项目",
            ),
            m.text(
                "保留了占位符",
                "long_term_goal",
                "在全省保持领先",
                "达到XX水平",
                "TX05!E@forms.long_term_goal: XX | 中长期目标",
            ),
        ),
        in_batch=("XW01!W.unexpected@forms.agency: 苏州市城市书房管理中心",),
    ),
)

OTHER_FORM = "ST02!E: | 这是《项目支出绩效目标表》,不是《苏州市市级部门整体预算绩效目标表》"
BROKEN_FILE = "ST01!E: | 文件不完整（下载或拷贝中断），请重新报送"
NOT_RECEIVED = ("XW01!E.missing: | 苏州市社会福利综合服务站",)
"""One form of the roster was never sent; one that came in a file nobody can open was handed in all the same."""
