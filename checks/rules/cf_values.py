"""CF: what the values of the common indicators may be: the stock word, the usual operator, the bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from checks.enrich import MILLION, millionths
from checks.finding import Hit, Severity
from checks.framework import COMMON
from checks.rule import FEASIBILITY, FITNESS, hits, rule
from checks.rules.ig import PERIODS, each_value, flags_of
from checks.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

_WORDED = frozenset(n for n, common in enumerate(COMMON) if common.words)
_RATES = frozenset(range(len(COMMON))) - _WORDED
_NEED_NOT_APPLY = frozenset(n for n, common in enumerate(COMMON) if "非税" in common.name)
_WHOLE = 100 * MILLION


def _rows(indicators: pd.DataFrame, positions: frozenset[int]) -> pd.DataFrame:
    """Return the first row of each of these indicators in every form; a second one is CF01's."""
    rows = indicators[indicators["common"].isin(positions) & ~indicators["unset"]]
    return rows[~rows.duplicated(["form", "common"])]


@rule(
    "CF03", Severity.WARNING, FITNESS,
    zh="“{name}”应填“{word}”，现为“{value}”", en="“{name}” should be “{word}”, not “{value}”",
)  # fmt: skip
def qualitative_values_are_the_stock_word(indicators: pd.DataFrame) -> list[Hit]:
    """A qualitative common indicator has its own word; a number or symbol there is an error.

    公式: 定性共性指标的值在该指标允许的用语内；空白见CP04；无非税收入的可填“不适用”
    依据: 财预〔2020〕10号 (unconfirmed)
    错例: “预算编制科学性”填“规范”
    改法: 改为规定用语
    Fix: Use the word the framework gives
    """
    rows = _rows(indicators, _WORDED)
    words = rows["common"].map({n: COMMON[n].full for n in _WORDED})

    wrong = {period: _no_stock_word(rows, period) for period in PERIODS}
    worded = {period: rows[f"{period}_kind"].isin(["word", "sentence", "reference"]) for period in PERIODS}
    return [
        *each_value(rows, lambda f, p: wrong[p] & ~worded[p], word=words, expected=words),
        *each_value(rows, lambda f, p: wrong[p] & worded[p], Severity.WARNING, word=words, expected=words),
    ]


def _no_stock_word(rows: pd.DataFrame, period: str) -> pd.Series[bool]:
    texts = zip(rows[f"{period}_raw"], rows["common"], strict=True)
    allowed = flags_of((text.strip() in COMMON[n].words for text, n in texts), rows)
    none = rows[f"{period}_kind"].eq("not_applicable") & rows["common"].isin(_NEED_NOT_APPLY)
    return rows[f"{period}_state"].ne("blank") & ~allowed & ~none


@rule(
    "CF04", Severity.INFO, FEASIBILITY,
    zh={"": "“{name}”目标值{value}，建议使用{operator}", "missing": "“{name}”目标值{value}缺少比较符号，建议使用{operator}"},
    en={"": "“{name}”: {value}; {operator} is usual", "missing": "“{name}”: {value} lacks an operator; {operator} is usual"},
)  # fmt: skip
def operators_are_conventional(indicators: pd.DataFrame) -> list[Hit]:
    """A common rate is bounded the way its meaning asks; 100% of a share that is good to have says the same as ≥100%.

    An operator that turns the meaning round, or none, is a warning. A value the city's forms share is said once
    for the city (`checks.defaults`).

    公式: 执行率、利用率、完成率、覆盖率用≥（=100%亦可）；结转结余率、调整率、控制率、变动率用≤
    依据: 指标性质
    错例: 在职人员控制率=100%
    改法: 改用建议的比较符号
    Fix: Use the suggested operator
    """
    rows = _rows(indicators, _RATES)
    usual = rows["common"].map({n: COMMON[n].operator for n in _RATES})
    manner = {period: _manner(rows, period, usual == "≥") for period in PERIODS}
    said: dict[str, Any] = {"operator": usual, "expected": usual, "order": ("full", "half")}
    warning = Severity.WARNING
    return [
        *each_value(rows, lambda f, p: manner[p] == "unusual", **said),
        *each_value(rows, lambda f, p: manner[p] == "against", warning, **said),
        *each_value(rows, lambda f, p: manner[p] == "missing", warning, "missing", **said),
    ]


def _manner(rows: pd.DataFrame, period: str, least: pd.Series[bool]) -> pd.Series[str]:
    """Return how a rate is bounded: "", unusual, against its meaning, or missing (no operator)."""
    operator = rows[f"{period}_operator"]
    up, down = operator.isin(["≥", ">"]), operator.isin(["≤", "<"])
    whole = least & operator.isin(["=", ""]) & rows[f"{period}_number"].eq(_WHOLE).fillna(False)
    right = (least & up) | (~least & down) | whole | rows[f"{period}_kind"].ne("number")
    manner = operator.map({"": "missing", "=": "unusual"}).fillna("against")
    return manner.mask(right, "")


@rule(
    "CF05", Severity.ERROR, FITNESS,
    zh={"": "“{name}”目标值{value}超出合理范围{bounds}", "kind": "“{name}”是比率，应填百分比，现为“{value}”",
        "unit": "“{name}”是比率，{value}应以%计"},
    en={"": "“{name}”: {value} is outside {bounds}", "kind": "“{name}” is a rate; “{value}” is no percentage",
        "unit": "“{name}” is a rate; {value} should be in %"},
)  # fmt: skip
def values_are_within_bounds(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """A common rate is a percentage within the bounds of its definition; a high carry-over rate is a warning.

    So is a percentage without its sign; 不适用 may stand for any rate.

    公式: 公用经费控制率、在职人员控制率≤100%，三公经费变动率≤0，其余在定义范围内；结转结余率>阈值(carry_over_rate_highest)为警告
    依据: 财预〔2013〕53号 (unconfirmed)
    错例: 公用经费控制率≤120%
    改法: 核对目标值
    Fix: Check the target
    """
    rows = _rows(indicators, _RATES)
    highest = int(settings.threshold("carry_over_rate_highest"))
    carry = rows["common"].map({n: COMMON[n].name == "结转结余率" for n in _RATES}).astype(bool)
    lower, upper = (_bound(rows, side) for side in ("lower", "upper"))
    bounds = rows["common"].map({n: _bounds(n) for n in _RATES})

    def rate(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return frame[f"{period}_kind"].eq("number") & frame[f"{period}_unit"].eq("%")

    def outside(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        number = frame[f"{period}_number"]
        return rate(frame, period) & ((number < lower) | (number > upper)).fillna(False)

    def high(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        above = (frame[f"{period}_number"] > highest * MILLION).fillna(False)
        return rate(frame, period) & carry & above & ~outside(frame, period)

    warning, most = Severity.WARNING, f"0%～{highest}%"
    return [
        *each_value(rows, outside, bounds=bounds, expected=bounds),
        *each_value(rows, high, warning, bounds=most, expected=most),
        *_no_percentage(rows),
    ]


def _no_percentage(rows: pd.DataFrame) -> list[Hit]:
    """Return hits on rates that are words, several values, or in another unit; about one without a unit is asked."""
    inexact = ["range", "approximate"]
    stated = ["number", "blank", "not_applicable", *inexact]

    def number(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return frame[f"{period}_kind"].eq("number")

    def bare(frame: pd.DataFrame, period: str) -> pd.Series[bool]:
        return number(frame, period) & frame[f"{period}_unit"].eq("")

    warning = Severity.WARNING
    return [
        *each_value(rows, lambda f, p: ~f[f"{p}_kind"].isin(stated), variant="kind"),
        *each_value(rows, lambda f, p: f[f"{p}_kind"].isin(inexact), warning, "kind"),
        *each_value(rows, lambda f, p: number(f, p) & ~f[f"{p}_unit"].isin(["", "%"]), variant="unit"),
        *each_value(rows, bare, warning, "unit"),
    ]


def _bound(rows: pd.DataFrame, side: str) -> pd.Series[int]:
    """Return a bound of each row's rate in millionths of a percent, NA where it is open."""
    known = {n: millionths(getattr(COMMON[n], side)) for n in _RATES}
    return rows["common"].map(known).astype("Int64")


def _bounds(position: int) -> str:
    lower, upper = COMMON[position].lower, COMMON[position].upper
    if lower is None or upper is None:
        return f"≥{lower}%" if upper is None else f"≤{upper}%"
    return f"{lower}%～{upper}%"


@rule(
    "CF09",
    Severity.INFO,
    FEASIBILITY,
    zh="定量共性指标全年目标几乎全部为=100%",
    en="nearly all common rates are set to =100 %",
)
def targets_are_not_all_full(indicators: pd.DataFrame, settings: Settings) -> list[Hit]:
    """Common rates are not all set to =100 %.

    公式: 定量共性指标中“=100%”占比 < 阈值(all_full_percent)
    依据: 评审经验
    错例: 十三项中十二项=100%
    改法: 按实际测算目标值
    Fix: Work out each target
    """
    rows = indicators[(indicators["common"] >= 0) & indicators["full_kind"].eq("number")]
    full = rows["full_operator"].eq("=") & rows["full_number"].eq(_WHOLE).fillna(False)
    counts = full.groupby(rows["form"]).agg(["sum", "size"])
    most = int(settings.threshold("all_full_percent"))
    forms = counts.index[(counts["sum"] * 100 >= counts["size"] * most) & (counts["size"] >= 5)].tolist()
    first = rows[full & rows["form"].isin(forms)].drop_duplicates("form")
    return hits(first, first["form"] >= 0, ["indicators.full"])
