"""Compares own indicators (履职, 效益, 满意度) with their namesakes, on numbers: texts are most of an indicator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from checks.declared.text_key import text_key
from etl.citywide.figures.city import City

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Own:
    """The own indicators of the forms that count, namesakes together: row in the stack, form, and how they compare.

    `namesakes`: how many there are of the name. `numbers`: the amount, and the median, least and largest of
    those of the same unit, in millionths, NaN for none. `unlike`: where units or operators of one name
    differ, and where the amount is far from the median.
    """

    rows: NDArray[np.int64]
    forms: NDArray[np.int32]
    namesakes: NDArray[np.int32]
    numbers: tuple[NDArray[np.float64], ...]
    unlike: tuple[NDArray[np.bool_], ...]


def own_indicators(city: City) -> Own:
    """Return the own indicators of the forms that count, namesakes together, compared."""
    import numpy as np

    rows = _rows(city)
    name, names = _coded(city, "name_key", rows)
    in_order = _in_order(city, rows, name)
    rows, name = rows[in_order], name[in_order]
    named = name != names.index("") if "" in names else name >= 0
    unit, operator = _coded(city, "full_unit", rows)[0], _coded(city, "full_operator", rows)
    amount = _amounts(city, rows)
    compared = named & ~np.isnan(amount)
    median, low, high = _spread(amount, name, unit, compared)
    stated = named & (operator[0] != _number("", operator[1]))
    unlike = (_differ(name, unit, compared), _differ(name, operator[0], stated))
    far = (amount * 2 < median) | (amount > median * 2)
    forms = _column(city, "form", rows).astype("int32")
    return Own(rows, forms, _namesakes(name, named), (amount, median, low, high), (*unlike, far))


def _column(city: City, name: str, rows: NDArray[np.int64]) -> NDArray[Any]:
    return city.tables.indicators[name].to_numpy()[rows]


def _rows(city: City) -> NDArray[np.int64]:
    """Return the rows of own indicators that say anything, of the forms that count."""
    import numpy as np

    indicators = city.tables.indicators
    own = indicators["block"].isin(["duty", "effect"]).to_numpy()
    says = ~indicators["unset"].to_numpy(dtype=bool)
    return np.flatnonzero(own & says & (city.positions(city.undoubted)[indicators["form"].to_numpy()] >= 0))


def _coded(city: City, name: str, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], list[str]]:
    """Return a column of texts as numbers in the order of the texts, and the texts."""
    import pandas as pd

    codes, texts = pd.factorize(_column(city, name, rows), sort=True)
    return codes, texts.tolist()


def label_codes(city: City, name: str, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a column of labels as numbers, one for all ways to write a label (履　职 and 履职)."""
    import numpy as np
    import pandas as pd

    codes, texts = pd.factorize(_column(city, name, rows), sort=True)
    keys, _ = pd.factorize(np.array([text_key(str(text)) for text in texts], dtype=object), sort=True)
    return keys[codes] if len(codes) else codes


def _number(text: str, texts: list[str]) -> int:
    return texts.index(text) if text in texts else -1


def _in_order(city: City, rows: NDArray[np.int64], name: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows by block, level, name, and within a name by agency and place on the form."""
    import numpy as np

    order = _column(city, "order", rows).astype("int64")
    position = city.positions(city.undoubted)[_column(city, "form", rows)]
    block, level = _coded(city, "block", rows)[0], label_codes(city, "level1", rows)
    return np.lexsort((order, position, name, level, block))


def _amounts(city: City, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return what each indicator asks for over the year in millionths, NaN where that is no number."""
    import numpy as np

    number = city.tables.indicators["full_number"].to_numpy(dtype="float64", na_value=np.nan)[rows]
    kinds = city.tables.indicators["full_kind"].isin(["number", "range"]).to_numpy()[rows]
    return np.where(kinds, number, np.nan)


def _spread(
    amount: NDArray[np.float64], name: NDArray[np.int64], unit: NDArray[np.int64], among: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], ...]:
    """Return median, least and largest of the amounts of one name and unit, NaN where there is none."""
    import numpy as np
    import pandas as pd

    group = name[among] * (int(unit.max(initial=0)) + 1) + unit[among]
    same = pd.Series(amount[among]).groupby(group)
    found = []
    for what in ("median", "min", "max"):
        column = np.full(len(amount), np.nan)
        column[among] = same.transform(what).to_numpy()
        found.append(column)
    return tuple(found)


def _differ(name: NDArray[np.int64], code: NDArray[np.int64], among: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where indicators of one name differ in a column, among some."""
    import numpy as np

    size = int(name.max(initial=-1)) + 1
    least, largest = np.full(size, np.iinfo("int64").max), np.full(size, -1)
    np.minimum.at(least, name[among], code[among])
    np.maximum.at(largest, name[among], code[among])
    return among & (least < largest)[name]


def _namesakes(name: NDArray[np.int64], named: NDArray[np.bool_]) -> NDArray[np.int32]:
    import numpy as np

    counts = np.bincount(name, minlength=1)[name]
    return np.where(named, counts, 1).astype("int32")
