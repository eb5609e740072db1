"""JSON written piece by piece is JSON: the library reads back what was given, a record a line."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from etl.data.json_text import object_pieces

_VALUES = st.recursive(
    st.none() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), st.lists(_VALUES, max_size=3) | _VALUES, min_size=1, max_size=4))
def test_an_object_is_read_back_as_it_was(members: dict[str, Any]) -> None:
    given = {name: iter(value) if isinstance(value, list) else value for name, value in members.items()}
    assert json.loads("".join(object_pieces(given.items()))) == members


def test_a_record_stands_on_a_line_of_its_own() -> None:
    records = [{"code": "AR02", "message": "两行\n一句"}, {"code": "IG01", "message": "半"}]
    written = "".join(object_pieces([("version", 1), ("findings", iter(records)), ("none", iter(()))]))
    assert written == (
        '{\n"version": 1,\n"findings": [\n'
        '{"code": "AR02", "message": "两行\\n一句"},\n{"code": "IG01", "message": "半"}\n'
        '],\n"none": []\n}'
    )
