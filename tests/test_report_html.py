"""The page of a batch: complete, closed in itself, and deaf to what a workbook tries to make it do."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from checks.finding import Finding, Severity
from checks.given.inputs import Inputs
from checks.settings import Settings
from etl.batch.model import Batch
from etl.batch.recipients import told_to_departments
from etl.batch.whole import form_sheets, run_batch
from etl.cell.grid import Cell, Sheet, Workbook
from etl.frames.build import CellPlace
from etl.frames.located import Located
from etl.frames.told import told
from etl.intake.submissions import find_submissions
from etl.report import drawing
from etl.report.drawing import sections_of
from etl.report.page import write_report
from etl.report.section import file_section
from etl.returns.write import begin_returns
from etl.sheets.outline import outlines
from etl.store.read import StoredPlaces
from tests.here import Here
from tests.test_cli import HOME, PUBLISHED

NASTY = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\"'><b onclick=1>&amp;\x1b\u202e"


HELD = re.compile(r'<script type="text/plain">(.*?)</script>', re.DOTALL)
"""A form as the page holds it until it is opened."""


class Page(HTMLParser):
    """The elements of a page with their attributes, and that every element that was opened was closed."""

    VOID = frozenset({"meta", "input", "br", "img"})
    """Elements that nothing closes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        text = HELD.sub(r"\1", text)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> Iterator[dict[str, str | None]]:
        return (attributes for name, attributes in self.elements if name == tag)


def page_of(batch: Batch, folder: Path) -> str:
    submissions = find_submissions([HOME / "samples" / "city", PUBLISHED])[0]
    assert isinstance(batch.stack.located, StoredPlaces)
    sections = sections_of(batch.stack.located.store, batch)
    begin_returns(batch, submissions, folder / "returns", "zh", Here(), sections=sections)()
    write_report(folder / "report.html", batch, sections.numbers, sections.texts("zh"), "zh")
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def batch() -> Batch:
    submissions, skipped = find_submissions([HOME / "samples" / "city", PUBLISHED])
    return run_batch([replace(s, outlined=True) for s in submissions], skipped, Settings(), Inputs(), Here())


@pytest.fixture(scope="module")
def report(batch: Batch, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    page_of(batch, folder)
    return folder / "report.html"


def test_every_form_is_listed_and_drawn(batch: Batch, report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    assert page.open == []
    count = len(batch.stack.tables.forms)
    broken = sum(file.status == "unreadable" for file in batch.files)
    assert sum("data-f" in attributes for attributes in page.named("tr")) == count + broken
    assert sum(attributes.get("class") == "form card" for attributes in page.named("details")) == len(
        form_sheets(batch)
    )


def test_every_finding_is_told_and_every_link_arrives(batch: Batch, report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = [str(a["href"]) for a in page.named("a")]
    targets = [link[1:] for link in links if link.startswith("#") and "=" not in link] + [
        str(a["data-m"]) for a in page.named("td") if "data-m" in a
    ]
    assert set(targets) <= set(ids)
    lines = [line for own in told_to_departments(batch).values() for line in told(own) if line.places]
    assert sum(str(name).startswith("m") for name in ids) == len(lines)


def test_a_marked_cell_says_why(report: Path) -> None:
    page = Page(report.read_text(encoding="utf-8"))
    marked = [a for a in page.named("td") if "data-m" in a]
    assert any(
        "[1] 项目支出(半年)填2268万元" in str(a["title"]) and "at error" in str(a["class"]) for a in marked
    )
    assert all(a["tabindex"] == "0" and a["aria-label"] for a in marked)


def test_nothing_outside_is_asked_for(report: Path) -> None:
    text = report.read_text(encoding="utf-8")
    page = Page(text)
    assert not any(name in ("link", "img", "iframe", "object", "form", "base") for name, _ in page.elements)
    assert not any(key in attributes for _, attributes in page.elements for key in ("src", "style", "srcset"))
    assert not re.search(r"https?:|url\(|@import", text)
    assert "default-src 'none'" in text and len(list(page.named("script"))) == 1, (
        "what forms are held in is no script"
    )


def test_many_forms_only_those_that_matter_are_drawn(
    batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "MOST_DRAWN", 5)
    text = page_of(batch, tmp_path)
    drawn = sum(a.get("class") == "form card" for a in Page(text).named("details"))
    assert f"共{len(form_sheets(batch))}个文件，只画出有错误或警告的{drawn}个。" in text
    assert drawn == len({e.finding.path for e in batch.located if e.cells and e.finding.severity != "info"})


def hostile() -> str:
    sheet = Sheet(
        NASTY, {(1, 1): Cell("text", NASTY), (2, 2): Cell("no_result", "", 0, NASTY)}, ((1, 1, 1, 2),)
    )
    said = Finding(
        "AR01", Severity.ERROR, NASTY, NASTY, (), {"zh": NASTY, "en": NASTY}, hypothesis={"zh": NASTY}
    )
    located = [Located(said, (CellPlace(NASTY, NASTY, 1, 1),), explanation=NASTY, review=NASTY)]
    return file_section(1, NASTY, NASTY, outlines(Workbook((sheet,)), [NASTY]), located, "zh")


def test_hostile_text_stays_text() -> None:
    section = hostile()
    page = Page(section)
    assert page.open == []
    assert {name for name, _ in page.elements} <= {
        "details", "summary", "span", "div", "p", "table", "thead", "tbody", "tr", "th", "td", "ol", "li", "a", "code", "i",
    }  # fmt: skip
    assert not any(key.startswith("on") for _, attributes in page.elements for key in attributes)
    assert "\x1b" not in section and "\u202e" not in section


def chromium(page: Path, profile: Path) -> tuple[str, str]:
    command = [
        "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=3000", "--enable-logging=stderr",
        f"--user-data-dir={profile}", "--dump-dom",
    ]  # fmt: skip
    done = subprocess.run(
        [*command, page.as_uri()], capture_output=True, timeout=120, check=True, env=os.environ
    )
    return done.stdout.decode(), done.stderr.decode()


@pytest.mark.needs_chromium
def test_it_runs_in_a_browser_without_a_word(report: Path, tmp_path: Path) -> None:
    probe = (
        "<script>var q=document.getElementById('q');q.value='城市书房';q.dispatchEvent(new Event('input'));"
        "document.querySelector(\"tr[data-f*='城市书房'] a\").click();"
        "document.title=[document.querySelectorAll('tr[data-f]:not([hidden])').length,"
        "document.querySelectorAll('details[open]').length,document.documentElement.scrollWidth<=innerWidth].join()</script>"
    )
    text = report.read_text(encoding="utf-8").replace("</body>", probe + "</body>")
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    (tmp_path / "probe.html").write_text(policy.sub("", text), encoding="utf-8")
    dom, said = chromium(tmp_path / "probe.html", tmp_path / "profile")
    assert "<title>1,1,true</title>" in dom
    assert "CONSOLE" not in said
    dom, said = chromium(report, tmp_path / "profile")
    assert "CONSOLE" not in said and 'id="none" hidden' in dom


@pytest.mark.needs_chromium
@pytest.mark.parametrize("guarded", [True, False])
def test_hostile_text_does_nothing_in_a_browser(report: Path, tmp_path: Path, guarded: bool) -> None:
    text = report.read_text(encoding="utf-8").replace("<footer>", hostile() + "<footer>")
    if not guarded:
        text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", text)
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    dom, said = chromium(tmp_path / "page.html", tmp_path / "profile")
    assert "<title>部门整体预算绩效目标审核报告</title>" in dom
    assert "CONSOLE" not in said


@pytest.mark.needs_chromium
def test_filters_addresses_sorting_and_printing(report: Path, tmp_path: Path) -> None:
    probe = """<script>
    var out=[], rows=function(){return document.querySelectorAll('tr[data-f]:not([hidden])').length};
    var pick=function(id,v){var e=document.getElementById(id);e.value=v;e.dispatchEvent(new Event('change'))};
    var all=rows(), q=document.getElementById('q');
    out.push(document.querySelectorAll('table.grid').length);
    q.value='漏填了小数'; q.dispatchEvent(new Event('input')); out.push(rows()); q.value='AR05'; q.dispatchEvent(new Event('input'));
    out.push(rows()>0 && rows()<all); document.getElementById('clear').click(); out.push(rows()===all);
    pick('by-rule','HF03'); out.push(rows()); out.push(document.querySelectorAll('ol.says>li:not([hidden])').length); pick('by-rule','');
    pick('by-severity','error'); out.push(rows()<all); pick('by-severity',''); pick('by-state','passed');
    out.push([].every.call(document.querySelectorAll('tr[data-f]:not([hidden]) td.n.error'),function(c){return c.textContent==='·'}));
    pick('by-state','');
    document.querySelectorAll('#agencies th button')[0].click(); var first=document.querySelector('tr[data-f]').textContent;
    document.querySelectorAll('#agencies th button')[0].click(); out.push(first!==document.querySelector('tr[data-f]').textContent);
    window.dispatchEvent(new Event('beforeprint'));
    out.push(document.querySelectorAll('details[open]').length===document.querySelectorAll('tr[data-n]').length);
    window.dispatchEvent(new Event('afterprint')); out.push(document.querySelectorAll('details[open]').length);
    location.hash='m1-1'; setTimeout(function(){
      out.push(document.querySelectorAll('details[open]').length, document.querySelectorAll('table.grid').length>0, document.getElementById('f1').open);
      document.title=out.join();
    },300);
    </script>"""
    text = report.read_text(encoding="utf-8").replace("</body>", probe + "</body>")
    policy = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
    (tmp_path / "probe.html").write_text(policy.sub("", text), encoding="utf-8")
    dom, said = chromium(tmp_path / "probe.html", tmp_path / "profile")
    assert "<title>0,1,true,true,2,2,true,true,true,true,0,1,true,true</title>" in dom, re.findall(
        "<title>.*?<", dom
    )
    assert "CONSOLE" not in said
