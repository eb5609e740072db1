"""What is generated is what stands in the repository."""

from __future__ import annotations

import pytest

from docs.draw import HOME, READMES, drawn


@pytest.fixture(scope="module")
def documents() -> dict[str, str]:
    return {path.relative_to(HOME).as_posix(): text for path, text in drawn()}


@pytest.mark.parametrize(
    "name", ["checks/RULES.md", "docs/commands.md", "docs/manual.md", "docs/reading.md", *READMES]
)
def test_a_document_is_as_drawn(name: str, documents: dict[str, str]) -> None:
    assert (HOME / name).read_text(encoding="utf-8") == documents[name], "run `make docs`"


@pytest.mark.parametrize("name", [*READMES, "docs/manual.md"])
def test_pictures_and_links_exist(name: str) -> None:
    import re

    text = (HOME / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert ((HOME / name).parent / target).exists(), target
