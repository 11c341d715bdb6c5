"""What the invented schools know of health, diet, meals, consents and applications agrees with the rest of them."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from rollbook.demo import build
from rollbook.store.sqlite import Store
from tests.looking import look

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from .xporter.tables import Row, Tables

SCHOOLS = (THORNFIELD, BRAMBLESIDE, SAGUARO)


@pytest.fixture(scope="session")
def schools(hub: Hub) -> dict[str, Tables]:
    """The tables of each school."""
    return {estab: Tables(hub, estab) for estab in SCHOOLS}


@pytest.fixture(params=SCHOOLS)
def held(schools: dict[str, Tables], request: pytest.FixtureRequest) -> Tables:
    """The tables of a school."""
    return schools[request.param]


def per_student(held: Tables, table: str) -> dict[str, list[Row]]:
    """The rows of a table by student."""
    found = defaultdict[str, list[Row]](list)
    for row in held.of(table):
        found[row["student"]].append(row)
    return found


def people(held: Tables) -> dict[str, Row]:
    """The humans of the school's district."""
    return {p["id"]: p for p in held.sql("SELECT * FROM person WHERE district = ?", held.school["district"])}


# ---- health


def test_a_student_on_roll_has_one_medical_record_and_one_meal_pattern(held: Tables):
    for table in ("medical_record", "meal_pattern"):
        counted = {student: len(found) for student, found in per_student(held, table).items()}
        assert set(counted.values()) == {1}
        assert {s["id"] for s in held.students("OnRoll")} <= counted.keys()


def test_a_disability_has_a_reason(held: Tables):
    conditions = held.known("medical_condition")
    reasons = {"Epilepsy", "Hearing impairment", "Visual impairment"}
    reasons |= {"Cerebral palsy", "Juvenile arthritis"}
    had = per_student(held, "student_condition")
    disabled = [s for s in held.students("OnRoll") if s["disabled"]]
    assert disabled
    for student in disabled:
        assert reasons & {conditions[r["condition"]]["description"] for r in had[student["id"]]}
    never = {"Hearing impairment", "Visual impairment", "Cerebral palsy", "Juvenile arthritis"}
    well = {s["id"] for s in held.students("OnRoll") if not s["disabled"]}
    assert not [r for s in well for r in had[s] if conditions[r["condition"]]["description"] in never]


def test_nobody_has_a_condition_or_a_diet_twice(held: Tables):
    for table, what in (("student_condition", "condition"), ("student_dietary_need", "need")):
        pairs = Counter((r["student"], r[what]) for r in held.of(table))
        assert max(pairs.values()) == 1


def test_conditions_are_as_frequent_as_in_any_school(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    conditions, on_roll = held.known("medical_condition"), {s["id"] for s in held.students("OnRoll")}
    counted = Counter(conditions[r["condition"]]["description"] for r in held.of("student_condition"))
    assert 0.07 < counted["Asthma"] / len(on_roll) < 0.15
    assert counted["Asthma"] > counted["Eczema"] > counted["Epilepsy"] > 0
    ill = {r["student"] for r in held.of("student_condition")} & on_roll
    assert 0.2 < len(ill) / len(on_roll) < 0.4


def test_who_must_not_eat_gluten_does_not(held: Tables):
    conditions, needs = held.known("medical_condition"), held.known("dietary_need")
    diets = {(r["student"], needs[r["need"]]["code"]) for r in held.of("student_dietary_need")}
    had = held.of("student_condition")
    coeliac = [r["student"] for r in had if conditions[r["condition"]]["description"] == "Coeliac disease"]
    assert all((student, "GLUT") in diets for student in coeliac)


def test_a_severe_allergy_is_one_to_something(held: Tables):
    conditions, needs = held.known("medical_condition"), held.known("dietary_need")
    allergic = {r["student"] for r in held.of("student_dietary_need") if "allergy" in needs[r["need"]]["description"]}
    severe = [
        r["student"]
        for r in held.of("student_condition")
        if conditions[r["condition"]]["description"] == "Severe allergy"
    ]
    assert severe
    assert set(severe) <= allergic


def test_only_those_with_asthma_use_an_inhaler(held: Tables):
    conditions = held.known("medical_condition")
    had = held.of("student_condition")
    asthmatic = {r["student"] for r in had if conditions[r["condition"]]["description"] == "Asthma"}
    used = {e["student"] for e in held.of("medical_event") if e["description"] == "Inhaler used"}
    assert used <= asthmatic


def test_a_dietary_need_stands_in_the_students_own_record(held: Tables):
    records = held.known("medical_record")
    assert all(records[r["record"]]["student"] == r["student"] for r in held.of("student_dietary_need"))


def test_only_a_grown_student_expects_a_child(held: Tables):
    students, humans = held.known("student"), people(held)
    expecting = [students[r["student"]] for r in held.of("medical_record") if r["pregnant"]]
    assert len(expecting) == (held.school["estab"] == THORNFIELD)
    assert all(s["nc_year"] == "13" and humans[s["person"]]["gender"] == "F" for s in expecting)


# ---- the medical room


def test_medical_events_are_on_days_on_which_the_school_teaches(held: Tables):
    closed = [e for e in held.of("calendar_event") if e["kind"] != "SchoolEvent"]
    for event in held.of("medical_event"):
        for day in filter(None, (event["date"], event["follow_up"])):
            assert date.fromisoformat(day).weekday() < 5
            assert not [c for c in closed if c["start"] <= day <= c["end"]]


def test_who_was_in_the_medical_room_was_in_school(held: Tables):
    there = defaultdict[tuple[str, str], set[str]](set)
    for mark in held.of("mark"):
        there[mark["student"], mark["date"]].add(mark["mark"])
    begun = held.year_start()
    events = [e for e in held.of("medical_event") if begun <= e["date"] <= held.today]
    assert events
    for event in events:
        assert there[event["student"], event["date"]] & {"/", "\\", "L"}


def test_an_event_lies_within_the_students_time_at_the_school(held: Tables):
    students = held.known("student")
    for event in held.of("medical_event"):
        student = students[event["student"]]
        assert student["entry_date"] <= event["date"] <= (student["leaving_date"] or event["date"])
        assert not event["follow_up"] or event["follow_up"] > event["date"]


def test_some_events_are_planned_and_nobody_has_written_about_those(held: Tables):
    noted = {n["event"] for n in held.of("medical_event_note")}
    planned = [e for e in held.of("medical_event") if e["date"] > held.today]
    assert planned
    assert not [e for e in planned if e["id"] in noted]


def test_notes_belong_to_the_student_of_their_event(held: Tables):
    events = held.known("medical_event")
    assert all(events[n["event"]]["student"] == n["student"] for n in held.of("medical_event_note"))


# ---- meals


def test_a_free_meal_is_had_by_those_who_are_entitled_to_one(held: Tables):
    kinds, patterns = held.known("meal_type"), {p["student"]: p for p in held.of("meal_pattern")}
    week = ("monday", "tuesday", "wednesday", "thursday", "friday")
    eaten = {
        s["id"]: {kinds[patterns[s["id"]][d]]["code"] for d in week if patterns[s["id"]][d]}
        for s in held.students("OnRoll")
    }
    for student in held.students("OnRoll"):
        codes = eaten[student["id"]]
        assert codes
        assert "TR" not in codes
        if student["fsm_eligible"]:
            assert not codes & {"SM", "UI"}
        else:
            assert "FM" not in codes
            assert ("UI" in codes) <= (student["nc_year"] in ("R", "1", "2"))
    entitled = [s for s in held.students("OnRoll") if s["fsm_eligible"]]
    assert 0.8 < sum("FM" in eaten[s["id"]] for s in entitled) / len(entitled) <= 1
    assert sum("PL" in codes for codes in eaten.values()) > len(eaten) / 5


def test_only_boarders_eat_at_the_school_on_sundays(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    fed = {p["student"] for p in held.of("meal_pattern") if p["sunday"]}
    on_roll = {s["id"]: s["boarder"] for s in held.students("OnRoll")}
    assert fed & on_roll.keys() == {student for student, boards in on_roll.items() if boards}
    assert fed


def test_whoever_is_not_there_on_fridays_has_no_meal_then(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    without = {p["student"] for p in held.of("meal_pattern") if not p["friday"]}
    assert without == {s["id"] for s in held.students("OnRoll") if s["part_time"]}


# ---- consents


def test_most_parents_agree_and_some_forms_never_came_back(held: Tables):
    on_roll = {s["id"] for s in held.students("OnRoll")}
    agreed = per_student(held, "parental_consent")
    assert 0.92 < len(on_roll & agreed.keys()) / len(on_roll) < 1
    kinds = Counter(r["kind"] for s in on_roll for r in agreed.get(s, []))
    assert len(kinds) == 7
    assert all(0.6 < count / len(on_roll) < 1 for count in kinds.values())
    assert all(len({r["kind"] for r in rows}) == len(rows) for rows in agreed.values())


# ---- applications


def test_everybody_who_will_join_was_admitted_and_nobody_else(held: Tables):
    admitted = [a["student"] for a in held.of("application") if a["status"] == "Admitted"]
    assert sorted(admitted) == sorted(s["id"] for s in held.students("PreAdmission"))
    assert {a["student"] for a in held.of("applicant") if a["student"]} == set(admitted)


def test_an_admitted_applicant_is_the_human_who_joins_on_that_day(held: Tables):
    students, applicants = held.known("student"), held.known("applicant")
    for application in held.of("application"):
        if application["student"]:
            student, applicant = students[application["student"]], applicants[application["applicant"]]
            assert (applicant["person"], applicant["student"]) == (student["person"], student["id"])
            assert application["admission_date"] == student["entry_date"]
            assert applicant["sen_provision"] == student["sen_provision"]


def test_an_applicant_who_is_no_student_is_of_the_age_of_the_year(schools: dict[str, Tables]):
    held = schools[THORNFIELD]
    humans, applicants = people(held), held.known("applicant")
    for application in held.of("application"):
        born = humans[applicants[application["applicant"]]["person"]]["birth_date"]
        autumn = int(application["academic_year"][:4]) - 5 - int(application["year_code"])
        assert f"{autumn}-09-01" <= born <= f"{autumn + 1}-08-31"


def test_dates_of_an_application_follow_one_another(held: Tables):
    for row in held.of("application"):
        passed = [d for d in (row["application_date"], row["decision_date"], row["response_date"]) if d]
        assert passed == sorted(passed)
        assert passed[-1] <= held.today
        decided = row["status"] in ("Offered", "Accepted", "Refused", "WaitingList", "Admitted")
        assert (row["decision_date"] is not None) == decided
        assert (row["response_date"] is not None) == (row["status"] in ("Accepted", "Admitted"))
        assert (row["waiting_list"] is not None) == (row["status"] == "WaitingList")
        if row["status"] in ("Offered", "Accepted", "Admitted"):
            assert row["admission_date"] > held.today


def test_no_place_is_offered_before_the_day_of_offers(schools: dict[str, Tables]):
    rows = [a for a in schools[THORNFIELD].of("application") if a["route"] == "Coordinated"]
    assert len(rows) == 60
    assert {a["status"] for a in rows} == {"Applied", "Withdrawn"}
    assert all(a["is_late"] == (a["application_date"] > "2026-10-31") for a in rows)
    assert {a["is_late"] for a in rows} == {0, 1}


def test_a_sibling_is_a_student_of_the_same_name(held: Tables):
    students, humans = held.known("student"), people(held)
    for applicant in (a for a in held.of("applicant") if a["sibling"] and not a["student"]):
        sibling, human = humans[students[applicant["sibling"]]["person"]], humans[applicant["person"]]
        assert (human["surname"], human["post_code"]) == (sibling["surname"], sibling["post_code"])
        assert human["birth_date"] != sibling["birth_date"]


def test_references_of_applications_differ(held: Tables):
    references = [a["reference"] for a in held.of("application")]
    assert len(set(references)) == len(references)


# ---- those who died


def test_one_student_of_one_school_is_remembered(schools: dict[str, Tables]):
    died = {estab: [p for p in people(held).values() if p["death_date"]] for estab, held in schools.items()}
    assert [p["id"] for p in died[THORNFIELD]] == [p["id"] for p in died[BRAMBLESIDE]]
    assert (len(died[THORNFIELD]), died[SAGUARO]) == (1, [])
    held, (person,) = schools[THORNFIELD], died[THORNFIELD]
    (student,) = [s for s in held.of("student") if s["person"] == person["id"]]
    assert held.roll(student) == "Leaver"
    assert student["leaving_date"] == person["death_date"] < held.today
    assert (student["destination"], student["quick_note"]) == (None, None)


# ---- any day


@pytest.mark.parametrize("today", [date(2026, 9, 2), date(2026, 10, 28), date(2026, 12, 18)])
def test_nothing_has_happened_yet_that_the_clock_does_not_know_of(tmp_path: Path, today: date):
    with Store(tmp_path) as store:
        build(store, today, size=0.02)
        later = {
            "application": ("application_date", "decision_date", "response_date"),
            "medical_note": ("last_modified",),
        }
        for table, names in later.items():
            for name in names:
                (last,) = look(store, f'SELECT max("{name}") FROM "{table}"').fetchone() or (None,)
                assert str(last) <= today.isoformat(), (table, name)
        noted = "SELECT max(date) FROM medical_event e JOIN medical_event_note n ON n.event = e.id"
        (last,) = look(store, noted).fetchone() or (None,)
        assert last is None or last <= today.isoformat()
