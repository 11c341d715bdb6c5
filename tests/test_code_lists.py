"""The codes of the invented schools are those of the lists that they claim to be from; see docs/code-lists.md."""

from __future__ import annotations

import pytest

from rollbook.demo.exclusions import OFTEN
from rollbook.demo.needs import OFTEN as NEEDED
from rollbook.demo.words import GB
from rollbook.model.attendance import COUNTED, STATUTORY_CODES, WITHDRAWN_CODES, Mark
from rollbook.model.exclusion import EXCLUSION_REASONS
from rollbook.model.students import ENGLISH_LEVELS, SEN_PROVISIONS, TRAVEL
from rollbook.model.support import NEEDS

from .hub import BRAMBLESIDE, THORNFIELD, Hub
from .xporter.tables import Tables

# Common Basic Data Set, language: what schools mix up, and what the invented ones speak.
LANGUAGES = {
    "ENG": "English",
    "ARA": "Arabic",
    "CHI": "Chinese",
    "GUJ": "Gujarati",
    "PNJ": "Panjabi",
    "POL": "Polish",
    "RME": "Romany/English Romanes",
    "RMI": "Romani (International)",
    "RMN": "Romanian",
    "SOM": "Somali",
    "UKR": "Ukrainian",
    "URD": "Urdu",
}
RELIGIONS = {"BU", "CH", "HI", "JE", "MU", "NO", "OT", "SI"}
ETHNICITIES = {
    *("WBRI", "WENG", "WSCO", "WWEL", "WIRI", "WIRT", "WROM", "WOTH", "MWBC", "MWBA", "MWAS", "MOTH"),
    *("AIND", "APKN", "ABAN", "AOTH", "BCRB", "BAFR", "BOTH", "CHNE", "OOTH"),
}


def test_families_speak_languages_of_the_census() -> None:
    spoken = {(facts["first_language_code"], facts["first_language"]) for facts in GB.backgrounds}
    assert spoken <= set(LANGUAGES.items())


def test_families_have_the_religions_and_ethnicities_of_the_census() -> None:
    assert {facts["religion_code"] for facts in GB.backgrounds} <= RELIGIONS
    assert {facts["ethnicity_code"] for facts in GB.backgrounds} <= ETHNICITIES


def test_the_dedicated_school_bus_is_not_for_boarders() -> None:
    assert (TRAVEL["DSB"], TRAVEL["BDR"]) == ("Dedicated school bus", "Boarder - not applicable")


@pytest.mark.parametrize("estab", [THORNFIELD, BRAMBLESIDE])
def test_students_have_codes_of_the_lists(hub: Hub, estab: str) -> None:
    students = hub.school("Students", hub.token(estab=estab), estab)["Students"]
    assert {(s["StdModeOfTravel"], s["ModeOfTravel"]) for s in students} <= set(TRAVEL.items())
    assert {s["SENProvision"] for s in students} <= {*SEN_PROVISIONS, None}
    levels = {(s["EnglishProficiencyLevelCode"], s["EnglishProficiencyLevel"]) for s in students}
    assert levels <= {*ENGLISH_LEVELS.items(), (None, None)}
    assert all((s["StdModeOfTravel"] == "BDR") == (s["Boarder"] == 1) for s in students)


def test_the_lists_that_are_served_say_a_code_once(hub: Hub) -> None:
    rows = hub.school("LookupMeta", hub.token())["LookupMeta"]
    codes = [(row["LookupTypeName"], row["Code"]) for row in rows]
    assert len(codes) == len(set(codes))
    assert ("Language", "RMN") not in codes
    assert {row["Description"] for row in rows if row["Code"] == "DSB"} == {"Dedicated school bus"}


def test_needs_and_reasons_are_of_the_lists_and_in_use() -> None:
    assert NEEDED.keys() <= NEEDS.keys()
    # "Other" was withdrawn as a reason for exclusion in 2020.
    assert OFTEN.keys() <= EXCLUSION_REASONS.keys() - {"OT"}


@pytest.mark.parametrize(("code", "column"), [("J", "approved"), ("F", "authorised"), ("H", "authorised"), ("Y", None)])
def test_a_withdrawn_attendance_code_counts_as_it_did(code: str, column: str | None) -> None:
    assert code in WITHDRAWN_CODES
    assert code not in STATUTORY_CODES
    counted = {name for name, marks in COUNTED.items() if code in marks}
    assert counted == ({"possible", column} if column else set())


def test_an_interview_of_before_2024_is_an_educational_activity(small_hub: Hub) -> None:
    token, held = small_hub.token(), Tables(small_hub)
    path = "Students?includeAttStats=true&select=Id,NumAEAMarks,NumAuthAbsMarks,NumPossMarks"
    before = {row["Id"]: row for row in small_hub.school(path, token)["Students"]}
    mark = next(m for m in held.marks() if m["kind"] == "S" and m["mark"] in "/\\" and m["date"] <= held.today)
    student = {row["id"]: row["mis_id"] for row in held.of("student")}[mark["student"]]
    held.change(Mark, mark["id"], mark="J")
    (after,) = small_hub.school(f"{path}&id={student}", token)["Students"]
    assert after["NumAEAMarks"] == before[student]["NumAEAMarks"] + 1
    assert after["NumAuthAbsMarks"] == before[student]["NumAuthAbsMarks"]
    assert after["NumPossMarks"] == before[student]["NumPossMarks"]
