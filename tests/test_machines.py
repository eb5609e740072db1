"""What other programs are promised: progress, schemas, exit codes, environment variables."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from etl.data.document import schema
from tests.paper import paper
from tests.test_cli import HOME, check_json, jixiao

SAMPLES = HOME / "samples"


def inbox(folder: Path, count: int = 3) -> Path:
    folder.mkdir()
    for number in range(count):
        (folder / f"甲{number}.xlsx").write_bytes(paper().data)
    return folder


def told(stderr: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stderr.decode("ascii").splitlines()]


def test_a_run_tells_its_stages_and_every_file(tmp_path: Path) -> None:
    done = jixiao(
        "run", inbox(tmp_path / "in"), "-o", tmp_path / "out", "--letters", "--progress", "json", "--quiet"
    )
    lines = told(done.stderr)
    stages = list(dict.fromkeys(line["stage"] for line in lines))
    assert stages == ["reading", "across", "sums", "returns", "letters", "report", "end"]
    for stage in ("reading", "returns"):
        of_stage = [line for line in lines if line["stage"] == stage]
        assert [(line["done"], line["of"]) for line in of_stage] == [(0, 3), (1, 3), (2, 3), (3, 3)]
        assert {line["file"] for line in of_stage[1:]} == {"甲0.xlsx", "甲1.xlsx", "甲2.xlsx"}
    assert lines[-1] == {"stage": "end", "exit": done.returncode}
    assert done.stdout == b""


def test_a_check_tells_its_stages(tmp_path: Path) -> None:
    done = jixiao("check", inbox(tmp_path / "in"), "--format", "json", "--progress", "json")
    assert [line["stage"] for line in told(done.stderr)] == [*["reading"] * 4, "across", "end"]
    assert len(json.loads(done.stdout)["files"]) == 3


def test_the_end_says_why_nothing_was_done(tmp_path: Path) -> None:
    done = jixiao("check", tmp_path / "nowhere", "--progress", "json")
    first, *others = done.stderr.decode().splitlines()
    end = json.loads(first)
    assert (end["stage"], end["exit"], done.returncode) == ("end", 2, 2)
    assert others == [f"jixiao: {end['message']}"]


def test_nothing_is_told_where_nothing_was_asked(tmp_path: Path) -> None:
    assert jixiao("check", inbox(tmp_path / "in")).stderr == b""
    assert jixiao("run", tmp_path / "in", "-o", tmp_path / "out", "--progress", "none").stderr == b""


# -- findings.json


def strict(part: Any) -> Any:
    """Return a schema under which no record holds a field that is not declared."""
    if isinstance(part, list):
        return [strict(one) for one in part]
    if not isinstance(part, dict):
        return part
    closed = {"additionalProperties": False} if part.get("type") == "object" else {}
    return {name: strict(one) for name, one in part.items()} | closed


def faults(document: Any) -> list[str]:
    jsonschema = pytest.importorskip("jsonschema")
    jsonschema.Draft202012Validator.check_schema(schema())
    return [
        error.message for error in jsonschema.Draft202012Validator(strict(schema())).iter_errors(document)
    ]


@pytest.mark.parametrize(("folder", "lang"), [("city", "zh"), ("published", "en"), ("sectors", "zh")])
def test_every_sample_is_told_as_the_schema_says(folder: str, lang: str) -> None:
    document = check_json(SAMPLES / folder, "--lang", lang)
    assert document["findings"]
    assert faults(document) == []


def test_a_second_round_is_told_as_the_schema_says(tmp_path: Path) -> None:
    (office,) = SAMPLES.glob("city/市水务局")
    jixiao("run", office, "-o", tmp_path / "one", "--quiet")
    jixiao("run", office, "-o", tmp_path / "two", "--previous", tmp_path / "one", "--quiet", "--sarif")
    document = json.loads((tmp_path / "two" / "findings.json").read_text(encoding="utf-8"))
    assert document["round"] == 2
    assert faults(document) == []
    (run,) = json.loads((tmp_path / "two" / "findings.sarif").read_text(encoding="utf-8"))["runs"]
    assert {result["baselineState"] for result in run["results"]} == {"unchanged"}


def test_the_schema_refuses_what_is_not_said_so() -> None:
    document = check_json(SAMPLES / "published")
    document["findings"][0] |= {"severity": "fatal"}
    document["files"][0]["forms"][0] |= {"total": "8,055.47", "colour": "red"}
    del document["not_run"]
    assert len(faults(document)) == 4


def test_the_command_prints_the_schema() -> None:
    assert json.loads(jixiao("schema").stdout) == schema()


# -- datapackage.json


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("city")
    roster = SAMPLES / "city" / "roster.csv"
    jixiao("run", SAMPLES / "city", "-o", output, "--roster", roster, "--quiet")
    return output


def resources(city: Path) -> dict[str, Any]:
    package = json.loads((city / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def test_every_table_and_column_is_described(city: Path) -> None:
    described = resources(city)
    assert {f"data/{name}.csv" for name in described} == {r["path"] for r in described.values()}
    assert set(described) == {path.stem for path in (city / "data").glob("*.csv")}
    for name, resource in described.items():
        with (city / "data" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
            assert next(csv.reader(file)) == [field["name"] for field in resource["schema"]["fields"]]
        if name != "roster":  # the bureau's own columns
            assert not [f for f in resource["schema"]["fields"] if f["description"] == "as given"], name


def test_types_units_and_keys_are_those_declared(city: Path) -> None:
    fields = {f["name"]: f for f in resources(city)["projects"]["schema"]["fields"]}
    assert (fields["full"]["type"], fields["full"]["unit"]) == ("integer", "fen")
    assert (fields["full_wan"]["type"], fields["full_wan"]["unit"]) == ("number", "万元")
    assert fields["full_state"]["constraints"]["enum"][0] == "number"
    keys = {
        (name, *key["fields"], key["reference"]["resource"], *key["reference"]["fields"])
        for name, resource in resources(city).items()
        for key in resource["schema"].get("foreignKeys", ())
    }
    assert keys >= {
        ("forms", "file", "files", "row"), ("funds", "row", "forms", "row"), ("projects", "form", "forms", "row"),
        ("findings", "form", "forms", "id"), ("cells", "finding", "findings", "row"),
    }  # fmt: skip


def test_another_program_finds_the_tables_as_described(city: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    report = frictionless.validate(str(city / "datapackage.json"))
    assert report.valid, [(task.name, error.message) for task in report.tasks for error in task.errors]
    assert report.stats["tasks"] == len(resources(city))


def test_another_program_sees_a_wrong_amount(city: Path, tmp_path: Path) -> None:
    frictionless = pytest.importorskip("frictionless")
    (tmp_path / "data").mkdir()
    for path in (city / "data").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        wrong = text.replace(",number,", ",a guess,", 1) if path.stem == "projects" else text
        (tmp_path / "data" / path.name).write_text(wrong, encoding="utf-8", newline="")
    (tmp_path / "datapackage.json").write_bytes((city / "datapackage.json").read_bytes())
    report = frictionless.validate(str(tmp_path / "datapackage.json"))
    assert [task.name for task in report.tasks if not task.valid] == ["projects"]


# -- SARIF


def test_sarif_says_what_the_findings_say() -> None:
    log = json.loads(jixiao("check", SAMPLES / "city", "--format", "sarif").stdout)
    findings = check_json(SAMPLES / "city")["findings"]
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    levels = {"error": "error", "warning": "warning", "info": "note"}
    assert len(run["results"]) == len(findings)
    for result, finding in zip(run["results"], findings, strict=True):
        assert (result["ruleId"], result["level"]) == (finding["code"], levels[finding["severity"]])
        assert rules[result["ruleIndex"]] == finding["code"]
        assert result["message"]["text"].startswith(finding["message"])
        if finding["cells"]:
            place = result["locations"][0]
            first = finding["cells"][0]
            assert place["logicalLocations"][0]["fullyQualifiedName"] == f"{first['sheet']}!{first['cell']}"
            assert unquote(place["physicalLocation"]["artifactLocation"]["uri"]) == finding["path"]
    unread = {unquote(n["locations"][0]["physicalLocation"]["artifactLocation"]["uri"])
              for n in run["invocations"][0]["toolExecutionNotifications"]}  # fmt: skip
    assert any(path.endswith("苏州市学校安全与后勤服务中心.xlsx") for path in unread)


def test_sarif_of_an_earlier_run_does_not_stay(tmp_path: Path) -> None:
    folder = inbox(tmp_path / "in", 1)
    for more, there in ((("--sarif",), True), ((), False)):
        jixiao("run", folder, "-o", tmp_path / "out", "--quiet", *more)
        assert (tmp_path / "out" / "findings.sarif").is_file() is there
