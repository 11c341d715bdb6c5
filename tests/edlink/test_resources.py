"""Every resource, listed and fetched: what the demo's record says, in Edlink's words."""

from __future__ import annotations

import re
from typing import Any

import pytest

from rollbook.api.listing.rows import EVERY
from rollbook.dialects.edlink.asking import Asked
from rollbook.dialects.edlink.catalogue import READS, RESOURCES
from rollbook.dialects.edlink.planning import prepare
from rollbook.model.calendar import Session
from rollbook.model.groups import ClassSection, Group, StaffMembership
from rollbook.model.people import Person, Staff
from rollbook.model.students import Relationship, Student

from ..hub import BRAMBLESIDE
from .vendor import Row, Vendor, having

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def plain(row: Row) -> Row:
    """A row without the moments of writing, which differ from run to run."""
    for name in ("created_date", "updated_date"):
        assert MOMENT.fullmatch(row[name])
    return {n: v for n, v in row.items() if n not in ("created_date", "updated_date")}


def district(vendor: Vendor) -> str:
    """The hub id of the district."""
    ((found,),) = vendor.sql("SELECT id FROM district WHERE district = 1")
    return found


def named(vendor: Vendor, table: str, name: str, school: str = "") -> str:
    """The hub id of the newest record of this name at a school, the secondary one unless another is given."""
    rows = vendor.sql(
        f'SELECT id FROM "{table}" WHERE name = ? AND school = ? ORDER BY key', name, school or vendor.school()
    )
    return rows[-1][0]


# ---- what each of them says


def test_the_district(vendor: Vendor):
    place = {
        "street": "2 Teasel Court",
        "unit": None,
        "postal_code": "LK1 1LT",
        "city": "Larkspur Vale",
        "state": "Fenshire",
        "country": "GB",
        "phone": "01632 960300",
        "latitude": None,
        "longitude": None,
    }
    (row,) = vendor.rows("districts")
    assert plain(row) == {
        "id": district(vendor),
        "name": "Larkspur Learning Trust",
        "picture_url": None,
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "location": place,
        "address": place,
        "properties": {},
        "identifiers": [
            {"type": "sis_id", "value": vendor.sql("SELECT external_id FROM district WHERE district = 1")[0][0]},
            {"type": "state_id", "value": "1000"},
        ],
    }


def test_a_school(vendor: Vendor):
    place = {
        "street": "Lanthorn Lane, Mossbridge, Fenshire, LK4 1TA",
        "unit": None,
        "postal_code": "LK4 1TA",
        "city": None,
        "state": None,
        "country": "GB",
        "phone": "01632 960100",
        "latitude": 52.61,
        "longitude": 0.12,
    }
    ((external,),) = vendor.sql("SELECT external_id FROM school WHERE id = ?", vendor.school())
    (row,) = vendor.rows("schools", filter=having("name", "equals", "Thornfield Academy"))
    assert plain(row) == {
        "id": vendor.school(),
        "name": "Thornfield Academy",
        "picture_url": None,
        "grade_levels": ["06", "07", "08", "09", "10", "11", "12"],
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "location": place,
        "address": place,
        "properties": {},
        "identifiers": [
            {"type": "sis_id", "value": external},
            {"type": "school_id", "value": "1001"},
            {"type": "state_id", "value": "9994001"},
        ],
        "district_id": district(vendor),
        "product_ids": [vendor.app.id],
    }


def test_a_session_has_every_documented_property_in_its_order(vendor: Vendor):
    ((identity, external),) = vendor.sql(
        "SELECT id, external_id FROM session WHERE name = 'Autumn Term' AND start = '2026-09-02' AND school = ?",
        vendor.school(),
    )
    row = vendor.one(f"sessions/{identity}")
    assert plain(row) == {
        "id": identity,
        "name": "Autumn Term",
        "start_date": "2026-09-02T00:00:00.000Z",
        "end_date": "2026-12-18T00:00:00.000Z",
        "state": "active",
        "type": "term",
        "properties": {},
        "identifiers": [{"type": "sis_id", "value": external}],
        "school_id": vendor.school(),
        "district_id": district(vendor),
    }
    assert list(row) == [
        *("id", "created_date", "updated_date", "name", "start_date", "end_date", "state", "type", "properties"),
        *("identifiers", "school_id", "district_id"),
    ]


def test_a_course(vendor: Vendor):
    (row,) = vendor.rows(
        "courses",
        filter={
            "code": [{"operator": "equals", "value": "Fr-8"}],
            "school_id": [{"operator": "equals", "value": vendor.school()}],
        },
    )
    ((identity, external, year),) = vendor.sql(
        "SELECT id, external_id, school_year FROM course WHERE code = 'Fr-8' AND school = ?", vendor.school()
    )
    assert plain(row) == {
        "id": identity,
        "name": "French, Year 8",
        "code": "Fr-8",
        "grade_levels": ["07"],
        "subjects": ["CEDS.24"],
        "properties": {},
        "identifiers": [{"type": "sis_id", "value": external}],
        "session_id": year,
        "school_id": vendor.school(),
        "district_id": district(vendor),
    }


def test_a_student_is_a_person(vendor: Vendor):
    row = vendor.one(f"people/{vendor.human('student', '9919')}")
    assert plain(row) == {
        "id": vendor.human("student", "9919"),
        "first_name": "Graham",
        "middle_name": "Felix",
        "last_name": "Mossgrove",
        "display_name": "Graham Mossgrove",
        "picture_url": None,
        "roles": ["student"],
        "email": "graham.mossgrove@idaas.thornfield.example",
        "phone": "01632 960292",
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "graduation_year": None,
        "grade_levels": ["07"],
        "demographics": {
            "birthday": "2013-09-01T00:00:00.000Z",
            "gender": "male",
            "residence_status": None,
            "english_language_learner": False,
            "country_of_birth": "GB",
            "state_of_birth": None,
            "city_of_birth": None,
            "hispanic_or_latino_ethnicity": None,
            "races": [],
            "homeless": None,
            "disability": None,
            "gifted_talented": False,
            "food_service_program_eligibility": "FullPrice",
            "economically_disadvantaged": None,
            "migrant": None,
            "public_assistance": None,
            "rural_residency": None,
            "individualized_education_plan": False,
        },
        "address": {
            "street": "22 Winnow Road",
            "unit": None,
            "postal_code": "LK2 6FR",
            "city": "Larkspur Vale",
            "state": "Fenshire",
            "country": "United Kingdom",
            "phone": "01632 960292",
            "latitude": None,
            "longitude": None,
        },
        "properties": {},
        "identifiers": [
            {
                "type": "sis_id",
                "value": vendor.sql("SELECT external_id FROM student WHERE mis_id = '9919'")[0][0],
            },
            {"type": "state_id", "value": vendor.sql("SELECT upn FROM student WHERE mis_id = '9919'")[0][0]},
            {"type": "username", "value": "graham.mossgrove"},
            {"type": "email", "value": "graham.mossgrove@idaas.thornfield.example"},
        ],
        "district_id": district(vendor),
        "school_ids": [vendor.school()],
        "product_ids": [vendor.app.id],
    }


def test_a_class(vendor: Vendor):
    identity = named(vendor, "group", "9X1/Sc")
    found = 'SELECT external_id, course FROM "group" WHERE id = ?'
    ((external, course),) = vendor.sql(found, identity)
    meets = vendor.sql('SELECT session FROM group_session WHERE "group" = ?', identity)
    offered = vendor.sql(
        'SELECT o.session FROM course_offering o JOIN "group" g ON g.offering = o.id WHERE g.id = ?', identity
    )
    taught = vendor.sql(
        'SELECT DISTINCT l.period FROM timetable_lesson l JOIN lesson_class c ON c.lesson = l.id WHERE c."group" = ?',
        identity,
    )
    ((subject,),) = vendor.sql("SELECT id FROM subject WHERE name = 'Science' AND school = ?", vendor.school())
    assert plain(vendor.one(f"classes/{identity}")) == {
        "id": identity,
        "name": "9X1/Sc",
        "description": None,
        "picture_url": None,
        "subjects": ["CEDS.03"],
        "grade_levels": ["08"],
        "periods": ["1", "2", "3", "5"],
        "state": "active",
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "properties": {"group_type": "TeachingGrp"},
        "identifiers": [{"type": "sis_id", "value": external}],
        "session_ids": sorted({s for (s,) in (*meets, *offered)}),
        "course_id": course,
        "school_id": vendor.school(),
        "subject_id": subject,
        "period_ids": sorted(period for (period,) in taught),
        "product_ids": [vendor.app.id],
    }
    assert meets
    assert taught


def test_a_section(vendor: Vendor):
    identity = named(vendor, "class_section", "9X1/Sc practical A")
    ((external, group),) = vendor.sql('SELECT external_id, "group" FROM class_section WHERE id = ?', identity)
    assert plain(vendor.one(f"sections/{identity}")) == {
        "id": identity,
        "name": "9X1/Sc practical A",
        "description": "Practical work in the laboratory",
        "picture_url": None,
        "state": "active",
        "locale": "en-GB",
        "time_zone": "Europe/London",
        "periods": ["1"],
        "properties": {},
        "identifiers": [{"type": "sis_id", "value": external}],
        "class_id": group,
    }


def test_a_students_place_in_a_class_is_an_enrollment(vendor: Vendor):
    student, person = vendor.role("student", "9919")
    group = named(vendor, "group", "8A")
    ((identity,),) = vendor.sql('SELECT id FROM student_membership WHERE student = ? AND "group" = ?', student, group)
    assert plain(vendor.one(f"enrollments/{identity}")) == {
        "id": identity,
        "start_date": "2026-09-02T00:00:00.000Z",
        "end_date": "2027-07-21T00:00:00.000Z",
        "role": "student",
        "primary": None,
        "state": "active",
        "properties": {},
        "identifiers": [],
        "person_id": person,
        "class_id": group,
        "section_id": None,
    }


def test_a_teachers_place_in_a_class_is_an_enrollment_too(vendor: Vendor):
    group = named(vendor, "group", "8A")
    ((identity, person),) = vendor.sql(
        'SELECT m.id, s.person FROM staff_membership m JOIN staff s ON s.id = m.staff WHERE m."group" = ?'
        " AND m.role = 'Form Tutor'",
        group,
    )
    row = vendor.one(f"enrollments/{identity}")
    assert (row["role"], row["primary"], row["person_id"], row["class_id"]) == ("teacher", True, person, group)


def test_an_agent_is_whoever_stands_for_a_student(vendor: Vendor):
    student, person = vendor.role("student", "9919")
    rows = vendor.sql(
        "SELECT r.id, r.relationship, c.person FROM relationship r JOIN contact c ON c.id = r.contact"
        " WHERE r.student = ? ORDER BY r.id",
        student,
    )
    listed = vendor.rows("agents", filter=having("target_id", "equals", person))
    assert [plain(row) for row in listed] == [
        {
            "id": identity,
            "relationship": {"Mother": "parent", "Father": "parent"}[relationship],
            "properties": {},
            "identifiers": [],
            "observer_id": observer,
            "target_id": person,
        }
        for identity, relationship, observer in rows
    ]
    assert len(listed) == 2


# ---- lists and fetches


@pytest.mark.parametrize("name", RESOURCES)
def test_what_is_fetched_is_what_is_listed(vendor: Vendor, name: str):
    rows = vendor.rows(name)
    assert [r["id"] for r in rows] == sorted({r["id"] for r in rows})
    for row in (rows[0], rows[len(rows) // 2], rows[-1]):
        assert vendor.one(f"{name}/{row['id']}") == row


@pytest.mark.parametrize("name", RESOURCES)
def test_a_list_holds_every_record_of_the_districts_schools_and_no_other(vendor: Vendor, name: str):
    own = "school IN (SELECT id FROM school WHERE district = 1)"
    classes = f"SELECT id FROM \"group\" WHERE {own} AND kind IN ('TeachingGrp', 'RegGrp', 'Cohort')"
    statements = {
        "districts": "SELECT id FROM district WHERE district = 1",
        "schools": "SELECT id FROM school WHERE district = 1",
        "sessions": f"SELECT id FROM session WHERE {own}",
        "courses": f"SELECT id FROM course WHERE {own}",
        "people": f"SELECT person FROM student WHERE {own} UNION SELECT person FROM staff WHERE {own}"
        f" UNION SELECT person FROM contact WHERE {own}",
        "classes": classes,
        "sections": f"SELECT id FROM class_section WHERE {own}",
        "enrollments": f'SELECT id FROM student_membership WHERE "group" IN ({classes})'
        f' UNION SELECT id FROM staff_membership WHERE "group" IN ({classes})',
        "agents": f"SELECT id FROM relationship WHERE {own} AND coalesce(court_order, 0) <> 1",
    }
    assert vendor.ids(name) == sorted(i for (i,) in vendor.sql(statements[name]))


def test_an_envelope_has_data_and_a_request_id(vendor: Vendor):
    body = vendor.body("schools")
    assert list(body) == ["$data", "$request"]
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", body["$request"])
    assert list(vendor.body(f"schools/{vendor.school()}")) == ["$data", "$request"]


def test_an_app_is_the_product_that_schools_license(vendor: Vendor):
    (license_,) = vendor.rows("licenses")
    assert {n: v for n, v in license_.items() if n != "id"} == {
        "product_id": vendor.app.id,
        "integration_id": vendor.credential.id,
        "school_count": 2,
        "class_count": 0,
        "person_count": 0,
    }


def test_the_service_is_up(vendor: Vendor):
    answer = vendor.hub.get("/api/up")
    assert (answer.status, answer.body) == (200, b"Ok")


@pytest.mark.parametrize("name", RESOURCES)
def test_an_answer_is_made_of_no_record_that_its_keeping_does_not_know_of(vendor: Vendor, name: str):
    (reader,) = vendor.hub.desk.readers.for_holder(vendor.hub.desk.tickets.admit("edlink", vendor.token))
    resource = RESOURCES[name]
    for part in resource.parts:
        assert prepare(reader, resource, part, Asked(), EVERY).reads <= READS


# ---- what the record says in other words


def test_a_session_is_upcoming_active_or_completed_as_of_today(vendor: Vendor):
    states = {
        (s["name"], s["start_date"][:10]): (s["state"], s["type"])
        for s in vendor.rows(f"schools/{vendor.school()}/sessions")
    }
    assert states == {
        ("Academic Year 2025-2026", "2025-09-01"): ("completed", "school_year"),
        ("Autumn Term", "2025-09-03"): ("completed", "term"),
        ("Spring Term", "2026-01-05"): ("completed", "term"),
        ("Summer Term", "2026-04-13"): ("completed", "term"),
        ("Academic Year 2026-2027", "2026-09-01"): ("active", "school_year"),
        ("Autumn Term", "2026-09-02"): ("active", "term"),
        ("Spring Term", "2027-01-04"): ("upcoming", "term"),
        ("Summer Term", "2027-04-12"): ("upcoming", "term"),
    }


@pytest.mark.parametrize(
    ("start", "end", "state"),
    [
        ("2026-11-20", "2026-11-20", "active"),
        ("2026-11-21", "2026-11-30", "upcoming"),
        ("2026-11-01", "2026-11-19", "completed"),
        (None, None, "active"),
        ("2026-11-20", None, "active"),
    ],
)
def test_the_first_and_the_last_day_of_a_session_belong_to_it(writer: Vendor, start: Any, end: Any, state: str):
    with writer.hub.store.write(1) as batch:
        (made,) = batch.add(Session, [{"name": "Short", "kind": "gradingPeriod", "start": start, "end": end}])
    row = writer.one(f"sessions/{made}")
    assert (row["state"], row["type"], row["school_id"]) == (state, "grading_period", None)
    assert row["start_date"] == (f"{start}T00:00:00.000Z" if start else None)


def test_semesters_are_a_kind_of_session(writer: Vendor):
    with writer.hub.store.write(1) as batch:
        (made,) = batch.add(Session, [{"name": "Fall", "kind": "semester", "start": "2026-08-10", "end": "2026-12-18"}])
    assert writer.one(f"sessions/{made}")["type"] == "semester"


ROLES: list[tuple[Row, list[str]]] = [
    ({"is_teacher": 1, "roles": "Classroom Teacher"}, ["teacher"]),
    ({"is_teacher": 1, "roles": "Headteacher,Classroom Teacher"}, ["administrator", "teacher"]),
    ({"is_teacher": 0, "roles": "Administrator or Clerk"}, ["staff"]),
    ({"is_teacher": 0, "roles": "principal"}, ["administrator"]),
    ({"is_teacher": 0, "roles": "districtAdministrator"}, ["district-administrator"]),
    ({"is_teacher": 0, "is_governor": 1}, ["member"]),
    ({"is_teacher": 1, "employment_end": "2026-11-19"}, []),
    ({"is_teacher": 1, "employment_start": "2026-11-21"}, ["teacher"]),
]


@pytest.mark.parametrize(("facts", "roles"), ROLES)
def test_the_roles_of_staff_are_what_they_are_employed_for(writer: Vendor, facts: Row, roles: list[str]):
    with writer.hub.store.write(1) as batch:
        (person,) = batch.add(Person, [{"forename": "Una", "surname": "Quill"}])
        batch.add(Staff, [{"school": writer.school(), "person": person, **facts}])
    row = writer.one(f"people/{person}")
    assert row["roles"] == roles
    assert row["school_ids"] == ([writer.school()] if roles else [])


RELATIONS: list[tuple[Row, str]] = [
    ({"relationship": "Mother", "parental": 1}, "parent"),
    ({"relationship": "Grandparent", "parental": 0}, "guardian"),
    ({"relationship": "Friend of the family", "parental": 1}, "guardian"),
    ({"relationship": "relative", "parental": 0}, "guardian"),
    ({"relationship": "Doctor", "parental": 0}, "aide"),
    ({"relationship": None, "parental": None}, "aide"),
]


@pytest.mark.parametrize(("facts", "role"), RELATIONS)
def test_what_a_contact_is_to_a_student_is_their_role(writer: Vendor, facts: Row, role: str):
    ((relation, contact),) = writer.sql("SELECT id, contact FROM relationship WHERE district = 1 ORDER BY id LIMIT 1")
    with writer.hub.store.write(1) as batch:
        for (other,) in writer.sql("SELECT id FROM relationship WHERE contact = ? AND id <> ?", contact, relation):
            batch.remove(Relationship, other)
        batch.change(Relationship, relation, facts)
    row = writer.one(f"agents/{relation}")
    assert row["relationship"] == role
    assert role in writer.one(f"people/{row['observer_id']}")["roles"]


def test_whom_a_court_keeps_away_from_a_student_is_nobodys_agent(writer: Vendor):
    ((relation, contact),) = writer.sql("SELECT id, contact FROM relationship WHERE district = 1 ORDER BY id LIMIT 1")
    ((person,),) = writer.sql("SELECT person FROM contact WHERE id = ?", contact)
    with writer.hub.store.write(1) as batch:
        theirs = "SELECT r.id FROM relationship r JOIN contact c ON c.id = r.contact WHERE c.person = ?"
        for (one,) in writer.sql(theirs, person):
            batch.change(Relationship, one, {"court_order": 1})
    assert writer.refusal(f"agents/{relation}")[0][0] == "NOT_FOUND"
    assert writer.rows(f"people/{person}/agents") == []
    assert writer.one(f"people/{person}")["roles"] == []


def test_a_leaver_has_no_role_and_no_school_any_more(writer: Vendor):
    student, person = writer.role("student", "9919")
    with writer.hub.store.write(1) as batch:
        batch.change(Student, student, {"leaving_date": "2026-11-19"})
    row = writer.one(f"people/{person}")
    assert (row["roles"], row["school_ids"], row["grade_levels"]) == ([], [], [])
    assert person not in writer.ids(f"schools/{writer.school()}/students")


def test_a_human_with_roles_at_two_schools_is_one_person(writer: Vendor):
    _, person = writer.role("student", "9919")
    with writer.hub.store.write(1) as batch:
        batch.add(
            Staff, [{"school": writer.school(BRAMBLESIDE), "person": person, "external_id": "t-777", "is_teacher": 1}]
        )
    row = writer.one(f"people/{person}")
    assert row["roles"] == ["student", "teacher"]
    assert row["school_ids"] == sorted([writer.school(), writer.school(BRAMBLESIDE)])
    assert [i["value"] for i in row["identifiers"] if i["type"] == "sis_id"] == [
        writer.sql("SELECT external_id FROM student WHERE mis_id = '9919'")[0][0],
        "t-777",
    ]
    assert writer.ids("people").count(person) == 1


def test_demographics_are_in_edlinks_words(writer: Vendor):
    student, person = writer.role("student", "9919")
    with writer.hub.store.write(1) as batch:
        batch.change(
            Student,
            student,
            {
                "residence_status": "Resident of another state",
                "eal": 1,
                "homeless": 0,
                "gifted": 1,
                "fsm_eligible": 1,
                "economically_disadvantaged": 1,
                "migrant": 0,
                "public_assistance": 1,
                "rural_residency": 0,
                "sen_provision": "E",
            },
        )
        batch.change(
            Person,
            person,
            {
                "gender": "X",
                "hispanic": 1,
                "races": "asian,nativeHawaiianOrOtherPacificIslander,unheardOf",
                "birth_state": "AZ",
                "birth_city": "Riverton",
                "birth_country_code": "US",
                "birth_date": None,
            },
        )
    assert writer.one(f"people/{person}")["demographics"] == {
        "birthday": None,
        "gender": "other",
        "residence_status": "01656",
        "english_language_learner": True,
        "country_of_birth": "US",
        "state_of_birth": "AZ",
        "city_of_birth": "Riverton",
        "hispanic_or_latino_ethnicity": True,
        "races": ["asian", "native-hawaiian-or-other-pacific-islander"],
        "homeless": False,
        "disability": None,
        "gifted_talented": True,
        "food_service_program_eligibility": "Free",
        "economically_disadvantaged": True,
        "migrant": False,
        "public_assistance": True,
        "rural_residency": False,
        "individualized_education_plan": True,
    }


def test_a_class_that_says_nothing_of_its_subject_has_that_of_its_course(writer: Vendor):
    identity = named(writer, "group", "9X1/Sc")
    with writer.hub.store.write(1) as batch:
        batch.change(
            Group, identity, {"subject": None, "subjects": None, "subject_codes": "02052,11", "grades": "KG,14"}
        )
    row = writer.one(f"classes/{identity}")
    assert row["subjects"] == ["CEDS.02", "CEDS.11"]
    assert row["grade_levels"] == ["KG", "Other"]


def test_lessons_registers_and_cohorts_of_a_school_are_classes_houses_and_years_are_not(vendor: Vendor):
    kinds = dict(vendor.sql('SELECT id, kind FROM "group" WHERE district = 1'))
    classes = {"TeachingGrp", "RegGrp", "Cohort"}
    assert {kinds[i] for i in vendor.ids("classes")} == classes
    assert {row["properties"]["group_type"] for row in vendor.rows("classes")} == classes
    assert {kinds[e["class_id"]] for e in vendor.rows("enrollments")} == classes
    assert {e["class_id"] for e in vendor.rows("enrollments")} <= set(vendor.ids("classes"))


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        ("Teaching Assistant", "ta"),
        ("aide", "aide"),
        ("administrator", "administrator"),
        ("proctor", "teacher"),
        ("Substitute Teacher", "teacher"),
        ("Practical Work", "aide"),
        (None, "aide"),
    ],
)
def test_what_staff_are_to_a_class_is_said_in_edlinks_words(writer: Vendor, role: str | None, shown: str):
    group = named(writer, "group", "8A")
    ((identity,),) = writer.sql('SELECT id FROM staff_membership WHERE "group" = ? LIMIT 1', group)
    ((staff,),) = writer.sql("SELECT staff FROM staff_membership WHERE id = ?", identity)
    with writer.hub.store.write(1) as batch:
        batch.change(StaffMembership, identity, {"role": role})
        batch.change(Staff, staff, {"is_teacher": 0})
    row = writer.one(f"enrollments/{identity}")
    assert row["role"] == shown
    assert (row["person_id"] in writer.ids(f"classes/{group}/teachers")) == (shown == "teacher")


def test_whose_profession_it_is_teaches_a_class_whatever_their_place_there_is_called(writer: Vendor):
    group = named(writer, "group", "8A")
    ((identity,),) = writer.sql("SELECT id FROM staff_membership WHERE \"group\" = ? AND role = 'Form Tutor'", group)
    with writer.hub.store.write(1) as batch:
        batch.change(StaffMembership, identity, {"role": "Reading buddies"})
    assert writer.one(f"enrollments/{identity}")["role"] == "teacher"


def test_updated_date_moves_with_what_is_shown(writer: Vendor):
    student, person = writer.role("student", "9919")
    before = writer.one(f"people/{person}")
    with writer.hub.store.write(1) as batch:
        batch.change(Student, student, {"homeless": 1})
    after = writer.one(f"people/{person}")
    assert after["created_date"] == before["created_date"]
    assert after["updated_date"] > before["updated_date"]


def test_a_sections_state_is_its_classs(writer: Vendor):
    group = named(writer, "group", "8A")
    with writer.hub.store.write(1) as batch:
        batch.change(Group, group, {"start": "2026-12-01"})
        (made,) = batch.add(ClassSection, [{"school": writer.school(), "group": group, "name": "Half of 8A"}])
    assert writer.one(f"sections/{made}")["state"] == "upcoming"
    assert writer.one(f"classes/{group}")["state"] == "upcoming"
