"""Forms bent the ways departments bend them: the same figures, another shape of workbook.

A `Page` is a sheet before it is written: cells, merges, formulas, hidden rows. Each bend returns pages
and keeps in `Cell.where` which value a cell holds, so that a test knows where every figure went.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal

from etl.cell.grid import Area
from etl.form.layout import FilledForm, lay_out
from etl.form.places import Where
from tests.known_forms import FORM_2023


@dataclass(frozen=True, slots=True)
class Cell:
    """A value on a page; `formula` is written with `value` as its cached result, `code` is its number format."""

    row: int
    column: int
    value: str | Decimal
    where: Where | None = None
    formula: str = ""
    last_row: int = 0
    last_column: int = 0
    code: str = ""

    @property
    def area(self) -> Area:
        return (self.row, self.column, self.last_row or self.row, self.last_column or self.column)


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet to be written."""

    name: str
    cells: tuple[Cell, ...]
    hidden_rows: frozenset[int] = field(default=frozenset())

    def map(self, change: Callable[[Cell], Cell | None]) -> Page:
        return replace(self, cells=tuple(new for cell in self.cells if (new := change(cell)) is not None))


Pages = tuple[Page, ...]


def straight(filled: FilledForm, name: str = "绩效目标表") -> Page:
    """Return a form as printed."""
    layout = lay_out(FORM_2023, filled)
    cells = []
    for box in layout.boxes:
        if box.value in (None, ""):
            continue
        top, left, bottom, right = box.area
        cells.append(Cell(top, left, box.value, box.where, "", bottom, right))
    return Page(name, tuple(cells))


def workbook_bytes(pages: Pages) -> bytes:
    """Return pages as a workbook, formulas with their cached results."""
    import xlsxwriter

    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    formats = {
        code: book.add_format({"num_format": code}) if code else None
        for code in sorted({cell.code for page in pages for cell in page.cells})
    }
    for page in pages:
        sheet = book.add_worksheet(page.name)
        for cell in page.cells:
            top, left, bottom, right = (number - 1 for number in cell.area)
            if (bottom, right) != (top, left):
                sheet.merge_range(top, left, bottom, right, "")
            shown = formats[cell.code]
            if cell.formula:
                result = cell.value if isinstance(cell.value, str) else float(cell.value)
                sheet.write_formula(top, left, cell.formula, shown, result)
            elif isinstance(cell.value, Decimal):
                sheet.write_number(top, left, float(cell.value), shown)
            else:
                sheet.write_string(top, left, cell.value)
        for row in page.hidden_rows:
            sheet.set_row(row - 1, None, None, {"hidden": True})
    book.close()
    return stream.getvalue()


def moved(page: Page, rows: int, columns: int) -> Page:
    return page.map(lambda c: replace(
        c, row=c.row + rows, column=c.column + columns,
        last_row=c.last_row and c.last_row + rows, last_column=c.last_column and c.last_column + columns,
    ))  # fmt: skip


def _keys(page: Page, wanted: Callable[[str, str], bool]) -> set[int]:
    return {c.row for c in page.cells if c.where and wanted(c.where[0], c.where[2])}


def split_rows(page: Page, starts: Iterable[int], names: Iterable[str]) -> Pages:
    """Cut a page at rows; each part begins at row 1 of its own sheet."""
    edges = [*starts, 10**6]
    parts = []
    for name, first, after in zip(names, [1, *edges], edges, strict=False):
        inside = page.map(lambda c, first=first, after=after: c if first <= c.row < after else None)
        parts.append(replace(moved(inside, 1 - first, 0), name=name))
    return tuple(parts)


def row_of(page: Page, where: Where) -> int:
    return next(c.row for c in page.cells if c.where == where)


def over_three_sheets(page: Page) -> Pages:
    goals, indicators = (
        row_of(page, ("labels", 0, "long_term_goal")),
        row_of(page, ("labels", 0, "head:level1")),
    )
    return split_rows(page, [goals, indicators], ["资金", "目标", "指标"])


def moved_with_text_above(page: Page) -> Pages:
    shifted = moved(page, 7, 3)
    extra = (
        Cell(1, 1, "附件2"),
        Cell(2, 2, "关于报送部门整体预算绩效目标的通知（请于规定日期前报送）"),
        Cell(4, 9, "联系人：王某"),
    )
    return (replace(shifted, cells=extra + shifted.cells),)


def blank_rows_and_columns(page: Page) -> Pages:
    """Insert a blank row after every seventh and a blank column between the line and the amounts."""

    def row(number: int) -> int:
        return number + number // 7

    def column(number: int) -> int:
        return number + (number > 1) + (number > 4)

    return (page.map(lambda c: replace(
        c, row=row(c.row), column=column(c.column),
        last_row=c.last_row and row(c.last_row), last_column=c.last_column and column(c.last_column),
    )),)  # fmt: skip


def labels_respelt(page: Page) -> Pages:
    """Blanks, line breaks, full-width brackets, colons and another script in labels."""

    def respell(cell: Cell) -> Cell:
        if cell.where is None or cell.where[0] != "labels" or not isinstance(cell.value, str):
            return cell
        text = cell.value.replace("\n", "")
        spelt = " ".join(text[:2]) + "\n" + text[2:].replace("(", "（").replace(")", "）").replace("职", "職")
        return replace(cell, value=f"\u3000{spelt}：" if cell.where[2] not in ("funds",) else spelt)

    return (page.map(respell),)


def unmerged(page: Page) -> Pages:
    return (page.map(lambda c: replace(c, last_row=0, last_column=0)),)


def unmerged_and_filled(page: Page) -> Pages:
    """Every merge undone and its text repeated in each of its cells."""
    cells: list[Cell] = []
    for cell in page.cells:
        top, left, bottom, right = cell.area
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                first = (row, column) == (top, left)
                cells.append(Cell(row, column, cell.value, cell.where if first else None))
    return (replace(page, cells=tuple(cells)),)


def pushed_left(page: Page) -> Pages:
    """Two project rows and two key-task rows lose their first column, as after a page break."""
    rows = _keys(page, lambda table, name: False)
    projects = sorted({c.row for c in page.cells if c.where and c.where[0] == "projects"})
    duties = sorted(
        {c.row for c in page.cells if c.where and c.where[2] == "key_task" and c.where[0] == "indicators"}
    )
    rows |= {projects[1], projects[2], duties[-1]}

    def push(cell: Cell) -> Cell:
        if any(cell.row < row <= cell.last_row for row in rows):
            return replace(cell, last_row=cell.row)  # the break cuts the merge that ran down the side
        if cell.row not in rows or cell.column == 1:
            return cell
        return replace(cell, column=cell.column - 1, last_column=cell.last_column and cell.last_column - 1)

    return (page.map(push),)


def amounts_as_text(page: Page) -> Pages:
    """Amounts typed as text in five spellings."""
    spellings: tuple[Callable[[Decimal], str], ...] = (
        lambda n: f"{n}",
        lambda n: f"{n:,}",
        lambda n: f"{n}".translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)}),
        lambda n: f" {n}万元",
        lambda n: f"{n * 10000:.0f}元",
    )
    position = iter(range(10**6))
    return (
        page.map(
            lambda c: (
                replace(c, value=spellings[next(position) % 5](c.value))
                if isinstance(c.value, Decimal)
                else c
            )
        ),
    )


def totals_as_formulas(page: Page) -> Pages:
    """Totals typed as sums, with their results cached."""
    place = {c.where: c for c in page.cells if c.where}
    projects = [c for c in page.cells if c.where and c.where[0] == "projects" and c.where[2] == "full"]
    column = chr(64 + projects[0].column)
    general = place["funds", 0, "general_full"]
    formulas = {
        ("funds", 0, "project_full"): f"=SUM({column}{projects[0].row}:{column}{projects[-1].row})",
        ("funds", 0, "appropriation_full"): f"=SUM({column}{general.row}:{column}{general.row + 3})",
    }
    return (page.map(lambda c: replace(c, formula=formulas[c.where]) if c.where in formulas else c),)


def hidden_rows(page: Page) -> Pages:
    rows = sorted({c.row for c in page.cells if c.where and c.where[0] == "projects"})[2:5]
    return (replace(page, hidden_rows=frozenset(rows)),)


def headings_repeated(page: Page) -> Pages:
    """The money heading and the indicator heading once more in the middle, as print-outs have them."""
    projects = sorted({c.row for c in page.cells if c.where and c.where[0] == "projects"})
    common = sorted({c.row for c in page.cells if c.where and c.where[0] == "indicators"})
    money = [
        c
        for c in page.cells
        if isinstance(c.value, str) and c.value.replace("\n", "") in ("半年计划执行数", "全年预算数")
    ]
    money = [c for c in money if c.row == max(m.row for m in money)]
    heads = [c for c in page.cells if c.row == row_of(page, ("labels", 0, "head:level1"))]
    return (inserted_row(inserted_row(page, common[9], heads), projects[4], money),)


def inserted_row(page: Page, before: int, copied: list[Cell]) -> Page:
    def down(cell: Cell) -> Cell:
        last = cell.last_row or cell.row
        return replace(
            cell,
            row=cell.row + (cell.row >= before),
            last_row=last + (last >= before) if cell.last_row else 0,
        )

    covered = [c for c in page.cells if c.row < before <= (c.last_row or c.row)]
    cut = page.map(lambda c: replace(c, last_row=c.row) if c in covered else c)
    fresh = tuple(replace(c, row=before, last_row=0, where=None) for c in copied)
    fresh = tuple(replace(c, last_row=before if c.last_column else 0) for c in fresh)
    return replace(cut.map(down), cells=cut.map(down).cells + fresh)


BENDS: dict[str, Callable[[Page], Pages]] = {
    "as printed": lambda page: (page,),
    "over three sheets": over_three_sheets,
    "moved, text above": moved_with_text_above,
    "blank rows and columns": blank_rows_and_columns,
    "labels respelt": labels_respelt,
    "unmerged": unmerged,
    "unmerged and filled": unmerged_and_filled,
    "rows pushed left": pushed_left,
    "amounts as text": amounts_as_text,
    "totals as formulas": totals_as_formulas,
    "hidden rows": hidden_rows,
    "headings repeated": headings_repeated,
}


def two_forms(page: Page, other: Page) -> Iterator[tuple[str, Pages]]:
    """Yield workbooks that hold two forms: on two sheets, one under the other, side by side."""
    height = max(c.area[2] for c in page.cells)
    yield "two sheets", (page, replace(other, name="另一张"))
    yield "one under the other", (replace(page, cells=page.cells + moved(other, height + 3, 0).cells),)
    yield "side by side", (replace(page, cells=page.cells + moved(other, 0, 8).cells),)
