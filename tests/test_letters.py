"""退回说明: who gets one, what it says, and that nothing in a workbook gets into its name or its markup."""

from __future__ import annotations

import csv
import datetime
import io
import re
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from checks.finding import Finding, Severity
from etl.batch.model import Batch
from etl.batch.recipients import Recipient, recipients
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.frames.told import told
from etl.marked.lines import Line
from etl.returns.letters import Letter, letter_bytes, letters_of, values, write_letters
from etl.returns.notices import notices, write_notices
from etl.returns.word import own_template
from etl.rounds.records import FileRound
from etl.safe.refusal import Refusal
from samples import build
from samples.letter_template import letter_template
from tests.here import Here, checked
from tests.test_cli import HOME, PUBLISHED

AGENCY = "苏州市教育装备与勤工俭学管理办公室"


@pytest.fixture(scope="module")
def city() -> Batch:
    return checked([HOME / "samples" / "city", PUBLISHED])


def lines(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs]


def test_an_agency_gets_one_letter_and_a_clean_one_none(city: Batch, tmp_path: Path) -> None:
    assert write_letters(city, tmp_path, None, Here()) == {}
    written = sorted(tmp_path.rglob("*.docx"))
    grave = {entry.finding.path for entry in city.located if entry.finding.severity != "info"}
    forms = city.stack.tables.forms
    agencies = {agency for path, agency in zip(forms["path"], forms["agency"], strict=True) if path in grave}
    addressed = [next(text for text in lines(path.read_bytes()) if text.endswith("：")) for path in written]
    assert len(addressed) == len(set(addressed))
    assert {name.rstrip("：") for name in addressed} <= agencies
    assert f"{AGENCY}：" in addressed
    assert all(path.is_relative_to(tmp_path) and path.name.endswith("（退回说明）.docx") for path in written)


def test_the_letter_says_what_was_found(city: Batch, tmp_path: Path) -> None:
    letter = next(letter for letter in letters_of(city, tmp_path, {}) if letter.agency == AGENCY)
    text = lines(letter_bytes(letter))
    assert text[0] == "部门整体预算绩效目标表退回说明" and text[1] == f"{AGENCY}："
    warnings = sum(line.severity == "warning" for line in told(letter.located))
    assert warnings <= 11, "a dozen lines at most to answer, with the error"
    assert (
        f"2023年度《苏州市市级部门整体预算绩效目标表》收悉。经审核，发现须改正的错误1条、须核实的警告{warnings}条"
        in text[2]
    )
    first = text.index("一、须改正的错误") + 1
    assert text[first].startswith("1．绩效目标表E18单元格：项目支出(半年)填2268万元")
    assert "处理：按各项目半年计划执行数重新合计" in text[first]
    assert not any(re.search(r"[A-Z]{2}[0-9]{2}）", line) for line in text), "no codes"
    second = text.index("二、须核实的警告")
    assert [line.partition("．")[0] for line in text[second + 1 : second + 1 + warnings]] == [
        str(n) for n in range(1, warnings + 1)
    ]
    assert text[-1].split() == ["年", "月", "日"]
    assert text[-4] == f"附件：{AGENCY}.xlsx"


def test_the_same_findings_give_the_same_bytes(city: Batch, tmp_path: Path) -> None:
    letter = letters_of(city, tmp_path, {})[0]
    assert letter_bytes(letter) == letter_bytes(letter)
    assert b"1980" not in letter_bytes(letter)


def test_a_later_round_says_what_became_of_the_last(city: Batch, tmp_path: Path) -> None:
    done = FileRound(2, (Line("k", "error", "AR01", "", ""),) * 3, (), True)
    letter = next(x for x in letters_of(city, tmp_path, {f"{AGENCY}.xlsx": done}) if x.agency == AGENCY)
    letter = replace(letter, located=tuple(replace(e, state="standing") for e in letter.located))
    text = "\n".join(lines(letter_bytes(letter)))
    assert f"本次为第2轮审核。与上一轮相比，已改3条，未改{len(told(letter.located))}条，新增0条。" in text


def test_hostile_text_is_only_text(tmp_path: Path) -> None:
    nasty = "</w:t><w:instrText>\x00\x1b[31m\ud800＝1{agency}%s"
    said = Finding("AR01", Severity.ERROR, "a.xlsx", "a.xlsx#1", (), {"zh": nasty, "en": nasty})
    located = (Located(said, (CellPlace("a.xlsx", "../表", 1, 1),)),)
    data = letter_bytes(Letter(tmp_path / "a.docx", nasty, "2023", ("a.xlsx",), located))
    text = "\n".join(lines(data))
    assert "</w:t><w:instrText>\\x00\\x1b[31m\\xd800＝1{agency}%s：" in text


def test_a_name_in_a_form_names_no_file(city: Batch, tmp_path: Path) -> None:
    forms = city.stack.tables.forms.assign(agency="../../etc/passwd")
    stack = replace(city.stack, tables=replace(city.stack.tables, forms=forms))
    (letter,) = letters_of(replace(city, stack=stack), tmp_path, {})
    assert letter.target.is_relative_to(tmp_path) and ".." not in letter.target.as_posix()
    assert len(letter.files) == len(forms)


@pytest.mark.needs_libreoffice
def test_libreoffice_opens_it(city: Batch, tmp_path: Path) -> None:
    letter = letters_of(city, tmp_path, {})[0]
    (tmp_path / "letter.docx").write_bytes(letter_bytes(letter))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
    ]
    subprocess.run([*command, str(tmp_path / "letter.docx")], check=True, capture_output=True, timeout=180)
    assert "退回说明" in (tmp_path / "letter.txt").read_text(encoding="utf-8-sig")


def test_the_template_is_drawn_again_byte_for_byte() -> None:
    packaged = (HOME / "etl" / "returns" / "letter.docx").read_bytes()
    assert build.parts(packaged) == build.parts(letter_template()), "run python -m samples.build"


def test_the_template_names_every_value_and_no_other() -> None:
    named = set(re.findall(r"\{[{%]p? ?(?:if |for \S+ in )?([^\s.}%]+)", "\n".join(lines(letter_template()))))
    local = {"部分", "意见", "loop", "endif", "endfor", "else"}
    given = values(Letter(Path(), "甲", "2023", (), ()))
    assert named - local == set(given)


def test_a_day_to_answer_by_is_said(city: Batch, tmp_path: Path) -> None:
    letter = replace(letters_of(city, tmp_path, {})[0], reply_by=datetime.date(2024, 3, 5))
    assert any("修改后于2024年3月5日前重新报送" in line for line in lines(letter_bytes(letter)))
    assert any(
        "修改后按规定时间重新报送" in line for line in lines(letter_bytes(replace(letter, reply_by=None)))
    )


def test_a_bureau_may_edit_the_template_and_reaches_nothing_else(tmp_path: Path) -> None:
    own = docx.Document(io.BytesIO(letter_template()))
    own.paragraphs[0].runs[0].text = "某市财政局关于{{ 单位 }}的函"
    own.save(str(tmp_path / "own.docx"))
    known = values(Letter(Path(), "甲", "2024", (), ()))
    template = own_template(tmp_path / "own.docx", known)
    letter = Letter(tmp_path / "a.docx", "甲", "2024", ("a.xlsx",), (), template=template)
    assert lines(letter_bytes(letter))[0] == "某市财政局关于甲的函"
    for text in ("{{ 密码 }}", "{{ 单位.__class__.__mro__ }}", "{% if %}"):
        own.paragraphs[0].runs[0].text = text
        own.save(str(tmp_path / "bad.docx"))
        with pytest.raises(Refusal, match="函件模板不能使用"):
            own_template(tmp_path / "bad.docx", known)
    (tmp_path / "no.docx").write_bytes(b"no zip")
    with pytest.raises(Refusal):
        own_template(tmp_path / "no.docx", known)


def test_everybody_is_written_to_and_packed_by_department(tmp_path: Path) -> None:
    from etl.cli import main

    roster = HOME / "samples" / "city" / "roster.csv"
    with pytest.raises(SystemExit):
        main(
            ["run", str(HOME / "samples" / "city"), "-o", str(tmp_path), "--roster", str(roster), "--quiet", "--letters",
             "--zips", "--reply-by", "2024-03-15"]
        )  # fmt: skip
    asked = {path.name: lines(path.read_bytes()) for path in (tmp_path / "letters" / "催报").iterdir()}
    missing = "\n".join(asked["苏州市社会福利综合服务站（催报函）.docx"])
    assert "尚未收到你单位2023年度" in missing and "于2024年3月15日前报送" in missing
    broken = "\n".join(asked["苏州市学校安全与后勤服务中心（重新报送）.docx"])
    assert "1．市教育局/苏州市学校安全与后勤服务中心.xlsx：文件不完整" in broken
    told_lines = list(csv.DictReader((tmp_path / "发送清单.csv").read_text("utf-8-sig").splitlines()))
    by_name = {line["单位"]: line for line in told_lines}
    assert by_name["苏州市社会福利综合服务站"]["状态"] == "未报"
    assert by_name["苏州市学校安全与后勤服务中心"]["状态"] == "无法读取"
    assert (
        by_name["苏州市特殊教育指导中心"]["状态"] == "通过" and not by_name["苏州市特殊教育指导中心"]["函件"]
    )
    for line in told_lines:
        with zipfile.ZipFile(tmp_path / line["压缩包"]) as packed:
            names = packed.namelist()
        for column, folder in (("退回文件", "returns/"), ("函件", "letters/")):
            for path in filter(None, line[column].split("；")):
                assert f"{column}/{path.removeprefix(folder)}" in names


def test_nobody_is_asked_again_for_a_file_that_we_did_not_read_and_old_notices_go(tmp_path: Path) -> None:
    missing, broken = Recipient("局", "甲"), Recipient("局", "乙", (), (("乙.xlsx", "文件不完整"),))
    ours = replace(broken, name="丙", lost=True)
    asked = notices([missing, broken, ours], 2024, None)
    assert set(asked) == {"催报/甲（催报函）.docx", "催报/乙（重新报送）.docx"}
    write_notices(tmp_path, asked)
    (tmp_path / "催报" / "领导批示.docx").write_bytes(b"the bureau's own")
    write_notices(tmp_path, notices([broken], 2024, None))
    assert {path.name for path in (tmp_path / "催报").iterdir()} == {"乙（重新报送）.docx", "领导批示.docx"}


def test_a_draft_that_gave_way_keeps_nobody_from_passing(city: Batch) -> None:
    (one,) = [one for one in recipients(city, None) if one.name == "苏州市社会救助事务所"]
    assert len(one.paths) == 2 and (one.errors, one.warnings, one.status) == (0, 0, "通过")
