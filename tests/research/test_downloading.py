"""A cohort as files: its subjects, what schools let a project know of them, and a dictionary of the columns."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from typing import Any

import pytest

from rollbook.scopes import CATALOGUE
from tests.looking import look
from tests.told import entries

from ..hub import Answer
from .lab import Lab
from .test_linked import NEEDED, Study

SUBJECT = ("id", "name", "description", "sex", "genetic_line", "subject_identifier", "birth_date", "death_date")


def export(lab: Lab, cohort: str, query: str = "", who: str = "ada", portal: str = "private") -> Answer:
    return lab.ask("GET", f"stem/cohort/{cohort}/export/{query}", who, portal=portal)


def files(answer: Answer) -> dict[str, bytes]:
    assert answer.status == 200, answer.body
    with zipfile.ZipFile(io.BytesIO(answer.body)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def rows(answer: Answer, name: str = "subjects.csv") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files(answer)[name].decode())))


def test_a_cohort_of_mice_is_a_table_with_a_dictionary(lab: Lab):
    project = lab.project()
    one = lab.subject("Mouse 1", project, sex="F", birth_date="2026-03-22", tags=["quick", "white"])
    two = lab.subject("Mouse 2", project, description="limps")
    answer = export(lab, lab.cohort("Pair", project, two, one))
    table = rows(answer)
    assert [row["name"] for row in table] == ["Mouse 2", "Mouse 1"]
    assert {name: table[1][name] for name in (*SUBJECT, "strain", "tags")} == {
        "id": one,
        "name": "Mouse 1",
        "description": "",
        "sex": "F",
        "genetic_line": "",
        "subject_identifier": "",
        "birth_date": "2026-03-22",
        "death_date": "",
        "strain": "C57BL/6J",
        "tags": "quick;white",
    }
    assert {value for name, value in table[1].items() if name.startswith("student_")} == {""}
    told = {row["column"]: row for row in rows(answer, "dictionary.csv")}
    assert list(told) == list(table[0])
    assert told["sex"] == {
        "column": "sex",
        "description": "Sex",
        "type": "text",
        "values": "F: Female; M: Male; U: Unknown",
        "needs": "",
    }
    assert told["student_eal"]["needs"] == "StudentDemographic / StudentFunding"
    assert answer.headers["content-disposition"].startswith('attachment; filename="cohort-')


def test_the_same_cohort_makes_the_same_bytes(lab: Lab):
    cohort = lab.cohort("Nobody", lab.project())
    assert export(lab, cohort).body == export(lab, cohort).body
    assert rows(export(lab, cohort)) == []


def facts(study: Study) -> dict[str, Any]:
    """Of each student behind a subject, by subject, what the record says."""
    sql = "SELECT nc_year, eal, fsm_eligible FROM student WHERE id = ?"
    return {one: look(study.lab.hub.store, sql, (student,)).get for one, student in study.behind().items()}


@pytest.mark.parametrize(
    ("scopes", "shown"),
    [
        (NEEDED, ()),
        (("School", "Student"), ("nc_year",)),
        (("School", "Student", "StudentFunding"), ("nc_year", "eal", "fsm_eligible")),
    ],
)
def test_a_fact_is_told_where_the_school_grants_it(school_lab: Lab, scopes: tuple[str, ...], shown: Sequence[str]):
    study = Study(school_lab, *scopes)
    cohort = study.drawn()
    table = {row["id"]: row for row in rows(export(study.lab, cohort["id"]))}
    assert list(table) == cohort["subjects"]
    spelled = {None: "", 0: "false", 1: "true"}
    for subject, (year, eal, meals) in facts(study).items():
        expected = {"nc_year": year or "", "eal": spelled[eal], "fsm_eligible": spelled[meals]}
        for name, value in expected.items():
            assert table[subject][f"student_{name}"] == (value if name in shown else "")


def test_nothing_of_the_record_that_names_somebody_is_told(school_lab: Lab):
    study = Study(school_lab, *CATALOGUE)
    body = files(export(study.lab, study.drawn()["id"]))["subjects.csv"].decode()
    for student in study.behind().values():
        names = "SELECT t.id, t.upn, p.surname, p.birth_date FROM student t JOIN person p ON p.id = t.person"
        sql = f"{names} WHERE t.id = ?"
        assert not [told for told in look(study.lab.hub.store, sql, (student,)).get if told and told in body]


def test_parquet_has_the_same_rows_with_types(school_lab: Lab):
    study = Study(school_lab, "School", "Student", "StudentFunding")
    mouse = study.lab.subject("Mouse 1", study.project, birth_date="2026-03-22")
    cohort = study.drawn()
    study.lab.patch("cohort", cohort["id"], subjects=[mouse, *cohort["subjects"]])
    found = files(export(study.lab, cohort["id"], "?format=parquet"))
    table: Any = import_module("pyarrow.parquet").read_table(io.BytesIO(found["subjects.parquet"]))
    told = table.to_pylist()
    assert told[0]["birth_date"] == date(2026, 3, 22)
    assert [row["id"] for row in told] == [mouse, *cohort["subjects"]]
    record = facts(study)
    assert [row["student_eal"] for row in told[1:]] == [
        None if (eal := record[one][1]) is None else bool(eal) for one in cohort["subjects"]
    ]
    about = table.schema.field("student_nc_year").metadata
    assert about == {b"description": b"The national curriculum year group of the student"}


def test_what_is_told_of_a_student_is_on_the_ledger(school_lab: Lab):
    study = Study(school_lab, "School", "Student", "StudentFunding")
    cohort = study.drawn()
    export(study.lab, cohort["id"])
    (entry,) = [one for one in entries(study.lab.hub) if one.what.endpoint == "cohort/{id}/export"]
    assert study.lab.hub.store.ledger.people(entry.number) == set(study.behind().values())
    assert sorted(fact.removeprefix("Student.") for fact in entry.what.facts if "Student." in fact) == [
        *("eal", "economically_disadvantaged=null", "ever6", "fsm_eligible", "gender", "grade=null", "key_stage"),
        *("nc_year", "part_time", "pupil_premium"),
    ]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("?format=xlsx", {"format": ['"xlsx" is not a valid choice. (csv or parquet)']}),
        ("?limit=3&format=x", {
            "limit": ["is not a parameter (known: format)"],
            "format": ['"x" is not a valid choice. (csv or parquet)']}),
    ],
)  # fmt: skip
def test_what_cannot_be_exported_is_told(lab: Lab, query: str, said: dict[str, list[str]]):
    assert lab.wrong(export(lab, lab.cohort("C", lab.project()), query)) == said


def test_only_those_who_work_on_the_project_export_its_cohorts(lab: Lab):
    cohort = lab.cohort("C", lab.project("Open", is_public=True))
    assert export(lab, cohort, who="bram").status == 404
    assert export(lab, cohort, who="", portal="public").status == 404
    assert export(lab, cohort, who="").status == 401
    assert lab.ask("POST", f"stem/cohort/{cohort}/export/").status == 405
