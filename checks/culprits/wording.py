"""What is said of a cause: the answer (疑为 …), at most two possibilities (可能 …), or nothing but facts and cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from checks.declared.money import wan_text
from checks.finding import Spot, marked, unmarked
from checks.frames.tables import Tables
from checks.localisation.localise import Change, Fault, Repair
from checks.localisation.slips import wording
from checks.rule import quoted

LIKELY_SHARE = 0.7
"""Weight that what is told as possible has together among all that may be; below that nothing is told."""
WORTH_SHARE = 0.1
"""Weight from which on a possibility is worth a line of its own."""
MOST_TOLD = 2
MOST_CHANGES = 2
"""Cells that one line may ask to change one by one; what is more is said of the row or column."""

_SAY = {
    "zh": {
        "one": "疑为{cell}填错：{change}", "of": "{cell}由{old}改为{new}", "why": "（{slip}）", "likely": "疑为：{list}",
        "first": "可能：{list}", "next": "或：{list}", "break": "；\n", "and": "，同时", "blank": "空",
        "row_missing": "{sure}漏列一个项目：半年{half}，全年{full}",
        "row_twice": "{sure}重复列示：{cell}本行重复，删去（与{line}相同）",
        "row_surplus": "{sure}合计未计入{cell}一行：不应列的请删去该行，应列的请补计合计",
        "many": "{first}等{count}处{slip}，应为{list}", "comma": "、", "more": "等",
    },
    "en": {
        "one": "probably {cell} is wrong: {change}", "of": "{cell} from {old} to {new}", "why": " ({slip})", "likely": "probably: {list}",
        "first": "possibly: {list}", "next": "or: {list}", "break": ";\n", "and": " together with ", "blank": "blank",
        "row_missing": "{sure}a project is not listed: half year {half}, year {full}",
        "row_twice": "{sure}listed twice: {cell}: delete this row (the same as {line})",
        "row_surplus": "{sure}the totals leave out the row {cell}: delete it if it does not belong, else add it to the totals",
        "many": "{first} and others, {count} cells: {slip}; they should be {list}", "comma": ", ", "more": " …",
    },
}  # fmt: skip
_SURE = {"zh": {True: "疑", False: "可能"}, "en": {True: "probably ", False: "possibly "}}


def told(fault: Fault, magnitude: int) -> tuple[Repair, ...]:
    """Return the repairs of a fault that are told: the answer, or up to two possibilities, or none.

    Told is what gives an amount to every cell, each within the form's own `magnitude` (fen), and either has a slip that
    explains it or is what several broken relations agree on; a sign turned or a digit lost counts, a guess does not.
    """
    sound = [repair for repair in fault.repairs if _sound(repair, magnitude)]
    if fault.single:
        return tuple(sound[:1]) if sound and sound[0] is fault.repairs[0] else ()
    worth = [repair for repair in sound if repair.share >= WORTH_SHARE and _backed(repair, fault)][:MOST_TOLD]
    together = sum(repair.share for repair in worth)
    return tuple(worth) if together >= LIKELY_SHARE and worth[0] is fault.repairs[0] else ()


def _sound(repair: Repair, magnitude: int) -> bool:
    amounts = [change.new for change in repair.changes]
    news = [amount for amount in (*amounts, *(repair.added or ())) if amount is not None]
    return None not in amounts and all(0 <= amount <= magnitude for amount in news)


def _backed(repair: Repair, fault: Fault) -> bool:
    alone = fault.count == 1 and len(repair.changes) == 1 and len(fault.broken) > 1 and not fault.rounded
    return bool(repair.slip) or alone


def hypothesis(repairs: Sequence[Repair], single: bool, tables: Tables) -> dict[str, str]:
    """Return what is said of the repairs told, in both languages; empty if there are none."""
    if not repairs:
        return {}
    return {
        lang: _answer(repairs[0], tables, lang) if single else _several(repairs, tables, lang)
        for lang in _SAY
    }


def _answer(repair: Repair, tables: Tables, lang: str) -> str:
    say = _SAY[lang]
    whole = _of_a_row(repair, True, tables, lang)
    if whole:
        return whole
    if len(repair.changes) == 1:
        change = repair.changes[0]
        text = f"{_amount(change.old, lang)} → {_amount(change.new, lang)}{_why(repair, tables, lang)}"
        return say["one"].format(cell=_cell(change.cell, tables, lang), change=text)
    return say["likely"].format(list=_listed(repair, tables, lang))


def _several(repairs: Sequence[Repair], tables: Tables, lang: str) -> str:
    """Return the possibilities, one a line, the same sentence never twice."""
    say = _SAY[lang]
    texts = dict.fromkeys(_of_a_row(r, False, tables, lang) or _listed(r, tables, lang) for r in repairs)
    heads = ("first", *("next",) * len(texts))
    return say["break"].join(say[head].format(list=text) for head, text in zip(heads, texts, strict=False))


def _of_a_row(repair: Repair, sure: bool, tables: Tables, lang: str) -> str:
    """Return what is to do with a whole row, "" for a repair of cells."""
    say, prefix = _SAY[lang], _SURE[lang][True] if sure else ""
    if repair.added is not None:
        half, full = (wan_text(amount) for amount in repair.added)
        return say["row_missing"].format(sure=prefix, half=half, full=full)
    if repair.slip in ("row_twice", "row_surplus"):
        cell = next((c.cell for c in repair.changes if _is_full(c.cell)), repair.changes[0].cell)
        line = _cell(repair.line, tables, lang, period=False) if repair.line is not None else ""
        return say[repair.slip].format(sure=prefix, cell=_cell(cell, tables, lang, period=False), line=line)
    return ""


def _is_full(cell: object) -> bool:
    return isinstance(cell, Spot) and cell.field == "full"


def _listed(repair: Repair, tables: Tables, lang: str) -> str:
    say = _SAY[lang]
    if len(repair.changes) > MOST_CHANGES:
        news = say["comma"].join(_amount(change.new, lang) for change in repair.changes[:MOST_CHANGES])
        first = _cell(repair.changes[0].cell, tables, lang)
        slip = wording(repair.slip, lang) if repair.slip else ""
        return say["many"].format(first=first, count=len(repair.changes), slip=slip, list=news + say["more"])
    return say["and"].join(_changes(repair.changes, tables, lang)) + _why(repair, tables, lang)


def _changes(changes: Sequence[Change], tables: Tables, lang: str) -> Iterator[str]:
    for change in changes:
        cell, old, new = (
            _cell(change.cell, tables, lang),
            _amount(change.old, lang),
            _amount(change.new, lang),
        )
        yield _SAY[lang]["of"].format(cell=cell, old=old, new=new)


def _why(repair: Repair, tables: Tables, lang: str) -> str:
    if not repair.slip:
        return ""
    line = _name(repair.line, tables, lang) if repair.line is not None else ""
    return _SAY[lang]["why"].format(slip=wording(repair.slip, lang).format(line=line))


def _amount(fen: int | None, lang: str) -> str:
    return _SAY[lang]["blank"] if fen is None else wan_text(fen)


def _cell(cell: object, tables: Tables, lang: str, period: bool = True) -> str:
    """Return a cell as a clerk looks it up: its address and what stands there."""
    assert isinstance(cell, Spot)
    gap = " " if lang == "en" else ""
    return f"{marked(cell)}{gap}{_name(cell, tables, lang, period)}"


def _name(cell: object, tables: Tables, lang: str, period: bool = True) -> str:
    assert isinstance(cell, Spot)
    if cell.table == "funds":
        return tables.budget.field_name(cell.field, lang)
    periods = {"zh": {"half": "半年", "full": "全年"}, "en": {"half": "half year", "full": "full year"}}[lang]
    name = unmarked(quoted(tables.projects.at[cell.row, "name"], 24))
    return f"“{name}”({periods[cell.field]})" if period else f"“{name}”"
