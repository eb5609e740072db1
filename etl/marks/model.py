"""What is to be marked in a return: cells by severity, and the page of remarks in front."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""From the gravest to the lightest."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A cell named by a finding; the cell to correct is `primary` and carries the note."""

    sheet: str
    row: int
    column: int
    severity: Severity
    note: str = ""
    primary: bool = True


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """One finding as a clerk reads it.

    `target` is the (sheet, address) that the place links to. `key` ties the line to the same finding of
    another round; `explanation` and `review` are what the last round brought back. A `settled` line was
    explained, and the explanation accepted.
    """

    number: int
    severity: Severity
    severity_label: str
    code: str
    place: str
    target: tuple[str, str] | None
    found: str
    message: str
    todo: str
    basis: str = ""
    explanation: str = ""
    review: str = ""
    key: str = ""
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Wording:
    """What our sheet and notes say beside the findings, in one language."""

    sheet_name: str = "审核意见"
    columns: tuple[str, ...] = (
        "序号", "等级", "代码", "位置", "现填内容", "问题", "处理要求", "依据", "单位说明", "复核结果（由财政部门填写）",
    )  # fmt: skip
    legend: tuple[tuple[Severity, str], ...] = (
        ("error", "错误：必须改正"),
        ("warning", "警告：请核实，改正或在“单位说明”中说明"),
        ("info", "提示：供参考，不要求修改"),
    )
    decisions: tuple[str, ...] = ("采纳", "不采纳", "必须修改", "豁免", "误报", "待核")
    decision_hint: str = "请从列表中选择：采纳、不采纳、必须修改、豁免、误报、待核；豁免错误须写明：豁免（至日期；批准人：姓名；理由：…）"
    folded: str = "以下{count}条提示供参考，不要求修改"
    settled: str = "以下{count}条已说明并采纳，不再要求处理"
    nothing_found: str = "未发现问题。"
    fixed: str = "上一轮的问题，本轮已改"
    changes: str = "修改对照（上一轮 → 本轮）"
    change_columns: tuple[str, str, str, str] = ("位置", "项目", "上一轮", "本轮")
    not_checked: str = "未检查的事项及原因"
    no_notes: str = "工作表“{sheet}”原有批注无法读取，未加批注，意见只列在本表。"
    page: str = "第 &P 页，共 &N 页"
    note_start: str = "【审核意见】"
    note_end: str = "（详见“审核意见”表）"
    author: str = "绩效目标审核"
    key_title: str = "【审核意见】标注说明（不属于本表，报回时不必删除）"
    key_lines: tuple[tuple[Severity, str, str], ...] = (
        ("error", "错误", "红底、粗实线框：须改正"),
        ("warning", "警告", "黄底、虚线框：请核实，改正或说明原因"),
        ("info", "提示", "蓝底、点线框：供参考，不要求修改"),
    )
    key_note: str = (
        "只有框线、没有底色的单元格是核对时用到的，不一定有错；批注开头的数字即“审核意见”表的序号。"
    )


CHINESE = Wording()
ENGLISH = Wording(
    sheet_name="Remarks",
    columns=(
        "No.",
        "Severity",
        "Code",
        "Place",
        "As filled in",
        "What is wrong",
        "What to do",
        "Basis",
        "Explanation",
        "Review (by the finance bureau)",
    ),
    legend=(
        ("error", "Error: must be corrected"),
        ("warning", "Warning: please verify; correct or explain"),
        ("info", "Note: for information"),
    ),
    decision_hint="Choose from the list: 采纳 accepted, 不采纳 rejected, 必须修改 must be corrected, 豁免 waived, 误报 false alarm, 待核 pending",
    folded="{count} notes below are for information; nothing has to be done",
    settled="{count} findings below were explained and accepted; nothing more to do",
    nothing_found="Nothing was found.",
    fixed="Found last round, fixed now",
    changes="What changed since last round",
    change_columns=("Place", "Value", "Last round", "This round"),
    not_checked="Not checked, and why",
    no_notes="The notes of sheet “{sheet}” cannot be read; remarks stand on this sheet only.",
    page="Page &P of &N",
    note_start="[Review]",
    note_end="(see sheet “Remarks”)",
    author="Budget review",
    key_title="[Review] What the marks mean (no part of the form; need not be deleted)",
    key_lines=(
        ("error", "Error", "red, thick line: must be corrected"),
        ("warning", "Warning", "yellow, dashed line: please verify; correct or explain"),
        ("info", "Note", "blue, dotted line: for information"),
    ),
    key_note="A cell with a line and no colour was compared with; it need not be wrong. Notes begin with the number on sheet “Remarks”.",
)
WORDINGS = (CHINESE, ENGLISH)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """A value that differs from last round; `target` as in `RemarkRow`."""

    place: str
    what: str
    old: str
    new: str
    target: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class RemarksPage:
    """The first sheet of a return.

    `heading` holds the lines under the title (agency, fiscal year, round, counts, by when); `rows` stand
    in the order given, light ones (`info`) last, settled ones after them. Below the table stand `fixed`
    (one line each), `changes` as a table of their own, `not_checked`, and at last which program said so.
    """

    title: str
    heading: tuple[str, ...] = ()
    rows: tuple[RemarkRow, ...] = ()
    not_checked: tuple[str, ...] = ()
    wording: Wording = field(default=CHINESE)
    fixed: tuple[str, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    made_by: str = ""
