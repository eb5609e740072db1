"""IG: numbers that do not say which way they bind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from checks.finding import Hit, Severity, Spot
from checks.rule import FEASIBILITY, quoted, rule
from checks.rules.indicators.ig import PERIODS, each_value

if TYPE_CHECKING:
    from checks.frames.rows import Mask, Rows


@rule(
    "IG02", Severity.WARNING, FEASIBILITY,
    zh={"": "“{name}”填{value}，没有比较符号，请写明“≥”“≤”或“=”",
        "counts": "{count}个数量指标没有比较符号，如“{name}”填{value}，固定数量请写“=”，最低要求请写“≥”"},
    en={"": "“{name}”: {value} lacks ≥, ≤ or =",
        "counts": "{count} counts lack an operator, such as “{name}”: {value}; write = for a fixed number, ≥ for a least one"},
)  # fmt: skip
def numbers_have_an_operator(own: Rows) -> list[Hit]:
    """A numeric value says which way it binds; a share or satisfaction without is a warning.

    Nothing (0起) is exact as it stands, so is how often something is done (每季度1次) and a grade (1.0级). A plain count (120个) is a fixed number to whoever wrote it: asked once a form.

    公式: 数值型指标值带≥、≤、=、>、<或“以上”“不低于”等；0除外；数量类每表只提示一次
    依据: 财预〔2021〕101号 (unconfirmed)
    错例: 满意度填“90%”
    改法: 补上比较符号
    Fix: Add the operator
    """
    shares = own.test("name", _SATISFIED.search)

    def bare(period: str) -> Mask:
        plain = own.equal(f"{period}_kind", "number") & own.equal(f"{period}_operator", "")
        nothing = own.given(f"{period}_number") & (own.fen(f"{period}_number") == 0)
        return plain & ~nothing & ~own.test(f"{period}_word", _HOW_OFTEN.match)

    def share(period: str) -> Mask:
        return bare(period) & (shares | own.among(f"{period}_unit", _SHARES))

    plain = {p: bare(p) & ~share(p) & ~own.among(f"{p}_unit", _GRADES) for p in PERIODS}
    return each_value(own, share) + _counts_without(own, plain)


_SATISFIED = re.compile("满意")
_SHARES = ("%", "‰", "分")
_GRADES = ("级", "类", "等", "档", "星级")
_HOW_OFTEN = re.compile(r"每|[一两三半]年$")


def _counts_without(own: Rows, plain: Mapping[str, Mask]) -> list[Hit]:
    """Return one hit a form on the counts without an operator, with every cell of theirs."""
    found: dict[int, list[tuple[int, str]]] = {}
    for at in (plain["half"] | plain["full"]).nonzero()[0].tolist():
        found.setdefault(int(own.form[at]), []).extend((at, p) for p in PERIODS if plain[p][at])
    made = []
    for form, cells in found.items():
        first, count = cells[0][0], len({at for at, _ in cells})
        shown = "、".join(dict.fromkeys(quoted(own[f"{p}_raw"][at]) for at, p in cells if at == first))
        spots = tuple(Spot("indicators", int(own.ids[at]), period) for at, period in cells)
        values = {"count": str(count), "name": quoted(own["name"][first]), "value": shown}
        made.append(Hit(form, spots, values, Severity.INFO, "counts", found=shown))
    return made
