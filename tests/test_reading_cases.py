"""Every row of the table of what is understood: its figures, its outcome, and exactly the findings it says."""

from __future__ import annotations

import pytest

from checks.scope import is_doubt
from etl.reading.model import Reading
from tests.cases import Case
from tests.known_forms import FUND_FIELDS
from tests.paper import paper, read_bytes
from tests.reading_cases import OUT, REFUSED, ROWS, SAME, UNREAD, outcomes
from tests.test_project_lists import figures

_CLEAN = read_bytes(paper(Case("")).data).readings[0]


def _amounts(reading: Reading) -> tuple[dict[str, int | None], object]:
    amounts, projects = figures(reading)
    blank = {name for name, amount in reading.amounts.items() if amount.state == "blank"}
    return {name: 0 if name in blank else fen for name, fen in amounts.items()}, projects


@pytest.mark.parametrize("number", range(len(ROWS)), ids=[f"{row.kind}: {row.seen}" for row in ROWS])
def test_a_row_of_the_table_is_true(number: int) -> None:
    row, found = ROWS[number], outcomes()[number]
    assert {finding.code for finding in found.findings} == set(row.says)
    assert any(map(is_doubt, found.findings)) == (row.outcome == OUT)
    if row.outcome == REFUSED:
        assert found.reading.status == "not_a_form" and found.reading.reason
        return
    assert found.reading.status == "checked"
    read = [_amounts(reading) for reading in found.reading.readings]
    if row.outcome == SAME:
        assert _amounts(_CLEAN) in read
    if row.outcome == UNREAD:
        (only,) = read
        assert {name for name in FUND_FIELDS if only[0][name] != _amounts(_CLEAN)[0][name]} == (
            {row.changed} - {""}
        )
        assert not row.changed or only[0][row.changed] is None
        assert any(f.severity == "error" for f in found.findings)


def test_a_kind_stands_once_and_has_several_rows() -> None:
    kinds = [row.kind for row in ROWS]
    runs = [kind for n, kind in enumerate(kinds) if n == 0 or kinds[n - 1] != kind]
    assert len(runs) == len(set(runs)) and all(kinds.count(kind) >= 3 for kind in runs)
