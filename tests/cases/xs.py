"""Cases of agreement within a form."""

from __future__ import annotations

from tests.batches import Batch
from tests.cases import Case
from tests.clean import AGENCY, FORMS

_GOAL, _LONG, _STAFF, _DUTIES = (
    FORMS[name] for name in ("annual_goal", "long_term_goal", "staffing", "functions")
)
_LISTED = (
    "1.养护公园绿地420公顷。2.维修公园设施350处。3.修剪行道树12000株。4.保护古树名木86株。"
    "5.办结市民投诉900件。6.市民满意度不低于90%。"
)

CASES: tuple[Case, ...] = (
    Case("XS01", {"forms.staffing": "苏州市湿地保护管理站是公益一类事业单位。" + _STAFF}, ("XS01!W.text@forms.staffing/agency: 苏州市湿地保护管理站 | 苏州市园林绿地养护中心",)),
    Case("XS01", {"forms.staffing": AGENCY + "是公益一类事业单位。" + _STAFF}, silent=True),
    Case("XS01", {"forms.staffing": "市园林绿地养护中心是公益一类事业单位。" + _STAFF}, silent=True, why="the short name"),
    Case("XS02", {"projects[3].name": "2022年公园设施维修项目"}, ("XS02!W@projects[3].name: 2022→2023 | 项目名称 / 2022年公园设施维修项目",)),
    Case("XS02", {"projects[3].name": "2022年公园设施维修尾款项目"}, silent=True, why="a last payment is of the year before"),
    Case("XS02", {"projects[3].name": "2022-2024年公园设施维修项目"}, silent=True, why="the year lies in the range"),
    Case("XS02", {"forms.annual_goal": _GOAL + "完成2021年公园普查。"}, ("XS02!W@forms.annual_goal: 2021→2023 | 年度目标 / 90%。完成2021年公园普查。",)),
    Case("XS02", {"forms.annual_goal": _GOAL + "按照苏园〔2021〕5号文件，投诉量比2021年减少，办结率自2020年以来最高。"}, silent=True),
    Case("XS02", {"forms.long_term_goal": _LONG + "到2025年，2030年全面建成。"}, silent=True, why="a long-term goal looks ahead"),
    Case("XS03", {"forms.functions": _DUTIES.partition("2、")[0] + "2、负责公园绿地服务和市民投诉办理。"},
         ("XS03!I@indicators[36].level2+forms.functions: 行道树修剪和古树名木保护",)),
    Case("XS03", {"forms.functions": _DUTIES.replace("行道树修剪", "行道树养护")}, silent=True, why="half of it is still there"),
    Case("XS03", {"forms.functions": "1、负责国有林场护林防火。2、负责苗木引种选育。"},
         ("XS03!I@indicators[31,36,39].level2+forms.functions: 公园绿地养护管理；行道树修剪和古树名木保护；公园绿地服务和市民投诉办理 | 公园绿地养护管理 / 等3项",), why="none of three: one warning"),
    Case("XS04", {"forms.functions": _DUTIES + "4、负责国有林场护林防火。"}, ("XS04!I@forms.functions: 负责国有林场护林防火",)),
    Case("XS04", {"forms.functions": _DUTIES + "4、承担公园绿地养护、护林防火、苗木引种等工作。"}, silent=True, why="of several things one is worked on"),
    Case("XS04", {"forms.functions": _DUTIES + "4、承办市政府交办的其他事项。"}, silent=True, why="what others decide"),
    Case("XS04", {"forms.functions": _DUTIES + "4、为园林行政执法提供技术支撑。"}, silent=True, why="support to others is no work of its own"),
    Case("XS04", {"forms.functions": _DUTIES + "4、参与公园碳汇交易。"}, ("XS04!I@forms.functions: 参与公园碳汇交易",), why="only the trade's own words are found again"),
    Case("XS03", {f"indicators[{n}].level2": "园林绿色发展" for n in (36, 37, 38)}, silent=True, why="a function that its key task takes up"),
    Case("XS03", {f"indicators[{n}].level2": "古树保护能力建设" for n in (36, 37, 38)} | {f"indicators[{n}].key_task": "提高检验水平。" for n in (36, 37, 38)},
         silent=True, why="能力建设 says how well"),
    Case("XS04", {"forms.functions": _DUTIES + "4、负责公园巡查，协调护林防火。"}, silent=True, why="the first clause counts"),
    Case("XS05", {"forms.annual_goal": _LISTED + "7.加强省市学习交流。"}, ("XS05!I.goal@forms.annual_goal: 加强省市学习交流",)),
    Case("XS05", {"forms.annual_goal": _LISTED}, silent=True),
    Case("XS05", {"forms.annual_goal": _GOAL + "加强省市学习交流。"}, silent=True, why="nothing is numbered"),
    Case("XS06", {"forms.annual_goal": _GOAL.replace("12000株", "12500株")}, ("XS06!W@indicators[36].full+forms.annual_goal: ≥12000株→12500株 | 修剪行道树12500株 / 行道树修剪数量",)),
    Case("XS06", {"forms.annual_goal": _GOAL.replace("12000株", "1.2万株")}, silent=True, why="the same number"),
    Case("XS06", {"forms.annual_goal": _GOAL.replace("修剪行道树12000株", "修剪行道树枯枝12500株")}, silent=True,
         why="not the same thing"),
    Case("XS06", {"forms.annual_goal": _GOAL.replace("修剪行道树12000株", "修剪行道树比去年增加500株")}, silent=True),
    Case("XS07", {"forms.functions": _DUTIES + "本年部门预算总额3100万元。"}, ("XS07!W@forms.functions+funds.total_full: 3100→3200 (-100) | 部门预算总额3100万元 / 资金总额3200",)),
    Case("XS07", {"forms.functions": _DUTIES + "本年部门预算总额0.32亿元，其中基本支出1300.5万元。"}, silent=True),
    Case("XS07", {"forms.functions": _DUTIES + "2022年部门预算总额3100万元。"}, silent=True, why="another year"),
    Case("XS08", silent=True, why="this form has no money by key task"),
    Case("XS09", {"forms.staffing": _STAFF.replace("18人", "18人，其中管理岗6人、专技岗13人")}, ("XS09!W.parts@forms.staffing: 19→18",)),
    Case("XS09", {"forms.staffing": _STAFF.replace("18人", "18人，其中管理岗6人、专技岗12人")}, silent=True),
    Case("XS09", {"forms.staffing": _STAFF.replace("18人", "18人，其中女9人、党员12人")}, silent=True, why="no parts of a whole"),
    Case("XS09", {"forms.functions": _DUTIES + "核定编制26人。"}, ("XS09!W.posts@forms.staffing/functions: 20→26",)),
    Case("XS09", {"forms.functions": _DUTIES + "核定行政编制8名、事业编制12名。"}, silent=True, why="kinds that add up to the same"),
    Case("XS02", {"forms.annual_goal": _GOAL + "发放2022年度绿化奖补资金，兑付2022年度养护考核奖励。"}, silent=True, why="last year's money, paid now"),
)  # fmt: skip

BATCHES: tuple[Batch, ...] = (
    Batch("XS09", {"form.xlsx": Case("")}, ("form.xlsx!W.roster@forms.staffing: 20→26",), roster=({"agency": AGENCY, "quota": "26"},)),
    Batch("XS09", {"form.xlsx": Case("")}, roster=({"agency": AGENCY, "quota": "20"},)),
    Batch("XS09", {"form.xlsx": Case("")}, roster=({"agency": AGENCY, "quota": "待核"},), why="no number"),
)  # fmt: skip
