"""The invented schools are the same for everyone, whole, and nobody's."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rollbook.demo import DEFAULT_TODAY, Demo, build
from rollbook.demo.numbers import upn_check_letter
from rollbook.errors import Conflict, Malformed
from rollbook.fields import RECORDS, Code, Record
from rollbook.model.assessment import Aspect, ResultSet
from rollbook.model.origin import ORIGINS
from rollbook.model.people import Comm
from rollbook.store.schema import columns
from rollbook.store.sqlite import Store
from tests.looking import look_by_key, looking

from .demo_data import demo_schools, what_was_built

TODAY = DEFAULT_TODAY.isoformat()
TABLES = [
    record
    for record in RECORDS.values()
    # What the hub keeps for itself, researchers' projects and the words of standards, is no school's.
    if not record.derived() and record.__module__ not in ("rollbook.model.research", "rollbook.model.vocabulary")
]

NOWHERE = (
    {
        "School.deni_no": "only schools in Northern Ireland have one",
        "StudentProfile.ancestry": "Ed-Fi publishes no words for it",
        "StudentProfile.tribes": "Ed-Fi publishes no words for it",
        "StudentProfile.displaced": "no crisis displaced anybody",
        "StudentProfile.international_addresses": "all live in the country of their school",
        "StudentProfile.thumbnail": "photographs are kept, not linked to",
        "Mark.statutory_comment": "it comes with marks that no school of the demo gives, when an app writes them back",
    }
    | {
        f"{record.__name__}.{name}": "the demo came from no roster"
        for record in TABLES
        for name, field in record.stored().items()
        if isinstance(field, Code) and field.choices == ORIGINS
    }
    | {
        f"{name}.external_id": "gradebooks and resources are kept in the hub, and in no other system"
        for name in (
            *("AssessmentCategory", "AssessmentResult", "ScoreScale", "Resource", "ClassResource"),
            *("CourseResource", "StudentResource", "StaffResource", "ContactResource"),
        )
    }
)
"""Facts that nobody in the demo has, and why."""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store(demo_schools(1.0, tmp_path_factory.mktemp("demo"))) as opened, looking(opened):
        yield opened


@pytest.fixture(scope="module")
def demo() -> Demo:
    return what_was_built(1.0)


def rows(store: Store, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    return look_by_key(store, sql, values).fetchall()


def test_the_demo_is_two_districts_with_three_schools(demo: Demo):
    assert [(s.district, s.estab, s.name) for s in demo.schools] == [
        (1, "9994001", "Thornfield Academy"),
        (1, "9992001", "Brambleside Primary School"),
        (2, "9995001", "Saguaro Canyon High School"),
    ]
    assert demo.districts == (1, 2)


def test_the_clock_stands_still_on_a_friday_in_the_autumn_term(demo: Demo, store: Store):
    assert store.setting("today") == demo.today == "2026-11-20"
    assert (demo.calendar.year_from, demo.calendar.year_to) == ("2026-09-01", "2027-08-31")
    assert demo.calendar.week == ("2026-11-16", "2026-11-20")


@pytest.mark.parametrize(
    ("estab", "on_roll", "left", "to_come"),
    [("9994001", 1000, 95, 37), ("9992001", 300, 44, 25), ("9995001", 240, 36, 10)],
)
@pytest.mark.usefixtures("demo")
def test_a_school_has_students_on_roll_leavers_and_some_to_come(
    store: Store, estab: str, on_roll: int, left: int, to_come: int
):
    found = rows(
        store,
        "SELECT sum(entry_date <= ?1 AND coalesce(leaving_date, '9') >= ?1), sum(leaving_date < ?1),"
        " sum(entry_date > ?1) FROM student JOIN school ON school.key = student.school WHERE estab = ?2",
        TODAY,
        estab,
    )
    assert found == [(on_roll, left, to_come)]


@pytest.mark.usefixtures("demo")
def test_graham_mossgrove_is_in_8b_with_his_sister_in_year_10_and_his_mother_hilda(store: Store):
    graham = rows(
        store,
        "SELECT p.forename, p.surname, f.name, y.name, s.work_email, s.parental_salutation FROM student s"
        " JOIN school c ON c.key = s.school JOIN person p ON p.key = s.person"
        ' JOIN "group" f ON f.key = s.reg_group JOIN "group" y ON y.key = s.year_group'
        " WHERE c.estab = '9994001' AND s.mis_id = '9919'",
    )
    assert graham == [
        ("Graham", "Mossgrove", "8B", "Year 8", "graham.mossgrove@thornfield.example", "Mr and Mrs Mossgrove")
    ]
    siblings = (
        "SELECT DISTINCT p.forename FROM relationship a"
        " JOIN relationship b ON b.contact = a.contact AND b.student <> a.student AND b.parental = 1"
        " JOIN student s ON s.key = a.student AND a.parental = 1 JOIN student o ON o.key = b.student"
    )
    assert rows(
        store, f"{siblings} JOIN person p ON p.key = o.person WHERE s.mis_id = '9919' AND p.surname = 'Mossgrove'"
    ) == [("Primrose",)]
    contacts = "SELECT p.forename, r.relationship, r.priority FROM relationship r JOIN student s ON s.key = r.student"
    assert rows(
        store,
        f"{contacts} JOIN contact c ON c.key = r.contact JOIN person p ON p.key = c.person JOIN school h"
        " ON h.key = s.school WHERE s.mis_id = '9919' AND h.estab = '9994001' ORDER BY r.priority",
    ) == [("Hilda", "Mother", 1), ("Ambrose", "Father", 2)]


@pytest.mark.usefixtures("demo")
def test_a_person_can_be_known_at_two_schools(store: Store):
    shared = "SELECT count(*) FROM (SELECT person FROM {} GROUP BY person HAVING count(DISTINCT school) = 2)"
    assert rows(store, shared.format("student")) == [(44,)]
    assert rows(store, shared.format("contact"))[0][0] > 100
    assert rows(store, "SELECT count(*) FROM staff WHERE person IN (SELECT person FROM contact)")[0][0] > 5


def everything(store: Store, record: type[Record]) -> list[tuple[Any, ...]]:
    names = ", ".join(f'"{name}"' for name in columns(record))
    return rows(store, f'SELECT {names} FROM "{record.table}" ORDER BY key')


def test_two_builds_are_equal(tmp_path: Path):
    with Store(tmp_path / "one") as one, Store(tmp_path / "two") as two:
        assert build(one, size=0.05) == build(two, size=0.05)
        for record in TABLES:
            assert everything(one, record) == everything(two, record), record.__name__


@pytest.mark.usefixtures("demo")
def test_hub_ids_are_version_4_uuids_or_made_of_the_records_number(store: Store):
    own = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
    numbered = re.compile(r"00000000-0000-8000-8000-[0-9]{12}")
    for record in TABLES:
        # The external ids of assessments are numbers that their supplier gave.
        names = {"id"} if record in (Aspect, ResultSet) else {"id", "external_id"}
        for name in names & columns(record).keys():
            found = rows(store, f'SELECT "{name}" FROM "{record.table}" WHERE "{name}" IS NOT NULL')
            form = numbered if record.numbered and name == "id" else own
            assert all(form.fullmatch(value) for (value,) in found), (record.__name__, name)


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
@pytest.mark.usefixtures("demo")
def test_every_fact_is_known_of_somebody(store: Store, record: type[Record]):
    counts = ", ".join(f'count("{name}")' for name in record.stored())
    found = rows(store, f'SELECT {counts} FROM "{record.table}"')[0]
    missing = {f"{record.__name__}.{n}" for n, count in zip(record.stored(), found, strict=True) if not count}
    assert missing == {name for name in NOWHERE if name.startswith(f"{record.__name__}.")}


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
@pytest.mark.usefixtures("demo")
def test_every_reference_leads_to_a_record_of_the_same_district(store: Store, record: type[Record]):
    for name, ref in record.refs().items():
        lost = rows(
            store,
            f'SELECT count(*) FROM "{record.table}" a WHERE a."{name}" IS NOT NULL AND NOT EXISTS'
            f' (SELECT 1 FROM "{ref.target.table}" b WHERE b.district = a.district AND b.key = a."{name}")',
        )
        assert lost == [(0,)], name


@pytest.mark.parametrize("record", TABLES, ids=lambda record: record.__name__)
@pytest.mark.usefixtures("demo")
def test_an_mis_id_names_one_record_of_a_school(store: Store, record: type[Record]):
    if "mis_id" in record.stored():
        of_school = "GROUP BY district, school, mis_id HAVING count(*) > 1 OR mis_id IS NULL"
        repeated = f'SELECT mis_id FROM "{record.table}" {of_school}'
        assert rows(store, repeated) == []


@pytest.mark.parametrize(
    ("kind", "reference"), [("RegGrp", "reg_group"), ("YearGrp", "year_group"), ("HouseGrp", "house_group")]
)
@pytest.mark.usefixtures("demo")
def test_the_groups_on_a_students_record_are_those_they_are_in_today(store: Store, kind: str, reference: str):
    said = rows(store, f"SELECT key, {reference} FROM student WHERE {reference} IS NOT NULL ORDER BY 1")
    held = rows(
        store,
        'SELECT m.student, m."group" FROM student_membership m JOIN "group" g ON g.key = m."group"'
        " WHERE g.kind = ?1 AND m.start <= ?2 AND coalesce(m.\"end\", '9') >= ?2 ORDER BY 1",
        kind,
        TODAY,
    )
    assert held == said
    assert len(said) > 1200


@pytest.mark.usefixtures("demo")
def test_a_membership_lies_within_the_students_time_at_the_school(store: Store):
    outside = rows(
        store,
        'SELECT count(*) FROM student_membership m JOIN student s ON s.key = m.student WHERE m."end" < m.start'
        " OR m.start < s.entry_date OR (s.leaving_date IS NOT NULL AND coalesce(m.\"end\", '9') > s.leaving_date)",
    )
    assert outside == [(0,)]


@pytest.mark.usefixtures("demo")
def test_groups_have_a_past_and_a_future(store: Store):
    for kind in ("RegGrp", "TeachingGrp", "Cohort"):
        ended = (
            'SELECT count(*) FROM "group" g JOIN {0}_membership m ON m."group" = g.key WHERE g.kind = ? AND g."end" < ?'
        )
        for who in ("student", "staff"):
            assert rows(store, ended.format(who), kind, TODAY)[0][0] > 0, (kind, who)
    for who in ("student", "staff"):
        assert rows(store, f"SELECT count(*) FROM {who}_membership WHERE start > ?", TODAY)[0][0] > 0


@pytest.mark.usefixtures("demo")
def test_no_teaching_group_is_crowded(store: Store):
    sizes = rows(
        store,
        'SELECT g.code, count(*) FROM "group" g JOIN student_membership m ON m."group" = g.key'
        " WHERE g.kind IN ('TeachingGrp', 'RegGrp') AND m.start <= ?1 AND m.\"end\" >= ?1 GROUP BY g.id",
        TODAY,
    )
    assert [(code, size) for code, size in sizes if size > 38] == []
    assert len(sizes) > 300


@pytest.mark.usefixtures("demo")
def test_registers_are_taken_on_the_weekdays_of_last_years_terms_and_of_this_one_until_today(store: Store):
    days = [
        date.fromisoformat(day)
        for (day,) in rows(
            store,
            "SELECT DISTINCT date FROM mark JOIN school ON school.key = mark.school WHERE estab = '9994001' ORDER BY 1",
        )
    ]
    now = [day for day in days if day >= date(2026, 9, 1)]
    before = days[: -len(now)]
    assert (now[0], now[-1], len(now)) == (date(2026, 9, 2), DEFAULT_TODAY, 58)
    assert (before[0], before[-1], len(before)) == (date(2025, 9, 3), date(2026, 7, 21), 210)
    assert {day.weekday() for day in days} == {0, 1, 2, 3, 4}


@pytest.mark.usefixtures("demo")
def test_only_the_secondary_keeps_the_registers_of_last_year(store: Store):
    first = rows(
        store,
        "SELECT estab, min(date) FROM mark JOIN school ON school.key = mark.school GROUP BY estab ORDER BY estab",
    )
    assert first == [("9992001", "2026-09-02"), ("9994001", "2025-09-03"), ("9995001", "2026-08-10")]


@pytest.mark.usefixtures("demo")
def test_whoever_was_on_roll_has_one_mark_for_each_session_and_nobody_else_has(store: Store):
    expected = rows(
        store,
        "SELECT s.key, count(*) FROM student s JOIN (SELECT DISTINCT school, date, session FROM mark) d"
        " ON d.school = s.school AND d.date >= s.entry_date AND d.date <= coalesce(s.leaving_date, '9')"
        " GROUP BY s.key ORDER BY 1",
    )
    given = rows(
        store,
        "SELECT student, count(DISTINCT date || session) FROM mark WHERE kind = 'S' GROUP BY student ORDER BY 1",
    )
    assert given == expected
    assert rows(store, "SELECT count(*) FROM mark WHERE kind = 'S'") == [(sum(count for _, count in expected),)]


@pytest.mark.usefixtures("demo")
def test_nearly_everybody_is_present_and_every_mark_is_a_code_of_the_school(store: Store):
    marks = dict(rows(store, "SELECT mark, count(*) FROM mark WHERE kind = 'S' GROUP BY mark"))
    asked = sum(marks.values()) - marks["#"] - marks["-"]
    assert 0.93 < (marks["/"] + marks["\\"] + marks["L"]) / asked < 0.96
    assert {"I", "M", "O", "U", "V", "W", "E", "D", "C2", "-", "N", "G"} <= marks.keys()
    unknown = "SELECT count(*) FROM mark m WHERE NOT EXISTS (SELECT 1 FROM attendance_code c WHERE c.school = m.school"
    assert rows(store, f"{unknown} AND c.mark = m.mark AND c.active = 1)") == [(0,)]


@pytest.mark.usefixtures("demo")
def test_minutes_late_belong_to_late_marks_and_closures_say_why(store: Store):
    assert rows(store, "SELECT DISTINCT mark FROM mark WHERE minutes_late IS NOT NULL ORDER BY 1") == [("L",), ("U",)]
    assert rows(store, "SELECT DISTINCT notes FROM mark WHERE mark = '#' AND date = '2026-10-26'") == [
        ("Autumn Half Term",)
    ]


@pytest.mark.usefixtures("demo")
def test_lessons_are_registered_in_the_last_week_by_those_who_were_in_school(demo: Demo, store: Store):
    days = rows(store, "SELECT min(date), max(date), count(DISTINCT school || instance) FROM mark WHERE kind = 'L'")
    # Five periods a day at one school, seven at another.
    assert days == [(*demo.calendar.week, 5 * 5 + 5 * 7)]
    truants = rows(
        store,
        "SELECT count(*) FROM mark l JOIN mark s ON s.student = l.student AND s.date = l.date AND s.session = l.session"
        " AND s.kind = 'S' WHERE l.kind = 'L' AND l.mark IN ('/', '\\') AND s.mark NOT IN ('/', '\\', 'L', 'U')",
    )
    assert truants == [(0,)]


MAINS = {
    "home_phone": ("T", "H"),
    "mobile_phone": ("M", "M"),
    "work_phone": ("T", "W"),
    "home_email": ("E", "H"),
    "work_email": ("E", "W"),
}


@pytest.mark.parametrize("who", ["student", "staff", "contact"])
@pytest.mark.usefixtures("demo")
def test_a_main_way_to_reach_somebody_is_one_of_their_ways(store: Store, who: str):
    own = RECORDS[who.capitalize()].stored()
    for name, (kind, location) in MAINS.items():
        if name == "work_phone" and name not in own:
            continue
        main = f"{'w' if name in own else 'p'}.{name}"
        wrong = rows(
            store,
            f"SELECT {main}, count(c.value), max(c.value) FROM {who} w JOIN person p ON p.key = w.person"
            f" LEFT JOIN {who}_comm c ON c.who = w.key AND c.is_default = 1 AND c.comms_type = ?"
            f" AND c.location_code = ? GROUP BY w.id HAVING {main} IS NOT max(c.value) OR count(c.value) > 1",
            kind,
            location,
        )
        assert wrong == [], name
    assert rows(store, f"SELECT count(*) FROM {who}_comm")[0][0] > 500


@pytest.mark.usefixtures("demo")
def test_upns_are_correctly_formed_and_belong_to_one_child(store: Store):
    found = rows(store, "SELECT upn, count(DISTINCT person) FROM student WHERE upn IS NOT NULL GROUP BY upn")
    assert [number for number, people in found if people != 1 or upn_check_letter(number[1:]) != number[0]] == []
    assert all(number[1:4] == "999" for number, _ in found)
    assert len(found) > 1300


def test_the_check_letter_of_a_upn_is_that_of_the_departments_example():
    # DfE, "Unique pupil numbers (UPNs)", calculating the check letter; and a temporary number.
    assert upn_check_letter("801200001001") == "H"


PHONE = re.compile(r"01632 960\d{3}|07700 900\d{3}|020 7946 0\d{3}|\((505|575)\) 555-01\d\d")
TOLD = [
    (record, name)
    for record in TABLES
    for name in record.stored()
    if re.search(r"phone|email|^web$", name) or (name == "value" and issubclass(record, Comm))
    if not name.startswith("is_")
]


@pytest.mark.parametrize(("record", "name"), TOLD, ids=lambda part: getattr(part, "__name__", part))
@pytest.mark.usefixtures("demo")
def test_no_telephone_or_mail_address_reaches_anybody(store: Store, record: type[Record], name: str):
    values = [value for (value,) in rows(store, f'SELECT DISTINCT "{name}" FROM "{record.table}"') if value]
    assert values
    assert [v for v in values if not (PHONE.fullmatch(v) or re.fullmatch(r"[a-z0-9.@-]+\.example", v))] == []


@pytest.mark.usefixtures("demo")
def test_a_mail_address_belongs_to_one_person(store: Store):
    shared = "SELECT {0} FROM {1} WHERE {0} IS NOT NULL GROUP BY {0} HAVING count(DISTINCT {2}) > 1"
    for table, name, who in (
        ("student", "work_email", "id"),
        ("staff", "work_email", "id"),
        ("person", "home_email", "id"),
        ("person", "username", "id"),
    ):
        assert rows(store, shared.format(name, table, who)) == [], (table, name)


@pytest.mark.usefixtures("demo")
def test_national_insurance_numbers_are_never_given_out(store: Store):
    numbers = [n for (n,) in rows(store, "SELECT ni_number FROM staff WHERE ni_number IS NOT NULL")]
    assert all(re.fullmatch(r"QQ\d{6}[A-D]", n) for n in numbers)
    assert len(numbers) == len(set(numbers)) > 80


@pytest.mark.usefixtures("demo")
def test_staff_are_current_future_previous_and_temporary_with_codes_of_their_own(store: Store):
    status = (
        "CASE WHEN is_temporary = 1 THEN 'Temporary' WHEN employment_start > ?1 THEN 'Future'"
        " WHEN employment_end < ?1 THEN 'Previous' ELSE 'Current' END"
    )
    found = dict(rows(store, f"SELECT {status}, count(*) FROM staff GROUP BY 1", TODAY))
    assert found == {"Current": 131, "Future": 4, "Previous": 8, "Temporary": 1}
    assert rows(store, "SELECT code FROM staff GROUP BY school, code HAVING count(*) > 1 OR code IS NULL") == []


@pytest.mark.usefixtures("demo")
def test_everybody_is_managed_by_somebody_up_to_the_head(store: Store):
    unmanaged = rows(
        store,
        "SELECT c.estab, s.roles FROM staff s JOIN school c ON c.key = s.school WHERE s.is_governor = 0"
        " AND coalesce(s.employment_start, '') <= ? AND s.key NOT IN (SELECT child FROM staff_hierarchy) ORDER BY 1",
        TODAY,
    )
    assert unmanaged == [
        ("9992001", "Headteacher,Classroom Teacher"),
        ("9994001", "Headteacher,Classroom Teacher"),
        ("9995001", "Principal"),
    ]


@pytest.mark.usefixtures("demo")
def test_photos_are_small_pictures_that_differ_from_person_to_person(store: Store):
    images = [i for (i,) in rows(store, "SELECT image FROM student_photo UNION ALL SELECT image FROM staff_photo")]
    assert len(images) == len(set(images)) > 1500
    assert max(map(len, images)) < 200
    for image in images[::100]:
        data = b64decode(image)
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        start = data.index(b"IDAT") + 4
        length = int.from_bytes(data[start - 8 : start - 4], "big")
        # Eight rows, each with the byte that names its filter and one byte for eight pixels.
        assert len(zlib.decompress(data[start : start + length])) == 16


def test_an_american_student_has_a_grade_and_no_upn(demo: Demo, store: Store):
    american = "FROM student s JOIN person p ON p.key = s.person WHERE s.district = ?"
    district = demo.districts[1]
    found = rows(store, f"SELECT count(upn), count(nc_year), count(ethnicity_code), count(grade) {american}", district)
    assert found == [(0, 0, 0, 286)]
    assert rows(store, f"SELECT DISTINCT grade {american} ORDER BY 1", district) == [("09",), ("10",), ("11",), ("12",)]
    assert rows(store, f"SELECT count(*) {american} AND p.races IS NOT NULL", district) == [(286,)]


@pytest.mark.usefixtures("demo")
def test_an_american_class_follows_a_course_in_its_semesters(store: Store):
    sections = rows(
        store,
        "SELECT g.name, c.title, o.code, group_concat(s.name, ', ' ORDER BY s.start)"
        ' FROM "group" g JOIN course c ON c.key = g.course JOIN course_offering o ON o.key = g.offering'
        ' JOIN group_session t ON t."group" = g.key JOIN session s ON s.key = t.session'
        " WHERE g.code = 'MATH10-2' GROUP BY g.id",
    )
    assert sections == [("Geometry (2)", "Geometry", "MATH10", "Fall Semester, Spring Semester")]


@pytest.mark.usefixtures("demo")
def test_a_british_class_follows_a_course_in_its_three_terms(store: Store):
    found = rows(
        store,
        "SELECT g.name, c.title, c.grades, o.code, o.title, y.kind, group_concat(s.name, ', ' ORDER BY s.start)"
        ' FROM "group" g JOIN course c ON c.key = g.course JOIN course_offering o ON o.key = g.offering'
        ' JOIN session y ON y.key = o.session JOIN group_session t ON t."group" = g.key'
        " JOIN session s ON s.key = t.session"
        " WHERE g.code = '10X1/Ma' GROUP BY g.id",
    )
    terms = "Autumn Term, Spring Term, Summer Term"
    said = ("10X1/Ma", "Mathematics, Year 10", "09", "Ma-10", "GCSE Mathematics", "schoolYear", terms)
    assert found == [said]


@pytest.mark.usefixtures("demo")
def test_every_class_of_this_year_follows_an_offering_of_its_schools_and_of_its_course(store: Store):
    classes = (
        'SELECT count(*) FROM "group" g WHERE g.kind = \'TeachingGrp\' AND g."end" >= ?1 AND {0} EXISTS'
        " (SELECT 1 FROM course_offering o WHERE o.key = g.offering AND o.course = g.course AND o.school = g.school)"
    )
    assert rows(store, classes.format("NOT"), TODAY) == [(0,)]
    assert rows(store, classes.format(""), TODAY)[0][0] > 400
    meet = (
        'SELECT count(*) FROM "group" g LEFT JOIN group_session t ON t."group" = g.key LEFT JOIN session s'
        ' ON s.key = t.session AND s.school = g.school AND s.start < g."end" AND s."end" > g.start'
        " WHERE g.kind IN ('TeachingGrp', 'RegGrp') AND g.start < '2027-07-01' AND s.id IS NULL"
    )
    assert rows(store, meet) == [(0,)]


@pytest.mark.usefixtures("demo")
def test_sessions_say_their_year_their_term_and_how_many_days_are_taught(store: Store):
    asked = (
        "SELECT s.name, s.year, s.term, s.instructional_days FROM session s JOIN school c ON c.key = s.school"
        " WHERE c.estab = ? AND s.school_year = '2026-2027' AND s.kind <> 'gradingPeriod' ORDER BY s.start, s.kind"
    )
    assert rows(store, asked, "9994001") == [
        ("Academic Year 2026-2027", 2027, "Year Round", 191),
        ("Autumn Term", 2027, "First Trimester", 72),
        ("Spring Term", 2027, "Second Trimester", 53),
        ("Summer Term", 2027, "Third Trimester", 66),
    ]
    assert rows(store, asked, "9995001") == [
        ("Academic Year 2026-2027", 2027, "Year Round", 180),
        ("Fall Semester", 2027, "Fall Semester", 87),
        ("Spring Semester", 2027, "Spring Semester", 93),
    ]


@pytest.mark.usefixtures("demo")
def test_days_taught_are_the_days_on_which_registers_have_marks(store: Store):
    held = (
        "SELECT count(DISTINCT m.date) FROM mark m JOIN school c ON c.key = m.school"
        " WHERE c.estab = '9994001' AND m.mark IN ('/', '\\') AND m.date BETWEEN ? AND ?"
    )
    # Nineteen school days are left of a term of 72, and one of the days before was a training day.
    assert rows(store, held, "2026-09-01", TODAY) == [(72 - 20,)]
    taught = (
        "SELECT s.instructional_days FROM session s JOIN school c ON c.key = s.school"
        " WHERE c.estab = '9994001' AND s.name = 'Academic Year 2025-2026'"
    )
    assert rows(store, held, "2025-09-01", "2026-08-31") == rows(store, taught) == [(191,)]


@pytest.mark.usefixtures("demo")
def test_members_of_a_class_that_is_halved_are_in_one_half(store: Store):
    halves = rows(
        store,
        "SELECT c.estab, count(DISTINCT g.id), count(DISTINCT x.id), count(*) FROM student_membership m"
        ' JOIN "group" g ON g.key = m."group" JOIN school c ON c.key = g.school'
        ' LEFT JOIN class_section x ON x.key = m.section AND x."group" = g.key'
        ' WHERE g.key IN (SELECT "group" FROM class_section) GROUP BY c.id ORDER BY 1',
    )
    assert [(estab, groups, sections) for estab, groups, sections, _ in halves] == [
        ("9994001", 18, 36),
        ("9995001", 3, 6),
    ]
    sizes = rows(store, "SELECT count(*) FROM student_membership WHERE section IS NOT NULL GROUP BY section")
    assert (len(sizes), sum(n for (n,) in sizes)) == (42, sum(count for *_, count in halves))
    assert min(sizes) > (5,)
    taught = (
        'SELECT count(*) FROM staff_membership m JOIN class_section x ON x.key = m.section AND x."group" = m."group"'
    )
    assert rows(store, taught) == [(21,)]


@pytest.mark.usefixtures("demo")
def test_cohorts_say_what_they_are_for(store: Store):
    cohorts = rows(
        store,
        'SELECT g.code, g.purpose FROM "group" g LEFT JOIN school c ON c.key = g.school'
        " WHERE g.kind = 'Cohort' ORDER BY c.estab, g.code",
    )
    assert cohorts == [
        ("LYM", "Extracurricular Activity"),
        ("CHO", "Extracurricular Activity"),
        ("FS", "Field Trip"),
        ("RR", "Academic Intervention"),
        ("DEA", "Extracurricular Activity"),
        ("GM", "Classroom Pullout"),
        ("MUS", "Extracurricular Activity"),
        ("SCU", "Academic Intervention"),
        ("CREDIT", "Study Hall"),
        ("MENTOR", "Counselor List"),
        ("PROM", "Extracurricular Activity"),
    ]


@pytest.mark.usefixtures("demo")
def test_a_cohort_of_the_whole_trust_has_students_and_staff_of_both_schools(store: Store):
    members = (
        'SELECT c.estab, count(*) FROM "group" g JOIN {0}_membership m ON m."group" = g.key'
        " JOIN {0} s ON s.key = m.{0} AND s.school = m.school JOIN school c ON c.key = m.school"
        " WHERE g.kind = 'Cohort' AND g.school IS NULL GROUP BY c.id ORDER BY 1"
    )
    assert rows(store, members.format("student")) == [("9992001", 11), ("9994001", 45)]
    assert rows(store, members.format("staff")) == [("9992001", 1), ("9994001", 1)]


@pytest.mark.usefixtures("demo")
def test_programmes_have_cohorts_and_classes(store: Store):
    found = rows(
        store,
        "SELECT c.estab, p.name, group_concat(DISTINCT g.code ORDER BY g.code) FROM program p"
        ' JOIN group_program x ON x.program = p.key JOIN "group" g ON g.key = x."group"'
        " LEFT JOIN school c ON c.key = p.school WHERE x.school IS g.school GROUP BY p.id ORDER BY 1, 2",
    )
    vocational = "ELE11-1,ELE11-2,ELE11-3,ELE12-1,ELE12-2,ELE12-3"
    assert found == [
        (None, "College Readiness", "MENTOR"),
        (None, "Larkspur Music Service", "LYM"),
        ("9992001", "Reading Recovery", "RR"),
        ("9994001", "Catch-Up", "SCU"),
        ("9994001", "Duke's Expedition Award", "DEA"),
        ("9995001", "Career and Technical Education", vocational),
        ("9995001", "Credit Recovery", "CREDIT"),
    ]


@pytest.mark.usefixtures("demo")
def test_everybody_on_the_staff_holds_one_position_while_they_are_employed(store: Store):
    wrong = rows(
        store,
        "SELECT count(*) FROM staff s LEFT JOIN staff_assignment a ON a.staff = s.key AND a.school = s.school"
        " WHERE a.id IS NULL"
        ' OR (s.is_temporary = 0 AND (a.start, a."end") IS NOT (s.employment_start, s.employment_end))',
    )
    assert wrong == [(0,)]
    found = dict(rows(store, "SELECT classification, count(*) FROM staff_assignment GROUP BY 1"))
    assert found == {
        "All Other Support Staff": 2,
        "Assistant Principal": 6,
        "Instructional Aide": 24,
        "Librarian/Media Specialist": 1,
        "Other": 8,
        "Principal": 3,
        "School Administrative Support Staff": 5,
        "School Counselor": 1,
        "Substitute Teacher": 6,
        "Teacher": 88,
    }


@pytest.mark.usefixtures("demo")
def test_a_human_has_numbers_of_their_own_in_the_district(store: Store):
    for name in ("student_unique_id", "staff_unique_id", "contact_unique_id"):
        ids = rows(store, f"SELECT district, {name} FROM person")
        assert len(ids) == len(set(ids)) > 4000
        assert all(1 <= len(identity) <= 32 for _, identity in ids)
    american = rows(
        store,
        "SELECT p.student_unique_id FROM student s JOIN person p ON p.key = s.person WHERE s.district = 2"
        " UNION ALL SELECT p.staff_unique_id FROM staff s JOIN person p ON p.key = s.person WHERE s.district = 2",
    )
    assert all(re.fullmatch(r"60\d{5}|2072\d\d", identity) for (identity,) in american)


@pytest.mark.usefixtures("demo")
def test_what_is_known_of_an_american_student_agrees(store: Store):
    disagreeing = (
        "SELECT count(*) FROM student WHERE district = 2 AND (public_assistance > economically_disadvantaged"
        " OR fsm_eligible > economically_disadvantaged OR graduation_year <> 2027 + 12 - grade"
        " + CASE WHEN leaving_date < '2026-07-01' THEN -1 WHEN entry_date > '2027-07-01' THEN 1 ELSE 0 END)"
    )
    assert rows(store, disagreeing) == [(0,)]
    flags = ("homeless", "migrant", "rural_residency", "public_assistance", "economically_disadvantaged")
    for flag in flags:
        some, every = rows(store, f"SELECT sum({flag}), count({flag}) FROM student WHERE district = 2")[0]
        assert 0 < some < every == 286, flag


def test_progress_is_told_step_by_step(tmp_path: Path):
    told: list[tuple[str, int, int]] = []
    with Store(tmp_path) as store:
        build(store, size=0.02, progress=lambda what, done, total: told.append((what, done, total)))
    assert [(done, total) for _, done, total in told] == [(n, 5) for n in range(1, 6)]
    assert told[1][0] == "Thornfield Academy"


def test_a_store_takes_the_demo_once(tmp_path: Path):
    with Store(tmp_path) as store:
        build(store, size=0.02)
        with pytest.raises(Conflict, match="9994001 is already Thornfield Academy"):
            build(store, size=0.02)
        assert rows(store, "SELECT count(*) FROM district") == [(2,)]


@pytest.mark.parametrize("today", [date(2026, 9, 2), date(2026, 10, 28), date(2026, 11, 22), date(2026, 12, 18)])
def test_the_clock_can_stand_on_any_day_of_the_autumn_term(tmp_path: Path, today: date):
    with Store(tmp_path) as store:
        demo = build(store, today, size=0.02)
        assert (
            demo.calendar.week[0]
            <= rows(store, "SELECT max(date) FROM mark WHERE mark = '/'")[0][0]
            <= today.isoformat()
        )
        assert rows(store, "SELECT count(*) FROM mark WHERE date > ?", today.isoformat()) == [(0,)]


def test_the_clock_cannot_stand_outside_the_autumn_term(tmp_path: Path):
    with Store(tmp_path) as store, pytest.raises(Malformed, match="choose a day from 2026-09-02 to 2026-12-18"):
        build(store, date(2027, 7, 30))
