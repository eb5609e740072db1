"""jixiao.toml: what it may say, and that what it may not say is an error with its line."""

from __future__ import annotations

import datetime
import os
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from checks.finding import Severity
from checks.given.inputs import Inputs
from checks.settings import THRESHOLDS, WORDS, Settings, Waiver
from etl.batch.chunk import check_readings
from etl.cli import cli
from etl.intake.config import find_config, read_config, ruling, settings_of
from etl.intake.submissions import find_submissions
from etl.safe.refusal import Refusal
from tests.cases import Case
from tests.clean import FORMS
from tests.paper import paper, read_bytes

FULL = """
year = 2023
trial = ["IG20"]

[rules]
TX11 = true
HF03 = false

[severities]
CF04 = "warning"

[thresholds]
execution_rate_warning_pp = 2.5

[[waivers]]
agency = "苏州市园林绿地养护中心"
code = "HF10"
reason = "暑期施工"
until = 2023-12-31

[[links]]
agency = "苏州市园林绿地养护中心"
project = "物业管理经费"
key_task = "运行市民投诉办理平台，办理公园绿地服务投诉。"
"""


def test_everything_that_can_be_set() -> None:
    settings = settings_of(FULL)
    assert settings.fiscal_year == 2023
    assert settings.switched == {"TX11": True, "HF03": False}
    assert settings.severities == {"CF04": Severity.WARNING}
    assert settings.threshold("execution_rate_warning_pp") == 2.5
    assert settings.trial == {"IG20"}
    assert settings.waivers == (
        Waiver("苏州市园林绿地养护中心", "HF10", "暑期施工", datetime.date(2023, 12, 31)),
    )
    assert settings.links[0].project == "物业管理经费"


_WAIVER = "[[waivers]]\nagency = 'a'\ncode = 'AR01'\nreason = '尾款'\nuntil = 2024-01-01\n"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ("\n[rulez]\nAR01 = true", 2, "rulez"),
        ("[rules]\nAR01 = true\nAR99 = false", 3, "AR99"),
        ("[rules]\nAR01 = 'yes'", 2, "true"),
        ("[severities]\nAR01 = 'fatal'", 2, "error"),
        ("[thresholds]\n\nnonsense = 3", 3, "nonsense"),
        ("[thresholds]\ngoal_shortest = -1", 2, "goal_shortest"),
        ("[thresholds]\ngoal_shortest = '10'", 2, "goal_shortest"),
        ("trial = ['ZZ01']", 1, "ZZ01"),
        ("[[waivers]]\nagency = 'a'\ncode = 'AR01'\nreasons = 'x'", 4, "reasons"),
        ("[[waivers]]\nagency = 'a'\ncode = 'AR77'\nreason = 'x'", 3, "AR77"),
        ("year = 23", 1, "year"),
        ("\nyear = true", 2, "year"),
        ("\nrules = 3", 2, "rules"),
        ("[waivers]\nagency = 'a'", 1, "waivers"),
        ("links = ['a']", 1, "links"),
        ("trial = 'HF03'", 1, "trial"),
        ("\nrules.AR99 = true", 2, "AR99"),
        ("[thresholds]\ngoal_long = 900\ngoal_short = inf", 3, "goal_short"),
        ("[thresholds]\ngoal_long = 1" + "0" * 400, 2, "goal_long"),
        ("[words]\nrunning_cost = ['体检', '']", 2, "running_cost"),
        ("[words]\nsynonyms = ['在苏=驻苏', '维保']", 2, "synonyms"),
        ("[words]\nsynonyms = ['=驻苏']", 2, "synonyms"),
        (_WAIVER + _WAIVER.replace("2024-01-01", "'明年'"), 10, "until"),
        (_WAIVER + _WAIVER.replace("2024-01-01", "2024-01-01T08:00:00"), 10, "until"),
        (_WAIVER + "[[waivers]]\nagency = 'b'\ncode = 'AR02'\n", 6, "reason"),
        (_WAIVER + "[rules]\nAR01 = 1\n", 7, "AR01"),
    ],
)
def test_what_does_not_exist_is_an_error_with_its_line(text: str, line: int, word: str) -> None:
    with pytest.raises(Refusal) as refused:
        settings_of(text)
    assert f"line {line}:" in str(refused.value)
    assert word in str(refused.value)


def test_every_threshold_and_word_list_can_be_set_to_what_it_is() -> None:
    numbers = "\n".join(f"{name} = {value}" for name, value in THRESHOLDS.items())
    words = "\n".join(f"{name} = {list(value)}" for name, value in WORDS.items())
    settings = settings_of(f"[thresholds]\n{numbers}\n[words]\n{words}")
    assert (dict(settings.thresholds), dict(settings.words)) == (dict(THRESHOLDS), dict(WORDS))


def test_every_threshold_and_word_list_is_used() -> None:
    root = Path(__file__).parent.parent / "checks"
    code = "".join(
        path.read_text(encoding="utf-8") for path in root.rglob("*.py") if path.name != "settings.py"
    )
    unused = [
        name
        for name in (*THRESHOLDS, *WORDS)
        if f'"{name}"' not in code and name.rsplit("_", 1)[0] not in code
    ]
    assert unused == []


def test_settings_nested_too_deep_or_too_large_are_refused(tmp_path: Path) -> None:
    for text in (
        f"a = {'[' * 5_000}{']' * 5_000}",
        "a = " + "{b=" * 3_000 + "1" + "}" * 3_000,
        "#" * 1_000_001,
    ):
        (tmp_path / "jixiao.toml").write_text(text)
        with pytest.raises(Refusal, match=r"jixiao\.toml: 嵌套太深|太大"):
            read_config(tmp_path / "jixiao.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("option", ["--config", "--roster", "--approved", "--actuals", "--last-year"])
def test_a_pipe_is_not_waited_for(option: str, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "form.xlsx").write_bytes(paper().data)
    asked = [str(tmp_path / "form.xlsx"), option, str(tmp_path / "pipe")]
    done = CliRunner().invoke(cli, ["check", *asked])
    assert isinstance(done.exception, Refusal) and "not a regular file" in str(done.exception)


def test_broken_toml_is_refused() -> None:
    with pytest.raises(Refusal):
        settings_of("[rules\n")


def test_settings_come_from_the_bureaus_own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox, bureau, desk = (tmp_path / name for name in ("in", "bureau", "desk"))
    for folder in (inbox, bureau, desk):
        folder.mkdir()
    monkeypatch.chdir(desk)
    assert find_config([inbox], ()) is None
    (bureau / "jixiao.toml").write_text(FULL, encoding="utf-8")
    assert find_config([inbox], (None, bureau / "out")) == bureau / "jixiao.toml"
    (desk / "jixiao.toml").write_text(FULL, encoding="utf-8")
    assert find_config([inbox], (bureau / "roster.csv",)) == desk / "jixiao.toml"
    assert read_config(desk / "jixiao.toml").fiscal_year == 2023
    with pytest.raises(Refusal):
        read_config(tmp_path / "none.toml")


@pytest.mark.parametrize("asked", [["A", "B"], ["B", "A"], ["A"], ["A/a.xlsx", "B/b.xlsx"], ["A/inner"]])
def test_a_departments_settings_rule_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[str]
) -> None:
    for name in ("A/a.xlsx", "A/inner/c.xlsx", "B/b.xlsx", "A/jixiao.toml", "A/inner/jixiao.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert find_config([Path(name) for name in asked], (None, Path("out"))) is None
    skipped = find_submissions([Path("A")])[1]
    assert {s.relative: s.code for s in skipped} == {
        "jixiao.toml": "settings",
        "inner/jixiao.toml": "settings",
    }


def test_what_ruled_is_said() -> None:
    ruled = settings_of("[rules]\nAR01 = false\nAR02 = true\n")
    assert ruling(ruled, "zh") == "配置：默认；按配置停用的规则：1条"
    assert (
        ruling(replace(ruled, source="x/jixiao.toml"), "en")
        == "settings: x/jixiao.toml; rules switched off by them: 1"
    )


def codes(case: Case, settings: Settings) -> list[tuple[str, str, bool]]:
    checked = check_readings([read_bytes(paper(case).data)], settings, Inputs())
    return [(e.finding.code, str(e.finding.severity), e.finding.trial) for e in checked.located]


def test_settings_reach_the_rules() -> None:
    case = Case("HF03", {"indicators[7].half": "≥100%"})
    assert codes(case, Settings()) == [("HF03", "warning", False)]
    assert codes(case, Settings(switched={"HF03": False})) == []
    assert codes(case, Settings(severities={"HF03": Severity.ERROR})) == [("HF03", "error", False)]
    assert codes(case, Settings(trial=frozenset({"HF03"}))) == [("HF03", "warning", True)]


def test_thresholds_reach_the_rules() -> None:
    goal = FORMS["annual_goal"].replace("，市民满意度不低于90%", "")
    values = {"indicators[45].half": "≥75%", "indicators[45].full": "≥78%"}
    case = Case("IG19", values | {"forms.annual_goal": goal})
    assert codes(case, Settings()) == [("IG19", "warning", False)]
    assert codes(case, Settings(thresholds={"satisfaction_lowest": 75})) == []
