"""Project lists the ways departments structure them: groups, parts, sources of money, prepared rows, page breaks.

Each bend takes a page as printed and numbers that choose a variation, and gives a page with the same projects.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from tests.bent import Cell, Page, inserted_row, row_of

NUMERALS = "一二三四五六七八九十"
TITLE = "苏州市市级部门整体预算绩效目标表"
NAME, SOURCE, HALF, FULL = 3, 4, 5, 6
"""The columns of a printed list: names over two columns, then the two amounts."""
ORDINALS: tuple[Callable[[int], str], ...] = (
    lambda n: f"{n}、",
    lambda n: f"{n}.",
    lambda n: f"({n})",
    lambda n: f"（{n}）",
    lambda n: chr(0x2460 + (n - 1) % 20),
    lambda n: "—",
    lambda n: f"{n}）",
)


def project_rows(page: Page) -> list[int]:
    """Return the rows of the projects, from the top."""
    return sorted({c.row for c in page.cells if c.where and c.where[0] == "projects"})


def value(page: Page, row: int, column: int) -> Decimal:
    """Return the amount of a row in a column."""
    return next(
        c.value for c in page.cells if (c.row, c.column) == (row, column) and isinstance(c.value, Decimal)
    )


def line(name: str, half: Decimal | None, full: Decimal | None, wide: bool = True) -> list[Cell]:
    """Return the cells of a row of the list that is no project of the tables."""
    cells = [Cell(1, NAME, name, None, "", 0, SOURCE if wide else 0)] if name else []
    cells += [Cell(1, HALF, half)] if half is not None else []
    return cells + ([Cell(1, FULL, full)] if full is not None else [])


def inserted(page: Page, before: int, rows: Iterable[list[Cell]]) -> Page:
    """Return a page with rows put in before a row, in order."""
    for cells in rows:
        page = inserted_row(page, before, cells)
        before += 1
    return page


def _sums(page: Page, rows: Iterable[int]) -> tuple[Decimal, Decimal]:
    chosen = list(rows)
    return (
        sum((value(page, row, HALF) for row in chosen), Decimal(0)),
        sum((value(page, row, FULL) for row in chosen), Decimal(0)),
    )


def groups(page: Page, cuts: Iterable[int], style: int, amounts: bool) -> Page:
    """Put a row above each stretch of projects: 一、…, （一）… or …类, with the sum of the stretch or without."""
    rows = project_rows(page)
    starts = sorted({0, *(cut % len(rows) for cut in cuts)})
    edges = [*starts, len(rows)]
    for number in reversed(range(len(starts))):
        inside = rows[edges[number] : edges[number + 1]]
        sums = _sums(page, inside) if amounts else (None, None)
        mark = (f"{NUMERALS[number % 10]}、", f"（{NUMERALS[number % 10]}）", "")[style % 3]
        name = f"{mark}{('专项', '部门预算', '公用', '信息化')[number % 4]}{number}类"
        page = inserted(page, inside[0], [line(name, *sums)])
    return page


def nested_groups(page: Page, cut: int) -> Page:
    """Put 一、 above all projects, （一） and （二） above its two stretches, all with their sums."""
    rows = project_rows(page)
    at = 1 + cut % (len(rows) - 1)
    for inside, mark in ((rows[at:], "（二）"), (rows[:at], "（一）")):
        page = inserted(page, inside[0], [line(f"{mark}部门项目", *_sums(page, inside))])
    rows = project_rows(page)
    return inserted(page, rows[0] - 1, [line("一、项目经费合计数", *_sums(page, rows))])


def parts(page: Page, position: int, style: int) -> Page:
    """Split a project into parts below it, which are said to be so: 其中, indented, or completing its sum."""
    rows = project_rows(page)
    row = rows[position % len(rows)]
    half, full = value(page, row, HALF), value(page, row, FULL)
    first = (half / 4).quantize(Decimal("0.01")), (full / 4).quantize(Decimal("0.01"))
    second = half - first[0], full - first[1]
    names = (
        ("其中：设计", "　　　监理"),
        ("其中:设计", "其中:监理"),
        ("其中：设计", "监理"),
        ("  其中：设计", "—监理"),
    )[style % 4]
    return inserted(page, row + 1, [line(names[0], *first), line(names[1], *second)])


def sources(page: Page, position: int, style: int) -> Page:
    """Fill in a project in two rows, one a source of money: its name merged over both, repeated, or left out below."""
    rows = project_rows(page)
    row = rows[position % len(rows)]
    half, full = value(page, row, HALF), value(page, row, FULL)
    part = (half / 4).quantize(Decimal("0.01")), (full / 4).quantize(Decimal("0.01"))
    name = next(
        c for c in page.cells if c.where and c.where[0] == "projects" and c.row == row and c.column == NAME
    )

    def lessened(cell: Cell) -> Cell:
        if cell.row != row or cell.where is None or cell.where[0] != "projects":
            return cell
        if cell.column == NAME:
            return replace(cell, last_column=NAME)
        return replace(cell, value=half - part[0] if cell.column == HALF else full - part[1])

    below = line("", *part)
    below.append(Cell(1, SOURCE, ("政府性基金", "自有资金", "上级补助资金")[position % 3]))
    if style % 3 == 1:
        below.append(Cell(1, NAME, name.value))
    page = inserted(page.map(lessened), row + 1, [below])
    page = replace(page, cells=(*page.cells, Cell(row, SOURCE, "一般公共预算")))
    if style % 3 == 0:
        page = page.map(
            lambda c: replace(c, last_row=row + 1) if c.where == name.where and c.row == row else c
        )
    return page


def column_between(page: Page, before: int, heading: str, kind: int) -> Page:
    """Put a column with a heading of its own before the names, between names and amounts, or between the two amounts."""
    head = max(
        c.row
        for c in page.cells
        if isinstance(c.value, str) and c.value.replace("\n", "") == "半年计划执行数"
    )
    rows = project_rows(page)
    stretched = page.map(
        lambda c: replace(
            c,
            column=c.column + (c.column >= before),
            last_column=c.last_column and c.last_column + (c.last_column >= before),
        )
    )
    cut = stretched.map(
        lambda c: (
            replace(c, last_column=before - 1)
            if c.row in (head, *rows) and c.column < before <= (c.last_column or c.column)
            else c
        )
    )
    cells = [Cell(head, before, heading)]
    for number, row in enumerate(rows, 1):
        filler: str | Decimal = (Decimal(number), f"A{number:03}", "万元", Decimal(number * 7))[kind % 4]
        cells.append(Cell(row, before, filler))
    return replace(cut, cells=(*cut.cells, *cells))


def prepared(page: Page, position: int, count: int, style: int) -> Page:
    """Leave rows prepared for projects: 0 and 0, with nothing or an ordinal for a name."""
    rows = project_rows(page)
    before = [*rows, rows[-1] + 1][position % (len(rows) + 1)]
    names = ("", "21、", "", "—")[style % 4]
    zero = Decimal(0)
    return inserted(page, before, [line(names, zero, zero) for _ in range(count)])


def name_in_two(page: Page, position: int, style: int) -> Page:
    """Type a project's name over two rows, its amounts beside the first or the second; cut at a bracket or anywhere."""
    rows = project_rows(page)
    row = rows[position % len(rows)]
    name = next(
        c for c in page.cells if c.where and c.where[0] == "projects" and c.row == row and c.column == NAME
    )
    assert isinstance(name.value, str)
    middle = len(name.value) // 2
    text, rest = name.value[:middle], name.value[middle:]
    if style % 4 < 2:
        text, rest = f"{name.value}（含全市各相关单位", "当年新增部分）"
    if style % 2 == 0:
        page = page.map(lambda c: replace(c, value=text) if c is name else c)
        return inserted(page, row + 1, [line(rest, None, None)])
    page = page.map(lambda c: replace(c, value=rest, where=None) if c is name else c)
    page = inserted(page, row, [[Cell(1, NAME, text, None, "", 0, SOURCE)]])
    return page.map(lambda c: replace(c, where=name.where) if (c.row, c.column) == (row, NAME) else c)


def numbered(page: Page, style: int) -> Page:
    """Put an ordinal in front of every project's name."""
    mark = ORDINALS[style % len(ORDINALS)]
    names = {row: number for number, row in enumerate(project_rows(page), 1)}
    return page.map(
        lambda c: (
            replace(c, value=f"{mark(names[c.row])}{c.value}")
            if c.where and c.where[0] == "projects" and c.where[2] == "name"
            else c
        )
    )


def page_break(page: Page, position: int, style: int) -> Page:
    """Repeat title, year, unit and headings in the middle of the list, as a further printed page has them."""
    rows = project_rows(page)
    before = rows[position % len(rows)]
    heads = [
        c
        for c in page.cells
        if isinstance(c.value, str) and c.value.replace("\n", "") in ("半年计划执行数", "全年预算数")
    ]
    last = max(c.row for c in heads)
    head = [replace(c, where=None) for c in heads if c.row == last]
    title = (f"{TITLE}（续表）", "续表", f"{TITLE}（第2页）", "（续上表）", f"{TITLE}(续一)")[style % 5]
    above = [[Cell(1, 1, title, None, "", 0, FULL)], [Cell(1, 1, "2023年度", None, "", 0, FULL)]]
    unit = [[Cell(1, FULL, "单位：万元")]]
    return inserted(
        page, before, [above[0], *(above[1:] if style % 2 else []), *(unit if style % 3 == 0 else []), head]
    )


def notes_below(page: Page, style: int) -> Page:
    """Put an explanation and a line to sign below the form."""
    last = max(c.area[2] for c in page.cells)
    texts = (
        ("填表说明：1.金额单位为万元。", "2.项目名称与批复一致。", "填报人：王某  联系电话：0512-1"),
        ("注：本表一式两份，一份报财政局，一份留存。", "填报日期：2023年2月1日"),
        ("说明", "一、半年数为累计数。", "二、全年数为预算数。"),
    )[style % 3]
    return replace(page, cells=(*page.cells, *(Cell(last + 2 + n, 1, text) for n, text in enumerate(texts))))


def goal_over_cells(page: Page, field: str, pieces: int) -> Page:
    """Paste a goal over several cells of its row, as text with tabs comes in."""
    row = row_of(page, ("forms", 0, field))
    goal = next(c for c in page.cells if c.where == ("forms", 0, field))
    assert isinstance(goal.value, str)
    size = -(-len(goal.value) // pieces)
    texts = [goal.value[start : start + size] for start in range(0, len(goal.value), size)]
    first = page.map(lambda c: replace(c, value=texts[0], last_column=0) if c is goal else c)
    return replace(
        first,
        cells=(*first.cells, *(Cell(row, goal.column + n, text) for n, text in enumerate(texts[1:], 1))),
    )
