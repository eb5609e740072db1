"""The desk in a real browser: a folder dropped, decisions by keys, in bulk and undone, the next round; with and without script."""

from __future__ import annotations

import io
import shutil
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
pytest.importorskip("multipart")
pytest.importorskip("httpx2")
pytest.importorskip("playwright.sync_api")

from etl.store.ledger import read_ledger
from tests.desks import CITY, copied, desk_at, worked_home
from tests.test_desk_jobs import free_port

pytestmark = pytest.mark.needs_chromium


@contextmanager
def running(desk: Any) -> Iterator[str]:
    """Give the address of a desk that is served."""
    import uvicorn

    from etl.desk.app import application

    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(application(desk, {f"127.0.0.1:{port}"}), port=port, log_level="error")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@contextmanager
def page_of(chromium: Any, address: str, desk: Any, **more: Any) -> Iterator[Any]:
    """Give a page that has come in; it asks for nothing but the desk, and no script of it fails."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN", **more)
    page = context.new_page()
    asked: set[str] = set()
    wrong: list[str] = []
    page.on("request", lambda request: asked.add("/".join(request.url.split("/")[:3])))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console",
        lambda said: wrong.append(said.text) if said.type == "error" and "409" not in said.text else None,
    )
    page.goto(f"{address}/enter?token={desk.entry.token}")
    yield page
    assert asked <= {address} and not wrong, (asked, wrong)
    context.close()


def hand_in(page: Any, folder: Path, name: str) -> None:
    page.set_input_files("input[webkitdirectory]", folder)
    page.set_input_files("input[name=roster]", CITY / "roster.csv")
    page.fill("input[name=name]", name)
    page.fill("input[name=year]", "2023")
    page.click("form[data-drop] button.main")


def test_from_a_dropped_folder_to_downloaded_returns_and_the_next_round(
    chromium: Any, tmp_path: Path
) -> None:
    desk = desk_at(tmp_path / "home")
    with running(desk) as address, page_of(chromium, address, desk) as page:
        hand_in(page, CITY, "第一轮")
        assert "roster.csv" in page.inner_text("main"), "what was not taken is said"
        page.click("main a.main")
        page.wait_for_selector("table.board", timeout=240_000)
        page.keyboard.press("/")
        page.keyboard.type("青少年科技")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=*")
        assert page.locator("table.board tbody tr").count() == 1
        page.click("a:has-text('青少年科技')")
        page.wait_for_selector("article.finding")
        page.keyboard.press("j")
        place = page.evaluate("document.activeElement.querySelector('a.place').getAttribute('href')")
        assert page.evaluate("document.activeElement.id") == f"m{place[2:]}"
        page.keyboard.press("3")
        page.wait_for_selector(".undo")
        assert {event.review for event in read_ledger(desk.home.output(1)).live.values()} == {"误报"}
        page.wait_for_load_state()  # keys are heard once the page has come to its end
        page.keyboard.press("u")
        page.wait_for_selector(".undo", state="detached")
        assert not read_ledger(desk.home.output(1)).live
        cell = page.locator("td[data-m]").first
        cell.click()
        assert page.evaluate("document.activeElement.id") == cell.get_attribute("data-m")
        page.goto(f"{address}/b/1/findings?severity=warning")
        page.check("[data-all]")
        page.select_option(".bulk select", "必须修改")
        page.click(".bulk button")
        page.wait_for_selector(".undo")
        decided = read_ledger(desk.home.output(1)).live
        assert len(decided) > 5 and {event.review for event in decided.values()} == {"必须修改"}
        page.goto(f"{address}/b/1/downloads")
        page.click("main .notice button")
        page.wait_for_selector("text=全部决定已写入", timeout=240_000)
        with page.expect_download() as waited:
            page.click("a[href$='returns.zip']")
        returns = zipfile.ZipFile(io.BytesIO(Path(waited.value.path()).read_bytes()))
        assert len(returns.namelist()) == 20
        returns.extractall(tmp_path / "corrected")
        page.goto(f"{address}/")
        assert page.input_value("select[name=previous]") == "1", "the round before is preselected"
        hand_in(page, tmp_path / "corrected", "第二轮")
        page.wait_for_selector("table.board", timeout=240_000)
        page.goto(f"{address}/b/2/findings?verdict=必须修改")
        assert page.locator("table.findings tbody tr").count() >= len(decided) - 1


def test_the_same_without_script(chromium: Any, tmp_path: Path) -> None:
    desk = desk_at(tmp_path / "home")
    small = tmp_path / "in" / "市教育局"
    shutil.copytree(CITY / "市教育局", small)
    with running(desk) as address, page_of(chromium, address, desk, java_script_enabled=False) as page:
        hand_in(page, small, "第一轮")
        page.wait_for_selector("table.board", timeout=240_000)
        page.click("a:has-text('青少年科技')")
        page.locator("article.finding button:has-text('误报')").first.click()
        assert read_ledger(desk.home.output(1)).live
        page.click(".undo button")
        assert not read_ledger(desk.home.output(1)).live
        page.goto(f"{address}/b/1/findings")
        page.locator("input[name=key]").first.check()
        page.click(".bulk button")
        assert len(read_ledger(desk.home.output(1)).live) == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(
    chromium: Any, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, scheme: str
) -> None:
    desk = desk_at(copied(worked_home(tmp_path_factory), tmp_path / "home"))
    with running(desk) as address, page_of(chromium, address, desk, color_scheme=scheme) as page:
        for path in (
            "/",
            "/b/1",
            "/b/1/findings",
            "/b/1/rules",
            "/b/1/files",
            "/b/1/downloads",
            "/b/1/ledger",
            "/b/1/f/14",
            "/settings",
            "/help",
        ):
            page.goto(f"{address}{path}")
            for width in (1366, 683):  # 683: 1366 at 200 %
                page.set_viewport_size({"width": width, "height": 768})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, width)
                hidden = page.evaluate(
                    "Array.from(document.querySelectorAll('main form, main table, header, h1'), x => [x.outerHTML.slice(0, 80),"
                    " x.checkVisibility()]).filter(x => !x[1] && !x[0].includes('hidden'))"
                )
                assert all("<table" in one[0] for one in hidden), (path, hidden)
