"""What a sheet shows without marks, packed small, to be drawn once it is known what is to be marked."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from etl.cell.grid import Address, Area, Cell, Workbook
from etl.cell.number_format import shown
from etl.safe.clean import clean

MOST_ROWS, MOST_COLUMNS = 500, 30
"""Of a sheet that are drawn; a form has about ninety rows and six columns."""
LONGEST_TEXT = 2_000


@dataclass(frozen=True, slots=True)
class Outline:
    """What a sheet shows without marks: texts with whether they are numbers, merged areas, what lies outside."""

    sheet: str
    texts: Mapping[Address, tuple[str, bool]]
    merges: tuple[Area, ...]
    left_out: int


def outlines(workbook: Workbook, sheets: Collection[str]) -> Iterator[Outline]:
    """Yield the outlines of the sheets named, in tab order, of what is drawn of them."""
    for sheet in workbook.sheets:
        if sheet.name in sheets:
            texts = {
                at: (_text(workbook, cell), cell.kind == "number")
                for at, cell in sheet.cells.items()
                if at[0] <= MOST_ROWS and at[1] <= MOST_COLUMNS
            }
            merges = tuple(area for area in sheet.merges if _is_within(area))
            yield Outline(sheet.name, texts, merges, len(sheet.cells) - len(texts))


def packed_outlines(drawn: Iterable[Outline]) -> bytes:
    """Return outlines as few bytes, to be drawn once it is known what is to be marked."""
    plain = [(o.sheet, [(*at, *text) for at, text in o.texts.items()], o.merges, o.left_out) for o in drawn]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8", "surrogatepass"), 1)


def unpacked_outlines(data: bytes) -> Iterator[Outline]:
    """Yield the outlines that were packed."""
    for sheet, texts, merges, left_out in json.loads(zlib.decompress(data).decode("utf-8", "surrogatepass")):
        yield Outline(sheet, {(r, c): (t, n) for r, c, t, n in texts}, tuple(map(tuple, merges)), left_out)


def _is_within(at: Sequence[int]) -> bool:
    return at[0] <= MOST_ROWS and at[1] <= MOST_COLUMNS


def _text(workbook: Workbook, cell: Cell) -> str:
    """Return what a cell displays; a formula that was never calculated shows itself."""
    text = cell.raw
    if cell.kind == "number":
        code = workbook.formats[cell.style] if cell.style < len(workbook.formats) else "General"
        text = shown(cell.raw, code)
    elif cell.kind == "no_result":
        text = f"={cell.formula or ''}"
    elif cell.kind == "picture":
        text = "🖼"
    return clean(text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT] + "…")
