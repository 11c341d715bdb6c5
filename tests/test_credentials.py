"""Keys, secrets and tokens of the dialects that read a district; permission words; what ends a token."""

from __future__ import annotations

import pytest

from rollbook.consent import Credential
from rollbook.consent.credentials import ONE_DISTRICT, UnknownCode, WrongClient
from rollbook.consent.words import ROSTER, WORDS
from rollbook.errors import Malformed, NotFound, NotHeld, NotSignedIn
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.scopes import CATALOGUE
from tests.district import ED_FI, cohort, edfi, edlink
from tests.hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Hub
from tests.looking import look


def key(hub: Hub, dialect: str = "edfi", *rights: str) -> tuple[Credential, str]:
    hub.grant()
    district = hub.desk.schools.find(THORNFIELD)[0] if dialect in ONE_DISTRICT else 0
    return hub.desk.credentials.add(hub.app(), dialect, district=district, rights=rights)


def test_a_key_and_its_secret_give_a_token_that_expires(small_hub: Hub) -> None:
    made, secret = key(small_hub)
    token, expires = small_hub.desk.tickets.exchange("edfi", made.key, secret, 1800)
    assert expires == small_hub.now + 1800
    assert small_hub.desk.tickets.admit("edfi", token).credential == made
    small_hub.now += 1801
    with pytest.raises(NotSignedIn, match="expired"):
        small_hub.desk.tickets.admit("edfi", token)


def test_a_secret_is_kept_only_as_a_hash(small_hub: Hub) -> None:
    _, secret = key(small_hub)
    look(small_hub.store, "PRAGMA wal_checkpoint")
    files = list(small_hub.store.folder.iterdir())
    assert files
    assert not [f for f in files if secret.encode() in f.read_bytes()]


def test_a_wrong_secret_another_dialects_key_and_a_token_of_another_dialect_are_refused(small_hub: Hub) -> None:
    made, secret = key(small_hub)
    for dialect, name, shown in (("edfi", made.key, "no"), ("edlink", made.key, secret), ("edfi", "no", secret)):
        with pytest.raises(WrongClient):
            small_hub.desk.tickets.exchange(dialect, name, shown, 60)
    token, _ = small_hub.desk.tickets.exchange("edfi", made.key, secret, 60)
    with pytest.raises(NotSignedIn):
        small_hub.desk.tickets.admit("edlink", token)
    with pytest.raises(NotSignedIn):
        small_hub.desk.tickets.admit("edfi", secret)


def test_an_integrations_own_secret_is_a_token_that_does_not_end(small_hub: Hub) -> None:
    made, token = key(small_hub, "edlink")
    small_hub.now += 10 * 365 * 24 * 3600
    assert small_hub.desk.tickets.admit("edlink", token).credential == made


def test_dropping_a_key_ends_its_tokens_at_once(small_hub: Hub) -> None:
    made, secret = key(small_hub)
    token, _ = small_hub.desk.tickets.exchange("edfi", made.key, secret, 1800)
    small_hub.desk.tickets.admit("edfi", token)
    small_hub.desk.credentials.drop(made)
    with pytest.raises(NotSignedIn):
        small_hub.desk.tickets.admit("edfi", token)
    assert small_hub.desk.credentials.all() == []


def test_a_code_for_a_person_serves_once_and_ten_minutes(small_hub: Hub) -> None:
    made, secret = key(small_hub, "edlink")
    graham = small_hub.desk.schools.person(THORNFIELD, "student", "9919")
    code = small_hub.desk.tickets.code(made, graham)
    access, refresh, _ = small_hub.desk.tickets.redeem("edlink", made.key, secret, code=code)
    assert small_hub.desk.tickets.admit("edlink", access).person == graham
    with pytest.raises(UnknownCode):
        small_hub.desk.tickets.redeem("edlink", made.key, secret, code=code)
    again, _, _ = small_hub.desk.tickets.redeem("edlink", made.key, secret, refresh=refresh)
    assert small_hub.desk.tickets.admit("edlink", again).person == graham
    with pytest.raises(UnknownCode):
        small_hub.desk.tickets.redeem("edlink", made.key, secret, refresh=refresh)
    late = small_hub.desk.tickets.code(made, graham)
    small_hub.now += 601
    with pytest.raises(UnknownCode):
        small_hub.desk.tickets.redeem("edlink", made.key, secret, code=late)


def test_a_code_is_for_people_of_the_keys_own_district(small_hub: Hub) -> None:
    made, _ = key(small_hub, "edlink")
    stranger = look(
        small_hub.store, "SELECT t.person FROM student t JOIN school s ON s.id = t.school WHERE s.estab = ?", (SAGUARO,)
    ).get[0]
    with pytest.raises(NotFound):
        small_hub.desk.tickets.code(made, stranger)


# ---- permission words


def test_every_permission_word_lets_through_scopes_that_there_are(small_hub: Hub) -> None:
    assert {w.dialect for w in WORDS} == {"edfi", "edlink", "oneroster"}
    for word in WORDS:
        assert word.scopes <= CATALOGUE.keys()
        made, _ = key(small_hub, word.dialect, word.name)
        assert made.scopes == word.scopes


def test_an_unknown_permission_word_is_refused_with_the_nearest(small_hub: Hub) -> None:
    with pytest.raises(Malformed, match="did you mean SISVendor"):
        key(small_hub, "edfi", "SISVendr")


def test_a_word_narrows_what_the_grants_hold(small_hub: Hub) -> None:
    small_hub.grant(["School", "Student", "StudentExtended", "Staff", "UPN"])
    core = edlink(small_hub, small_hub.app(), THORNFIELD)
    district = small_hub.desk.schools.find(THORNFIELD)[0]
    _, token = small_hub.desk.credentials.add(
        small_hub.app(), "edlink", district=district, rights=[f"{ROSTER}roster-core.readonly"]
    )
    whole = small_hub.desk.readers.for_holder(small_hub.desk.tickets.admit("edlink", core.token))[0]
    narrow = small_hub.desk.readers.for_holder(small_hub.desk.tickets.admit("edlink", token))[0]
    assert whole.sight.views[0].scopes == {"School", "Student", "StudentExtended", "Staff", "UPN"}
    assert narrow.sight.views[0].scopes == {"School"}


def test_a_key_that_may_only_read_writes_nothing(small_hub: Hub) -> None:
    small_hub.grant()
    reader = edfi(small_hub, small_hub.app(), "EdFiAPIReadOnly")
    assert len(reader.get("schools")) == 1
    answer = reader.ask("POST", "cohorts", cohort("x", int(THORNFIELD)))
    assert (answer.status, answer.json["type"]) == (403, "urn:ed-fi:api:security:authorization:access-denied:action")
    holder = small_hub.desk.tickets.admit("edfi", reader.token)
    with pytest.raises(NotHeld), small_hub.desk.writers.in_district(holder, 1):
        pass


def test_a_key_that_may_not_make_organisations_is_refused_and_makes_none(small_hub: Hub) -> None:
    small_hub.grant()
    vendor = edfi(small_hub, small_hub.app(), "SISVendor")
    before = small_hub.desk.schools.districts(), small_hub.desk.schools.all()
    for resource, body in (("localEducationAgencies", AGENCY), ("schools", SCHOOL)):
        answer = vendor.ask("POST", resource, body)
        assert answer.status == 403, answer.body
    assert (small_hub.desk.schools.districts(), small_hub.desk.schools.all()) == before


ORG = "uri://ed-fi.org/EducationOrganizationCategoryDescriptor"
AGENCY = {
    "localEducationAgencyId": 301,
    "nameOfInstitution": "Invented Valley",
    "categories": [{"educationOrganizationCategoryDescriptor": f"{ORG}#Local Education Agency"}],
    "localEducationAgencyCategoryDescriptor": "uri://ed-fi.org/LocalEducationAgencyCategoryDescriptor#Independent",
}
SCHOOL = {
    "schoolId": 301001,
    "nameOfInstitution": "Invented Valley High",
    "educationOrganizationCategories": [{"educationOrganizationCategoryDescriptor": f"{ORG}#School"}],
    "gradeLevels": [{"gradeLevelDescriptor": "uri://ed-fi.org/GradeLevelDescriptor#Ninth grade"}],
}


def test_who_makes_a_district_sees_it_before_it_has_a_school_and_nobody_else_does(small_hub: Hub) -> None:
    small_hub.grant()
    founder = edfi(small_hub, small_hub.app())
    founder.post("localEducationAgencies", AGENCY)
    assert [a["localEducationAgencyId"] for a in founder.get("localEducationAgencies")][-1] == 301
    small_hub.grant(app="other.example.org")
    other = edfi(small_hub, small_hub.app("other.example.org"))
    assert 301 not in [a["localEducationAgencyId"] for a in other.get("localEducationAgencies")]
    founder.post("schools", SCHOOL | {"localEducationAgencyReference": {"localEducationAgencyId": 301}})
    assert 301001 in [s["schoolId"] for s in founder.get("schools")]
    assert 301001 not in [s["schoolId"] for s in other.get("schools")]
    # Whether a number is taken out of sight must not be told: it is answered as free, and each sees one such school.
    other.post("schools", SCHOOL)
    for app in (founder, other):
        assert [s["schoolId"] for s in app.get("schools")].count(301001) == 1


def test_what_a_school_did_not_grant_is_not_written_there(small_hub: Hub) -> None:
    small_hub.grant(["StudentLite"])
    small_hub.grant(["School", "WritebackGroups"], estab=BRAMBLESIDE)
    writer = edfi(small_hub, small_hub.app())
    refused = writer.ask("POST", "cohorts", cohort("x", int(THORNFIELD)))
    assert refused.status == 403, refused.body
    writer.post("cohorts", cohort("x", int(BRAMBLESIDE)))
    kept = look(
        small_hub.store, """SELECT s.estab FROM "group" g JOIN school s ON s.id = g.school WHERE g.code = 'x'"""
    ).fetchall()
    assert kept == [(BRAMBLESIDE,)]


def test_a_request_without_a_token_learns_nothing(small_hub: Hub) -> None:
    for path in (f"{ED_FI}/students", f"{ED_FI}/nothing", "/edfi/changeQueries/v1/availableChangeVersions"):
        answer = small_hub.get(path)
        assert (answer.status, answer.json["type"]) == (401, "urn:ed-fi:api:security:authentication")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def person_at(hub: Hub, estab: str, role: str) -> str:
    """Somebody with a middle name who is nothing but that at a school."""
    others = " AND ".join(
        f"NOT EXISTS (SELECT 1 FROM {o} x WHERE x.person = p.id)" for o in ("student", "staff", "contact") if o != role
    )
    return look(
        hub.store,
        f"SELECT p.id FROM person p JOIN {role} r ON r.person = p.id JOIN school s ON s.id = r.school"
        f" WHERE s.estab = ? AND (p.middle_name IS NOT NULL OR '{role}' = 'contact') AND {others} LIMIT 1",
        (estab,),
    ).get


def test_a_fact_of_a_human_is_written_and_emptied_only_where_their_own_school_granted_it(small_hub: Hub) -> None:
    small_hub.grant(["School", "Student", "StudentExtended", "WritebackStudents"])
    small_hub.grant(["School", "Student", "WritebackStudents"], estab=BRAMBLESIDE)
    holder = small_hub.desk.tickets.admit("edfi", edfi(small_hub, small_hub.app()).token)
    here, there = (person_at(small_hub, estab, "student") for estab in (THORNFIELD, BRAMBLESIDE))
    with small_hub.desk.writers.in_district(holder, 1) as writer:
        assert not writer.change(Person, there, {"middle_name": None}, Student)
        with pytest.raises(NotHeld, match="middle_name"):
            writer.change(Person, there, {"middle_name": "Guessed"}, Student)
        assert writer.change(Person, there, {"forename": "Renamed"}, Student)
        assert writer.change(Person, here, {"middle_name": None}, Student)


def test_a_human_who_is_no_document_moves_nothing_in_change_queries(small_hub: Hub) -> None:
    small_hub.grant(["School", "Student", "Staff"])
    reader = edfi(small_hub, small_hub.app())
    asked = "/edfi/changeQueries/v1/availableChangeVersions"
    before = reader.get(asked)
    with small_hub.store.write(1) as batch:
        assert batch.change(Person, person_at(small_hub, THORNFIELD, "contact"), {"forename": "Renamed"})
    assert reader.get(asked) == before
    with small_hub.store.write(1) as batch:
        assert batch.change(Person, person_at(small_hub, THORNFIELD, "student"), {"gender": "U"})
        assert batch.change(Person, person_at(small_hub, THORNFIELD, "staff"), {"forename": "Renamed"})
    assert reader.get(asked) != before
