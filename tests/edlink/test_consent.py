"""Consent: what a school did not grant looks like what is not there, in lists, filters, expansions and paths alike."""

from __future__ import annotations

from typing import Any, cast

import pytest

from rollbook.dialects.edlink.catalogue import PATHS, RESOURCES
from rollbook.dialects.edlink.resource import expansions
from rollbook.model.people import Person, Staff
from rollbook.model.students import Student

from ..hub import BRAMBLESIDE, THORNFIELD, Hub
from .vendor import Row, Vendor, having

NEEDS: dict[str, list[set[str]]] = {
    "districts": [{"School"}, {"SchoolLite"}],
    "schools": [{"School"}, {"SchoolLite"}],
    "sessions": [{"School"}, {"SchoolLite"}],
    "courses": [{"School"}, {"SchoolLite"}],
    "classes": [{"School"}, {"SchoolLite"}],
    "sections": [{"School"}, {"SchoolLite"}],
    "people": [{"Student"}, {"StudentLite"}, {"Staff"}, {"StaffLite"}, {"Contact"}],
    "enrollments": [
        {"School", "Student"},
        {"SchoolLite", "StudentLite"},
        {"School", "Staff"},
        {"SchoolLite", "StaffLite"},
    ],
    "agents": [{"Student", "Contact"}, {"StudentLite", "Contact"}],
}
"""The least that a school must grant for a resource to have anything in it: any one of these sets."""

GRANTS = [
    {"School"},
    {"SchoolLite"},
    {"Student"},
    {"StudentLite"},
    {"Staff"},
    {"StaffLite"},
    {"Contact"},
    {"Attendance"},
    {"School", "Student"},
    {"SchoolLite", "StaffLite"},
    {"StudentLite", "Contact"},
    {"School", "Student", "Staff", "Contact"},
]


@pytest.mark.parametrize("scopes", GRANTS, ids=lambda s: "+".join(sorted(s)))
def test_a_resource_whose_scope_nobody_granted_is_an_empty_list(small_hub: Hub, scopes: set[str]):
    vendor = Vendor(small_hub, scopes)
    for name, ways in NEEDS.items():
        assert bool(vendor.rows(name)) == any(way <= scopes for way in ways), name


def test_an_app_whom_no_school_has_granted_anything_is_told_so(small_hub: Hub):
    vendor = Vendor(small_hub, ())
    answer = vendor.ask("people")
    assert (answer.status, answer.json["$errors"][0]["code"]) == (403, "INVALID_INTEGRATION_STATE")


def test_a_revoked_or_paused_grant_ends_what_was_kept_in_memory(small_hub: Hub):
    vendor = Vendor(small_hub)
    assert len(vendor.rows("schools")) == 2
    desk = small_hub.desk
    desk.grants.pause(desk.grants.at(vendor.app, BRAMBLESIDE))
    assert vendor.ids("schools") == [vendor.school()]
    desk.grants.revoke(desk.grants.at(vendor.app, THORNFIELD))
    assert vendor.refusal("schools")[0][0] == "INVALID_INTEGRATION_STATE"
    desk.credentials.drop(vendor.credential)
    assert vendor.refusal("schools")[0][0] == "INVALID_TOKEN"


def test_words_of_a_credential_narrow_what_the_schools_granted(small_hub: Hub):
    vendor = Vendor(small_hub, rights=["roster-core.readonly"])
    row = vendor.one(f"people/{vendor.human('student', '9919')}")
    assert (row["first_name"], row["email"]) == ("Graham", "graham.mossgrove@idaas.thornfield.example")
    assert row["demographics"]["birthday"] is None
    assert vendor.rows("agents") == []


# ---- facts

FACTS: list[tuple[str, list[str]]] = [
    ("StudentExtended", ["middle_name", "demographics.birthday"]),
    ("StudentEthnicity", ["demographics.country_of_birth"]),
    (
        "StudentDemographic",
        ["demographics.english_language_learner", "address.postal_code", "demographics.country_of_birth"],
    ),
    (
        "StudentFunding",
        [
            "demographics.gifted_talented",
            "demographics.food_service_program_eligibility",
            "demographics.english_language_learner",
        ],
    ),
    ("SEN", ["demographics.individualized_education_plan"]),
    ("Address", ["address.street", "address.postal_code", "address.city", "address.state", "address.country"]),
]


def known(row: Row, path: str = "") -> set[str]:
    """The properties of a row that tell something, by dotted name."""
    found: set[str] = set()
    for name, value in row.items():
        if isinstance(value, dict):
            found |= known(cast(Row, value), f"{path}{name}.")
        elif value not in (None, []):
            found.add(f"{path}{name}")
    return found


@pytest.mark.parametrize(("scope", "facts"), FACTS)
def test_a_scope_shows_its_facts_and_no_others(small_hub: Hub, scope: str, facts: list[str]):
    base = Vendor(small_hub, {"School", "StudentLite"})
    path = f"people/{base.human('student', '9919')}"
    before = known(base.one(path))
    after = known(Vendor(small_hub, {"School", "StudentLite", scope}).one(path))
    assert after - before - {"phone", "address.phone"} == set(facts)
    assert before <= after


def test_the_periods_of_a_class_are_told_with_the_timetable_alone(small_hub: Hub):
    classes = Vendor(small_hub, {"SchoolLite"}, elsewhere={"School"}).rows("classes", expand="subject")
    told = {row["school_id"]: (False, False) for row in classes}
    for row in classes:
        subject, periods = told[row["school_id"]]
        told[row["school_id"]] = (subject or bool(row["subject"]), periods or bool(row["period_ids"]))
    assert sorted(told.values()) == [(True, False), (True, True)]


def test_a_upn_is_an_identifier_where_it_is_granted(small_hub: Hub):
    kinds = {
        scope: [i["type"] for i in Vendor(small_hub, {"StudentLite", scope}).rows("people")[0]["identifiers"]]
        for scope in ("UPN", "StudentLite")
    }
    assert kinds == {"UPN": ["sis_id", "state_id", "username", "email"], "StudentLite": ["sis_id", "username", "email"]}


def test_who_runs_a_school_is_known_only_with_the_scope_of_employment(small_hub: Hub):
    vendor = Vendor(small_hub, {"School", "Staff"})
    head = vendor.human("staff", "1")
    assert vendor.one(f"people/{head}")["roles"] == ["teacher"]
    assert vendor.rows(f"schools/{vendor.school()}/administrators") == []
    more = Vendor(small_hub, {"School", "Staff", "StaffEmployment"})
    assert more.one(f"people/{head}")["roles"] == ["administrator", "teacher"]
    assert head in more.ids(f"schools/{vendor.school()}/administrators")


# ---- schools that granted differently


@pytest.fixture
def uneven(small_hub: Hub) -> Vendor:
    """An app to which one school granted nearly everything and the other the least."""
    return Vendor(small_hub, ["all"], elsewhere={"StudentLite", "School"})


def test_each_school_shows_what_it_granted(uneven: Vendor):
    there, here = uneven.school(BRAMBLESIDE), uneven.school()
    people = uneven.rows("people")
    assert {r for p in people if there in p["school_ids"] for r in p["roles"]} == {"student"}
    assert {r for p in people if here in p["school_ids"] for r in p["roles"]} >= {"student", "teacher", "parent"}
    birthdays = {s: [p["demographics"]["birthday"] for p in people if p["school_ids"] == [s]] for s in (there, here)}
    assert birthdays[there]
    assert set(birthdays[there]) == {None}
    assert all(
        b
        for b, p in zip(birthdays[here], (q for q in people if q["school_ids"] == [here]), strict=True)
        if "student" in p["roles"]
    )


def test_agents_and_staff_of_a_school_that_did_not_grant_them_are_nowhere(uneven: Vendor):
    there = uneven.school(BRAMBLESIDE)
    hidden = {i for (i,) in uneven.sql("SELECT id FROM relationship WHERE school = ?", there)}
    assert hidden
    assert not hidden & set(uneven.ids("agents"))
    assert uneven.rows(f"schools/{there}/teachers") == []
    assert {e["role"] for e in uneven.rows("enrollments", expand="class") if e["class"]["school_id"] == there} == {
        "student"
    }


def test_a_parent_who_is_known_through_one_school_shows_none_of_the_other(uneven: Vendor):
    there = uneven.school(BRAMBLESIDE)
    both = uneven.sql(
        "SELECT a.person FROM contact a JOIN contact b ON b.person = a.person WHERE a.school = ? AND b.school = ?",
        uneven.school(),
        there,
    )
    assert both
    for (person,) in both:
        assert there not in uneven.one(f"people/{person}")["school_ids"]
        assert person not in uneven.ids(f"schools/{there}/people")


def test_an_update_that_is_not_shown_moves_nothing(uneven: Vendor):

    ((student, person),) = uneven.sql(
        "SELECT id, person FROM student WHERE school = ? AND leaving_date IS NULL LIMIT 1", uneven.school(BRAMBLESIDE)
    )
    before = uneven.body("people", first=1000)["$data"], uneven.body("events", last=1)["$data"][0]["id"]
    with uneven.hub.store.write(1) as batch:
        batch.change(Student, student, {"homeless": 1, "gifted": 1, "fsm_eligible": 1})
    assert uneven.body("people", first=1000)["$data"] == before[0]
    assert uneven.rows("events", after=before[1]) == []
    assert uneven.one(f"people/{person}")["demographics"]["homeless"] is None


# ---- filters


def test_a_filter_on_what_nobody_granted_is_refused_as_if_it_did_not_exist(small_hub: Hub):
    vendor = Vendor(small_hub, {"School"})
    unknown = vendor.refusal("people", filter=having("shoe_size", "equals", "x"))[0]
    for prop in ("first_name", "last_name", "display_name", "email"):
        ((code, message),) = vendor.refusal("people", filter=having(prop, "equals", "x"))
        assert (code, message.split(" (")[0]) == (unknown[0], unknown[1].split(" (")[0].replace("shoe_size", prop))
    assert "first_name" not in unknown[1]


def test_a_filter_finds_nobody_by_what_their_school_did_not_grant(uneven: Vendor):
    there = uneven.school(BRAMBLESIDE)
    shown = {p["email"] for p in uneven.rows("people") if p["school_ids"] == [there]}
    assert None not in shown
    ((home, person),) = uneven.sql(
        "SELECT p.home_email, s.person FROM student s JOIN person p ON p.id = s.person"
        " WHERE s.school = ? AND p.home_email IS NOT NULL LIMIT 1",
        there,
    ) or [("", "")]
    if home:
        assert person not in uneven.ids("people", filter=having("email", "equals", home))


def test_what_happens_to_somebody_hidden_changes_no_byte_of_any_answer(uneven: Vendor):
    ((staff, person),) = uneven.sql(
        "SELECT id, person FROM staff WHERE school = ? AND mis_id = '1'", uneven.school(BRAMBLESIDE)
    )

    def everything() -> list[bytes]:
        answers = [uneven.ask(name, first=10_000) for name in (*RESOURCES, "events")]
        return [answer.body.split(b'"$request"')[0] for answer in answers]

    before = everything()
    with uneven.hub.store.write(1) as batch:
        batch.change(Person, person, {"forename": "Hidden", "surname": "Change"})
        batch.change(Staff, staff, {"work_email": "hidden@example.org"})
    assert everything() == before
    with uneven.hub.store.write(1) as batch:
        batch.remove(Staff, staff)
    assert [e for e in uneven.rows("events") if e["type"] == "deleted" and e["target"] == "person"] == []


# ---- people left out


def test_somebody_left_out_is_nowhere(small_hub: Hub):
    vendor = Vendor(small_hub)
    student, person = vendor.role("student", "9919")
    places = {i for (i,) in vendor.sql("SELECT id FROM student_membership WHERE student = ?", student)}
    family = {i for (i,) in vendor.sql("SELECT id FROM relationship WHERE student = ?", student)}
    newest = vendor.body("events", last=1)["$data"][0]["id"]
    desk = small_hub.desk
    desk.people.choose(desk.grants.at(vendor.app, THORNFIELD), "student", "except", ["9919"])
    assert person not in vendor.ids("people")
    assert vendor.refusal(f"people/{person}")[0][0] == "NOT_FOUND"
    assert vendor.refusal(f"people/{person}/agents")[0][0] == "NOT_FOUND"
    assert not places & set(vendor.ids("enrollments"))
    assert not family & set(vendor.ids("agents"))
    assert vendor.ids("people", filter=having("id", "equals", person)) == []
    assert person not in vendor.ids(f"schools/{vendor.school()}/students")
    # Who has read of them is told that they are gone, and nothing else.
    assert [e["type"] for e in vendor.rows("events") if e["target_id"] == person] == ["deleted"]
    for row in vendor.rows("enrollments", expand="person"):
        assert row["person"]["id"] == row["person_id"] != person

    told = vendor.rows("events", after=newest)
    assert {e["target_id"] for e in told if e["type"] == "deleted"} > {person, *family}
    with small_hub.store.write(1) as batch:
        batch.remove(Student, student)
    assert vendor.rows("events", after=newest) == told


def test_only_those_chosen_are_there(small_hub: Hub):
    vendor = Vendor(small_hub)
    desk = small_hub.desk
    desk.people.choose(desk.grants.at(vendor.app, THORNFIELD), "student", "only", ["9919", "9920"])
    names = {p["first_name"] for p in vendor.rows(f"schools/{vendor.school()}/students")}
    assert names == {"Graham", "Primrose"}
    assert vendor.rows(f"schools/{vendor.school(BRAMBLESIDE)}/students") != []


# ---- nothing in any answer


LISTS = (*RESOURCES, "subjects")
"""Everything to which ids of rosters lead."""


@pytest.mark.parametrize("scopes", GRANTS, ids=lambda s: "+".join(sorted(s)))
def test_every_path_of_every_thing_shows_only_what_the_lists_show(small_hub: Hub, scopes: set[str]):
    vendor = Vendor(small_hub, scopes)
    lists: dict[str, dict[str, Any]] = {n: {r["id"]: r for r in vendor.rows(n)} for n in LISTS}
    for (name, leads), path in PATHS.items():
        for one in list(lists[name])[:2]:
            for row in vendor.rows(f"{name}/{one}/{leads}"):
                assert row == lists[path.leads][row["id"]]
    for name, resource in RESOURCES.items():
        for word, holder in expansions(resource).items():
            leads = resource.properties[holder].leads
            for row in vendor.body(name, expand=word, first=20)["$data"]:
                for thing in row[word] if isinstance(row[word], list) else [row[word]]:
                    assert thing is None or thing == lists[leads][thing["id"]]
