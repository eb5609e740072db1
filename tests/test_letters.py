"""退回说明: who gets one, what it says, and that nothing in a workbook gets into its name or its markup."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import docx
import pytest

from checks.finding import Finding, Severity
from etl.batch.model import Batch
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.marked.lines import Line
from etl.returns.letters import Letter, letter_bytes, letters_of, values, write_letters
from etl.rounds.records import FileRound
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
    warnings = sum(entry.finding.severity == "warning" for entry in letter.located)
    assert (
        f"2023年度《苏州市市级部门整体预算绩效目标表》收悉。经审核，发现须改正的错误1条、须核实的警告{warnings}条"
        in text[2]
    )
    first = text.index("一、须改正的错误") + 1
    assert text[first].startswith("1．绩效目标表E18单元格：项目支出(半年)填2268万元")
    assert "处理：按各项目半年计划执行数重新合计" in text[first] and text[first].endswith("（AR05）")
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
    assert f"本次为第2轮审核。与上一轮相比，已改3条，未改{len(letter.located)}条，新增0条。" in text


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
    local = {"部分", "意见", "loop", "endif", "endfor"}
    given = values(Letter(Path(), "甲", "2023", (), ()))
    assert named - local == set(given)
