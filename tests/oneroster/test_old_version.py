"""OneRoster 1.1: the same rosters at another root, in the shapes of that version."""

from __future__ import annotations

import pytest

from rollbook.dialects.oneroster.catalogue import OLD_COLLECTIONS
from rollbook.model.people import Person
from tests.hub import THORNFIELD

from .platform import HOST, Platform
from .test_shapes import BASE, MEMBERS, references

OLD = "/ims/oneroster/v1p1"

OLD_MEMBERS = {
    **MEMBERS,
    "user": "enabledUser! orgs! role! username userIds givenName! familyName! middleName identifier email sms phone"
    " agents grades password",
    "demographics": MEMBERS["demographics"].replace("birthDate", "birthdate"),
}
USER_ROLES = {"administrator", "aide", "guardian", "parent", "proctor", "relative", "student", "teacher"}


@pytest.mark.parametrize("name", OLD_COLLECTIONS)
def test_everything_has_the_members_that_the_version_gives_it(platform: Platform, name: str) -> None:
    words = OLD_MEMBERS[OLD_COLLECTIONS[name].one].split()
    allowed = {*BASE.split(), *(word.rstrip("!") for word in words)}
    wanted = {*BASE.split()[:3], *(word.rstrip("!") for word in words if word.endswith("!"))}
    found = platform.rows(f"{OLD}/{name}")
    assert [row["sourcedId"] for row in found] == [row["sourcedId"] for row in platform.rows(name)]
    for row in found:
        assert wanted <= row.keys() <= allowed, row
        assert all(one["href"].startswith(f"http://{HOST}{OLD}/") for one in references(row))


def test_a_user_is_one_thing_at_all_of_their_schools(platform: Platform) -> None:
    newer = {user["sourcedId"]: user for user in platform.rows("users")}
    for user in platform.rows(f"{OLD}/users"):
        assert user["role"] in USER_ROLES
        assert {org["sourcedId"] for org in user["orgs"]} == {
            role["org"]["sourcedId"] for role in newer[user["sourcedId"]]["roles"]
        }
    roles = {row["role"] for row in platform.rows(f"{OLD}/enrollments")}
    assert {"student", "teacher"} <= roles <= {"student", "teacher", "aide", "administrator"}


def test_whoever_has_no_user_name_is_named_by_their_id(platform: Platform) -> None:
    known = {user["sourcedId"]: user.get("username") for user in platform.rows("users")}
    users = platform.rows(f"{OLD}/users")
    assert all(user["username"] == (known[user["sourcedId"]] or user["sourcedId"]) for user in users)
    said = {"rollbook.synthetic": "username"}
    assert {user["sourcedId"] for user in users if user.get("metadata") == said} == {
        i for i, n in known.items() if not n
    }


def test_what_a_reader_of_active_rows_asks_every_night(platform: Platform) -> None:
    said = "status='active' AND dateLastModified>'2020-01-01T00:00:00.000Z'"
    rows = platform.rows(f"{OLD}/users", limit=5_000, filter=said)
    assert rows == platform.rows(f"{OLD}/users")


def test_who_asks_what_has_changed_is_told_that_and_no_more(writer: Platform) -> None:
    student = writer.rows(f"{OLD}/students")[0]
    newest = max(user["dateLastModified"] for user in writer.rows(f"{OLD}/users"))
    said = f"status='active' AND dateLastModified>'{newest}'"
    assert writer.rows(f"{OLD}/users", limit=5_000, filter=said) == []
    district = writer.hub.desk.schools.find(THORNFIELD)[0]
    writer.hub.now += 60
    with writer.hub.store.write(district) as batch:
        batch.change(Person, student["sourcedId"], {"surname": "Quillfeather", "legal_surname": "Quillfeather"})
    (found,) = writer.rows(f"{OLD}/users", limit=5_000, filter=said)
    assert (found["sourcedId"], found["familyName"]) == (student["sourcedId"], "Quillfeather")


def test_errors_are_a_set_of_statuses(platform: Platform) -> None:
    answer = platform.ask(f"{OLD}/users", filter="shoe='1'", limit="0")
    (status,) = answer.json["statusInfoSet"]
    assert (answer.status, status["imsx_codeMajor"]) == (400, "failure")
    assert "limit: " in status["imsx_description"]
    assert platform.ask(f"{OLD}/users/1").json["statusInfoSet"][0]["imsx_CodeMinor"]
