"""Contacts, StudentContacts and PersonComms: whom the school turns to, and how they are reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from urllib.parse import quote

import pytest

from rollbook.model.people import Contact, ContactComm, Person
from rollbook.model.students import Relationship, Student

from ..hub import Hub
from .tables import Caller, Row, Tables, listed, mis_ids


def links(held: Tables, *rolls: str) -> list[Row]:
    """The relationships to students of these roll statuses."""
    students = held.known("student")
    return [r for r in held.of("relationship") if held.roll(students[r["student"]]) in rolls]


def contacts_of(held: Tables, relationships: list[Row]) -> set[str]:
    """The MIS ids of the contacts in relationships."""
    return mis_ids(held.known("contact")[r["contact"]] for r in relationships)


def unrestricted(relationships: list[Row]) -> list[Row]:
    """The relationships that no court order restricts."""
    return [r for r in relationships if not r["court_order"]]


# ---- Contacts


def test_contacts_are_those_of_students_on_roll_unless_a_court_order_restricts_them(app: Caller, held: Tables):
    assert app.ids("Contacts") == contacts_of(held, unrestricted(links(held, "OnRoll")))
    assert app.ids("Contacts") < mis_ids(held.of("contact"))


def test_restricted_contacts_are_added_when_asked_for(app: Caller, held: Tables):
    everyone = contacts_of(held, links(held, "OnRoll"))
    assert app.ids("Contacts?includeRestrictedRelationships=true") == everyone
    assert everyone > app.ids("Contacts")


def test_a_contact_restricted_for_one_child_is_still_the_contact_of_another(asker: Caller, small: Tables):
    both = [r for r in links(small, "OnRoll") if r["parental"]]
    by_contact: defaultdict[str, list[Row]] = defaultdict(list)
    for r in both:
        by_contact[r["contact"]].append(r)
    first, second = next(rs for rs in by_contact.values() if len(rs) == 2)
    contact = small.known("contact")[first["contact"]]["mis_id"]
    small.change(Relationship, first["id"], court_order=1)
    assert contact in asker.ids("Contacts")
    small.change(Relationship, second["id"], court_order=1)
    assert contact not in asker.ids("Contacts")
    assert contact in asker.ids("Contacts?includeRestrictedRelationships=true")


def test_contacts_of_pre_admissions_are_added_when_asked_for(app: Caller, held: Tables):
    expected = contacts_of(held, unrestricted(links(held, "OnRoll", "PreAdmission")))
    assert app.ids("Contacts?includePreAdmissions=true") == expected
    assert expected > app.ids("Contacts")


def test_restricted_contacts_of_pre_admissions_are_added_when_both_are_asked_for(asker: Caller, small: Tables):
    contact = links(small, "PreAdmission")[0]["contact"]
    for r in small.of("relationship"):
        if r["contact"] == contact:
            small.change(Relationship, r["id"], court_order=1)
    asked = "Contacts?includePreAdmissions=true&includeRestrictedRelationships=true"
    assert small.known("contact")[contact]["mis_id"] in asker.ids(asked)


def test_only_parental_responsibility_leaves_those_who_have_it_for_a_student(app: Caller, held: Tables):
    responsible = contacts_of(held, [r for r in held.of("relationship") if r["parental"]])
    assert app.ids("Contacts?onlyParentalResponsibility=true") == app.ids("Contacts") & responsible
    assert app.ids("Contacts") - responsible


@pytest.mark.parametrize(("column", "known_by"), [("ChildIdaasIds", "mis_id"), ("ChildXIDs", "xid")])
def test_children_are_the_students_on_roll_under_parental_responsibility(
    app: Caller, held: Tables, column: str, known_by: str
):
    students, contacts = held.known("student"), held.known("contact")
    children: defaultdict[str, list[str]] = defaultdict(list)
    for r in links(held, "OnRoll"):
        if r["parental"] and r["court_order"] != 1:
            child = students[r["student"]][known_by]
            children[contacts[r["contact"]]["mis_id"]].append(f"PL-{child}" if known_by == "mis_id" else child)
    rows = app.rows(f"Contacts?include{column}=true")
    assert {r["Id"]: listed(r[column]) for r in rows} == {r["Id"]: sorted(children[r["Id"]]) for r in rows}
    assert column not in app.rows("Contacts?pagesize=1")[0]


@pytest.mark.parametrize("known_by", ["mis_id", "external_id", "xid"])
def test_a_contact_is_found_by_each_of_their_ids(app: Caller, held: Tables, known_by: str):
    contact = held.known("contact")[unrestricted(links(held, "OnRoll"))[4]["contact"]]
    assert app.ids(f"Contacts/{contact[known_by]}") == {contact["mis_id"]}
    assert app.ids(f"Contacts?id={contact[known_by]}") == {contact["mis_id"]}


def test_updated_since_shows_contacts_who_changed_after_that_date(asker: Caller, small: Tables):
    contacts = small.known("contact")
    first, second = (contacts[i] for i in sorted({r["contact"] for r in links(small, "OnRoll")})[:2])
    small.change(Contact, first["id"], "2027-03-01T09:00:00.000", work_phone="020 7946 0999")
    small.change(Person, second["person"], "2027-03-02T09:00:00.000", mobile_phone="07700 900999")
    assert asker.ids("Contacts?updatedSince=2027-02-28") >= {first["mis_id"], second["mis_id"]}
    assert first["mis_id"] not in asker.ids("Contacts?updatedSince=2027-03-02")
    assert second["mis_id"] in asker.ids("Contacts?updatedSince=2027-03-02")
    assert asker.ids("Contacts?updatedSince=2027-03-03") == set()


# ---- StudentContacts

Pair = tuple[str, str, str, int, int]


def pairs(held: Tables, relationships: list[Row]) -> list[Pair]:
    """Relationships as StudentContacts shows them."""
    students, contacts = held.known("student"), held.known("contact")
    return sorted(
        (
            students[r["student"]]["mis_id"],
            contacts[r["contact"]]["mis_id"],
            r["relationship"],
            r["priority"],
            r["parental"],
        )
        for r in relationships
    )


def shown(app: Caller, asked: str = "") -> list[Pair]:
    """What StudentContacts shows."""
    rows = app.rows(f"StudentContacts{asked}")
    return sorted((r["StudentId"], r["ContactId"], r["Relationship"], r["Priority"], r["ParResp"]) for r in rows)


def test_student_contacts_are_the_unrestricted_relationships_of_students_on_roll(app: Caller, held: Tables):
    assert shown(app) == pairs(held, unrestricted(links(held, "OnRoll")))


@pytest.mark.parametrize(("option", "roll"), [("includeLeavers", "Leaver"), ("includePreAdmissions", "PreAdmission")])
def test_relationships_of_others_are_added_when_asked_for(app: Caller, held: Tables, option: str, roll: str):
    assert shown(app, f"?{option}=true") == pairs(held, unrestricted(links(held, "OnRoll", roll)))
    assert links(held, roll)


def test_restricted_relationships_are_added_when_asked_for(app: Caller, held: Tables):
    everything = pairs(held, links(held, "OnRoll"))
    assert shown(app, "?includeRestrictedRelationships=true") == everything
    assert len(everything) > len(shown(app))


@pytest.mark.parametrize("written", ["Step-father", "step-father", "STEP-FATHER"])
def test_relationship_leaves_one_kind_in_any_case(app: Caller, held: Tables, written: str):
    steps = [r for r in unrestricted(links(held, "OnRoll")) if r["relationship"] == "Step-father"]
    assert shown(app, f"?relationship={written}") == pairs(held, steps)
    assert steps


def test_priority_leaves_one_priority(app: Caller, held: Tables):
    thirds = [r for r in unrestricted(links(held, "OnRoll")) if r["priority"] == 3]
    assert shown(app, "?priority=3") == pairs(held, thirds)
    assert "not a whole number" in app.refusal("StudentContacts?priority=first")


@pytest.mark.parametrize(("written", "parental"), [("1", 1), ("true", 1), ("0", 0)])
def test_parresp_leaves_those_with_or_without_responsibility(app: Caller, held: Tables, written: str, parental: int):
    some = [r for r in unrestricted(links(held, "OnRoll")) if r["parental"] == parental]
    assert shown(app, f"?parresp={written}") == pairs(held, some)


def test_filters_of_relationships_are_all_met_at_once(app: Caller, held: Tables):
    some = [
        r
        for r in unrestricted(links(held, "OnRoll"))
        if (r["relationship"], r["parental"], r["priority"]) == ("Grandparent", 1, 1)
    ]
    assert shown(app, "?relationship=grandparent&parresp=1&priority=1") == pairs(held, some)
    assert some


def test_an_id_is_that_of_a_student_or_of_a_contact(app: Caller, held: Tables):
    link = unrestricted(links(held, "OnRoll"))[0]
    student, contact = held.known("student")[link["student"]], held.known("contact")[link["contact"]]
    of_student = [r for r in unrestricted(links(held, "OnRoll")) if r["student"] == student["id"]]
    of_contact = [r for r in unrestricted(links(held, "OnRoll")) if r["contact"] == contact["id"]]
    assert shown(app, f"/{student['mis_id']}") == pairs(held, of_student)
    assert shown(app, f"?id={contact['mis_id']}") == pairs(held, of_contact)


def test_external_ids_are_shown_when_asked_for(app: Caller, held: Tables):
    students = {s["mis_id"]: s["external_id"] for s in held.of("student")}
    contacts = {c["mis_id"]: c["external_id"] for c in held.of("contact")}
    for row in app.rows("StudentContacts?includeExternalIds=true"):
        assert row["StudentExternalId"] == students[row["StudentId"]]
        assert row["ContactExternalId"] == contacts[row["ContactId"]]
    assert "StudentExternalId" not in app.rows("StudentContacts?pagesize=1")[0]


def test_the_id_of_a_relationship_names_both_people(app: Caller):
    assert all(r["Id"] == f"PL-{r['StudentId']}.PC-{r['ContactId']}" for r in app.rows("StudentContacts"))


def test_updated_since_shows_relationships_that_changed_after_that_date(asker: Caller, small: Tables):
    link = unrestricted(links(small, "OnRoll"))[0]
    small.change(Relationship, link["id"], "2027-03-01T09:00:00.000", priority=9)
    row = asker.one("StudentContacts?updatedSince=2027-02-28")
    assert (row["Priority"], row["LastUpdated"]) == (9, "2027-03-01T09:00:00.000")
    assert asker.rows("StudentContacts?updatedSince=2027-03-02") == []


@pytest.mark.parametrize(("option", "roll"), [("includeLeavers", "Leaver"), ("includePreAdmissions", "PreAdmission")])
def test_restricted_relationships_of_others_are_added_when_both_are_asked_for(
    asker: Caller, small: Tables, option: str, roll: str
):
    link = links(small, roll)[0]
    small.change(Relationship, link["id"], court_order=1)
    fresh = Tables(small.hub)
    asked = f"?{option}=true&includeRestrictedRelationships=true"
    assert shown(asker, asked) == pairs(fresh, links(fresh, "OnRoll", roll))


@pytest.mark.parametrize(("option", "roll"), [("includeLeavers", "Leaver"), ("includePreAdmissions", "PreAdmission")])
def test_restricted_relationships_of_others_stay_out_when_only_the_others_are_asked_for(
    asker: Caller, small: Tables, option: str, roll: str
):
    small.change(Relationship, links(small, roll)[0]["id"], court_order=1)
    fresh = Tables(small.hub)
    assert shown(asker, f"?{option}=true") == pairs(fresh, unrestricted(links(fresh, "OnRoll", roll)))


# ---- PersonComms


def comms(held: Tables) -> list[Row]:
    """The ways to reach students on roll, staff who work here, and the contacts who are listed."""
    on_roll = {s["id"]: s["mis_id"] for s in held.students("OnRoll")}
    working = {s["id"]: s["mis_id"] for s in held.staff("Current", "Temporary")}
    listed_contacts = {r["contact"] for r in unrestricted(links(held, "OnRoll"))}
    contacts = {c["id"]: c["mis_id"] for c in held.of("contact") if c["id"] in listed_contacts}
    kinds = {"Student": on_roll, "Staff": working, "Contact": contacts}
    return [
        {**row, "PersonType": kind, "PersonId": people[row["who"]]}
        for kind, people in kinds.items()
        for row in held.of(f"{kind.lower()}_comm")
        if row["who"] in people
    ]


def reached(rows: list[Row], *columns: str) -> list[tuple[object, ...]]:
    """Rows as tuples of columns, in an order of their own."""
    return sorted((tuple(r[c] for c in columns) for r in rows), key=repr)


STORED = ("PersonType", "PersonId", "comms_type", "location_code", "priority", "is_default", "value", "notes")
SHOWN = ("PersonType", "PersonId", "CommsType", "LocationCode", "Priority", "IsDefault", "Value", "Notes")


COMMS: list[tuple[str, Callable[[Row], bool]]] = [
    ("", lambda r: bool(r)),
    ("CommsType=E", lambda r: r["comms_type"] == "E"),
    ("CommsType=m", lambda r: r["comms_type"] == "M"),
    ("LocationCode=W", lambda r: r["location_code"] == "W"),
    ("Priority=3", lambda r: r["priority"] == 3),
    ("IsDefault=0", lambda r: r["is_default"] == 0),
    ("IsDefault=true", lambda r: r["is_default"] == 1),
    ("PersonType=Student", lambda r: r["PersonType"] == "Student"),
    ("PersonType=staff", lambda r: r["PersonType"] == "Staff"),
    ("PersonType=CONTACT", lambda r: r["PersonType"] == "Contact"),
    (
        "PersonType=Contact&CommsType=M&IsDefault=0",
        lambda r: (r["PersonType"], r["comms_type"], r["is_default"]) == ("Contact", "M", 0),
    ),
    (
        "LocationCode=W&CommsType=T&Priority=2",
        lambda r: (r["location_code"], r["comms_type"], r["priority"]) == ("W", "T", 2),
    ),
]
"""What is asked, and which rows it means."""


@pytest.mark.parametrize(("asked", "meant"), COMMS, ids=[asked or "everything" for asked, _ in COMMS])
def test_ways_to_reach_people_are_those_that_meet_every_filter(
    app: Caller, held: Tables, asked: str, meant: Callable[[Row], bool]
):
    expected = [r for r in comms(held) if meant(r)]
    assert reached(app.rows(f"PersonComms?{asked}"), *SHOWN) == reached(expected, *STORED)
    assert expected


def test_an_id_shows_the_ways_to_reach_that_person(app: Caller, held: Tables):
    contact = next(r["PersonId"] for r in comms(held) if r["PersonType"] == "Contact")
    expected = [r for r in comms(held) if r["PersonId"] == contact]
    assert reached(app.rows(f"PersonComms/{contact}"), *SHOWN) == reached(expected, *STORED)


def test_an_id_that_people_of_two_kinds_have_shows_both_unless_one_kind_is_asked_for(asker: Caller, small: Tables):
    person, student = small.staff("Current")[0], small.shown_students()[0]
    small.change(Student, student["id"], mis_id=person["mis_id"])
    assert {r["PersonType"] for r in asker.rows(f"PersonComms/{person['mis_id']}")} == {"Staff", "Student"}
    only = asker.rows(f"PersonComms/{person['mis_id']}?PersonType=Student")
    assert {r["PersonType"] for r in only} == {"Student"}


def test_ids_of_ways_to_reach_people_differ(app: Caller):
    assert app.ids("PersonComms")


def test_updated_since_shows_ways_that_changed_after_that_date(asker: Caller, small: Tables):
    comm = next(r for r in comms(small) if r["PersonType"] == "Contact")
    small.change(ContactComm, comm["id"], "2027-03-01T09:00:00.000", value="01632 960999")
    row = asker.one("PersonComms?updatedSince=2027-02-28")
    assert (row["PersonId"], row["Value"]) == (comm["PersonId"], "01632 960999")
    assert asker.rows("PersonComms?updatedSince=2027-03-02") == []


def test_an_unknown_way_of_communication_is_refused(app: Caller):
    assert "CommsType" in app.refusal("PersonComms?CommsType=Fax")


def test_a_caller_sees_the_ways_to_reach_the_kinds_of_people_that_were_granted(hub: Hub, held: Tables):
    staff = Caller(hub, ["Staff"]).rows("PersonComms")
    expected = [r for r in comms(held) if r["PersonType"] == "Staff"]
    assert reached(staff, *SHOWN) == reached(expected, *STORED)


def test_a_contact_of_a_student_who_leaves_is_no_longer_listed(asker: Caller, small: Tables):
    contacts, by_contact = small.known("contact"), defaultdict[str, list[Row]](list)
    for r in unrestricted(links(small, "OnRoll")):
        by_contact[r["contact"]].append(r)
    contact, (link,) = next((c, rs) for c, rs in by_contact.items() if len(rs) == 1)
    yesterday = date.fromordinal(date.fromisoformat(small.today).toordinal() - 1).isoformat()
    small.change(Student, link["student"], leaving_date=yesterday)
    name = contacts[contact]["mis_id"]
    assert name not in asker.ids("Contacts")
    assert asker.rows(f"PersonComms?PersonType=Contact&id={quote(name)}") == []
    assert asker.rows(f"StudentContacts/{name}") == []
    assert asker.rows(f"StudentContacts/{name}?includeLeavers=true")
