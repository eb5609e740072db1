"""Copied texts and sets are found without comparing all pairs, and found as comparing all pairs would."""

from __future__ import annotations

import random
import time
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from checks.likeness.copied import Match, masked, similar_sets, similar_texts, without_shared_clauses

CHARACTERS = [chr(0x4E00 + n) for n in range(600)]


def _words(rng: random.Random) -> list[str]:
    return ["".join(rng.choices(CHARACTERS, k=rng.choice([2, 2, 3, 4]))) for _ in range(3000)]


def _text(rng: random.Random, words: list[str], length: int) -> str:
    text = ""
    while len(text) < length:
        text += "".join(rng.choices(words, k=5))
    return text


def _spoiled(rng: random.Random, text: str, share: float) -> str:
    return "".join(rng.choice(CHARACTERS) if rng.random() < share else c for c in text)


def test_masking_leaves_what_a_copy_would_keep() -> None:
    one = masked("<p>2023年，苏州市 河道所养护河道120.5公里；满意度≥90%。</p>", ["苏州市河道所", "河道所"])
    other = masked("2024年,苏州市排水中心养护河道98公里;满意度≥ 85%。", ["苏州市排水中心"])
    assert one == other == ["0年", "养护河道0公里", "满意度0"]


@pytest.mark.parametrize("text", ["", "。；，", "<p></p>", "\ud800\u0000", "５" * 9])
def test_masking_takes_anything(text: str) -> None:
    assert similar_texts(["".join(masked(text))] * 2, 85) == []


def test_what_many_agencies_say_is_nobodys_copy() -> None:
    texts = [["坚持以人民为中心", f"第{n}项"] for n in "一二三四五"]
    assert without_shared_clauses(texts, range(5), 20, 5) == [f"第{n}项" for n in "一二三四五"]
    assert without_shared_clauses(texts[:4], range(4), 20, 5) == ["".join(text) for text in texts[:4]]


def test_a_clause_repeated_by_one_agency_is_not_shared() -> None:
    texts = [["养护河道"], ["养护河道"], ["养护河道"], ["养护河道"], ["养护河道"]]
    assert without_shared_clauses(texts, [0] * 5, 20, 5) == ["养护河道"] * 5


def test_a_copy_with_some_words_changed_is_found() -> None:
    rng = random.Random(1)
    words = _words(rng)
    texts = [_text(rng, words, 200) for _ in range(20)]
    texts.append(_spoiled(rng, texts[3], 0.05))
    assert [(a, b) for a, b, _ in similar_texts(texts, 85)] == [(3, 20)]


def test_paragraphs_that_changed_places_are_found() -> None:
    rng = random.Random(2)
    words = _words(rng)
    parts = [_text(rng, words, 150) for _ in range(3)]
    (match,) = similar_texts(["".join(parts), "".join((parts[2], parts[0], parts[1]))], 85)
    assert match.percent >= 90


def test_short_texts_are_not_compared() -> None:
    assert similar_texts(["养护" * 29] * 2, 85) == []
    assert similar_texts(["养护" * 30] * 2, 85) == [Match(0, 1, 100)]


def test_equal_texts_are_all_matched() -> None:
    text = _text(random.Random(3), _words(random.Random(3)), 80)
    assert [(a, b) for a, b, _ in similar_texts([text, "另" * 80, text, text], 85)] == [
        (0, 2),
        (0, 3),
        (2, 3),
    ]


def test_nothing_is_missed_that_comparing_all_pairs_finds() -> None:
    rng = random.Random(4)
    words = _words(rng)
    texts = [_text(rng, words, rng.randint(60, 400)) for _ in range(150)]
    texts += [_spoiled(rng, rng.choice(texts[:150]), rng.choice([0.02, 0.06, 0.1, 0.15])) for _ in range(150)]
    every = {(a, b) for a, b in combinations(range(300), 2) if fuzz.ratio(texts[a], texts[b]) >= 85}
    found = {(a, b) for a, b, _ in similar_texts(texts, 85)}
    assert len(every - found) <= len(every) // 100, "of a hundred copies at most one may be missed"
    assert not {pair for pair in found - every if fuzz.ratio(*(texts[n] for n in pair)) < 70}


@given(st.lists(st.frozensets(st.sampled_from("甲乙丙丁戊己庚辛"), max_size=8), max_size=12))
@settings(max_examples=150, deadline=None)
def test_sets_are_matched_as_comparing_all_pairs_would(sets: list[frozenset[str]]) -> None:
    every = [
        Match(a, b, len(sets[a] & sets[b]) * 100 // len(sets[a] | sets[b]))
        for a, b in combinations(range(len(sets)), 2)
        if min(len(sets[a]), len(sets[b])) >= 4
    ]
    alike = similar_sets(sets, 80)
    found = [match for position in range(len(sets)) for match in alike.others(position)]
    assert [m for m in found if m.first < m.second] == [match for match in every if match.percent >= 80]
    assert {(m.second, m.first, m.percent) for m in found} == set(found)


def test_a_city_of_a_thousand_agencies_takes_seconds() -> None:
    rng = random.Random(5)
    words = _words(rng)
    lead = "以习近平新时代中国特色社会主义思想为指导"
    texts = [[lead, _text(rng, words, rng.randint(80, 350))] for _ in range(1000) for _ in range(5)]
    owners = [n // 5 for n in range(5000)]
    copies = rng.sample(range(5000), 50)
    texts += [[_spoiled(rng, texts[n][1], 0.04)] for n in copies]
    owners += [(owners[n] + 1) % 1000 for n in copies]
    started = time.process_time()
    matches = similar_texts(without_shared_clauses(texts, owners, 20, 5), 85)
    took = time.process_time() - started
    assert {(a, b) for a, b, _ in matches} == {(n, 5000 + at) for at, n in enumerate(copies)}
    assert took < 20, "a few seconds on a free machine"
