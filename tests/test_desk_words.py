"""What the desk says: every sentence in both languages, every template drawn, no request to anywhere else."""

from __future__ import annotations

import re

import pytest

from etl.desk.english import ENGLISH
from tests.test_cli import HOME

TEMPLATES = sorted((HOME / "etl" / "desk" / "templates").glob("*.html"))
SAID = re.compile(r't\("([^"]*)"')


def test_every_sentence_of_the_templates_is_there_in_english_and_no_other() -> None:
    said = {text for path in TEMPLATES for text in SAID.findall(path.read_text("utf-8"))}
    assert said == set(ENGLISH)


def test_what_is_filled_in_is_the_same_in_both() -> None:
    fields = re.compile(r"\{\w+\}")
    assert not [zh for zh, en in ENGLISH.items() if sorted(fields.findall(zh)) != sorted(fields.findall(en))]
    assert all(en.strip() for en in ENGLISH.values())


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_has_chinese_outside_the_table(path: object) -> None:
    from pathlib import Path

    text = (
        SAID.sub("", Path(str(path)).read_text("utf-8")).replace('"中文"', "").replace('rule.doc["公式"]', "")
    )
    assert not re.findall(r"[\u4e00-\u9fff]+", text)


@pytest.mark.parametrize("name", ["desk.css", "desk.js"])
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    text = (HOME / "etl" / "desk" / "templates" / name).read_text("utf-8")
    assert not re.search(r"https?:|['\"(]//|@import|url\(", text)
    assert "innerHTML" not in text and "eval(" not in text
