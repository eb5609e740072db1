"""Cases of the arithmetic rules."""

from __future__ import annotations

from tests.cases import Case, Raw

CASES: tuple[Case, ...] = (
    Case("AR01", {"funds.general_full": "2090"}, ("AR01@funds.general_full",), why="two digits swapped"),
    Case("AR01", {"funds.general_full": "2899.997"}, ("AR08@funds.general_full",), silent=True, why="0.003 is no difference"),
    Case("AR02", {"funds.other_full": "5"}, ("AR02@funds.other_full",), why="total and expenditure agree on 3200"),
    Case("AR02", {"funds.other_full": Raw(text="零")}, ("ST08@funds.other_full",), silent=True, why="zero in words is zero"),
    Case("AR03", {"funds.basic_full": "1310.5"}, ("AR03@funds.basic_full",), why="3210 spent of 3200, a digit off"),
    Case("AR03", {"funds.basic_full": "1300.504"}, ("AR08@funds.basic_full",), silent=True, why="half a hundredth"),
    Case("AR04", {"projects[5].full": "400"}, ("AR04@projects[5].full",), why="ten times too large"),
    Case("AR04", {"projects[5].full": "40.01"}, ("AR04@funds.project_full",), why="a remainder is said quietly"),
    Case("AR04", {"projects[5].full": Raw(text="４０")}, ("ST08@projects[5].full",), silent=True, why="full-width digits"),
    Case("AR05", {"funds.project_half": "949"}, ("AR05@funds.project_half", "AR11@funds.project_half")),
    Case("AR05", {"projects[5].half": Raw(text="约20")}, ("ST08@projects[5].half",), silent=True, why="unknown, not 0"),
    Case("AR06", {"projects[2].half": "249", "projects[2].full": "124.5"},
         ("AR06@projects[2].full",), why="the two columns are swapped, three relations break, one finding"),
    Case("AR06", {"projects[3].half": "170", "projects[0].half": "380"}, (), silent=True, why="half below full in every row"),
    Case("AR07", {"funds.other_full": "-5", "funds.carried_in_full": "5"}, ("AR07@funds.other_full",)),
    Case("AR07", {"funds.other_full": "0"}, (), silent=True),
    Case("AR08", {"projects[0].half": "420.123", "projects[1].half": "225.127"}, ("AR08@projects[0].half",), why="said once"),
    Case("AR08", {"projects[0].half": "420.10", "projects[1].half": "225.15"}, (), silent=True),
    Case("AR09", {"projects[5].full": "0", "projects[5].half": "0", "projects[0].full": "840", "projects[0].half": "440"},
         ("AR09@projects[5].full",)),
    Case("AR09", {"projects[5].full": "0.01", "projects[5].half": "0", "projects[0].full": "839.99", "projects[0].half": "440"},
         (), silent=True),
    Case("AR10", {"projects[5].name": "公园绿地 养护项目"}, ("AR10@projects[5].name", "TX04@projects[5].name"), why="a blank does not tell two projects apart"),
    Case("AR10", {"projects[5].name": "物业管理经费（二期）"}, (), silent=True),
    Case("AR11", {"funds.basic_half": "650", "funds.project_half": "949"}, ("AR11@funds.basic_half", "AR05@funds.project_half"), why="both totals were rounded"),
    Case("AR11", {"funds.basic_half": "650"}, silent=True, why="a round plan of basic expenditure is how plans are made"),
    Case("AR11", {"projects[0].half": "420.25", "projects[3].half": "130", "funds.project_half": "950"}, silent=True, why="the details come to a whole number"),
    Case("AR12", {"funds.appropriation_full": "0"}, ("AR12@funds.appropriation_full",), why="also breaks the total, said once"),
    Case("AR12", {"funds.carried_in_full": "0.002"}, ("AR08@funds.carried_in_full",), silent=True),
    Case("AR13", {}, (), silent=True),
)  # fmt: skip
