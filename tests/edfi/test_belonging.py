"""What districts and schools say of students: one record with their demographics in every dialect."""

from __future__ import annotations

from typing import Any, cast

from rollbook.model.people import Person
from tests.district import EdFi, word
from tests.looking import look

from ..edlink.vendor import Vendor
from ..oneroster.platform import Platform
from .school_year import ESTAB, write
from .test_authorisation import granted
from .test_writing import plain, problem

PROFILES = "studentEducationOrganizationAssociations"
ASIAN: dict[str, Any] = {"races": [{"raceDescriptor": word("Race", "Asian")}]}
SPOKEN: dict[str, Any] = {
    "languages": [
        {
            "languageDescriptor": word("Language", "vie"),
            "uses": [{"languageUseDescriptor": word("LanguageUse", "Home language")}],
        }
    ]
}
PHONE: dict[str, Any] = {
    "telephones": [
        {"telephoneNumberTypeDescriptor": word("TelephoneNumberType", "Home"), "telephoneNumber": "555 0100"}
    ]
}


def profile(at: int = ESTAB, **more: Any) -> dict[str, Any]:
    """What an organisation says of a student."""
    return {
        "educationOrganizationReference": {"educationOrganizationId": at},
        "studentReference": {"studentUniqueId": "7001"},
        **more,
    }


def known(api: EdFi) -> tuple[Any, ...]:
    """What the record has of the student."""
    sql = "SELECT races, hispanic, home_language, home_phone FROM person WHERE student_unique_id = '7001'"
    return tuple(look(api.hub.store, sql).fetchall()[0])


def test_what_is_said_of_a_student_is_there_in_every_dialect(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    said = profile(hispanicLatinoEthnicity=False, **ASIAN, **SPOKEN, **PHONE)
    held = api.post(PROFILES, said)
    assert plain(api.get(f"{PROFILES}/{held}")) == said
    (student,) = [s for s in api.hub.school("Students", api.hub.token())["Students"] if s["Surname"] == "Ironwood"]
    assert student["HomeLanguage"] == "Vietnamese"
    sql = "SELECT id FROM person WHERE student_unique_id = '7001'"
    person = look(api.hub.store, sql).get
    (row,) = [d for d in Platform(api.hub).rows("demographics") if d["sourcedId"] == person]
    assert (row["asian"], row["white"], row["hispanicOrLatinoEthnicity"]) == ("true", "false", "false")
    for name in (f"educationOrganizationId={ESTAB}", "hispanicLatinoEthnicity=false"):
        assert held in [d["id"] for d in api.get(f"{PROFILES}?{name}&studentUniqueId=7001")]
    assert api.get(f"{PROFILES}?hispanicLatinoEthnicity=true&studentUniqueId=7001") == []
    assert api.ask("DELETE", f"{PROFILES}/{held}").status == 204
    assert known(api) == (None, None, None, None)
    (gone,) = api.get(f"{PROFILES}/deletes")
    assert gone["keyValues"] == {"educationOrganizationId": ESTAB, "studentUniqueId": "7001"}


def test_edlink_tells_what_is_said_of_a_student_where_schools_granted_that(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    held = api.post(PROFILES, profile(hispanicLatinoEthnicity=True, **ASIAN, **PHONE))
    person = look(api.hub.store, "SELECT id FROM person WHERE student_unique_id = '7001'").get
    apps = {"all": Vendor(api.hub), "some": Vendor(api.hub, ("Student", "School"), app="shy.example.org")}

    def told(which: str) -> tuple[Any, ...]:
        one = apps[which].one(f"people/{person}")
        return one["demographics"]["hispanic_or_latino_ethnicity"], one["demographics"]["races"], one["phone"]

    assert told("all") == (True, ["asian"], "555 0100")
    assert told("some") == (None, [], None)
    api.put(PROFILES, held, profile())
    assert told("all") == told("some")


def test_a_district_and_a_school_each_say_what_they_say(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    district = api.post(PROFILES, profile(1000, **ASIAN))
    school = api.post(PROFILES, profile(**PHONE))
    assert plain(api.get(f"{PROFILES}/{district}")) == profile(1000, **ASIAN)
    assert plain(api.get(f"{PROFILES}/{school}")) == profile(**PHONE)
    assert known(api) == ("asian", None, None, "555 0100")
    api.put(PROFILES, district, profile(1000))
    assert known(api) == (None, None, None, "555 0100")
    assert api.post(PROFILES, profile(1000, **ASIAN), 200) == district


def test_each_fact_is_shown_and_written_under_a_scope_of_its_own(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    held = api.post(PROFILES, profile(**ASIAN, **PHONE, genderIdentity="Girl"))
    writes = ("Student", "WritebackStudents")
    little = granted(api, *writes, "StudentEthnicity")
    assert plain(little.get(f"{PROFILES}/{held}")) == profile(**ASIAN)
    little.put(PROFILES, held, profile(hispanicLatinoEthnicity=True))
    assert plain(api.get(f"{PROFILES}/{held}")) == profile(hispanicLatinoEthnicity=True, **PHONE, genderIdentity="Girl")
    refused = little.ask("PUT", f"{PROFILES}/{held}", profile(**PHONE))
    assert problem(refused)[0] == 403
    blind = granted(api, *writes)
    assert plain(blind.get(f"{PROFILES}/{held}")) == profile()
    assert blind.get(f"{PROFILES}?hispanicLatinoEthnicity=true") == []


def test_an_address_is_shown_to_whoever_may_see_addresses_and_is_where_the_student_lives(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    place = {"addressTypeDescriptor": word("AddressType", "Home"), "city": "Saguaro", "postalCode": "85001"}
    lived = {**place, "stateAbbreviationDescriptor": word("StateAbbreviation", "AZ"), "streetNumberName": "1 Palo Way"}
    feature = {"studentCharacteristicDescriptor": word("StudentCharacteristic", "Homeless")}
    held = api.post(PROFILES, profile(addresses=[lived], studentCharacteristics=[feature]))
    near = granted(api, "Student", "WritebackStudents", "Address")
    assert plain(near.get(f"{PROFILES}/{held}")) == profile(addresses=[lived])
    near.put(PROFILES, held, profile(addresses=[{**lived, "city": "Ocotillo"}]))
    sql = "SELECT street, town FROM person WHERE student_unique_id = '7001'"
    assert look(api.hub.store, sql).fetchall() == [("1 Palo Way", "Ocotillo")]
    assert api.get(f"{PROFILES}/{held}")["studentCharacteristics"] == [feature]
    assert problem(near.ask("POST", PROFILES, profile(studentCharacteristics=[feature])))[0] == 403


def test_a_fact_that_another_source_changes_moves_the_document(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    held = api.post(PROFILES, profile(**PHONE))
    version = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
    sql = "SELECT district, id FROM person WHERE student_unique_id = '7001'"
    ((district, person),) = cast("list[tuple[int, str]]", look(api.hub.store, sql).fetchall())
    with api.hub.store.write(district) as batch:
        batch.change(Person, person, {"home_phone": "555 0199"})
    (moved,) = api.get(f"{PROFILES}?minChangeVersion={version + 1}")
    assert (moved["id"], moved["telephones"][0]["telephoneNumber"]) == (held, "555 0199")


def test_the_demo_schools_tell_of_their_students(shelf: EdFi) -> None:
    told = shelf.get(f"{PROFILES}?limit=500")
    assert len(told) > 20
    assert any("races" in one for one in told)
    assert any("telephones" in one for one in told) or any("languages" in one for one in told)
