"""Packs what is kept between runs and unpacks it again without trusting whoever wrote it.

An output folder may come from somebody else, and a pickle can call anything. What is unpacked may name the
plain data of this program and what a pandas frame is made of; whatever names more counts as not kept.
"""

from __future__ import annotations

import importlib
import io
import pickle
import zlib
from dataclasses import is_dataclass
from enum import Enum
from typing import Any

LARGEST = 1 << 28
"""Bytes that a value may unpack to."""

_OWN = frozenset(
    {
        "checks.finding", "checks.frames.tables", "etl.form.amount", "etl.batch.chunk", "etl.frames.located", "etl.form.places", "etl.form.reading", "etl.rounds.match", "etl.marked.lines", "etl.intake.file_reading", "etl.rounds.records",
        "etl.frames.build",
    }
)  # fmt: skip
"""Modules whose plain data is kept; no other module of ours is even imported for a name in a pickle."""

_FRAMES = {"DataFrame", "Index", "RangeIndex", "CategoricalIndex"}
_DTYPES = {"BooleanDtype", "CategoricalDtype", "Float64Dtype", "Int64Dtype", "StringDtype"}
_ARRAYS = {"BooleanArray", "Categorical", "FloatingArray", "IntegerArray", "StringArray"}
_OTHERS: dict[str, set[str]] = {
    "builtins": {"slice"},
    "datetime": {"date", "datetime", "time", "timedelta"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct"},
    "numpy._core.numeric": {"_frombuffer"},
    "numpy.core.multiarray": {"_reconstruct"},
    "numpy.core.numeric": {"_frombuffer"},
    "pandas": {*_FRAMES, *_DTYPES, "Categorical", "NA"},
    "pandas.arrays": _ARRAYS,
    "pandas._libs.arrays": {"__pyx_unpickle_NDArrayBacked"},
    "pandas._libs.internals": {"_unpickle_block"},
    "pandas._libs.missing": {"NA"},
    "pandas.core.arrays.boolean": {"BooleanArray", "BooleanDtype"},
    "pandas.core.arrays.categorical": {"Categorical"},
    "pandas.core.arrays.floating": {"Float64Dtype", "FloatingArray"},
    "pandas.core.arrays.integer": {"Int64Dtype", "IntegerArray"},
    "pandas.core.arrays.string_": {"StringArray", "StringDtype"},
    "pandas.core.dtypes.dtypes": {"CategoricalDtype"},
    "pandas.core.frame": {"DataFrame"},
    "pandas.core.indexes.base": {"Index", "_new_Index"},
    "pandas.core.indexes.category": {"CategoricalIndex"},
    "pandas.core.indexes.range": {"RangeIndex"},
    "pandas.core.internals.managers": {"BlockManager"},
}
"""What a frame is made of, under the names of pandas 2 and 3, and the few types of the library values have."""


def pack(value: Any) -> bytes:
    """Return a value as it is kept and as it crosses processes."""
    return zlib.compress(pickle.dumps(value, 5), 1)


def unpack(packed: bytes) -> Any:
    """Return a value that this very run packed."""
    return pickle.loads(zlib.decompress(packed))


def unpack_kept(packed: bytes) -> Any:
    """Return a value out of a file; None for one that is damaged, too large, or names what it may not."""
    try:
        inflating = zlib.decompressobj()
        data = inflating.decompress(packed, LARGEST)
        return _Unpickler(io.BytesIO(data)).load() if inflating.eof else None
    except Exception:  # a pickle that somebody wrote fails in any way at all
        return None


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        """Return what a pickle names if it is only data; raises `UnpicklingError` for anything else."""
        if module in _OWN or name in _OTHERS.get(module, ()):
            found = getattr(importlib.import_module(module), name)
            if module not in _OWN or _is_data(found, module):
                return found
        raise pickle.UnpicklingError(f"{module}.{name}")


def _is_data(found: Any, module: str) -> bool:
    """Return whether something is a dataclass, a named tuple or an enumeration of that very module."""
    if not isinstance(found, type) or found.__module__ != module:
        return False
    return is_dataclass(found) or issubclass(found, tuple | Enum)
