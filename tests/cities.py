"""Whole cities to try the program on: many agencies by department, with known faults, and what is true of each.

`python -m tests.cities FOLDER [AGENCIES]` writes one: forms in the folders of their departments and `roster.csv`.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from random import Random

from bench.forms import random_form
from etl.form.layout import FilledForm
from samples.build import form_bytes

DEPARTMENTS = (
    "市水务局", "市教育局", "市民政局", "市交通运输局", "市农业农村局", "市文化广电和旅游局", "市卫生健康委员会",
    "市城市管理局", "市园林和绿化局", "市住房和城乡建设局", "市人力资源和社会保障局", "市市场监督管理局",
)  # fmt: skip
"""Not in the order of their characters: who lists departments lists them as the roster does."""
_OFFICES = (
    "信息指导站",
    "监督管理站",
    "服务中心",
    "培训学校",
    "监测站",
    "事务所",
    "宣传中心",
    "保障中心",
    "研究所",
    "养护处",
)
FAULTS = ("yuan", "total_x100", "missing", "blank", "damaged")
"""Kinds that every city has once, in this order among its agencies; every second of the others has a slip."""


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of a city: its line of the roster, the form as it should be, what was done to it, and the file.

    `data` is None for one that handed nothing in. `filled`: the form as it was handed in.
    """

    code: str
    name: str
    department: str
    true: FilledForm
    filled: FilledForm
    fault: str
    path: str
    data: bytes | None


def city(rng: Random, agencies: int) -> list[Agency]:
    """Return the agencies of a city in the order of its roster."""
    return [_agency(rng, number, agencies) for number in range(agencies)]


def _agency(rng: Random, number: int, agencies: int) -> Agency:
    each = -(-agencies // len(DEPARTMENTS))
    department = DEPARTMENTS[number // each]
    name = f"苏州市{department[1:3]}{'甲乙丙丁戊己庚辛壬癸'[number % each % 10]}{_OFFICES[number % len(_OFFICES)]}{number}号"
    true = random_form(rng)
    true = replace(true, texts={**true.texts, "agency": name})
    fault = FAULTS[number // 7] if number % 7 == 3 and number // 7 < len(FAULTS) else ""
    fault = fault or (rng.choice(tuple(SLIPS)) if number % 2 else "")
    filled = SLIPS[fault](rng, true) if fault in SLIPS else _spoilt(true, fault)
    data = None if fault == "missing" else form_bytes(filled)
    if fault == "damaged":
        data = (data or b"")[:2000]
    return Agency(
        f"{300100 + number}", name, department, true, filled, fault, f"{department}/{name}.xlsx", data
    )


def _spoilt(form: FilledForm, fault: str) -> FilledForm:
    if fault == "yuan":
        return _times(form, 10_000)
    if fault == "total_x100":
        return _set(form, "total_full", _of(form, "total_full") * 100)
    if fault == "blank":
        return replace(form, texts={**form.texts, "agency": ""})
    return form


def _times(form: FilledForm, factor: int) -> FilledForm:
    amounts = {name: None if amount is None else amount * factor for name, amount in form.amounts.items()}
    projects = tuple(
        replace(p, half=(p.half or Decimal(0)) * factor, full=(p.full or Decimal(0)) * factor)
        for p in form.projects
    )
    return replace(form, amounts=amounts, projects=projects)


def _of(form: FilledForm, field: str) -> Decimal:
    return form.amounts[field] or Decimal(0)


def _set(form: FilledForm, field: str, amount: Decimal) -> FilledForm:
    return replace(form, amounts={**form.amounts, field: amount})


def _a_fund(rng: Random, form: FilledForm) -> FilledForm:
    field = rng.choice(
        ("total_full", "appropriation_full", "general_full", "basic_full", "project_full", "project_half")
    )
    return _set(form, field, _of(form, field) + Decimal(rng.randint(200, 90_000)) / 100)


def _a_project(rng: Random, form: FilledForm) -> FilledForm:
    at = rng.randrange(len(form.projects))
    project = form.projects[at]
    more = (project.full or Decimal(0)) + Decimal(rng.randint(200, 9_000)) / 100
    return replace(
        form, projects=(*form.projects[:at], replace(project, full=more), *form.projects[at + 1 :])
    )


def _a_row_less(rng: Random, form: FilledForm) -> FilledForm:
    at = rng.randrange(len(form.projects))
    return replace(form, projects=(*form.projects[:at], *form.projects[at + 1 :]))


def _half_above_full(rng: Random, form: FilledForm) -> FilledForm:
    at = rng.randrange(len(form.projects))
    project = form.projects[at]
    project = replace(project, half=project.full, full=project.half)
    return replace(form, projects=(*form.projects[:at], project, *form.projects[at + 1 :]))


def _two(rng: Random, form: FilledForm) -> FilledForm:
    return _a_project(rng, _a_fund(rng, form))


def _a_word(rng: Random, form: FilledForm) -> FilledForm:
    line = replace(form.indicators[0], full="100")
    return replace(form, indicators=(line, *form.indicators[1:]))


SLIPS: Mapping[str, Callable[[Random, FilledForm], FilledForm]] = {
    "fund": _a_fund, "project": _a_project, "row": _a_row_less, "swapped": _half_above_full, "two": _two, "word": _a_word,
}  # fmt: skip


ROSTER_COLUMNS = ("代码", "单位名称", "主管部门", "口径")


def write_city(folder: Path, agencies: list[Agency]) -> Path:
    """Write the forms of a city below `folder`/in and its roster beside it; return the roster."""
    for agency in agencies:
        if agency.data is not None:
            target = folder / "in" / agency.path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(agency.data)
    roster = folder / "roster.csv"
    with roster.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerow(ROSTER_COLUMNS)
        out.writerows((a.code, a.name, a.department, "本级") for a in agencies)
    return roster


if __name__ == "__main__":
    write_city(Path(sys.argv[1]), city(Random(120), int(sys.argv[2]) if len(sys.argv) > 2 else 120))
