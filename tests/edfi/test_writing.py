"""Writing documents: create, upsert, update and delete, what each answers, and that nothing is done by halves."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from tests.district import (
    ED_FI,
    EdFi,
    agency,
    cohort,
    course,
    enrolment,
    in_section,
    offering,
    place,
    program,
    school,
    section,
    session,
    staff,
    student,
    word,
)
from tests.hub import SAGUARO, THORNFIELD, Answer
from tests.looking import look

from .conftest import caller

ESTAB = int(THORNFIELD)
NOWHERE = "0" * 32


def problem(answer: Answer) -> tuple[int, str, Any]:
    """What a refusal says: status, type, and what is wrong by path."""
    assert answer.headers["content-type"] == "application/problem+json"
    body = json.loads(answer.body)
    assert body["status"] == answer.status
    assert body["type"].startswith("urn:ed-fi:api:")
    assert body["correlationId"]
    assert body["title"]
    assert body["detail"]
    return answer.status, body["type"].removeprefix("urn:ed-fi:api:"), body.get("validationErrors")


def clock(api: EdFi) -> Any:
    """How far every district, and what waits, has come: the same again when nothing was written."""
    store = api.hub.store
    tables = ("clock", "counter", "moved", "founded")
    told = look(store, "SELECT count(*), coalesce(max(seq), 0) FROM history").fetchone()
    return [look(store, f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in tables], told


def plain(document: dict[str, Any]) -> Any:
    """A document without what the hub adds."""

    def bare(value: Any) -> Any:
        if isinstance(value, dict):
            return {n: bare(v) for n, v in cast("dict[str, Any]", value).items() if n != "link"}
        return [bare(v) for v in cast("list[Any]", value)] if isinstance(value, list) else value

    return {n: bare(v) for n, v in document.items() if n not in ("id", "_etag", "_lastModifiedDate")}


# ---- create and upsert


def test_a_new_document_gets_201_its_address_and_its_etag(api: EdFi) -> None:
    answer = api.ask("POST", "cohorts", cohort("1", ESTAB))
    assert (answer.status, answer.body) == (201, b"")
    address = answer.headers["location"]
    assert address.startswith(f"http://localhost{ED_FI}/cohorts/")
    found = api.get(address.removeprefix("http://localhost"))
    assert answer.headers["etag"] == f'"{found["_etag"]}"'
    assert found["id"] == address.rsplit("/", 1)[-1]
    assert len(found["id"]) == 32
    assert plain(found) == cohort("1", ESTAB)


def test_the_address_is_the_one_at_which_the_hub_was_reached(api: EdFi) -> None:
    answer = api.ask("POST", "cohorts", cohort("1", ESTAB), host="sis.larkspur.example:8443")
    assert answer.headers["location"].startswith(f"http://sis.larkspur.example:8443{ED_FI}/cohorts/")


def test_the_same_natural_key_again_gets_200_and_the_same_address(api: EdFi) -> None:
    first = api.ask("POST", "cohorts", cohort("1", ESTAB))
    second = api.ask("POST", "cohorts", cohort("1", ESTAB, "Field Trip"))
    assert (first.status, second.status) == (201, 200)
    assert second.headers["location"] == first.headers["location"]
    assert second.headers["etag"] != first.headers["etag"]
    (found,) = api.get(f"cohorts?cohortIdentifier=1&educationOrganizationId={ESTAB}")
    assert found["cohortTypeDescriptor"] == word("CohortType", "Field Trip")


def test_the_same_document_again_changes_nothing(api: EdFi) -> None:
    first = api.ask("POST", "cohorts", cohort("1", ESTAB))
    before = clock(api)
    second = api.ask("POST", "cohorts", cohort("1", ESTAB))
    assert (second.status, second.headers["etag"]) == (200, first.headers["etag"])
    assert clock(api) == before


def test_the_natural_key_has_its_descriptor_in_any_case(api: EdFi) -> None:
    api.post("programs", program("Reading Recovery", ESTAB))
    shouted = program("Reading Recovery", ESTAB) | {
        "programTypeDescriptor": "URI://ED-FI.ORG/PROGRAMTYPEDESCRIPTOR#REMEDIAL EDUCATION"
    }
    api.post("programs", shouted, 200)


def test_the_same_identifier_at_another_organisation_is_another_cohort(api: EdFi) -> None:
    one = api.post("cohorts", cohort("1", ESTAB))
    other = api.post("cohorts", cohort("1", 255901))
    assert one != other
    assert [c["id"] for c in api.get("cohorts?cohortIdentifier=1")] == sorted([one, other])


def test_a_put_with_if_none_match_star_never_overwrites(api: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    tag = api.ask("GET", f"cohorts/{identity}").headers["etag"]
    for condition in ("*", tag, f'"other", W/{tag}'):
        refused = api.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB, "Field Trip"), if_none_match=condition)
        assert (refused.status, refused.json["type"]) == (412, "urn:ed-fi:api:optimistic-lock-failed"), condition
        assert api.ask("DELETE", f"cohorts/{identity}", if_none_match=condition).status == 412, condition
    assert api.ask("GET", f"cohorts/{identity}").headers["etag"] == tag
    absent = "0" * 32
    assert api.ask("PUT", f"cohorts/{absent}", cohort("1", ESTAB), if_none_match="*").status == 404
    assert api.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB), if_none_match='"other"').status == 204


def test_if_none_match_star_creates_and_never_changes(api: EdFi) -> None:
    api.ask("POST", "cohorts", cohort("1", ESTAB), if_none_match="*")
    before = clock(api)
    again = api.ask("POST", "cohorts", cohort("1", ESTAB, "Field Trip"), if_none_match="*")
    assert problem(again)[:2] == (412, "optimistic-lock-failed")
    assert clock(api) == before


# ---- update


def test_an_update_gets_204_with_the_new_etag(api: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    answer = api.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB, "Field Trip"))
    assert (answer.status, answer.body) == (204, b"")
    found = api.get(f"cohorts/{identity}")
    assert answer.headers["etag"] == f'"{found["_etag"]}"'
    assert found["cohortTypeDescriptor"] == word("CohortType", "Field Trip")


def test_what_an_update_leaves_out_is_gone(api: EdFi) -> None:
    whole = cohort("1", ESTAB, academicSubjectDescriptor=word("AcademicSubject", "Mathematics"))
    identity = api.post("cohorts", whole)
    least = {n: whole[n] for n in ("cohortIdentifier", "educationOrganizationReference", "cohortTypeDescriptor")}
    api.put("cohorts", identity, least)
    assert plain(api.get(f"cohorts/{identity}")) == least


@pytest.mark.parametrize("form", ["{0}", "{1}", "{2}"])
def test_an_id_has_dashes_or_none(api: EdFi, form: str) -> None:
    bare = api.post("cohorts", cohort("1", ESTAB))
    dashed = "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))
    identity = form.format(bare, dashed, bare.upper())
    assert api.get(f"cohorts/{identity}")["id"] == bare
    api.put("cohorts", identity, cohort("1", ESTAB, "Field Trip"))
    assert api.ask("DELETE", f"cohorts/{identity}").status == 204


def test_a_put_body_may_have_its_id_in_either_form_and_an_etag_that_nobody_reads(api: EdFi) -> None:
    bare = api.post("cohorts", cohort("1", ESTAB))
    dashed = "-".join((bare[:8], bare[8:12], bare[12:16], bare[16:20], bare[20:]))
    api.put("cohorts", bare, {**cohort("1", ESTAB), "id": bare, "_etag": "stale"})
    api.put("cohorts", bare, {**cohort("1", ESTAB), "id": dashed})
    other = api.ask("PUT", f"cohorts/{bare}", {**cohort("1", ESTAB), "id": NOWHERE})
    assert problem(other) == (
        400,
        "bad-request:data-validation-failed",
        {"$.id": ["The id of the document must be that of the address."]},
    )


# ---- delete


def test_a_delete_gets_204_and_the_next_one_404(api: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    first, second = (api.ask("DELETE", f"cohorts/{identity}") for _ in range(2))
    assert (first.status, first.body) == (204, b"")
    assert problem(second) == (404, "not-found", None)
    assert problem(api.ask("GET", f"cohorts/{identity}"))[0] == 404
    assert problem(api.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB)))[0] == 404


def test_a_document_of_another_kind_is_not_found_by_its_id(api: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    for other in ("sections", "students", "programs", "schools"):
        assert api.ask("GET", f"{other}/{identity}").status == 404
        assert api.ask("DELETE", f"{other}/{identity}").status == 404
    api.get(f"cohorts/{identity}")


def in_use(api: EdFi) -> dict[str, tuple[str, str]]:
    """Documents that others refer to: the resource and id of each, by the kind of what refers to it."""
    ids = {
        "cohorts": api.post("cohorts", cohort("1", ESTAB)),
        "sessions": api.post("sessions", session(ESTAB, "Fall", "2026-08-20", "2026-12-18")),
        "students": api.post("students", student("7001")),
        "staffs": api.post("staffs", staff("8001")),
    }
    ids["enrolment"] = api.post("studentSchoolAssociations", enrolment("7001", ESTAB))
    ids["courses"] = api.post(
        "courses",
        {
            "courseCode": "ALG-1",
            "educationOrganizationReference": {"educationOrganizationId": ESTAB},
            "courseTitle": "Algebra",
            "numberOfParts": 1,
            "identificationCodes": [
                {
                    "courseIdentificationSystemDescriptor": word("CourseIdentificationSystem", "LEA course code"),
                    "identificationCode": "ALG-1",
                }
            ],
        },
    )
    ids["offering"] = api.post("courseOfferings", offering("ALG-1", ESTAB, "Fall"))
    ids["section"] = api.post("sections", section("A1", "ALG-1", ESTAB, "Fall"))
    api.post("studentCohortAssociations", place("1", ESTAB, "7001", "2026-09-14"))
    held = in_section("A1", "ALG-1", ESTAB, "Fall", studentReference={"studentUniqueId": "7001"})
    api.post("studentSectionAssociations", held)
    (found,) = api.get(f"schools?schoolId={ESTAB}")
    return {
        "StudentCohortAssociation": ("cohorts", ids["cohorts"]),
        "CourseOffering": ("sessions", ids["sessions"]),
        "CourseOffering ": ("courses", ids["courses"]),
        "Section": ("courseOfferings", ids["offering"]),
        "StudentSectionAssociation": ("sections", ids["section"]),
        "StudentSchoolAssociation": ("students", ids["students"]),
        "": ("studentSchoolAssociations", ids["enrolment"]),
        " ": ("schools", found["id"]),
    }


def test_what_others_refer_to_stays(api: EdFi) -> None:
    for by, (resource, identity) in in_use(api).items():
        before = clock(api)
        answer = api.ask("DELETE", f"{resource}/{identity}")
        assert problem(answer) == (409, "data-conflict:dependent-item-exists", None), resource
        if by.strip():
            assert f"an item of {by.strip()} refers to it" in json.loads(answer.body)["detail"], resource
        assert clock(api) == before
        api.get(f"{resource}/{identity}")


def test_what_goes_with_a_cohort_does_not_keep_it(api: EdFi) -> None:
    api.post("programs", program("Reading Recovery", ESTAB))
    key = {
        "educationOrganizationId": ESTAB,
        "programName": "Reading Recovery",
        "programTypeDescriptor": word("ProgramType", "Remedial Education"),
    }
    identity = api.post("cohorts", cohort("1", ESTAB, programs=[{"programReference": key}]))
    (named,) = api.get(f"programs?programName=Reading%20Recovery&educationOrganizationId={ESTAB}")
    refused = api.ask("DELETE", f"programs/{named['id']}")
    assert problem(refused)[:2] == (409, "data-conflict:dependent-item-exists")
    assert "Cohort" in json.loads(refused.body)["detail"]
    assert api.ask("DELETE", f"cohorts/{identity}").status == 204
    assert api.ask("DELETE", f"programs/{named['id']}").status == 204


def test_a_cohort_loses_and_gains_programmes_by_its_document(api: EdFi) -> None:
    def key(name: str) -> dict[str, Any]:
        kind = word("ProgramType", "Remedial Education")
        named = {"educationOrganizationId": ESTAB, "programName": name, "programTypeDescriptor": kind}
        return {"programReference": named}

    for name in ("A", "B", "C"):
        api.post("programs", program(name, ESTAB))
    identity = api.post("cohorts", cohort("1", ESTAB, programs=[key("A"), key("B")]))
    api.put("cohorts", identity, cohort("1", ESTAB, programs=[key("B"), key("C")]))
    assert plain(api.get(f"cohorts/{identity}"))["programs"] == [key("B"), key("C")]
    api.put("cohorts", identity, cohort("1", ESTAB))
    assert "programs" not in api.get(f"cohorts/{identity}")


# ---- etags


def test_an_update_of_what_has_changed_is_refused(api: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    stale = api.get(f"cohorts/{identity}")["_etag"]
    api.put("cohorts", identity, cohort("1", ESTAB, "Field Trip"))
    for method, body in (("PUT", cohort("1", ESTAB, "Counselor List")), ("DELETE", None)):
        for tag in (stale, f'"{stale}"', f'W/"{stale}"'):
            answer = api.ask(method, f"cohorts/{identity}", body, if_match=tag)
            assert problem(answer)[:2] == (412, "optimistic-lock-failed")
    assert api.get(f"cohorts/{identity}")["cohortTypeDescriptor"] == word("CohortType", "Field Trip")


@pytest.mark.parametrize("form", ["{}", '"{}"', 'W/"{}"', '"other", "{}"', "*"])
def test_if_match_is_quoted_unquoted_or_a_star(api: EdFi, form: str) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    tag = form.format(api.get(f"cohorts/{identity}")["_etag"])
    answer = api.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB, "Field Trip"), if_match=tag)
    assert answer.status == 204
    tag = form.format(api.get(f"cohorts/{identity}")["_etag"])
    assert api.ask("DELETE", f"cohorts/{identity}", if_match=tag).status == 204


def test_what_the_caller_has_already_is_not_sent_again(api: EdFi) -> None:
    identity = api.post("cohorts", cohort("1", ESTAB))
    first = api.ask("GET", f"cohorts/{identity}")
    tag = first.headers["etag"]
    for form in (tag, tag.strip('"'), f'"x", {tag}', "*"):
        again = api.ask("GET", f"cohorts/{identity}", if_none_match=form)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", tag)
    api.put("cohorts", identity, cohort("1", ESTAB, "Field Trip"))
    assert api.ask("GET", f"cohorts/{identity}", if_none_match=tag).status == 200


# ---- what a body must be


def test_a_body_must_be_json_and_say_so(api: EdFi) -> None:
    answer = api.ask("POST", "cohorts", cohort("1", ESTAB), content_type="text/xml")
    assert problem(answer) == (415, "unsupported-media-type", None)
    bare = api.hub.ask("POST", f"{ED_FI}/cohorts", None, b"{}", authorization=f"Bearer {api.token}")
    assert problem(bare)[0] == 415
    for kind in ("application/json; charset=utf-8", "Application/JSON"):
        assert api.ask("POST", "cohorts", cohort("1", ESTAB), content_type=kind).status in (200, 201)


@pytest.mark.parametrize("body", [b"", b"{", b"[1", b"\xff", b'{"a":1}{"b":2}', b"nul", b"'a'"])
def test_a_body_that_is_no_json_is_told_so(api: EdFi, body: bytes) -> None:
    headers = {"authorization": f"Bearer {api.token}", "content_type": "application/json"}
    answer = api.hub.ask("POST", f"{ED_FI}/cohorts", None, body, **headers)
    status, kind, paths = problem(answer)
    assert (status, kind, list(paths)) == (400, "bad-request:data", ["$"])


@pytest.mark.parametrize("body", [[], [{}], "x", 1, True, None])
def test_a_document_is_an_object(api: EdFi, body: Any) -> None:
    headers = {"authorization": f"Bearer {api.token}", "content_type": "application/json"}
    answer = api.hub.ask("POST", f"{ED_FI}/cohorts", None, json.dumps(body).encode(), **headers)
    assert problem(answer)[2] == {"$": ["The document must be a JSON object."]}


def test_everything_that_is_wrong_is_told_at_once_by_its_path(api: EdFi) -> None:
    before = clock(api)
    wrong = {
        "id": NOWHERE,
        "cohortIdentifier": " 1",
        "educationOrganizationReference": {"educationOrganizationId": "here"},
        "cohortDescription": "x" * 1025,
        "cohortTypeDescriptor": "Study Hall",
        "programs": [{}, {"programReference": {"programName": "A"}}],
    }
    status, kind, paths = problem(api.ask("POST", "cohorts", wrong))
    assert (status, kind) == (400, "bad-request:data-validation-failed")
    assert paths == {
        "$.id": ["A new document must not have an id."],
        "$.cohortIdentifier": ["cohortIdentifier must not have spaces at its beginning or end."],
        "$.educationOrganizationReference.educationOrganizationId": ["educationOrganizationId must be a whole number."],
        "$.cohortDescription": ["cohortDescription must be a string with a maximum length of 1024."],
        "$.cohortTypeDescriptor": [
            "cohortTypeDescriptor must be a descriptor, such as uri://ed-fi.org/CohortTypeDescriptor#Other."
        ],
        "$.programs[0].programReference": ["programReference is required."],
        "$.programs[1].programReference.educationOrganizationId": ["educationOrganizationId is required."],
        "$.programs[1].programReference.programTypeDescriptor": ["programTypeDescriptor is required."],
    }
    assert clock(api) == before


def test_values_are_made_into_the_type_that_is_due(api: EdFi) -> None:
    """As other people's samples really send them."""
    api.post("students", student("7001") | {"birthDate": "5/1/2015", "multipleBirthStatus": "true"})
    api.post("studentSchoolAssociations", enrolment("7001", ESTAB) | {"schoolReference": {"schoolId": str(ESTAB)}})
    (found,) = api.get("students?studentUniqueId=7001")
    assert (found["birthDate"], found["multipleBirthStatus"]) == ("2015-05-01", True)
    held = place("1", ESTAB, "7001", "9/14/2026")
    api.post("cohorts", cohort("1", ESTAB))
    held["cohortReference"]["educationOrganizationId"] = f"{ESTAB}"
    held["cohortReference"]["cohortIdentifier"] = 1
    identity = api.post("studentCohortAssociations", held)
    shown = plain(api.get(f"studentCohortAssociations/{identity}"))
    assert shown == place("1", ESTAB, "7001", "2026-09-14")


def test_what_says_nothing_is_left_out_and_what_nobody_declared_too(api: EdFi) -> None:
    said = cohort("1", ESTAB, cohortDescription=None, programs=[], academicSubjectDescriptor="  ", colour="green")
    said["educationOrganizationReference"] |= {"link": {"rel": "School", "href": "/x"}, "hue": 1}
    identity = api.post("cohorts", said)
    least = cohort("1", ESTAB)
    del least["cohortDescription"]
    assert plain(api.get(f"cohorts/{identity}")) == least


def test_an_item_of_a_collection_is_there_once(api: EdFi) -> None:
    grade = {"gradeLevelDescriptor": word("GradeLevel", "Fifth grade")}
    shouted = {"gradeLevelDescriptor": word("GradeLevel", "FIFTH GRADE")}
    answer = api.ask("POST", "schools", school(700100, gradeLevels=[grade, shouted]))
    assert problem(answer)[2] == {
        "$.gradeLevels[1]": ["The 2nd item of gradeLevels has the same identifying values as an earlier one."]
    }


def test_members_that_are_one_and_the_same_must_agree(api: EdFi) -> None:
    api.post("sessions", session(ESTAB, "Fall", "2026-08-20", "2026-12-18"))
    wrong = offering("ALG-1", ESTAB, "Fall") | {"schoolReference": {"schoolId": 9992001}}
    said = f"All values of schoolId must be the same: 9992001, {ESTAB} are given."
    assert problem(api.ask("POST", "courseOfferings", wrong))[2] == {
        "$.schoolReference.schoolId": [said],
        "$.sessionReference.schoolId": [said],
    }


# ---- organisations


def test_a_district_and_its_schools_can_be_made(api: EdFi) -> None:
    api.post("localEducationAgencies", agency(700100))
    one = api.post("schools", school(700101, 700100))
    shown = plain(api.get(f"schools/{one}"))
    assert shown == school(700101, 700100)
    assert api.get("schools?localEducationAgencyId=700100")[0]["id"] == one
    api.post("cohorts", cohort("1", 700100))
    api.post("cohorts", cohort("1", 700101))
    assert len(api.get("cohorts?cohortIdentifier=1")) == 2


def test_a_school_may_stand_alone(api: EdFi) -> None:
    one = api.post("schools", school(700102))
    assert plain(api.get(f"schools/{one}")) == school(700102)
    api.post("cohorts", cohort("1", 700102))


def test_the_number_of_an_organisation_is_another_ones_nowhere(api: EdFi) -> None:
    before = clock(api)
    taken = api.ask("POST", "localEducationAgencies", agency(ESTAB))
    assert problem(taken)[:2] == (409, "data-conflict:non-unique-identity")
    taken = api.ask("POST", "schools", school(255901))
    assert problem(taken)[:2] == (409, "data-conflict:non-unique-identity")
    assert clock(api) == before


ALONE = 700102


def founded(api: EdFi, of: int | None) -> dict[str, dict[str, Any]]:
    """A school with a term and what it teaches, as documents by their addresses."""
    made = {
        "schools": school(ALONE, of),
        "sessions": session(ALONE, "Fall", "2026-08-17", "2026-12-18"),
        "courses": course("ALG-1", ALONE),
        "courseOfferings": offering("ALG-1", ALONE, "Fall"),
        "sections": section("A1", "ALG-1", ALONE, "Fall"),
        "cohorts": cohort("1", ALONE),
    }
    paths = [f"{resource}/{api.post(resource, body)}" for resource, body in made.items()]
    return {path: plain(api.get(path)) for path in paths}


@pytest.mark.parametrize("before", [None, 700100])
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_school_may_join_another_district(api: EdFi, before: int | None, method: str) -> None:
    api.post("localEducationAgencies", agency(700100))
    documents = founded(api, before)
    path = next(iter(documents))
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"] + 1
    moved = school(ALONE, 255901)
    assert api.ask(method, path if method == "PUT" else "schools", moved).status in (200, 204)

    # The same documents under the same ids, of which the app is told anew and of none that it is gone.
    assert plain(api.get(path))["localEducationAgencyReference"]["localEducationAgencyId"] == 255901
    for other, document in documents.items():
        resource = other.partition("/")[0]
        if other != path:
            assert plain(api.get(other)) == document
        assert other.partition("/")[2] in [d["id"] for d in api.get(f"{resource}?minChangeVersion={since}&limit=500")]
        assert api.get(f"{resource}/deletes?minChangeVersion={since}") == []
    # All of it is in the new district, with the grant, and goes on there.
    number, identity, _ = api.hub.desk.schools.find(str(ALONE))
    assert number == api.hub.desk.schools.find(SAGUARO)[0]
    for table in ("session", "course", "course_offering", "group", "grant"):
        rows = look(api.hub.store, f'SELECT DISTINCT district FROM "{table}" WHERE school = ?', (identity,))
        assert rows.fetchall() == [(number,)], table
    api.post("students", student("7777"))
    api.post("studentSchoolAssociations", enrolment("7777", ALONE))
    assert len(api.get("studentSchoolAssociations?studentUniqueId=7777")) == 1


def test_a_school_with_people_stays_in_its_district(api: EdFi) -> None:
    api.post("localEducationAgencies", agency(700100))
    identity = api.post("schools", school(700101, 700100))
    api.post("students", student("7777"))
    api.post("studentSchoolAssociations", enrolment("7777", 700101))
    before = clock(api)
    for method, path in (("POST", "schools"), ("PUT", f"schools/{identity}")):
        status, _, paths = problem(api.ask(method, path, school(700101, 255901)))
        assert (status, list(paths)) == (400, ["$.localEducationAgencyReference"])
    assert clock(api) == before


def test_an_organisation_that_is_gone_leaves_its_number_free(api: EdFi) -> None:
    agency_id = api.post("localEducationAgencies", agency(700100))
    identity = api.post("schools", school(700101, 700100))
    refused = api.ask("DELETE", f"localEducationAgencies/{agency_id}")
    assert problem(refused)[:2] == (409, "data-conflict:dependent-item-exists")
    assert api.ask("DELETE", f"schools/{identity}").status == 204
    assert api.get("schools?schoolId=700101") == []
    assert problem(api.ask("POST", "cohorts", cohort("1", 700101)))[:2] == (409, "data-conflict:unresolved-reference")
    assert api.post("schools", school(700101, 700100)) != identity
    assert len(api.get("schools?schoolId=700101")) == 1


# ---- descriptors


def test_a_descriptor_of_ones_own_can_be_made_used_and_ended(api: EdFi) -> None:
    own = {
        "namespace": "uri://ocotillo.example/CohortTypeDescriptor",
        "codeValue": "Breakfast Club",
        "shortDescription": "Breakfast Club",
    }
    used = cohort("1", ESTAB) | {"cohortTypeDescriptor": "uri://ocotillo.example/CohortTypeDescriptor#Breakfast Club"}
    assert problem(api.ask("POST", "cohorts", used))[0] == 400
    identity = api.post("cohortTypeDescriptors", own)
    shown = api.get(f"cohortTypeDescriptors/{identity}")
    assert isinstance(shown["cohortTypeDescriptorId"], int)
    del shown["cohortTypeDescriptorId"]
    assert plain(shown) == own
    api.post("cohorts", used)
    api.put("cohortTypeDescriptors", identity, own | {"effectiveEndDate": "2026-01-01"})
    late = cohort("2", ESTAB) | {"cohortTypeDescriptor": used["cohortTypeDescriptor"]}
    assert problem(api.ask("POST", "cohorts", late))[0] == 400


def test_a_descriptor_is_one_in_any_case(api: EdFi) -> None:
    own = {"namespace": "uri://Ed-Fi.org/CohortTypeDescriptor", "codeValue": "STUDY HALL", "shortDescription": "x"}
    before = api.ask("GET", "cohortTypeDescriptors?totalCount=true&limit=0").headers["total-count"]
    api.post("cohortTypeDescriptors", own, 200)
    after = api.ask("GET", "cohortTypeDescriptors?totalCount=true&limit=0").headers["total-count"]
    assert before == after


def test_a_descriptor_that_is_used_stays(api: EdFi) -> None:
    """Be it a fact of the record, in the remainder, or an item of a collection."""

    def own(kind: str) -> tuple[str, str]:
        made = {"namespace": "uri://ocotillo.example", "codeValue": kind, "shortDescription": kind}
        name = f"{kind[0].lower()}{kind[1:]}Descriptors"
        return f"uri://ocotillo.example#{kind}", f"{name}/{api.post(name, made)}"

    (kind, one), (subject, two), (grade, three) = own("CohortType"), own("AcademicSubject"), own("GradeLevel")
    used = cohort("1", ESTAB) | {"cohortTypeDescriptor": kind, "academicSubjectDescriptor": subject}
    documents = [
        f"cohorts/{api.post('cohorts', used)}",
        f"schools/{api.post('schools', school(700102, gradeLevels=[{'gradeLevelDescriptor': grade}]))}",
    ]
    for path in (one, two, three):
        answer = api.ask("DELETE", path)
        assert problem(answer)[:2] == (409, "data-conflict:dependent-item-exists")
    for path in (*documents, one, two, three):
        assert api.ask("DELETE", path).status == 204, path


def test_a_descriptor_is_changed_by_the_app_that_added_it_and_by_no_other(api: EdFi) -> None:
    own = {"namespace": "uri://ocotillo.example", "codeValue": "Breakfast", "shortDescription": "Breakfast"}
    identity = api.post("cohortTypeDescriptors", own)
    api.hub.grant(app="other.example.org")
    other = caller(api.hub, app="other.example.org")
    (study_hall,) = api.get("cohortTypeDescriptors?codeValue=Study%20Hall")
    before = clock(api)
    for who, wanted in ((other, identity), (other, study_hall["id"]), (api, study_hall["id"])):
        shown = api.get(f"cohortTypeDescriptors/{wanted}")
        changed = plain(shown) | {"effectiveEndDate": "2020-01-01"}
        for method, body in (("PUT", changed), ("DELETE", None)):
            answer = who.ask(method, f"cohortTypeDescriptors/{wanted}", body)
            assert problem(answer)[:2] == (403, "security:authorization")
        who.post("cohortTypeDescriptors", changed, 200)
    assert clock(api) == before
    api.put("cohortTypeDescriptors", identity, own | {"shortDescription": "Breakfast Club"})


# ---- nothing by halves


@pytest.mark.parametrize(
    ("resource", "body", "status"),
    [
        ("cohorts", cohort("1", ESTAB, "No Such Kind"), 400),
        ("cohorts", cohort("1", 4242), 409),
        (
            "cohorts",
            cohort(
                "1",
                ESTAB,
                programs=[
                    {
                        "programReference": {
                            "educationOrganizationId": ESTAB,
                            "programName": "No Such Programme",
                            "programTypeDescriptor": word("ProgramType", "Athletics"),
                        }
                    }
                ],
            ),
            409,
        ),
        ("schools", school(700101, 4242), 409),
        ("studentSchoolAssociations", enrolment("nobody", ESTAB), 409),
        ("studentCohortAssociations", place("none", ESTAB, "nobody", "2026-09-14"), 409),
    ],
)
def test_a_request_that_fails_writes_nothing(api: EdFi, resource: str, body: dict[str, Any], status: int) -> None:
    before = clock(api)
    assert problem(api.ask("POST", resource, body))[0] == status
    assert clock(api) == before


def test_an_update_that_fails_in_the_middle_writes_nothing(api: EdFi) -> None:
    api.post("programs", program("A", ESTAB))
    kind = word("ProgramType", "Remedial Education")
    named = [
        {"programReference": {"educationOrganizationId": ESTAB, "programName": name, "programTypeDescriptor": kind}}
        for name in ("A", "B")
    ]
    identity = api.post("cohorts", cohort("1", ESTAB))
    before = clock(api)
    answer = api.ask("PUT", f"cohorts/{identity}", cohort("1", ESTAB, "Field Trip", programs=named))
    assert problem(answer) == (
        409,
        "data-conflict:unresolved-reference",
        {
            "$.programs[1].programReference": [
                f"There is no program with educationOrganizationId = {ESTAB}, programName = B,"
                f" programTypeDescriptor = {kind}."
            ]
        },
    )
    assert clock(api) == before


def test_a_descriptor_may_be_of_any_alphabet(api: EdFi) -> None:
    own = {"namespace": "uri://ocotillo.example/Ä", "codeValue": "École Été ΣΑΣ", "shortDescription": "École"}
    identity = api.post("cohortTypeDescriptors", own)
    assert api.post("cohortTypeDescriptors", own, 200) == identity
    used = cohort("1", ESTAB) | {"cohortTypeDescriptor": "uri://ocotillo.example/Ä#École Été ΣΑΣ"}
    shown = plain(api.get(f"cohorts/{api.post('cohorts', used)}"))
    assert shown == used
