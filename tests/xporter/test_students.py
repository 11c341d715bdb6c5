"""Students: who is listed, what each option adds, and what each filter leaves."""

from __future__ import annotations

import base64
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta

import pytest

from rollbook.model.attendance import STATUTORY_CODES, WITHDRAWN_CODES
from rollbook.model.people import Person
from rollbook.model.students import Student

from ..hub import Hub
from .tables import Caller, Row, Tables, listed, mis_ids

MEANING = {code: meaning.short for code, (_, meaning) in {**STATUTORY_CODES, **WITHDRAWN_CODES}.items()}


# ---- who is listed


def test_students_are_those_on_roll_who_are_neither_guests_nor_subsidiary(app: Caller, held: Tables):
    assert app.ids("Students") == mis_ids(held.shown_students())
    assert held.students("OnRoll", "G")
    assert held.students("OnRoll", "S")
    assert held.students("Leaver")
    assert held.students("PreAdmission")


def test_students_without_an_enrolment_status_are_listed(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    small.change(Student, student["id"], enrolment_status=None)
    assert student["mis_id"] in asker.ids("Students")


@pytest.mark.parametrize(("option", "status"), [("includeGuests", "G"), ("includeSubsidiary", "S")])
def test_guests_and_subsidiary_students_are_added_when_asked_for(app: Caller, held: Tables, option: str, status: str):
    added = app.ids(f"Students?{option}=true") - app.ids("Students")
    assert added == mis_ids(held.students("OnRoll", status))


def test_pre_admissions_are_added_when_asked_for(app: Caller, held: Tables):
    added = app.ids("Students?includePreAdmissions=true") - app.ids("Students")
    assert added == mis_ids(held.students("PreAdmission"))


def test_leavers_are_added_when_asked_for(app: Caller, held: Tables):
    since = held.year_start(last=True)
    recent = [s for s in held.students("Leaver") if s["leaving_date"] >= since]
    assert app.ids("Students?includeLeavers=true") - app.ids("Students") == mis_ids(recent)
    assert recent


def test_a_leaver_of_an_earlier_year_stays_out(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    since = small.year_start(last=True)
    before = date.fromordinal(date.fromisoformat(since).toordinal() - 1).isoformat()
    small.change(Student, student["id"], leaving_date=before)
    assert student["mis_id"] not in asker.ids("Students?includeLeavers=true")
    small.change(Student, student["id"], leaving_date=since)
    assert student["mis_id"] in asker.ids("Students?includeLeavers=true")


def test_a_student_is_on_roll_until_the_leaving_date_has_passed(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    small.change(Student, student["id"], leaving_date=small.today)
    assert student["mis_id"] in asker.ids("Students")


def test_a_student_is_on_roll_from_the_entry_date(asker: Caller, small: Tables):
    student = small.students("PreAdmission")[0]
    small.change(Student, student["id"], entry_date=small.today)
    assert student["mis_id"] in asker.ids("Students")


def test_options_that_add_students_add_up(app: Caller, held: Tables):
    asked = "Students?options=includeLeavers,includePreAdmissions,includeGuests,includeSubsidiary"
    assert app.ids(asked) == mis_ids(held.of("student"))


# ---- filters


@pytest.mark.parametrize("written", ["Leaver", "leaver", "LEAVER"])
def test_student_status_leaver_shows_leavers_in_any_case(app: Caller, held: Tables, written: str):
    assert app.ids(f"Students?studentStatus={written}") == mis_ids(held.students("Leaver"))


@pytest.mark.parametrize("written", ["Preadmission", "PreAdmission"])
def test_student_status_preadmission_shows_who_is_yet_to_come(app: Caller, held: Tables, written: str):
    assert app.ids(f"Students?studentStatus={written}") == mis_ids(held.students("PreAdmission"))


def test_student_status_onroll_shows_guests_and_subsidiary_students_too(app: Caller, held: Tables):
    assert app.ids("Students?studentStatus=onroll") == mis_ids(held.students("OnRoll"))


def test_an_unknown_student_status_is_refused_with_a_hint(app: Caller):
    assert "Leaver" in app.refusal("Students?studentStatus=Leavers")


def test_year_group_id_leaves_the_students_of_that_year(app: Caller, held: Tables):
    year = next(g for g in held.of('"group"') if g["kind"] == "YearGrp" and g["code"] == "9")
    expected = mis_ids(s for s in held.shown_students() if s["year_group"] == year["id"])
    assert app.ids(f"Students?yearGroupId={year['mis_id']}") == expected
    assert expected


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_a_student_is_found_by_each_of_their_ids_in_path_and_query(app: Caller, held: Tables, known_by: str):
    student = held.shown_students()[7]
    assert app.ids(f"Students/{student[known_by]}") == {student["mis_id"]}
    assert app.ids(f"Students?id={student[known_by]}") == {student["mis_id"]}


def test_a_leaver_is_not_found_by_id_until_leavers_are_asked_for(app: Caller, held: Tables):
    leaver = held.students("Leaver")[0]
    assert app.rows(f"Students/{leaver['mis_id']}") == []
    assert app.ids(f"Students/{leaver['mis_id']}?includeLeavers=true") == {leaver["mis_id"]}


def test_nobody_is_found_by_an_id_of_nobody(app: Caller):
    assert app.rows("Students/0") == []


def test_filters_are_all_met_at_once(app: Caller, held: Tables):
    student, other = held.shown_students()[0], held.shown_students()[1]
    year = held.known('"group"')[student["year_group"]]["mis_id"]
    assert app.ids(f"Students/{student['mis_id']}?yearGroupId={year}&studentStatus=OnRoll") == {student["mis_id"]}
    assert app.rows(f"Students/{other['mis_id']}?studentStatus=Leaver") == []


# ---- when they were updated


def test_updated_since_shows_what_changed_after_that_date(asker: Caller, small: Tables):
    first, second, *_ = small.shown_students()
    small.change(Student, first["id"], "2027-03-01T09:00:00.000", quick_note="Prefers to sit at the front")
    small.change(Student, second["id"], "2027-03-02T00:00:00.000", quick_note="Plays the oboe")
    both = {first["mis_id"], second["mis_id"]}
    assert asker.ids("Students?updatedSince=2027-02-28") == both
    assert asker.ids("Students?updatedSince=2027-03-01") == both  # a day begins before what happens in it
    assert asker.ids("Students?updatedSince=2027-03-02") == {second["mis_id"]}
    assert asker.ids("Students?updatedSince=2027-03-03") == set()


def test_updated_since_takes_a_date_with_a_time(app: Caller):
    assert app.rows("Students?updatedSince=2099-01-01T08:00:00") == []


def test_updated_since_wants_a_date_or_a_moment(app: Caller):
    assert "is not a date or a date and time" in app.refusal("Students?updatedSince=yesterday")


def test_updated_since_is_strictly_later_than_the_moment_given(asker: Caller):
    changed = asker.one("Students?id=9919&select=Id,LastUpdated")["LastUpdated"]
    assert "9919" not in asker.ids(f"Students?updatedSince={changed}")
    just_before = (datetime.fromisoformat(changed) - timedelta(milliseconds=1)).isoformat(timespec="milliseconds")
    assert "9919" in asker.ids(f"Students?updatedSince={just_before}")
    an_hour_east = (datetime.fromisoformat(just_before) + timedelta(hours=1)).isoformat(timespec="milliseconds")
    assert "9919" in asker.ids(f"Students?updatedSince={an_hour_east}%2B01:00")


def test_a_changed_fact_moves_the_update_of_those_who_may_see_it(small_hub: Hub, small: Tables):
    upns, names = Caller(small_hub, ["Student", "UPN"]), Caller(small_hub, ["Student"])
    student = small.shown_students()[0]
    before = names.one(f"Students/{student['mis_id']}")["LastUpdated"]
    small.change(Student, student["id"], "2027-03-01T09:00:00.000", upn="A999200123456")
    assert upns.one(f"Students/{student['mis_id']}")["LastUpdated"] == "2027-03-01T09:00:00.000"
    assert names.one(f"Students/{student['mis_id']}")["LastUpdated"] == before
    assert upns.ids("Students?updatedSince=2027-02-28") == {student["mis_id"]}
    assert names.ids("Students?updatedSince=2027-02-28") == set()


def test_a_changed_name_of_the_person_moves_the_update_of_the_student(asker: Caller, small: Tables):
    student = small.shown_students()[0]
    small.change(Person, student["person"], "2027-03-01T09:00:00.000", surname="Fenwhistle")
    row = asker.one("Students?updatedSince=2027-02-28")
    assert (row["Id"], row["Surname"]) == (student["mis_id"], "Fenwhistle")
    assert row["LastUpdated"] == "2027-03-01T09:00:00.000"


# ---- groups


def current_groups(held: Tables, student: Row) -> list[Row]:
    groups = held.known('"group"')
    return [groups[m["group"]] for m in held.of("student_membership") if m["student"] == student["id"] and held.now(m)]


def test_group_ids_are_the_groups_that_the_student_belongs_to_now(app: Caller, held: Tables):
    memberships: defaultdict[str, list[str]] = defaultdict(list)
    groups = held.known('"group"')
    for m in filter(held.now, held.of("student_membership")):
        memberships[m["student"]].append(groups[m["group"]]["mis_id"])
    expected = {s["mis_id"]: sorted(memberships[s["id"]]) for s in held.shown_students()}
    assert {r["Id"]: listed(r["GroupIds"]) for r in app.rows("Students?includeGroupIds=true")} == expected


def test_group_idaas_ids_and_xids_name_the_same_groups(app: Caller, held: Tables):
    student = held.shown_students()[3]
    row = app.one(f"Students/{student['mis_id']}?options=includeGroupIdaasIds,includeGroupXIDs")
    groups = current_groups(held, student)
    prefixes = {"YearGrp": "GY-", "RegGrp": "GR-", "HouseGrp": "GH-", "TeachingGrp": "GC-", "Cohort": "GK-"}
    assert listed(row["GroupIdaasIds"]) == sorted(prefixes[g["kind"]] + g["mis_id"] for g in groups)
    assert listed(row["GroupXIDs"]) == sorted(g["xid"] for g in groups)
    assert len(groups) > 5


# ---- family


def children_of_parents(held: Tables) -> dict[str, set[str]]:
    """The hub ids of the students for whom each contact has parental responsibility."""
    children: defaultdict[str, set[str]] = defaultdict(set)
    for r in held.of("relationship"):
        if r["parental"]:
            children[r["contact"]].add(r["student"])
    return children


def siblings(held: Tables) -> set[tuple[str, str]]:
    """Pairs of MIS ids of students, the second on roll, who share a contact with parental responsibility."""
    students = held.known("student")
    pairs = {(a, b) for family in children_of_parents(held).values() for a in family for b in family if a != b}
    return {(students[a]["mis_id"], students[b]["mis_id"]) for a, b in pairs if held.roll(students[b]) == "OnRoll"}


def test_the_siblings_list_names_students_on_roll_with_a_shared_parent(app: Caller, held: Tables):
    shown = mis_ids(held.shown_students())
    expected = {(a, b) for a, b in siblings(held) if a in shown}
    rows = app.rows("Students?includeSiblingsList=true")
    assert {(r["Id"], b) for r in rows for b in listed(r["StudentSiblingIds"])} == expected
    assert len(expected) > 100


def test_the_siblings_result_set_says_the_same_as_the_list(app: Caller, held: Tables):
    shown = mis_ids(held.shown_students())
    rows = app.rows("Students?includeSiblingsResultset=true", "StudentSiblings")
    assert Counter((r["StudentId"], r["SiblingId"]) for r in rows) == Counter(
        {pair: 1 for pair in siblings(held) if pair[0] in shown}
    )


def test_each_pair_of_siblings_stands_both_ways(app: Caller):
    rows = app.rows("Students?includeSiblingsResultset=true&includeGuests=1&includeSubsidiary=1", "StudentSiblings")
    pairs = {(r["StudentId"], r["SiblingId"]) for r in rows}
    assert pairs == {(b, a) for a, b in pairs}
    assert all(r["Id"] == f"PL-{r['StudentId']}.PL-{r['SiblingId']}" for r in rows)


def test_the_siblings_result_set_stays_empty_until_asked_for(app: Caller):
    assert app.rows("Students", "StudentSiblings") == []


def test_the_siblings_result_set_follows_the_students_shown(app: Caller, held: Tables):
    student = min(siblings(held))[0]
    rows = app.rows(f"Students/{student}?includeSiblingsResultset=true", "StudentSiblings")
    assert {(r["StudentId"], r["SiblingId"]) for r in rows} == {p for p in siblings(held) if p[0] == student}


@pytest.mark.parametrize(("column", "known_by"), [("ParentIdaasIds", "mis_id"), ("ParentXIDs", "xid")])
def test_parents_are_the_contacts_with_parental_responsibility(app: Caller, held: Tables, column: str, known_by: str):
    contacts = held.known("contact")
    expected: dict[str, list[str]] = {s["id"]: [] for s in held.shown_students()}
    for r in held.of("relationship"):
        if r["parental"] and r["court_order"] != 1 and r["student"] in expected:
            name = contacts[r["contact"]][known_by]
            expected[r["student"]].append(f"PC-{name}" if known_by == "mis_id" else name)
    ids = {s["id"]: s["mis_id"] for s in held.shown_students()}
    rows = app.rows(f"Students?include{column}=true")
    assert {r["Id"]: listed(r[column]) for r in rows} == {ids[s]: sorted(names) for s, names in expected.items()}


# ---- attendance


def session_marks(held: Tables) -> dict[str, dict[tuple[str, str], str]]:
    """The session marks of this academic year until today: by student, then by day and session."""
    found: defaultdict[str, dict[tuple[str, str], str]] = defaultdict(dict)
    for m in held.marks():
        if m["kind"] == "S" and held.year_start() <= m["date"] <= held.today:
            found[m["student"]][m["date"], m["session"]] = m["mark"]
    return found


def test_attendance_statistics_agree_with_the_marks(app: Caller, held: Tables):
    marks = session_marks(held)
    for row in app.rows("Students?includeAttStats=true"):
        student = next(s for s in held.shown_students() if s["mis_id"] == row["Id"])
        given = list(marks[student["id"]].values())
        short = Counter(MEANING[m] for m in given)
        assert row["NumPresMarks"] == short["Present"]
        assert row["NumAEAMarks"] == short["AEA"]
        assert row["NumAuthAbsMarks"] == short["Authorised"]
        assert row["NumUnauthAbsMarks"] == short["Unauthorised"]
        assert row["NumMissMarks"] == given.count("-")
        assert row["NumLateMarks"] == given.count("U")
        assert row["NumLateBeforeRegMarks"] == given.count("L")


def test_possible_marks_are_the_sum_of_what_they_are_made_of(app: Caller):
    parts = ("NumPresMarks", "NumAEAMarks", "NumAuthAbsMarks", "NumUnauthAbsMarks", "NumMissMarks")
    for row in app.rows("Students?includeAttStats=true"):
        assert row["NumPossMarks"] == sum(row[part] for part in parts)


def test_attendance_is_counted_from_the_start_of_the_year_until_today(app: Caller, held: Tables):
    row = app.rows("Students?includeAttStats=true&includeAttMarkString=true&pagesize=1")[0]
    days = (held.year_start(), held.today)
    assert (row["AttStatsStartDate"], row["AttStatsEndDate"]) == days
    assert (row["AttMarksStartDate"], row["AttMarksEndDate"]) == days


def test_the_mark_string_has_two_marks_for_each_day(app: Caller, held: Tables):
    marks = session_marks(held)
    first, last = (date.fromisoformat(d).toordinal() for d in (held.year_start(), held.today))
    days = [date.fromordinal(n).isoformat() for n in range(first, last + 1)]
    ids = {s["mis_id"]: s["id"] for s in held.shown_students()}
    for row in app.rows("Students?includeAttMarkString=true"):
        given = marks[ids[row["Id"]]]
        # A mark of two characters shows its first: every session has one place.
        assert row["Marks"] == "".join(given.get((d, s), "#")[0] for d in days for s in ("AM", "PM"))
        assert len(row["Marks"]) == 2 * len(days)


# ---- other options


def test_photographs_are_png_in_base64(app: Caller, held: Tables):
    images = {p["who"]: p["image"] for p in held.of("student_photo")}
    rows = app.rows("Students?includePhotos=true")
    assert {r["Id"]: r["Photo"] for r in rows} == {s["mis_id"]: images.get(s["id"]) for s in held.shown_students()}
    shown = [base64.b64decode(r["Photo"], validate=True) for r in rows if r["Photo"]]
    assert shown
    assert all(image.startswith(b"\x89PNG\r\n\x1a\n") for image in shown)


def test_ways_to_reach_students_are_shown_when_asked_for(app: Caller, held: Tables):
    people = {p["id"]: p for p in held.sql("SELECT * FROM person")}
    expected = {
        s["mis_id"]: tuple(people[s["person"]][n] for n in ("home_email", "home_phone", "mobile_phone"))
        for s in held.shown_students()
    }
    rows = app.rows("Students?includeComms=true")
    assert {r["Id"]: (r["HomeEmail"], r["HomePhone"], r["MobilePhone"]) for r in rows} == expected


OPTIONAL = {
    "includePhotos": {"Photo"},
    "includeGroupIds": {"GroupIds"},
    "includeGroupIdaasIds": {"GroupIdaasIds"},
    "includeGroupXIDs": {"GroupXIDs"},
    "includeParentIdaasIds": {"ParentIdaasIds"},
    "includeParentXIDs": {"ParentXIDs"},
    "includeSiblingsList": {"StudentSiblingIds"},
    "includeComms": {"HomeEmail", "HomePhone", "MobilePhone"},
    "includeAttMarkString": {"AttMarksStartDate", "AttMarksEndDate", "Marks"},
}


@pytest.mark.parametrize("option", OPTIONAL)
def test_a_column_is_there_only_when_its_option_is(app: Caller, option: str):
    plain, more = (set(app.rows(f"Students?pagesize=1&{option}={on}")[0]) for on in ("false", "true"))
    assert more - plain == OPTIONAL[option]
    assert plain <= more


def test_columns_say_what_the_student_and_their_person_say(app: Caller, held: Tables):
    people, groups = {p["id"]: p for p in held.sql("SELECT * FROM person")}, held.known('"group"')
    shown = {r["Id"]: r for r in app.rows("Students")}
    for s in held.shown_students():
        person, row = people[s["person"]], shown[s["mis_id"]]
        assert (row["Forename"], row["Surname"], row["DateofBirth"]) == (
            person["forename"],
            person["surname"],
            person["birth_date"],
        )
        assert (row["UPN"], row["EntryDate"], row["FsmEligible"]) == (s["upn"], s["entry_date"], s["fsm_eligible"])
        assert row["RegGroup"] == (groups[s["reg_group"]]["name"] if s["reg_group"] else None)
        assert row["YearGroupId"] == (groups[s["year_group"]]["mis_id"] if s["year_group"] else None)
        assert (row["IdaasId"], row["StudentStatus"]) == (f"PL-{s['mis_id']}", "OnRoll")
