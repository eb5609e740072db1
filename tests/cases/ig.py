"""Cases of the grammar of targets."""

from __future__ import annotations

from tests.cases import Case, Raw


def _values(number: int, half: str, full: str) -> dict[str, str]:
    return {f"indicators[{number}].half": half, f"indicators[{number}].full": full}


CASES: tuple[Case, ...] = (
    Case("IG01", _values(36, "1oo%株", "≥12000株"), ("IG01@indicators[36].half",)),
    Case("IG01", _values(44, "城区内", "城区外"), ("IG01@indicators[44].half",), why="a short word that nobody knows is asked about"),
    Case("IG01", _values(44, "较完善", "完善"), silent=True),
    Case("IG02", _values(45, "89%", "90%"), ("IG02@indicators[45].half",), why="both values, one finding"),
    Case("IG02", _values(45, "不低于89%", "90%以上"), silent=True, why="words are operators too"),
    Case("IG03", _values(36, "≥6000", "≥12000"), ("IG03@indicators[36].half",)),
    Case("IG03", {**_values(36, "≥6000", "≥12000"), "indicators[36].name": "行道树修剪数量（株）"}, silent=True),
    Case("IG04", _values(45, "≥89人", "≥90人"), ("IG04@indicators[45].half",)),
    Case("IG04", _values(41, "≥8万元", "≥20万元"), silent=True),
    Case("IG05", _values(42, "≥88%", "≥120%"), ("IG05@indicators[42].full",)),
    Case("IG05", {**_values(42, "≥55%", "≥120%"), "indicators[42].name": "养护任务完成率"}, silent=True, why="a completion rate may exceed 100 %"),
    Case("IG06", _values(36, "≥0株", "≥12000株"), ("IG06@indicators[36].half",)),
    Case("IG06", {**_values(36, "≤0起", "≤0起"), "indicators[36].name": "安全生产事故发生起数"}, silent=True, why="no accident is a real target"),
    Case("IG07", {**_values(36, "≥1起", "≥3起"), "indicators[36].name": "安全生产事故发生起数"}, ("IG07@indicators[36].half",)),
    Case("IG07", {**_values(36, "≥10起", "≥30起"), "indicators[36].name": "安全生产事故隐患查处起数"}, silent=True, why="hazards found are good"),
    Case("IG08", _values(36, "6000株、200株", "≥12000株"), ("IG08@indicators[36].half",)),
    Case("IG08", _values(36, "≥6,000株", "≥12,000株"), ("IG21@indicators[36].half",), silent=True, why="a thousands mark separates nothing"),
    Case("IG09", _values(36, "约6000株", "≥12000株"), ("IG09@indicators[36].half",)),
    Case("IG09", _values(36, "=6000株", "=12000株"), silent=True),
    Case("IG10", {"indicators[36].name": "完成行道树修剪12000株任务"}, ("IG10@indicators[36].name",)),
    Case("IG10", {"indicators[36].name": "12345热线行道树修剪工单"}, silent=True, why="a hotline's number"),
    Case("IG11", _values(44, "建立健全相关制度", "建立健全相关制度"), ("IG11@indicators[44].half",)),
    Case("IG11", _values(44, "完善", "完善"), silent=True),
    Case("IG12", _values(38, "明显提升", "明显提升"), ("IG12@indicators[38].half",)),
    Case("IG12", _values(44, "显著提升", "显著提升"), ("IG12@indicators[44].half",), why="in the benefit block it is only pointed out"),
    Case("IG12", _values(38, "及时", "及时"), silent=True),
    Case("IG13", _values(36, "根据下达任务确定", "≥12000株"), ("IG13@indicators[36].half",)),
    Case("IG13", _values(36, "不低于6000株", "≥12000株"), silent=True),
    Case("IG14", {"indicators[37].name": "行道树修剪数量"}, ("IG14@indicators[37].name",)),
    Case("IG14", {"indicators[40].name": "公园设施维修数量"}, silent=True, why="the same name under another key task"),
    Case("IG15", {"indicators[38].name": "合格率"}, ("IG15@indicators[38].name",)),
    Case("IG15", {"indicators[38].name": "古树存活率"}, silent=True),
    Case("IG16", {**_values(39, "及时", "及时"), **_values(40, "准确", "准确")}, ("IG16@indicators[39].key_task",)),
    Case("IG16", _values(39, "及时", "及时"), silent=True, why="another indicator of the task is quantified"),
    Case("IG17", {"indicators[33].name": "公园设施维修批次", **_values(33, "≥3批次", "≥6批次"), "indicators[34].name": "公园巡查里程", **_values(34, "≥300公里", "≥600公里"),
                  "indicators[35].name": "公园设施更新数量", **_values(35, "≥20处", "≥40处"), "indicators[38].name": "古树名木复壮数量", **_values(38, "≥5株", "≥9株"),
                  "indicators[40].name": "市民投诉回访数量", **_values(40, "≥100件", "≥300件")},
         ("IG17@indicators[31].name", "RV04@projects[3].name"), why="five counts in place of quality, time and cost"),
    Case("IG17", silent=True),
    Case("IG18", {"indicators[41].name": "公园绿地服务知晓率", **_values(41, "≥81%", "≥86%")}, ("IG18@indicators[41].name",)),
    Case("IG18", silent=True),
    Case("IG19", _values(45, "≥60%", "≥70%"), ("IG19@indicators[45].full", "XS06@indicators[45].full"), why="the goal says 90 %"),
    Case("IG19", _values(45, "≥89%", "=100%"), ("IG19@indicators[45].full", "HF05@indicators[45].half", "XS06@indicators[45].full")),
    Case("IG19", _values(45, "≥80%", "≥85%"), ("XS06@indicators[45].full",), silent=True),
    Case("IG20", {**_values(33, "≥89%", "≥90%"), **_values(34, "≥89%", "≥90%")}, ("IG20@indicators[33].full",), why="with 满意度 three share 89/90"),
    Case("IG20", _values(33, "≥89%", "≥90%"), silent=True),
    Case("IG21", _values(36, "≧6000株", "》12000株"), ("IG21@indicators[36].half",)),
    Case("IG21", {"indicators[18].half": Raw(number="1", number_format="0%")}, silent=True, why="a number shown as 100%"),
    Case("IG22", silent=True, why="the form has no weights"),
)  # fmt: skip
