"""Cells are found however their addresses are written, and merged areas and widths as the plain definitions say."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from etl.cell.grid import Address, address_text
from etl.marked.annotate import _areas
from etl.marks.model import Mark
from etl.marks.sheet import SheetPart
from etl.package.edit import Edit
from etl.safe.width import _WIDE, text_width, wrapped_lines
from tests.packages import MAIN

STYLE = 7
PLAIN = ' r="{}"'
SPELLINGS = (
    PLAIN, "", " r='{}'", ' r = "{}"', ' s="1" r="{}"', '\n r="{}" s="2"', ' q="r=&quot;B2&quot;" r="{}"', ' r="{}" spans="1:6"',
)  # fmt: skip
CELL_SPELLINGS = (*SPELLINGS, ' r="${}"')
Rows = dict[int, dict[int, int]]
"""By row and column, which way a cell is written; a row's own way stands under column 0."""

ways = st.integers(0, len(CELL_SPELLINGS) - 1)
sheets = st.dictionaries(
    st.integers(1, 9),
    st.dictionaries(st.integers(1, 6), ways).flatmap(lambda c: ways.map(lambda w: c | {0: w})),
)
wanted = st.sets(st.tuples(st.integers(1, 10), st.integers(1, 7)), min_size=1)


def _written(spellings: tuple[str, ...], way: int, text: str, follows: bool) -> str:
    """Return the attributes of a row or cell; one may go without an address where it follows the one before."""
    spelling = spellings[way % len(spellings)]
    return (spelling if spelling or follows else PLAIN).format(text)


def _row(number: int, follows: bool, cells: dict[int, int], p: str) -> Iterator[str]:
    yield f"<{p}row{_written(SPELLINGS, cells[0], str(number), follows)}>"
    before = 0
    for column in sorted(cells.keys() - {0}):
        text = address_text((number, column))
        yield f"<{p}c{_written(CELL_SPELLINGS, cells[column], text, column == before + 1)}><{p}v>1</{p}v></{p}c>"
        before = column
    yield f"</{p}row>"


def _sheet(rows: Rows, prefix: str, aside: str) -> bytes:
    name = f":{prefix[:-1]}" if prefix else ""
    body = "".join(text for n in sorted(rows) for text in _row(n, n == 1 or n - 1 in rows, rows[n], prefix))
    p = prefix
    return f'<{p}worksheet xmlns{name}="{MAIN}">{aside}<{p}sheetData>{body}</{p}sheetData></{p}worksheet>'.encode()


def _marked(data: bytes, where: set[Address]) -> list[list[bool]]:
    """Return for each row which of its cells are marked."""
    edit = Edit(data, "sheet")
    SheetPart(edit).mark(dict.fromkeys(where, lambda _: STYLE))
    root = etree.fromstring(edit.result())
    return [[c.get("s") == str(STYLE) for c in row] for row in root.iter(f"{{{MAIN}}}row")]


@settings(max_examples=300, deadline=None)
@given(
    sheets,
    wanted,
    st.sampled_from(["", "x:"]),
    st.sampled_from(["", "<!-- <row r='1'><c r='A1'/></row> -->"]),
)
def test_the_same_cells_are_marked_however_addresses_are_written(
    rows: Rows, where: set[Address], prefix: str, aside: str
) -> None:
    plain = {row: dict.fromkeys(cells, 0) for row, cells in rows.items()}
    assert _marked(_sheet(rows, prefix, aside), where) == _marked(_sheet(plain, "", ""), where)


@st.composite
def areas(draw: st.DrawFn) -> tuple[int, int, int, int]:
    top, left = draw(st.integers(1, 12)), draw(st.integers(1, 6))
    return top, left, top + draw(st.integers(0, 5)), left + draw(st.integers(0, 4))


@given(st.lists(areas()), wanted)
def test_a_mark_stands_in_the_area_that_holds_it_and_of_two_in_the_upper(
    merges: list[tuple[int, int, int, int]], where: set[Address]
) -> None:
    """No two areas may overlap; where they do, Excel keeps none, and the marks stand in one that overlaps none above."""
    kept: list[tuple[int, int, int, int]] = []
    for area in sorted(merges):
        if not any(a[0] <= area[2] and area[0] <= a[2] and a[1] <= area[3] and area[1] <= a[3] for a in kept):
            kept.append(area)
    found = _areas(merges, [Mark("s", row, column, "error") for row, column in where])
    for row, column in where:
        holding = [a for a in kept if a[0] <= row <= a[2] and a[1] <= column <= a[3]]
        assert found[row, column] == (holding[0] if holding else (row, column, row, column))


texts = st.text(st.characters() | st.sampled_from("预算“”≥①a1 \n"), max_size=80)


@given(texts, st.floats(0, 60))
def test_widths_and_lines_add_up_by_character(text: str, room: float) -> None:
    assert text_width(text) == sum(2 if _WIDE.fullmatch(char) else 1 for char in text)
    room = max(2.0, room)
    assert wrapped_lines(text, room) == sum(
        max(1, -int(-text_width(line) // room)) for line in text.split("\n")
    )
