"""The manual for bureau staff and what is double-clicked: as they go into the bundle."""

from __future__ import annotations

import re

import pytest

from checks.telling.handbook import all_rules
from docs.manual import SOURCE, page
from etl.intake.config import settings_of
from tests.test_cli import HOME

TEXT = SOURCE.read_text(encoding="utf-8")
STARTERS = sorted((HOME / "bundle" / "start").glob("*.cmd"))


def test_the_page_needs_nothing_outside_itself() -> None:
    shown = page()
    asked = re.findall(r"""(?:src|href)=["']([^"']*)""", shown)
    assert not [target for target in asked if not target.startswith(("data:image/png;base64,", "#"))]
    assert not [word for word in ("http:", "https:", "url(") if word in shown]
    assert len(re.findall("<img", shown)) >= 5


def test_its_links_lead_somewhere_and_it_has_eight_steps() -> None:
    shown = page()
    there = set(re.findall(r'id="([^"]+)"', shown))
    steps = re.findall(r'href="#([^"]+)"', shown)
    assert set(steps) <= there
    assert steps[:8] == [
        "安装",
        "收表",
        "第一次审核",
        "看结果",
        "读一份退回文件",
        "发给单位",
        "第二轮",
        "改配置",
    ]


def test_its_settings_can_be_read() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", TEXT, re.S)
    settings = settings_of(example)
    assert settings.fiscal_year == 2023
    assert settings.waivers[0].code == "HF10"


def test_every_threshold_of_a_rule_is_listed() -> None:
    named = {name for rule in all_rules() for name in re.findall(r"\((\w+)\)", rule.doc.get("公式", ""))}
    listed = set(re.findall(r"(?m)^\| `(\w+)` \|", TEXT))
    from checks.settings import THRESHOLDS

    assert named & THRESHOLDS.keys() <= listed
    assert len(listed) > 30


def test_its_commands_are_commands_with_these_options() -> None:
    from etl.cli import cli

    for command, options in re.findall(r"(?m)^jixiao (\w+)(.*)$", TEXT):
        known = {option for parameter in cli.commands[command].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--?[a-z-]+", options)) <= known, command


@pytest.mark.parametrize("starter", STARTERS, ids=lambda path: path.name)
def test_starters_are_plain_and_start_what_they_say(starter: object) -> None:
    text = (HOME / "bundle" / "start" / str(starter)).read_text(encoding="utf-8")
    assert text.isascii(), "cmd.exe reads it in the machine's own code page"
    assert text.startswith("@echo off")


def test_what_is_double_clicked_is_in_the_manual() -> None:
    started = {
        path.name: path.read_text(encoding="utf-8")
        for path in STARTERS
        if not path.name.startswith("install")
    }
    assert set(started) == {"绩效.cmd", "桌面.cmd"}
    assert all(f"`{name}`" in TEXT and "PYTHONUTF8=1" in text for name, text in started.items())
    assert "-m jixiao desk --open" in started["桌面.cmd"]
    assert "-m etl.commands.drop %*" in started["绩效.cmd"]
