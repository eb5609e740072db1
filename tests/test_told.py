"""What is said together: findings of one rule as a line with its cells, several rules on one slip as one; one number everywhere."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from checks.finding import Finding, Severity
from checks.rule import RULES
from checks.settings import THRESHOLDS, WORDS, Settings, Waiver
from checks.telling.handbook import all_rules
from checks.telling.meanings import THRESHOLD_MEANINGS, WORD_MEANINGS
from docs.messages import FORBIDDEN, messages_page, phrases, rule_rows
from etl.batch.common import LEAST_FORMS, common_rules
from etl.batch.recipients import recipients, told_to_departments
from etl.commands.ending.closing import who_lines, worst_table
from etl.commands.ending.unmatched import unmatched_lines
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.frames.told import Told, places_text, told
from etl.intake.config import settings_of
from etl.intake.config_sample import config_sample
from etl.report.picture import pictures
from etl.returns.remarks import marks, remarks_page
from etl.safe.refusal import Refusal
from etl.sheets.outline import Outline
from tests.here import checked
from tests.test_cli import HOME, PUBLISHED

SHEET = "绩效目标表"


def entry(code: str, row: int, severity: Severity = Severity.WARNING, **more: str) -> Located:
    said = Finding(code, severity, "a.xlsx", "a.xlsx#1", (), {"zh": f"{code}在{row}行", "en": code})
    return Located(said, (CellPlace("a.xlsx", SHEET, row, 5),), f"{code}{row}:f", **more)


def spoken(lines: list[Told]) -> list[tuple[tuple[str, ...], str]]:
    return [(line.codes, places_text(line, "zh")) for line in lines]


def test_findings_of_one_rule_are_one_line_with_its_cells() -> None:
    lines = told([entry("HF03", 48), entry("HF03", 49), entry("IG02", 50)])
    assert spoken(lines) == [(("HF03",), f"{SHEET}!E48、E49"), (("IG02",), f"{SHEET}!E50")]
    assert lines[0].key == "HF0348:f HF0349:f"
    assert [said.text for said in lines[0].sentences("zh")] == ["HF03在48行", "HF03在49行"]


def test_several_rules_on_one_slip_are_one_line_that_says_it_once() -> None:
    slip = [entry(code, 39, Severity.ERROR) for code in ("CP03", "CP10", "TX05")]
    (line,) = told(slip)
    assert line.codes == ("CP10", "TX05", "CP03")
    assert [said.text for said in line.sentences("zh")] == ["CP10在39行"]
    elsewhere = told([*slip, entry("TX05", 40, Severity.ERROR)])
    assert spoken(elsewhere) == [(("CP10", "TX05", "CP03"), f"{SHEET}!E39"), (("TX05",), f"{SHEET}!E40")]


def test_rules_of_different_meaning_on_one_cell_stay_two_lines() -> None:
    assert len(told([entry("IG18", 83), entry("IG15", 83)])) == 2


def test_lines_of_another_state_answer_or_severity_stay_apart() -> None:
    assert len(told([entry("HF03", 48, state="new"), entry("HF03", 49, state="standing")])) == 2
    assert len(told([entry("HF03", 48, explanation="甲"), entry("HF03", 49)])) == 2
    assert len(told([entry("AR05", 48, Severity.ERROR), entry("AR05", 49)])) == 2


def test_the_number_is_the_same_on_page_note_and_picture() -> None:
    found = [entry("IG02", 50), entry("HF03", 48), entry("HF03", 49), entry("AR05", 18, Severity.ERROR)]
    page = remarks_page(found, (), "zh")
    by_place = {row.place: row.number for row in page.rows}
    assert by_place == {f"{SHEET}!E18": 1, f"{SHEET}!E48、E49": 2, f"{SHEET}!E50": 3}
    assert "错误1条，警告2条，提示0条" in page.heading[1]
    notes = {mark.row: mark.note for mark in marks(found, "zh")}
    assert (
        notes[18].startswith("[1] 错误：")
        and notes[48].startswith("[2] 警告：")
        and notes[49].startswith("[2]")
    )
    (picture,) = pictures([Outline(SHEET, {}, (), 0)], found)
    assert {cell.row: cell.mark.here for cell in picture.cells if cell.mark} == {
        18: (1,), 48: (2,), 49: (2,), 50: (3,)
    }  # fmt: skip


def test_the_published_form_has_a_dozen_lines_to_answer_at_most() -> None:
    batch = checked([PUBLISHED])
    (lines,) = (told(own) for own in told_to_departments(batch).values())
    assert sum(line.severity != "info" for line in lines) <= 12


def test_no_word_that_must_stay_in_the_bureau_leaves_it() -> None:
    texts = [text for row in rule_rows() for text in row[3:]] + [text for _, text in phrases()]
    assert not [text for text in texts if FORBIDDEN.search(text)]
    assert all(rule.code in messages_page() for rule in all_rules() if not rule.summary)


def test_every_setting_has_its_meaning_and_the_sample_can_be_read() -> None:
    assert set(THRESHOLDS) <= set(THRESHOLD_MEANINGS) and set(WORDS) <= set(WORD_MEANINGS)
    assert settings_of(config_sample()) == Settings()
    opened = "\n".join(
        line.removeprefix("# ")
        for line in config_sample().splitlines()
        if line.startswith("# ") and line.removeprefix("# ").split(" ")[0] in THRESHOLDS
    )
    assert settings_of(f"[thresholds]\n{opened}").thresholds == dict(THRESHOLDS)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("[thresholds]\ngoal_shorter = 5", "goal_shortest"),
        ("[rules]\nAR5 = false", "AR05"),
        ("[threshold]", "thresholds"),
    ],
)
def test_a_mistake_in_the_settings_is_asked_back(text: str, meant: str) -> None:
    with pytest.raises(Refusal, match=meant):
        settings_of(text)


def test_what_matches_nothing_is_said() -> None:
    batch = checked([PUBLISHED])
    settings = Settings(
        waivers=(
            Waiver("苏州市教育装备与勤工俭学管理办公", "HF10", "x"),
            Waiver("苏州市教育装备与勤工俭学管理办公室", "HF01", "x"),
        )
    )
    lines = list(unmatched_lines(batch, settings, ("无此单位",), "zh"))
    assert lines[0].endswith("，没有这个单位的报表；是否应为“苏州市教育装备与勤工俭学管理办公室”？")
    assert (
        lines[1].endswith("，该单位没有 HF01 的意见")
        and lines[2] == "排除没有用到：无此单位，没有这个单位的报表"
    )


def test_the_worst_by_harm_come_first_and_who_is_missing_is_named() -> None:
    from etl.intake.roster import read_roster

    city = HOME / "samples" / "city"
    batch = checked([city])
    everyone = recipients(batch, read_roster(Path(city / "roster.csv")))
    table = list(worst_table(batch, everyone, "zh"))
    assert "金额单位存疑" in table[1] and "差额" in table[2] and len(table) <= 13
    who = "\n".join(who_lines(batch, everyone, "zh"))
    assert (
        "未报 1：苏州市社会福利综合服务站" in who and "已报但无法读取 1：苏州市学校安全与后勤服务中心" in who
    )


def test_what_most_forms_have_is_one_line_for_the_bureau() -> None:
    batch = checked([HOME / "samples" / "city"])
    forms = batch.stack.tables.forms["id"].tolist()
    assert len(forms) >= LEAST_FORMS
    many = [
        Located(Finding("IG17", Severity.INFO, "a", str(form), (), {"zh": "缺质量", "en": "x"}), ())
        for form in forms[: len(forms) * 7 // 10]
    ]
    errors = [
        replace(one, finding=replace(one.finding, code="AR05", severity=Severity.ERROR)) for one in many
    ]
    (one,) = common_rules(replace(batch, located=(*many, *errors)))
    assert (one.code, one.forms, one.of) == ("IG17", len(many), len(forms)) and RULES[one.code]
