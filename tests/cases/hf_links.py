"""Cases of half-year money against what the indicators of a project promise by then."""

from __future__ import annotations

from tests.cases import Case

_UNPAID = {"projects[2].half": "0", "funds.project_half": "825.25"}
"""古树名木保护项目 (249) plans nothing by mid-year; the half-year plan is 46.1 % of all money."""
_RATE = {"indicators[11].half": "≥46%"}
_NOTHING_DONE = {"indicators[39].half": "=0件", "indicators[39].full": "=900件"}

CASES: tuple[Case, ...] = (
    Case("HF06", _UNPAID | _RATE, ("HF06!W@indicators[37].half+projects[2].half: ≥43株 | 古树名木保护项目 / 249 / 古树名木保护数量",), why="≥43株 by mid-year, and no money"),
    Case("HF06", _UNPAID | _RATE | {"indicators[37].half": "=0株", "indicators[37].full": "=86株"},
         silent=True, why="nothing is promised by mid-year"),
    Case("HF06", _UNPAID | _RATE | {"projects[2].name": "古树名木保护尾款"}, silent=True, why="delivered before it is paid for"),
    Case("HF06", {"projects[4].half": "0", "funds.project_half": "919.75", "indicators[40].name": "市民投诉办理平台运行及时性",
                  "indicators[40].half": "及时", "indicators[40].full": "及时"} | {"indicators[11].half": "≥49%"},
         ("HF06!W@indicators[40].half+projects[4].half: 及时 | 市民投诉办理平台项目 / 60 / 市民投诉办理平台运行及时性",), why="及时 by mid-year without money"),
    Case("HF07", _NOTHING_DONE, ("HF07!I@projects[4].half+indicators[39].half: 30 | 市民投诉办理平台项目 / 1",), drop=("indicators[40]",), why="30 by mid-year, all values 0"),
    Case("HF07", _NOTHING_DONE, silent=True, why="the line's other value is not 0"),
    Case("HF07", _NOTHING_DONE | {"projects[4].half": "0", "funds.project_half": "919.75", "indicators[11].half": "≥49%"},
         silent=True, drop=("indicators[40]",), why="no money and no result"),
    Case("HF08", {"projects[1].half": "60.25", "funds.project_half": "784.75", "indicators[36].half": "≥9000株"} | {"indicators[11].half": "≥44%"},
         ("HF08!I@indicators[36].half/full+projects[1].half: 75.0%→13.4% | 行道树修剪数量 / 行道树修剪项目",), why="75 % of the trees, 13.4 % of the money"),
    Case("HF08", {"projects[1].half": "60.25", "funds.project_half": "784.75", "indicators[36].half": "≥5200株"} | {"indicators[11].half": "≥44%"},
         silent=True, why="43.3 % of the trees, 13.4 % of the money"),
    Case("HF08", {"projects[1].half": "60.25", "funds.project_half": "784.75", "indicators[36].half": "≥11900株"} | {"indicators[11].half": "≥44%"},
         silent=True, why="a stock of trees, whatever its name"),
)  # fmt: skip
