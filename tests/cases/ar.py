"""Cases of the arithmetic rules."""

from __future__ import annotations

from tests.cases import Case, Raw

CASES: tuple[Case, ...] = (
    Case("AR01", {"funds.general_full": "2090"}, ("AR01!E.broken@funds.general_full/appropriation_full/government_fund_full/special_account_full/state_capital_full: 3200→2390 (810) | 财政拨款小计",), why="two digits swapped"),
    Case("AR01", {"funds.general_full": "2899.997"}, ("AR08!I@funds.general_full: 2899.997 | 1 / 一般公共预算资金2899.997",), silent=True, why="0.003 is no difference"),
    Case("AR02", {"funds.other_full": "5"}, ("AR02!E.broken@funds.other_full/total_full/appropriation_full/social_insurance_full/carried_in_full: 3200→3205 (-5) | 资金总额",), why="total and expenditure agree on 3200"),
    Case("AR02", {"funds.other_full": Raw(text="零")}, ("ST08!I@funds.other_full: 零 | 1 / 0",), silent=True, why="zero in words is zero"),
    Case("AR03", {"funds.basic_full": "1310.5"}, ("AR03!E.broken@funds.basic_full/total_full/project_full: 3200→3210 (-10) | 资金总额",), why="3210 spent of 3200, a digit off"),
    Case("AR03", {"funds.basic_full": "1300.504"}, ("AR08!I@funds.basic_full: 1300.504 | 1 / 基本支出(全年)1300.504",), silent=True, why="half a hundredth"),
    Case("AR04", {"projects[5].full": "400"}, ("AR04!E.broken@projects[5].full+funds.project_full+projects[0-4].full: 1899.5→2259.5 (-360) | 项目支出(全年)",), why="ten times too large"),
    Case("AR04", {"projects[5].full": "40.01"}, ("AR04!I.rounding@funds.project_full+projects[0-5].full: 1899.5→1899.51 (-0.01) | 项目支出(全年)",), why="a remainder is said quietly"),
    Case("AR04", {"projects[5].full": Raw(text="４０")}, ("ST08!I@projects[5].full: ４０ | 1 / 40",), silent=True, why="full-width digits"),
    Case("AR05", {"funds.project_half": "949"}, ("AR05!E.broken@funds.project_half+projects[0-5].half: 949→949.75 (-0.75) | 项目支出(半年)", "AR11!I@funds.project_half: | 949")),
    Case("AR05", {"projects[5].half": Raw(text="约20")}, ("ST08!E.text@projects[5].half: 约20 | 物业管理经费",), silent=True, why="unknown, not 0"),
    Case("AR06", {"projects[2].half": "249", "projects[2].full": "124.5"},
         ("AR06!E@projects[2].full/half+funds.project_full+projects[0,1,3-5].full+funds.project_half+projects[0,1,3-5].half: 249→≤124.5 (124.5) | 古树名木保护项目",), why="the two columns are swapped, three relations break, one finding"),
    Case("AR06", {"projects[3].half": "170", "projects[0].half": "380"}, (), silent=True, why="half below full in every row"),
    Case("AR07", {"funds.other_full": "-5", "funds.carried_in_full": "5"}, ("AR07!E@funds.other_full: -5→≥0 | 其他资金",)),
    Case("AR07", {"funds.other_full": "0"}, (), silent=True),
    Case("AR08", {"projects[0].half": "420.123", "projects[1].half": "225.127"}, ("AR08!I@projects[0,1].half: 420.123 | 2 / 公园绿地养护项目420.123",), why="said once"),
    Case("AR08", {"projects[0].half": "420.10", "projects[1].half": "225.15"}, (), silent=True),
    Case("AR09", {"projects[5].full": "0", "projects[5].half": "0", "projects[0].full": "840", "projects[0].half": "440"},
         ("AR09!W@projects[5].full/name: 0 | 物业管理经费",)),
    Case("AR09", {"projects[5].full": "0.01", "projects[5].half": "0", "projects[0].full": "839.99", "projects[0].half": "440"},
         (), silent=True),
    Case("AR10", {"projects[5].name": "公园绿地 养护项目"}, ("AR10!W@projects[5,0].name: 公园绿地 养护项目", "TX04!I@projects[5].name: 公园绿地 养护项目 | 名称"), why="a blank does not tell two projects apart"),
    Case("AR10", {"projects[5].name": "物业管理经费（二期）"}, (), silent=True),
    Case("AR11", {"funds.basic_half": "650", "funds.project_half": "949"}, ("AR11!I@funds.basic_half/project_half: | 650、949", "AR05!E.broken@funds.project_half+projects[0-5].half: 949→949.75 (-0.75) | 项目支出(半年)"), why="both totals were rounded"),
    Case("AR11", {"funds.basic_half": "650"}, silent=True, why="a round plan of basic expenditure is how plans are made"),
    Case("AR11", {"projects[0].half": "420.25", "projects[3].half": "130", "funds.project_half": "950"}, silent=True, why="the details come to a whole number"),
    Case("AR12", {"funds.appropriation_full": "0"}, ("AR12!E.total@funds.appropriation_full/general_full/government_fund_full/special_account_full/state_capital_full/total_full/social_insurance_full/carried_in_full/other_full: 0→3200 (-3200) | 财政拨款小计",), why="also breaks the total, said once"),
    Case("AR12", {"funds.carried_in_full": "0.002"}, ("AR08!I@funds.carried_in_full: 0.002 | 1 / 上年结转资金0.002",), silent=True),
    Case("AR13", {}, (), silent=True),
    Case("AR05", {"funds.project_half": "950"}, ("AR05!W.integer@funds.project_half+projects[0-5].half: 950→949.75 (0.25) | 项目支出(半年)", "AR11!I@funds.project_half: | 950"), why="rounded to a whole number, a warning"),
    Case("AR11", {"funds.basic_half": "650.3"}, (), silent=True),
)  # fmt: skip
