"""Works out the formulas people type into forms: constants, + - * / %, SUM, ROUND, IF, references across sheets.

Exactly, in decimals. Anything beyond that raises `Unknown`: a result is known or it is not, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, ROUND_UP, Decimal, DecimalException
from functools import lru_cache
from typing import Protocol

from etl.cell.grid import Address, cell_address
from etl.cell.number_format import decimal_of, plain, shown

LONGEST = 1_000
"""Characters of a formula that is looked at; nobody types a longer one into a form."""
_DEEPEST = 10
"""How deep brackets may be nested; with `etl.cell.recalculate`, far from what Python itself bears."""
_LARGEST = Decimal(10) ** 18

Value = Decimal | str | bool | None
"""What a formula gives; None is a blank cell."""


class Unknown(Exception):
    """A formula's result cannot be known here: an unknown function, another workbook, an error value."""


class Grid(Protocol):
    """Where references are looked up; `sheet` is None for the sheet of the formula itself."""

    def value(self, sheet: str | None, at: Address) -> Value:
        """Return the value of a cell; raises `Unknown`."""

    def area(self, sheet: str | None, start: Address, end: Address) -> Iterator[Value]:
        """Yield the values of an area's filled cells; raises `Unknown`."""


@dataclass(frozen=True, slots=True)
class Area:
    """The values of a range as a function takes them."""

    values: tuple[Value, ...]


_SHEET = r"(?:(?P<quoted>'(?:[^'\[\]]|'')+')|(?P<sheet>[^\W\d][\w.]*))!"
_CELL = r"\$?[A-Z]{1,3}\$?[0-9]{1,7}"
_TOKEN = re.compile(
    rf'\s*(?:(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:E[+-]?[0-9]{{1,3}})?)|"(?P<text>(?:[^"]|"")*)"'
    rf"|(?P<call>[A-Z][A-Z0-9.]*)\(|(?:{_SHEET})?(?P<cell>{_CELL}(?::{_CELL})?)(?![A-Z0-9(])"
    r"|(?P<word>TRUE|FALSE)|(?P<sign><=|>=|<>|[-+*/^&%=<>(),;]))",
    re.IGNORECASE,
)
_CONSTANT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)%?")
_REFERENCE = re.compile(rf"(?:{_SHEET})?({_CELL})", re.IGNORECASE)
_OPEN_FORMULA = re.compile(
    r"\[(?:\$?('(?:[^']|'')+'|[^.\]']*))?\.([A-Z$0-9]+)(?::[^\]]{0,40}?\.([A-Z$0-9]+))?\]", re.IGNORECASE
)


def bare(formula: str) -> str:
    """Return a formula as Excel writes it, without the sign before it; `of:=SUM([.F19:.F24])` is SUM(F19:F24)."""
    text = formula[:LONGEST].strip()
    if text.startswith(("of:", "oooc:")):
        text = _OPEN_FORMULA.sub(_reference, text.partition(":")[2])
    return text.lstrip("=").strip()


def _reference(match: re.Match[str]) -> str:
    sheet = f"{match[1]}!" if match[1] else ""
    return f"{sheet}{match[2]}" + (f":{match[3]}" if match[3] else "")


def constant(formula: str | None) -> str:
    """Return what follows the sign where a formula is one number alone (`100%`, `-5`), "" where it is not."""
    text = bare(formula).replace(" ", "") if formula and len(formula) < 40 else ""
    return text.lstrip("+") if _CONSTANT.fullmatch(text) else ""


def reference(formula: str | None) -> tuple[str | None, Address] | None:
    """Return the sheet (None: its own) and cell where a formula is one reference alone, None where it is not."""
    match = _REFERENCE.fullmatch(bare(formula)) if formula and len(formula) < 100 else None
    at = cell_address(match[3]) if match else None
    return (_sheet(match), at) if match and at else None


def _sheet(match: re.Match[str]) -> str | None:
    return match["quoted"][1:-1].replace("''", "'") if match["quoted"] else match["sheet"]


def evaluate(formula: str, grid: Grid) -> Value:
    """Return the exact result of a formula; raises `Unknown`."""
    if len(formula) > LONGEST:
        raise Unknown
    try:
        return _Parser(_tokens(bare(formula)), grid).whole()
    except DecimalException as error:
        raise Unknown from error


@lru_cache(maxsize=2048)
def _tokens(text: str) -> tuple[re.Match[str], ...]:
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise Unknown
        tokens.append(match)
        at = match.end()
    return tuple(tokens)


class _Parser:
    """Reads tokens from left to right, one method a rank of operators."""

    def __init__(self, tokens: Sequence[re.Match[str]], grid: Grid) -> None:
        self._tokens, self._grid = tokens, grid
        self._at = self._depth = 0

    def whole(self) -> Value:
        result = self._compared()
        if self._at < len(self._tokens) or isinstance(result, Area):
            raise Unknown
        return result

    def _sign(self, *signs: str) -> str:
        """Return the sign that stands next and pass it, "" for none of these."""
        if self._at < len(self._tokens) and (sign := self._tokens[self._at]["sign"]) in signs:
            self._at += 1
            return sign
        return ""

    def _compared(self) -> Value | Area:
        left = self._joined()
        while sign := self._sign("=", "<>", "<", ">", "<=", ">="):
            left = _compare(sign, _single(left), _single(self._joined()))
        return left

    def _joined(self) -> Value | Area:
        left = self._sum()
        while self._sign("&"):
            left = _text(_single(left)) + _text(_single(self._sum()))
        return left

    def _sum(self) -> Value | Area:
        left = self._product()
        while sign := self._sign("+", "-"):
            right = _number(_single(self._product()))
            left = _number(_single(left)) + (right if sign == "+" else -right)
        return left

    def _product(self) -> Value | Area:
        left = self._signed()
        while sign := self._sign("*", "/"):
            right = _number(_single(self._signed()))
            if sign == "/" and not right:
                raise Unknown
            first = _number(_single(left))
            left = _bounded(first * right if sign == "*" else first / right)
        return left

    def _signed(self) -> Value | Area:
        minus, signed = False, False
        while sign := self._sign("+", "-"):
            minus, signed = minus != (sign == "-"), True
        value = self._primary()
        while self._sign("%"):
            value = _number(_single(value)) / 100
        return -_number(_single(value)) if minus else _number(_single(value)) if signed else value

    def _primary(self) -> Value | Area:
        self._depth += 1
        if self._at >= len(self._tokens) or self._depth > _DEEPEST:
            raise Unknown
        token = self._tokens[self._at]
        self._at += 1
        value = self._of(token)
        self._depth -= 1
        return value

    def _of(self, token: re.Match[str]) -> Value | Area:
        if token["number"]:
            return _bounded(Decimal(token["number"]))
        if token["text"] is not None:
            return token["text"].replace('""', '"')
        if token["word"]:
            return token["word"].upper() == "TRUE"
        if token["cell"]:
            return self._looked_up(token)
        if token["call"]:
            return self._called(token["call"].upper())
        if token["sign"] == "(":
            value = self._compared()
            if self._sign(")"):
                return value
        raise Unknown

    def _looked_up(self, token: re.Match[str]) -> Value | Area:
        first, _, last = token["cell"].partition(":")
        start, end = cell_address(first), cell_address(last or first)
        if start is None or end is None:
            raise Unknown
        if not last:
            return self._grid.value(_sheet(token), start)
        (top, bottom), (left, right) = sorted((start[0], end[0])), sorted((start[1], end[1]))
        return Area(tuple(self._grid.area(_sheet(token), (top, left), (bottom, right))))

    def _called(self, name: str) -> Value:
        if name in ("IF", "IFERROR"):
            return self._chosen(name)
        function = _FUNCTIONS.get(name.removeprefix("_XLFN."))
        arguments: list[Value | Area] = []
        while not self._sign(")"):
            arguments.append(self._compared())
            if not self._sign(",", ";") and not self._ends():
                raise Unknown
        if function is None:
            raise Unknown
        return function(arguments)

    def _ends(self) -> bool:
        return self._at < len(self._tokens) and self._tokens[self._at]["sign"] == ")"

    def _chosen(self, name: str) -> Value:
        """Work out IF or IFERROR: a branch that is not taken may be anything."""
        parts: list[Value | Area | Unknown] = []
        while not self._sign(")"):
            start = self._at
            try:
                parts.append(self._compared())
            except Unknown as unknown:
                parts.append(unknown)
                self._at = start
                self._skip()
            if not self._sign(",", ";") and not self._ends():
                raise Unknown
        if name == "IFERROR" and len(parts) == 2:
            return _known(parts[0])  # whether an unknown result is an error cannot be known either
        if name == "IF" and 2 <= len(parts) <= 3:
            holds = bool(_number(_known(parts[0])))
            return _known(parts[1] if holds else parts[2] if len(parts) == 3 else False)
        raise Unknown

    def _skip(self) -> None:
        """Pass to the end of the argument that stands next."""
        open_ = 0
        while self._at < len(self._tokens):
            token = self._tokens[self._at]
            if open_ == 0 and token["sign"] in (",", ";", ")"):
                return
            open_ += bool(token["call"]) + (token["sign"] == "(") - (token["sign"] == ")")
            self._at += 1


def _known(value: Value | Area | Unknown) -> Value:
    if isinstance(value, Unknown):
        raise Unknown
    return _single(value)


def _single(value: Value | Area) -> Value:
    if isinstance(value, Area):
        raise Unknown
    return value


def _number(value: Value) -> Decimal:
    """Return a value as arithmetic takes it: blank is 0, a text that is a number is one."""
    if isinstance(value, str):
        number = decimal_of(value.strip())
        if number is None:
            raise Unknown
        return number
    return value if isinstance(value, Decimal) else Decimal(bool(value))


def _text(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    return "" if value is None else plain(value) if isinstance(value, Decimal) else value


def _bounded(number: Decimal) -> Decimal:
    if abs(number) > _LARGEST:
        raise Unknown
    return number


def _compare(sign: str, left: Value, right: Value) -> bool:
    """Compare as a spreadsheet does: a blank is 0 beside a number and an empty text beside a text."""
    if isinstance(left, str) or isinstance(right, str):
        if isinstance(left, (Decimal, bool)) or isinstance(right, (Decimal, bool)):
            raise Unknown
        one: Decimal | str = _text(left).casefold()
        other: Decimal | str = _text(right).casefold()
    else:
        one, other = _number(left), _number(right)
    order = (one > other) - (one < other)  # type: ignore[operator]
    return {
        "=": order == 0,
        "<>": order != 0,
        "<": order < 0,
        ">": order > 0,
        "<=": order <= 0,
        ">=": order >= 0,
    }[sign]


def _numbers(arguments: Sequence[Value | Area]) -> list[Decimal]:
    """Return the numbers of arguments; texts and blanks in a range are passed over, as SUM has it."""
    found: list[Decimal] = []
    for argument in arguments:
        if isinstance(argument, Area):
            found += [value for value in argument.values if isinstance(value, Decimal)]
        elif argument is not None and not (isinstance(argument, str) and not argument):
            found.append(_number(argument))
    return found


def _rounding(how: str) -> Callable[[Sequence[Value | Area]], Value]:
    def rounded(arguments: Sequence[Value | Area]) -> Value:
        number, places = (
            (_number(_single(argument)) for argument in arguments) if len(arguments) == 2 else (None, None)
        )
        if number is None or places is None or abs(places) > 15:
            raise Unknown
        return number.quantize(Decimal(1).scaleb(-int(places)), rounding=how) + 0

    return rounded


def _subtotal(arguments: Sequence[Value | Area]) -> Value:
    if not arguments or arguments[0] not in (Decimal(9), Decimal(109)):
        raise Unknown
    return _bounded(sum(_numbers(arguments[1:]), Decimal(0)))


def _formatted(arguments: Sequence[Value | Area]) -> Value:
    if len(arguments) != 2 or not isinstance(arguments[0], Decimal) or not isinstance(arguments[1], str):
        raise Unknown
    return shown(plain(arguments[0]), arguments[1])


def _extreme(of: Callable[[list[Decimal]], Decimal]) -> Callable[[Sequence[Value | Area]], Value]:
    return lambda arguments: of(_numbers(arguments) or [Decimal(0)])


_FUNCTIONS: dict[str, Callable[[Sequence[Value | Area]], Value]] = {
    "SUM": lambda arguments: _bounded(sum(_numbers(arguments), Decimal(0))),
    "SUBTOTAL": _subtotal,
    "ROUND": _rounding(ROUND_HALF_UP),
    "ROUNDUP": _rounding(ROUND_UP),
    "ROUNDDOWN": _rounding(ROUND_DOWN),
    "MAX": _extreme(max),
    "MIN": _extreme(min),
    "ABS": lambda arguments: abs(_number(_single(arguments[0]))) if len(arguments) == 1 else _raise(),
    "TEXT": _formatted,
    "CONCATENATE": lambda arguments: "".join(_text(_single(argument)) for argument in arguments),
}


def _raise() -> Value:
    raise Unknown
