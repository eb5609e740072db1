"""JSON written piece by piece is what the library writes."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl.data.json_text import json_text, object_pieces

_VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES)
def test_a_value_is_written_as_the_library_writes_it(value: Any) -> None:
    assert json_text(value) == json.dumps(value, ensure_ascii=False, indent=1)


@given(st.dictionaries(st.text(), st.lists(_VALUES, max_size=3) | _VALUES, min_size=1, max_size=4))
def test_an_object_is_written_in_pieces(members: dict[str, Any]) -> None:
    given = {name: iter(value) if isinstance(value, list) else value for name, value in members.items()}
    written = "".join(object_pieces(given.items()))
    assert written == json.dumps(members, ensure_ascii=False, indent=1)
