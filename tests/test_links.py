"""Links between projects and duty lines: the published form separates, other departments' duties do not attract."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checks.frames.tables import Tables
from checks.likeness.links import (
    CERTAIN,
    Line,
    duty_lines,
    is_linked,
    lexicon_of,
    link_projects,
    overlap,
)
from checks.settings import Link, Settings
from etl.batch.read import read

SAMPLES = Path(__file__).parent.parent / "samples"
SERVED = (
    "驻苏高校", "贫困生", "学生资助工作经费", "中职免学费", "学生志愿", "阳光食堂", "教育装备工作", "实验实践教学",
)  # fmt: skip
"""The projects of the published form that a reader would tie to a duty line; the other twelve have none."""


@pytest.fixture(scope="module")
def published() -> Tables:
    return read([SAMPLES / "published"], workers=1).tables


@pytest.fixture(scope="module")
def city() -> Tables:
    return read([SAMPLES / "published", SAMPLES / "city"], workers=1).tables


def _named(tables: Tables, links: pd.DataFrame) -> pd.DataFrame:
    return links.assign(name=links["project"].map(tables.projects["name"]))


def test_the_published_form_separates(published: Tables) -> None:
    links = _named(published, link_projects(published, Settings()))
    served = links["name"].map(lambda name: any(word in name for word in SERVED))
    assert len(links) == 20 and served.sum() == 8
    assert links["score"][served].min() >= 600
    assert links["score"][~served].max() <= 200
    assert list(is_linked(links, Settings())) == list(served)


def test_the_nearest_indicator_of_the_line_is_named(published: Tables) -> None:
    links = _named(published, link_projects(published, Settings())).set_index("name")
    row = links.loc["内涵项目-驻苏高校困难学生资助经费", "indicator"]
    assert published.indicators.loc[row, "name"].startswith("在苏高校家庭经济困难大学生资助奖")


def _false_links(city: Tables, score: Callable[[str, str], int]) -> int:
    """Return how many (project, form of another department) pairs would be linked."""
    department = city.forms["path"].str.partition("/")[0]
    by_form: dict[int, list[Line]] = {}
    for line in duty_lines(city):
        by_form.setdefault(line.form, []).append(line)
    return sum(
        max(score(name, line.text) for line in lines) >= 500
        for name, form in zip(city.projects["name"], city.projects["form"], strict=True)
        for other, lines in by_form.items()
        if department[other] != department[form]
    )


_PLAIN = re.compile(
    r"内涵项目|设备项目|维修项目|项目|经费|专项|工作|活动|系列|相关|其他|全市|苏州市|市级|开展|做好|20[0-9]{2}年?度?|[^\u4e00-\u9fff]+"
)


def _plain_score(name: str, text: str) -> int:
    """Score by plain pairs: the baseline."""
    own, other = (
        {part[i : i + 2] for part in _PLAIN.split(whole) for i in range(len(part) - 1)}
        for whole in (name, text)
    )
    return len(own & other) * CERTAIN // len(own) if own else 0


def test_other_departments_attract_fewer_projects_than_by_plain_pairs(city: Tables) -> None:
    words = lexicon_of(Settings())
    ours = _false_links(city, lambda name, text: overlap(name, text, words))
    assert ours <= 4
    assert ours * 3 < _false_links(city, _plain_score)


def test_a_project_of_the_city_finds_a_line_of_its_own_form(city: Tables) -> None:
    links = _named(city, link_projects(city, Settings()))
    own = city.forms["path"].str.contains("/")
    projects = links[links["name"].str.endswith("项目") & links["form"].map(own)]
    assert len(projects) > 90 and is_linked(projects, Settings()).all()


@pytest.mark.parametrize(
    "task", ["教育装备建设工作", "自制教具评比、实验教学技能大赛、论文评比、新产品新技术展示"]
)
def test_a_reviewers_link_is_honoured_in_later_years(published: Tables, task: str) -> None:
    agency = published.forms["agency"].iloc[0]
    settings = Settings(links=(Link(agency, "设备项目-2022年设备购置项目", task),))
    links = _named(published, link_projects(published, settings)).set_index("name")
    found = links.loc["设备项目-2023年设备购置项目"]
    assert found["score"] == CERTAIN
    assert published.indicators.loc[found["indicator"], "level2"] == "教育装备建设工作"
    others = link_projects(published, Settings())
    assert (links["score"].to_numpy() != others["score"].to_numpy()).sum() == 1


def test_a_reviewers_link_of_another_agency_changes_nothing(published: Tables) -> None:
    settings = Settings(links=(Link("苏州市别处", "设备项目-2023年设备购置项目", "教育装备建设工作"),))
    pd.testing.assert_frame_equal(link_projects(published, settings), link_projects(published, Settings()))


def test_links_do_not_depend_on_what_else_is_in_the_stack(published: Tables, city: Tables) -> None:
    alone = _named(published, link_projects(published, Settings()))
    together = _named(city, link_projects(city, Settings()))
    form = city.forms.index[city.forms["agency"] == published.forms["agency"].iloc[0]][0]
    same = together[together["form"] == form]
    assert list(same["score"]) == list(alone["score"]) and list(same["name"]) == list(alone["name"])


@given(st.text(alphabet="公园设施维修购置项目经费教育装备A1 -（）2023年", max_size=40), st.text(max_size=60))
def test_a_score_is_a_share(name: str, text: str) -> None:
    words = lexicon_of(Settings())
    assert 0 <= overlap(name, text, words) <= CERTAIN
    assert overlap(name, f"{text}\n{name}", words) in (0, CERTAIN)
