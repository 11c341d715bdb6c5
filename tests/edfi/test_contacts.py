"""Contacts through Ed-Fi: one record with those of every other dialect, at the schools of their students."""

from __future__ import annotations

from typing import Any, cast
from urllib.parse import quote

from rollbook.model.students import Relationship
from rollbook.store.renumbering import renumber
from tests.district import EdFi, contact, contact_of, edlink, enrolment, student, word
from tests.hub import BRAMBLESIDE, THORNFIELD
from tests.looking import look

from ..oneroster.platform import Platform
from .school_year import write
from .test_authorisation import granted
from .test_writing import plain, problem

GRAHAM = "9919"
LINK = "studentContactAssociations"


def number(api: EdFi, mis_id: str = GRAHAM, kind: str = "student") -> str:
    """The unique id of a student or contact of the first school."""
    sql = (
        f'SELECT p.{kind}_unique_id FROM "{kind}" s JOIN person p ON p.district = s.district AND p.id = s.person'
        " JOIN school c ON c.id = s.school WHERE s.mis_id = ? AND c.estab = ?"
    )
    return str(look(api.hub.store, sql, (mis_id, THORNFIELD)).get)


def rosa(api: EdFi) -> tuple[int, str]:
    """The district and hub id of the contact with the number 9001."""
    found = look(api.hub.store, "SELECT district, id FROM person WHERE contact_unique_id = '9001'").fetchall()
    ((district, person),) = cast("list[tuple[int, str]]", found)
    return district, person


def known(api: EdFi, name: str = "Rosa") -> dict[str, Any]:
    """What Xporter tells of a contact's name, of their relationships, and Edlink of whose agent they are."""
    token, app = api.hub.token(), api.hub.app("sis.example.org")
    people = [one for one in api.hub.school("Contacts", token)["Contacts"] if one["Forename"] == name]
    ids = {one["Id"] for one in people}
    links = [one for one in api.hub.school("StudentContacts", token)["StudentContacts"] if one["ContactId"] in ids]
    graph = edlink(api.hub, app, THORNFIELD)
    asked = {"first_name": [{"operator": "equals", "value": name}]}
    seen = {one["id"] for one in graph.get("people", filter=asked)}
    agents = [one["relationship"] for one in graph.get("agents", first="500") if one["observer_id"] in seen]
    return {
        "people": [(one["Forename"], one["Surname"], one["HomeEmail"]) for one in people],
        "links": [(one["StudentId"], one["Relationship"], one["Priority"]) for one in links],
        "agents": agents,
    }


def test_a_contact_and_whose_they_are_is_there_in_every_dialect_at_once(api: EdFi) -> None:
    mail = {"electronicMailTypeDescriptor": word("ElectronicMailType", "Home/Personal")}
    api.post("contacts", contact("9001", electronicMails=[{**mail, "electronicMailAddress": "rosa@home.example"}]))
    assert known(api) == {"people": [], "links": [], "agents": []}
    held = api.post(LINK, contact_of("9001", number(api), contactPriority=3, legalGuardian=True))
    assert known(api) == {
        "people": [("Rosa", "Ironwood", "rosa@home.example")],
        "links": [(GRAHAM, "Mother", 3)],
        "agents": ["parent"],
    }
    users = Platform(api.hub).rows("users")
    assert [one["roles"][0]["role"] for one in users if one["givenName"] == "Rosa"] == ["parent"]
    assert api.ask("DELETE", f"{LINK}/{held}").status == 204
    assert known(api) == {"people": [], "links": [], "agents": []}


def test_whom_the_school_has_as_a_contact_already_stays_one_without_the_student(api: EdFi) -> None:
    sql = "SELECT c.mis_id FROM contact c JOIN school s ON s.id = c.school WHERE s.estab = ? ORDER BY 1 LIMIT 1"
    who = number(api, str(look(api.hub.store, sql, (THORNFIELD,)).get), "contact")
    (before,) = api.get(f"contacts?contactUniqueId={who}")
    write(api, "students", "studentSchoolAssociations")
    held = api.post(LINK, contact_of(who, "7001"))
    for one in api.get(f"{LINK}?contactUniqueId={who}"):
        assert api.ask("DELETE", f"{LINK}/{one['id']}").status == 204
    assert api.ask("GET", f"{LINK}/{held}").status == 404
    assert api.get(f"contacts/{before['id']}") == before


def test_an_association_is_found_by_its_key_changed_and_told_of_when_it_is_gone(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    api.post("contacts", contact("9001"))
    held = api.post(LINK, contact_of("9001", "7001", livesWith=True))
    assert api.post(LINK, contact_of("9001", "7001", contactPriority=1), 200) == held
    (found,) = api.get(f"{LINK}?contactUniqueId=9001&studentUniqueId=7001")
    assert plain(found) == contact_of("9001", "7001", contactPriority=1)
    assert found["contactReference"]["link"]["href"].startswith("/ed-fi/contacts/")
    api.post("contacts", contact("9002"))
    assert problem(api.ask("PUT", f"{LINK}/{held}", contact_of("9002", "7001")))[0] == 400
    assert api.ask("DELETE", f"{LINK}/{held}").status == 204
    (gone,) = api.get(f"{LINK}/deletes")
    assert gone["keyValues"] == {"contactUniqueId": "9001", "studentUniqueId": "7001"}


def test_another_number_is_told_as_a_change_of_both_keys_and_the_old_one_goes_on_leading_there(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    identity, held = api.post("contacts", contact("9001")), api.post(LINK, contact_of("9001", "7001"))
    district, person = rosa(api)
    with api.hub.store.write(district) as batch:
        renumber(batch, person, {"contact_unique_id": "9900"})
    (change,) = api.get("contacts/keyChanges")
    assert (change["id"], change["newKeyValues"]) == (identity, {"contactUniqueId": "9900"})
    (change,) = api.get(f"{LINK}/keyChanges")
    assert (change["id"], change["oldKeyValues"]["contactUniqueId"]) == (held, "9001")
    assert [one["id"] for one in api.get("contacts?contactUniqueId=9001")] == [identity]


def test_a_guessed_contact_or_student_is_answered_like_nobody(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    api.post("contacts", contact("9001"))
    api.post(LINK, contact_of("9001", "7001"))
    other = granted(api, estab=BRAMBLESIDE)
    other.post("students", student("7005"))
    other.post("studentSchoolAssociations", enrolment("7005", int(BRAMBLESIDE)))
    guessed = other.ask("POST", LINK, contact_of("9001", "7005"))
    nobody = other.ask("POST", LINK, contact_of("nobody", "7005"))
    assert problem(guessed)[:2] == problem(nobody)[:2] == (409, "data-conflict:unresolved-reference")
    assert guessed.json["detail"] == nobody.json["detail"]
    other.post("contacts", contact("9001", "Mine"))
    assert problem(other.ask("POST", LINK, contact_of("9001", "7001")))[:2] == problem(guessed)[:2]
    other.post(LINK, contact_of("9001", "7005"))
    assert [one["firstName"] for one in other.get("contacts?contactUniqueId=9001")] == ["Mine"]
    assert [one["firstName"] for one in api.get("contacts?contactUniqueId=9001")] == ["Rosa"]


def test_a_student_of_two_schools_has_the_contact_at_each_and_neither_app_is_in_the_others_way(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    api.post("studentSchoolAssociations", enrolment("7001", int(BRAMBLESIDE), "2026-08-25"))
    api.post("contacts", contact("9001"))
    apps = {estab: granted(api, estab=estab) for estab in (THORNFIELD, BRAMBLESIDE)}
    for one in apps.values():
        one.post("contacts", contact("9001"))
        one.post(LINK, contact_of("9001", "7001"))
        assert len(one.get(f"{LINK}?studentUniqueId=7001")) == 1


def test_an_address_becomes_the_records_and_a_document_without_one_leaves_it(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    kind = {"addressTypeDescriptor": word("AddressType", "Home")}
    place = {**kind, "stateAbbreviationDescriptor": word("StateAbbreviation", "AZ"), "city": "Saguaro"}
    lived = {**place, "postalCode": "85001", "streetNumberName": "1 Palo Verde Way"}
    identity = api.post("contacts", contact("9001", addresses=[lived]))
    api.post(LINK, contact_of("9001", "7001"))
    assert api.get(f"contacts/{identity}")["addresses"] == [lived]
    _, person = rosa(api)
    api.put("contacts", identity, contact("9001"))
    assert "addresses" not in api.get(f"contacts/{identity}")
    assert look(api.hub.store, "SELECT street FROM person WHERE id = ?", (person,)).get == "1 Palo Verde Way"


def test_a_court_order_is_told_and_no_document_takes_it_away(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    api.post("contacts", contact("9001"))
    held = api.post(LINK, contact_of("9001", "7001", contactRestrictions="At work until five"))
    sql = "SELECT r.district, r.id FROM relationship r JOIN student s ON s.id = r.student"
    sql += " JOIN person p ON p.id = s.person WHERE p.student_unique_id = '7001'"
    found = look(api.hub.store, sql).fetchall()
    ((district, link),) = cast("list[tuple[int, str]]", found)
    with api.hub.store.write(district) as batch:
        batch.change(Relationship, link, {"court_order": 1})
    said = "A court order restricts this contact."
    assert api.get(f"{LINK}/{held}")["contactRestrictions"] == said
    api.put(LINK, held, contact_of("9001", "7001"))
    assert [one["id"] for one in api.get(f"{LINK}?studentUniqueId=7001&contactRestrictions={quote(said)}")] == [held]


def test_contacts_are_written_and_read_with_scopes_of_their_own(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    unable = granted(api, "Student", "Contact", "WritebackStudents", "WritebackEnrolments")
    assert problem(unable.ask("POST", "contacts", contact("9001")))[0] == 403
    assert problem(unable.ask("POST", LINK, contact_of("9001", "7001")))[0] == 403
    able = granted(api, "Student", "Contact", "WritebackContacts")
    able.post("contacts", contact("9001"))
    able.post(LINK, contact_of("9001", "7001"))
    assert len(unable.get(f"{LINK}?studentUniqueId=7001")) == 1
    blind = granted(api, "Student")
    assert blind.get("contacts") == [] == blind.get(LINK)


def test_who_answered_a_survey_may_be_a_contact(api: EdFi) -> None:
    response: dict[str, Any] = {
        "surveyReference": {"namespace": "uri://ed-fi.org/Survey", "surveyIdentifier": "1"},
        "surveyResponseIdentifier": "1",
        "responseDate": "2026-10-05",
        "contactReference": {"contactUniqueId": "9001"},
    }
    year = {"schoolYearTypeReference": {"schoolYear": 2027}}
    api.post("surveys", {**response["surveyReference"], "surveyTitle": "Meals", **year})
    assert problem(api.ask("POST", "surveyResponses", response))[:2] == (409, "data-conflict:unresolved-reference")
    api.post("contacts", contact("9001"))
    assert problem(api.ask("POST", "surveyResponses", response))[0] == 403
    write(api, "students", "studentSchoolAssociations")
    api.post(LINK, contact_of("9001", "7001"))
    identity = api.post("surveyResponses", response)
    assert plain(api.get(f"surveyResponses/{identity}")) == response
    assert [one["firstName"] for one in api.get("contacts?contactUniqueId=9001")] == ["Rosa"]
