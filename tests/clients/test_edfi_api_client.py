"""edfi-api-client 0.4.1, as it is published, against the running demo."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import HERE, Client, Demo
from .records import RESOURCES, cohort, district, enrolment, member, school, student

LEA, SCHOOL = 302901, 302901001
SCRIPT = HERE / "edfi" / "api_client.py"
DESCRIPTORS = ["cohortTypeDescriptors", "cohortScopeDescriptors", "academicSubjectDescriptors", "gradeLevelDescriptors"]

pytestmark = pytest.mark.slow


class Api:
    """The client, pointed at a server."""

    def __init__(self, client: Client, served: Demo) -> None:
        self.client = client
        self.server = {"url": f"{served.url}/edfi", **served.facts["edfi"]}

    def ask(self, step: str, /, **given: Any) -> Any:
        """What a step of the script answers."""
        return self.client.ask("python", SCRIPT, step, **{"server": self.server, **given})

    def write(self, *deeds: tuple[str, str, Any]) -> list[dict[str, Any]]:
        """What writes answer, one after the other."""
        return self.ask("write", deeds=deeds)

    def post(self, name: str, *bodies: dict[str, Any]) -> list[str]:
        """The ids of new records."""
        answers = self.write(*[("POST", name, body) for body in bodies])
        assert [a["status"] for a in answers] == [201] * len(bodies), answers
        return [a["id"] for a in answers]


@pytest.fixture(scope="module")
def api(edfi: Client, demo: Demo) -> Api:
    """The client, and a school of its own in the demo with two students."""
    api = Api(edfi, demo)
    api.post("localEducationAgencies", district(LEA, "Grand Bend ISD"))
    api.post("schools", school(SCHOOL, "Grand Bend High School", LEA))
    api.post("students", student("111111", "Ottoline", "Brackenfold"), student("222222", "Peregrine", "Quillfeather"))
    api.post("studentSchoolAssociations", enrolment("111111", SCHOOL), enrolment("222222", SCHOOL))
    return api


@pytest.fixture(scope="module")
def many(api: Api) -> list[str]:
    """The ids of sixty cohorts, which are more than two pages."""
    return api.post("cohorts", *[cohort(f"MANY-{n:02}", SCHOOL) for n in range(60)])


def without_stamps(row: dict[str, Any]) -> dict[str, Any]:
    """A row without what the server adds to it."""
    return {k: v for k, v in row.items() if k not in ("id", "_etag", "_lastModifiedDate")}


def bare(row: dict[str, Any]) -> dict[str, Any]:
    """A row as it was sent: without what the server adds, links of references included."""
    return {
        k: {n: x for n, x in v.items() if n != "link"} if k.endswith("Reference") else v
        for k, v in without_stamps(row).items()
    }


# ---- before signing in


def test_the_client_learns_from_the_front_page_how_to_read(api: Api) -> None:
    seen = api.ask("look")
    assert seen["mode"] in (None, "shared_instance")
    assert tuple(map(int, seen["ods"].split(".")[:2])) >= (7, 3)
    assert seen["model"] == "5.2.0"


def test_the_client_finds_every_resource_with_its_description_and_history(api: Api) -> None:
    seen = api.ask("look")
    assert {f"ed-fi/{name}" for name in RESOURCES} <= {*seen["resources"]}
    assert {f"ed-fi/{name}" for name in DESCRIPTORS} <= {*seen["descriptors"]}
    assert [name for name, words in seen["described"].items() if not words] == []
    assert [name for name, deletes in seen["deletes"].items() if not deletes] == []


# ---- signing in


def test_the_token_says_that_it_is_good(api: Api) -> None:
    signed = api.ask("sign")
    assert signed["info"]["active"] is True
    assert signed["header"] == ["Authorization"]


def test_a_wrong_secret_is_not_let_in(api: Api) -> None:
    status, _ = api.ask("refused", server={**api.server, "secret": "guessed"})
    assert status == 401


def test_a_snapshot_is_not_there(api: Api) -> None:
    status, answer = api.ask("refused", snapshot=True)
    assert (status, answer["status"]) == (404, 404)


# ---- reading


def test_every_resource_answers_a_ping(api: Api) -> None:
    names = [*RESOURCES, *DESCRIPTORS]
    pong = [200, "Ping was successful! ODS data has been intentionally scrubbed from this response."]
    assert api.ask("ping", names=names) == dict.fromkeys(names, pong)


@pytest.mark.parametrize("name", ["students", "studentSchoolAssociations", "schools", "sections"])
def test_the_demo_is_read_whole_however_it_is_paged(api: Api, name: str) -> None:
    seen = api.ask("read", name=name, sizes=[7, 100])
    ids = sorted(row["id"] for row in seen["cursor"]["100"])
    assert len(ids) == len({*ids}) == seen["count"] > 0
    by_id = {row["id"]: row for row in seen["cursor"]["100"]}
    for rows in (seen["cursor"]["7"], seen["offset"]["7"], seen["offset"]["100"]):
        assert len(rows) == len(ids)
        assert {row["id"]: row for row in rows} == by_id
    assert len(seen["first"]) == min(25, seen["count"])


def test_sixty_cohorts_are_read_in_pages_of_one_seven_and_a_hundred(api: Api, many: list[str]) -> None:
    seen = api.ask("read", name="cohorts", sizes=[1, 7, 100, 500], educationOrganizationId=SCHOOL)
    assert seen["count"] >= 60
    ids = {row["id"] for row in seen["cursor"]["500"]}
    assert {*many} <= ids
    for paged in ("cursor", "offset"):
        for size in ("1", "7", "100", "500"):
            rows = [row["id"] for row in seen[paged][size]]
            assert len(rows) == seen["count"], (paged, size)
            assert {*rows} == ids, (paged, size)


def test_members_of_a_cohort_are_read_and_counted(api: Api, many: list[str]) -> None:
    api.post("studentCohortAssociations", member("111111", "MANY-07", SCHOOL), member("222222", "MANY-07", SCHOOL))
    seen = api.ask("read", name="studentCohortAssociations", sizes=[1], cohortIdentifier="MANY-07")
    assert seen["count"] == 2
    assert sorted(row["studentReference"]["studentUniqueId"] for row in seen["cursor"]["1"]) == ["111111", "222222"]
    assert seen["cursor"]["1"] == seen["offset"]["1"]


def test_a_cohort_is_found_by_its_natural_key(api: Api, many: list[str]) -> None:
    rows = api.ask("rows", name="cohorts", cohort_identifier="MANY-31", education_organization_id=SCHOOL)
    assert [bare(row) for row in rows] == [cohort("MANY-31", SCHOOL)]
    assert rows[0]["id"] == many[31]


def test_a_cohort_is_fetched_by_id_as_the_list_shows_it(api: Api, many: list[str]) -> None:
    listed = api.ask("rows", name="cohorts", cohort_identifier="MANY-05")
    assert api.ask("one", name="cohorts", identifier=many[5]) == listed[0]
    assert len(many[5]) == 32


def test_a_descriptor_is_found_by_its_code(api: Api) -> None:
    [found] = api.ask("described", name="cohortTypeDescriptors", codeValue="Study Hall")
    assert {k: v for k, v in found.items() if k in ("namespace", "codeValue", "shortDescription")} == {
        "namespace": "uri://ed-fi.org/CohortTypeDescriptor",
        "codeValue": "Study Hall",
        "shortDescription": "Study Hall",
    }


def test_graham_of_the_demo_is_a_student_of_his_school(api: Api) -> None:
    [graham] = api.ask("rows", name="students", first_name="Graham", last_surname="Mossgrove")
    rows = api.ask("rows", name="studentSchoolAssociations", student_unique_id=graham["studentUniqueId"])
    assert [row["schoolReference"]["schoolId"] for row in rows] == [9994001]


# ---- writing


def test_a_cohort_is_made_changed_and_deleted(api: Api) -> None:
    hall = cohort("STUDY-1", SCHOOL, cohortDescription="Quiet hour")
    trip = cohort("STUDY-1", SCHOOL, "Field Trip")
    made, again, put, _, gone, unknown = api.write(
        ("POST", "cohorts", hall),
        ("POST", "cohorts", hall),
        ("PUT", "cohorts", trip),
        ("POST", "cohorts", trip),
        ("DELETE", "cohorts", None),
        ("DELETE", "cohorts", None),
    )
    assert [a["status"] for a in (made, again, put, gone, unknown)] == [201, 200, 204, 204, 404]
    assert made["headers"]["location"] == f"{api.server['url']}/data/v3/ed-fi/cohorts/{made['id']}"
    assert made["headers"]["etag"] == again["headers"]["etag"] != put["headers"]["etag"]
    assert made["body"] == put["body"] == gone["body"] == ""


def test_what_is_put_is_what_is_read(api: Api) -> None:
    api.write(
        ("POST", "cohorts", cohort("STUDY-2", SCHOOL, cohortDescription="Quiet hour")),
        ("PUT", "cohorts", cohort("STUDY-2", SCHOOL, "Field Trip")),
    )
    [row] = api.ask("rows", name="cohorts", cohort_identifier="STUDY-2")
    assert bare(row) == cohort("STUDY-2", SCHOOL, "Field Trip")


def test_a_membership_ends(api: Api) -> None:
    api.post("cohorts", cohort("STUDY-3", SCHOOL))
    _, ended = api.write(
        ("POST", "studentCohortAssociations", member("111111", "STUDY-3", SCHOOL)),
        ("PUT", "studentCohortAssociations", member("111111", "STUDY-3", SCHOOL, endDate="2026-09-21")),
    )
    assert ended["status"] == 204
    [row] = api.ask("rows", name="studentCohortAssociations", cohort_identifier="STUDY-3")
    assert bare(row) == member("111111", "STUDY-3", SCHOOL, endDate="2026-09-21")


def test_a_new_key_of_a_cohort_is_refused(api: Api) -> None:
    _, refused = api.write(("POST", "cohorts", cohort("KEY-1", SCHOOL)), ("PUT", "cohorts", cohort("KEY-2", SCHOOL)))
    assert refused["status"] == 400
    assert "key-change-not-supported" in refused["body"]


def test_a_cohort_with_members_stays(api: Api) -> None:
    [identifier] = api.post("cohorts", cohort("STAYS", SCHOOL))
    api.post("studentCohortAssociations", member("222222", "STAYS", SCHOOL))
    [refused] = api.write(("DELETE", "cohorts", identifier))
    assert refused["status"] == 409
    assert "dependent-item-exists" in refused["body"]


# ---- history


def test_a_change_version_leads_to_what_has_changed_since(api: Api) -> None:
    before = api.ask("newest")
    made = api.post("cohorts", *[cohort(f"NEWS-{n}", SCHOOL) for n in range(5)])
    after = api.ask("newest")
    assert after > before
    changed = {"min_change_version": before + 1, "max_change_version": after}
    assert {row["id"] for row in api.ask("rows", name="cohorts", **changed)} == {*made}
    assert api.ask("count", name="cohorts", **changed) == 5
    assert api.ask("rows", name="cohorts", min_change_version=after + 1) == []


def test_changes_are_read_in_strides_of_versions(api: Api) -> None:
    before = api.ask("newest")
    made = api.post("cohorts", *[cohort(f"STRIDE-{n}", SCHOOL) for n in range(7)])
    stepped = api.ask("step", name="cohorts", stride=3, least=before + 1, most=api.ask("newest"))
    assert sorted(stepped["forwards"]) == sorted(stepped["backwards"]) == sorted(made)


def test_what_is_deleted_is_told_with_its_key(api: Api) -> None:
    before = api.ask("newest")
    [gone] = api.post("cohorts", cohort("GONE", SCHOOL))
    api.post("studentCohortAssociations", member("111111", "GONE", SCHOOL))
    [row] = api.ask("rows", name="studentCohortAssociations", cohort_identifier="GONE")
    api.write(("DELETE", "studentCohortAssociations", row["id"]), ("DELETE", "cohorts", gone))
    since = {"get_deletes": True, "min_change_version": before + 1}

    [tombstone] = api.ask("rows", name="cohorts", **since)
    assert tombstone["id"] == gone
    assert tombstone["keyValues"] == {"cohortIdentifier": "GONE", "educationOrganizationId": SCHOOL}
    assert before < tombstone["changeVersion"] <= api.ask("newest")
    assert api.ask("count", name="cohorts", **since) == 1

    [tombstone] = api.ask("rows", name="studentCohortAssociations", **since)
    assert tombstone["id"] == row["id"]
    assert tombstone["keyValues"] == {
        "beginDate": "2026-09-14",
        "cohortIdentifier": "GONE",
        "educationOrganizationId": SCHOOL,
        "studentUniqueId": "111111",
    }


def test_what_is_made_again_is_no_longer_told_as_deleted(api: Api) -> None:
    before = api.ask("newest")
    api.write(
        ("POST", "cohorts", cohort("PHOENIX", SCHOOL)),
        ("DELETE", "cohorts", None),
        ("POST", "cohorts", cohort("PHOENIX", SCHOOL)),
    )
    assert api.ask("rows", name="cohorts", get_deletes=True, min_change_version=before + 1) == []


def test_more_deletes_than_a_page_are_all_told(api: Api) -> None:
    before = api.ask("newest")
    deeds = [[("POST", "cohorts", cohort(f"LEAF-{n:03}", SCHOOL)), ("DELETE", "cohorts", None)] for n in range(110)]
    api.write(*[deed for pair in deeds for deed in pair])
    told = api.ask("rows", name="cohorts", get_deletes=True, min_change_version=before + 1)
    assert sorted(row["keyValues"]["cohortIdentifier"] for row in told) == [f"LEAF-{n:03}" for n in range(110)]


def test_a_key_that_changed_twice_is_told_once(api: Api) -> None:
    before = api.ask("newest")
    api.post("students", student("333333", "Marigold", "Thistledown"))
    made, *moved = api.write(
        ("POST", "studentSchoolAssociations", enrolment("333333", SCHOOL, "2026-08-24")),
        ("PUT", "studentSchoolAssociations", enrolment("333333", SCHOOL, "2026-08-25")),
        ("PUT", "studentSchoolAssociations", enrolment("333333", SCHOOL, "2026-08-31")),
    )
    assert [made["status"], *[a["status"] for a in moved]] == [201, 204, 204]
    asked = {"get_key_changes": True, "min_change_version": before + 1}
    [change] = api.ask("rows", name="studentSchoolAssociations", **asked)
    key = {"schoolId": SCHOOL, "studentUniqueId": "333333"}
    assert (change["id"], change["oldKeyValues"], change["newKeyValues"]) == (
        made["id"],
        {"entryDate": "2026-08-24", **key},
        {"entryDate": "2026-08-31", **key},
    )


def test_a_school_and_a_descriptor_tell_no_new_keys(api: Api) -> None:
    assert api.ask("rows", name="schools", get_key_changes=True) == []
    assert api.ask("rows", name="cohortTypeDescriptors", get_key_changes=True) == []


def test_a_descriptor_of_ones_own_is_made_used_and_deleted(api: Api) -> None:
    own = {
        "namespace": "uri://grandbend.example/CohortTypeDescriptor",
        "codeValue": "Robotics",
        "shortDescription": "Robotics",
    }
    kind = "uri://grandbend.example/CohortTypeDescriptor#Robotics"
    [identifier] = api.post("cohortTypeDescriptors", own)
    used, _, gone = api.write(
        ("POST", "cohorts", {**cohort("ROBOTS", SCHOOL), "cohortTypeDescriptor": kind}),
        ("DELETE", "cohorts", None),
        ("DELETE", "cohortTypeDescriptors", identifier),
    )
    assert (used["status"], gone["status"]) == (201, 204)
