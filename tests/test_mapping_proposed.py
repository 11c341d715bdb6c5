"""`rollbook sources map`: what is proposed for files, what is asked, and what is written."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import import_roster
from rollbook.ingest.conformance import by_keys
from rollbook.ingest.mapping import Cell, Condition, Rows
from rollbook.ingest.mapping.looking import look
from rollbook.ingest.mapping.plan import Part
from rollbook.ingest.mapping.proposing import Proposal, propose
from rollbook.ingest.mapping.sheets import day_cells
from rollbook.ingest.mapping.spelled import spell
from rollbook.ingest.mapping.written import read_plan
from rollbook.store.sqlite import Store
from tests import exports


def proposed(path: Path, **answers: str) -> Proposal:
    _, sheets = look(path)
    return propose(sheets, answers)


def asked(path: Path, **answers: str) -> list[str]:
    return [one.name for one in proposed(path, **answers).questions]


SCHOOL = {"school": "Alder School", "school number": "9001"}


def test_what_a_mapping_proposes_for_sheets_brings_them_in(tmp_path: Path) -> None:
    path = exports.folder(tmp_path / "office", exports.sheets(), delimiter=";")
    (path / "mapping.toml").write_text(spell(proposed(path, **SCHOOL).parts))
    with Store(tmp_path / "hub") as store:
        assert not import_roster(store, CONNECTORS["mapped-csv"], path).aside
        held = by_keys(store)
    assert held["Person", "1001"]["birth_date"] == "2015-09-13"
    assert held["School", "alder-school"]["identifier"] == "9001"
    assert sum(kind == "StudentMembership" and "-10" in key for kind, key in held) == 12
    assert ("StaffMembership", "7B-T2") in held


def test_what_a_mapping_proposes_for_a_document_brings_it_in(tmp_path: Path) -> None:
    path = exports.exported(tmp_path / "app", exports.document())
    (path / "mapping.toml").write_text(spell(proposed(path).parts))
    with Store(tmp_path / "hub") as store:
        assert not import_roster(store, CONNECTORS["mapped-json"], path).aside
        kinds = [kind for kind, _ in by_keys(store)]
    assert (kinds.count("Student"), kinds.count("Staff"), kinds.count("Group")) == (12, 1, 1)


def test_what_it_cannot_know_is_asked_all_at_once(tmp_path: Path) -> None:
    sheets = exports.sheets()
    for number, pupil in enumerate(sheets["pupils"]):
        pupil["Date of birth"] = f"0{number % 9 + 1}/0{number % 8 + 1}/2015"
        pupil["Gender"] = "Q" if number == 3 else "F"
    sheets["lunches"] = [{"Menu": "soup"}]
    path = exports.folder(tmp_path / "office", sheets)
    assert asked(path) == [
        "lunches.csv",
        "school",
        "school number",
        "pupils.csv:Date of birth",
        "pupils.csv:Gender:Q",
    ]
    answers = {**SCHOOL, "lunches.csv": "nothing", "pupils.csv:Date of birth": "MM/DD/YYYY"}
    found = proposed(path, **answers, **{"pupils.csv:Gender:Q": "unspecified"})
    assert not found.questions
    assert 'date = "MM/DD/YYYY"' in spell(found.parts)


def test_an_answer_that_is_none_is_refused(tmp_path: Path) -> None:
    path = exports.folder(tmp_path / "office", exports.sheets())
    with pytest.raises(Malformed, match=r"pupils.csv: 'pupil' is not possible"):
        proposed(path, **{"pupils.csv": "pupil"})
    with pytest.raises(Malformed, match="skool: answers no question"):
        proposed(path, **SCHOOL, skool="Alder")


@pytest.mark.parametrize(
    ("values", "formats"),
    [
        (["2015-09-13", "2016-01-02"], []),
        (["13/09/2015", "01/02/2016"], ["DD/MM/YYYY"]),
        (["01/02/2016"], ["DD/MM/YYYY", "MM/DD/YYYY"]),
        (["3 Sep 2015"], ["D MMM YYYY"]),
        (["20150913"], ["YYYYMMDD"]),
        (["1442102400"], ["seconds"]),
    ],
)
def test_ways_to_write_days_are_known_by_the_days(values: list[str], formats: list[str]) -> None:
    assert [format for cell in day_cells(values) for format in cell.days] == formats


def test_a_mapping_is_spelled_as_it_is_read() -> None:
    cells = {
        "sourcedId": Cell(("No. of pupil", 'a "quoted" one'), between=""),
        "givenName": Cell(("Näme",), before=" "),
        "familyName": Cell(("Name",), after=" ", constant="?"),
        "role": Cell(("r",), codes={"A b": "student"}, otherwise="teacher"),
        "enabledUser": Cell(("e",), true=("y", "j"), optional=True),
        "agentSourcedIds": Cell(("p",), split=";"),
        "metadata.born": Cell(("d",), days=("DD/MM/YYYY", "seconds")),
    }
    where = (Condition("Status", frozenset(("On roll", ""))), Condition("x y", frozenset(("1",)), but=True))
    rows = Rows("users", cells, where, "p", rest=True)
    org = Rows("orgs", {"sourcedId": Cell(constant="1"), "name": Cell(("S",)), "type": Cell(constant="school")})
    read = read_plan("m", spell([Part(rows, "x.csv", "a.b"), Part(org, "")], before="why"))
    assert [part.rows.columns for part in read.parts] == [cells, org.columns]
    assert (read.parts[0].rows, read.parts[0].file, read.parts[0].at) == (rows, "x.csv", "a.b")


def test_the_command_asks_in_a_script_by_refusing(tmp_path: Path) -> None:
    path, out = exports.folder(tmp_path / "office", exports.sheets()), tmp_path / "m.toml"
    words = [sys.executable, "-m", "rollbook", "sources", "map", str(path), "--out", str(out)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, out.exists()) == (1, False)
    assert done.stderr.splitlines()[0] == "school: What is the school called? (--answer 'school=…')"
