"""How far a stated total may stand from the sum of its parts: equal, rounding, whole numbers, or broken.

Every relation of every form is compared here and nowhere else, in integer fen (1 万元 = 1,000,000 fen).
The classes, with d = |stated - computed| and n addends:

| class | when | what it is |
|---|---|---|
| equal | d <= 0.005 万元 | the relation holds |
| rounding | d <= max(0.01, 0.005 * (n + 1)) 万元 | 尾差: every figure was rounded to 0.01 by itself |
| integer | d <= 0.5 万元, the total whole, some addend not | 取整: the total was rounded to whole 万元 |
| broken | above | an error |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from checks.declared.budget import FEN_PER_WAN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ToleranceClass = Literal["equal", "rounding", "integer", "broken"]

EQUAL_FEN = 5_000
ROUNDING_FEN_EACH = 5_000
ROUNDING_FEN_LEAST = 10_000
INTEGER_FEN = 500_000


def rounding_slack(addends: int) -> int:
    """Return, in fen, the difference that rounding alone explains for a sum of that many addends."""
    return max(ROUNDING_FEN_LEAST, ROUNDING_FEN_EACH * (addends + 1))


def tolerance_class(stated: int, computed: int, addends: Sequence[int]) -> ToleranceClass:
    """Return the class of a difference; `stated`, `computed` and each of `addends` in fen."""
    difference = abs(stated - computed)
    if difference <= EQUAL_FEN:
        return "equal"
    if difference <= rounding_slack(len(addends)):
        return "rounding"
    whole = stated % FEN_PER_WAN == 0 and any(addend % FEN_PER_WAN for addend in addends)
    return "integer" if whole and difference <= INTEGER_FEN else "broken"


def relation_slack(stated: int, computed: int, addends: Sequence[int]) -> int:
    """Return the fen a relation may be off in the search for the wrong cell.

    Rounding, and for a total that is whole by rounding also that: a quiet difference is no reason
    to look for a wrong cell, nor may it stop the repair of another.
    """
    quiet_integer = tolerance_class(stated, computed, addends) == "integer"
    return max(rounding_slack(len(addends)), INTEGER_FEN if quiet_integer else 0)


def tolerance_classes(
    stated: NDArray[np.int64],
    computed: NDArray[np.int64],
    addends: NDArray[np.int64] | int,
    fractional: NDArray[np.bool_],
) -> NDArray[np.str_]:
    """Return `tolerance_class` for arrays: fen, fen, the number of addends, and "some addend is not whole".

    The arrays have one entry a relation and form, or broadcast to it; the result is an array of str.
    """
    import numpy as np

    difference = np.abs(np.asarray(stated) - np.asarray(computed))
    rounding = np.maximum(ROUNDING_FEN_LEAST, ROUNDING_FEN_EACH * (np.asarray(addends) + 1))
    whole = (np.asarray(stated) % FEN_PER_WAN == 0) & np.asarray(fractional, dtype=bool)
    conditions = [difference <= EQUAL_FEN, difference <= rounding, whole & (difference <= INTEGER_FEN)]
    return np.select(conditions, ["equal", "rounding", "integer"], "broken")
