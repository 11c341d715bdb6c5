"""Reading: pages by number and by token, partitions, counts, filters, and what a wrong parameter is told."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from rollbook.edfi.resources import HOMED
from tests.district import ED_FI, EdFi, cohort, word
from tests.hub import THORNFIELD, Answer

from .school_year import ESTAB
from .test_writing import plain, problem
from .whole import NAMES

SOME = ["students", "sections", "cohorts", "schools", "sessions", "cohortTypeDescriptors"]
"""Resources of several districts, and one of all."""


def ids(api: EdFi, path: str) -> list[str]:
    """The ids of the documents of a page."""
    return [d["id"] for d in api.get(path)]


def every(api: EdFi, resource: str, more: str = "") -> list[str]:
    """The ids of all documents, page by page."""
    found: list[str] = []
    while page := ids(api, f"{resource}?limit=500&offset={len(found)}{more}"):
        found += page
    return found


def by_token(api: EdFi, resource: str, first: str = "", size: int = 7) -> list[str]:
    """The ids of all documents, as a client reads them that follows `Next-Page-Token`."""
    found: list[str] = []
    path = f"{resource}?pageToken={quote(first)}&pageSize={size}" if first else resource
    for _ in range(1000):
        answer = api.ask("GET", path)
        assert answer.status == 200, answer.body
        page = answer.json
        found += [d["id"] for d in page]  # pyright: ignore[reportArgumentType, reportCallIssue]
        token = answer.headers.get("next-page-token")
        if token is None:
            return found
        path = f"{resource}?pageToken={quote(token)}&pageSize={size}"
    raise AssertionError("the pages have no end")


# ---- pages


def test_a_page_has_25_documents_unless_more_are_asked_for(shelf: EdFi) -> None:
    assert len(shelf.get("students")) == 25
    assert len(shelf.get("students?limit=40")) == 40
    assert shelf.get("students?limit=0") == []


@pytest.mark.parametrize("resource", SOME)
@pytest.mark.parametrize("limit", [1, 7, 100])
def test_pages_by_number_lose_nothing_and_give_nothing_twice(shelf: EdFi, resource: str, limit: int) -> None:
    whole = every(shelf, resource)
    if len(whole) > 60 * limit:
        whole = whole[: 60 * limit]
    pages: list[str] = []
    for at in range(0, len(whole), limit):
        pages += ids(shelf, f"{resource}?limit={limit}&offset={at}")
    assert pages[: len(whole)] == whole
    assert len(set(whole)) == len(whole)


@pytest.mark.parametrize("resource", SOME)
@pytest.mark.parametrize("size", [1, 7, 500])
def test_pages_by_token_lose_nothing_and_give_nothing_twice(shelf: EdFi, resource: str, size: int) -> None:
    if size == 1 and len(every(shelf, resource)) > 120:
        size = 25
    assert by_token(shelf, resource, size=size) == every(shelf, resource)


def test_a_plain_request_begins_the_pages_by_token_and_a_numbered_one_does_not(shelf: EdFi) -> None:
    assert "next-page-token" in shelf.ask("GET", "students").headers
    assert "next-page-token" not in shelf.ask("GET", "students?limit=5").headers
    assert "next-page-token" not in shelf.ask("GET", "students?offset=5").headers
    assert "next-page-token" not in shelf.ask("GET", "localEducationAgencies").headers


def test_pages_by_token_keep_to_the_filters(shelf: EdFi) -> None:
    mine = every(shelf, "students", "&birthSexDescriptor=uri://ed-fi.org/SexDescriptor%23Female")
    assert 10 < len(mine) < len(every(shelf, "students"))
    female = "birthSexDescriptor=uri://ed-fi.org/SexDescriptor%23Female"
    found: list[str] = []
    path: str | None = f"students?{female}"
    while path:
        answer = shelf.ask("GET", path)
        found += [d["id"] for d in answer.json]  # pyright: ignore[reportArgumentType, reportCallIssue]
        token = answer.headers.get("next-page-token")
        path = f"students?{female}&pageToken={quote(token)}&pageSize=10" if token else None
    assert found == mine


def test_what_is_written_between_two_pages_is_neither_lost_nor_doubled(api: EdFi) -> None:
    first = api.ask("GET", "cohorts?totalCount=true")
    before = [d["id"] for d in api.get("cohorts?limit=500")]
    answer = api.ask("GET", f"cohorts?pageToken={quote(start(api))}&pageSize=3")
    seen = [d["id"] for d in answer.json]  # pyright: ignore[reportArgumentType, reportCallIssue]
    made = api.post("cohorts", cohort("zz", ESTAB))
    assert api.ask("DELETE", f"cohorts/{seen[0]}").status in (204, 409)
    seen += by_token(api, "cohorts", answer.headers["next-page-token"], 3)
    assert len(seen) == len(set(seen))
    assert set(before) <= set(seen)
    assert made in seen
    assert first.headers["total-count"] == str(len(before))


def start(api: EdFi) -> str:
    """A token from which everything is read."""
    (token,) = api.get("cohorts/partitions?number=1")["pageTokens"]
    return token


@pytest.mark.parametrize("resource", SOME)
@pytest.mark.parametrize("number", [1, 2, 5, 200])
def test_partitions_cut_a_collection_into_parts(shelf: EdFi, resource: str, number: int) -> None:
    whole = every(shelf, resource)
    tokens: list[str] = shelf.get(f"{resource}/partitions?number={number}")["pageTokens"]
    assert 1 <= len(tokens) <= number
    parts = [by_token(shelf, resource, token, 25) for token in tokens]
    assert [i for part in parts for i in part] == whole
    sizes = [len(p) for p in parts]
    assert max(sizes) - min(sizes) <= 1


def test_partitions_of_what_a_filter_finds(shelf: EdFi) -> None:
    wanted = f"schoolId={THORNFIELD}"
    tokens: list[str] = shelf.get(f"studentSchoolAssociations/partitions?number=3&{wanted}")["pageTokens"]
    found: list[str] = []
    for token in tokens:
        path = f"studentSchoolAssociations?{wanted}&pageSize=500&pageToken={quote(token)}"
        found += ids(shelf, path)
    assert found == every(shelf, "studentSchoolAssociations", f"&{wanted}")
    assert shelf.get("cohorts/partitions?cohortIdentifier=none") == {"pageTokens": []}


def test_the_count_is_told_when_it_is_asked_for(shelf: EdFi) -> None:
    whole = every(shelf, "students")
    assert "total-count" not in shelf.ask("GET", "students").headers
    for asked in ("totalCount=true&limit=0", "TOTALCOUNT=True", "totalcount=TRUE&offset=90", "totalCount=true"):
        assert shelf.ask("GET", f"students?{asked}").headers["total-count"] == str(len(whole))
    assert "total-count" not in shelf.ask("GET", "students?totalCount=false").headers
    none = shelf.ask("GET", "students?totalCount=true&lastSurname=Nobody")
    assert (none.headers["total-count"], none.body) == ("0", b"[]")


# ---- filters


def test_filters_are_combined_and_names_are_read_in_any_case(api: EdFi) -> None:
    one = api.post("cohorts", cohort("1", ESTAB))
    api.post("cohorts", cohort("1", 255901))
    api.post("cohorts", cohort("2", ESTAB))
    assert ids(api, f"cohorts?COHORTidentifier=1&educationorganizationid={ESTAB}") == [one]
    assert api.get(f"cohorts?cohortIdentifier=3&educationOrganizationId={ESTAB}") == []


def test_a_descriptor_is_asked_for_with_its_hash_encoded_in_any_case(api: EdFi) -> None:
    api.post("cohorts", cohort("1", ESTAB))
    trip = api.post("cohorts", cohort("2", ESTAB, "Field Trip"))
    mine = f"&educationOrganizationId={ESTAB}"
    for text in (
        "uri://ed-fi.org/CohortTypeDescriptor%23Field%20Trip",
        "URI://ED-FI.ORG/COHORTTYPEDESCRIPTOR%23field+trip",
    ):
        assert ids(api, f"cohorts?cohortTypeDescriptor={text}{mine}") == [trip]
    assert ids(api, f"cohorts?cohortTypeDescriptor={quote(word('CohortType', 'Nothing'), safe='')}{mine}") == []


def test_a_school_is_an_education_organisation(shelf: EdFi) -> None:
    assert [s["schoolId"] for s in shelf.get(f"schools?educationOrganizationId={ESTAB}")] == [ESTAB]
    assert shelf.get("schools?educationOrganizationId=1000") == []
    assert len(shelf.get("localEducationAgencies?educationOrganizationId=1000")) == 1
    assert shelf.get(f"localEducationAgencies?educationOrganizationId={ESTAB}") == []


def test_an_id_is_a_filter_too(shelf: EdFi) -> None:
    one, *_ = ids(shelf, "students")
    assert ids(shelf, f"students?id={one}") == [one]
    assert shelf.get("students?id=nobody") == []


@pytest.mark.parametrize("resource", NAMES)
def test_each_document_of_a_list_is_the_one_at_its_address(shelf: EdFi, resource: str) -> None:
    for document in shelf.get(f"{resource}?limit=3"):
        assert shelf.get(f"{resource}/{document['id']}") == document
        dashed = document["id"]
        dashed = f"{dashed[:8]}-{dashed[8:12]}-{dashed[12:16]}-{dashed[16:20]}-{dashed[20:]}"
        assert shelf.get(f"{resource}/{dashed}") == document


@pytest.mark.parametrize("resource", NAMES)
def test_each_document_has_what_its_resource_requires(shelf: EdFi, resource: str) -> None:
    needed = {p.name for r in HOMED if r.name == resource for p in r.properties if p.needed}
    passing = {"totalInstructionalDays"}
    for document in shelf.get(f"{resource}?limit=500"):
        assert needed - passing <= document.keys(), document
        assert document["_lastModifiedDate"].endswith("Z")


# ---- what is wrong


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=501", "limit must be a whole number, between 0 and 500."),
        ("limit=-1", "limit must be a whole number, between 0 and 500."),
        ("limit=ten", "limit must be a whole number, between 0 and 500."),
        ("limit=", "limit must be a whole number, between 0 and 500."),
        ("offset=-1", "offset must be a whole number, 0 or more."),
        ("totalCount=yes", "totalCount must be true or false."),
        ("birthDate=tomorrow", "birthDate must be a date, written yyyy-MM-dd."),
        ("multipleBirthStatus=maybe", "multipleBirthStatus must be true or false."),
        ("minChangeVersion=-1", "minChangeVersion must be a whole number, 0 or more."),
        ("pageToken=nonsense", "pageToken is not one that an earlier answer gave. Begin without one."),
        ("pageToken=x&limit=3", "pageToken cannot be used together with limit."),
        ("pageToken=x&offset=0", "pageToken cannot be used together with offset."),
        ("pageSize=5", "pageSize needs a pageToken."),
    ],
)
def test_a_wrong_parameter_is_told(shelf: EdFi, query: str, said: str) -> None:
    answer = shelf.ask("GET", f"students?{query}")
    assert problem(answer)[:2] == (400, "bad-request:parameter-validation-failed")
    assert answer.json["errors"] == [said]


def test_the_nearest_parameter_is_named(shelf: EdFi) -> None:
    answer = shelf.ask("GET", "students?lastSirname=X", prefer="handling=strict")
    assert problem(answer)[:2] == (400, "bad-request:parameter-validation-failed")
    said = "lastSirname is not a parameter of students. Did you mean lastSurname?"
    assert answer.json["errors"] == [said]
    assert answer.headers["preference-applied"] == "handling=strict"


def test_what_a_resource_does_not_know_is_ignored_as_the_ods_ignores_it(shelf: EdFi) -> None:
    for path in ("students", "students/partitions", "students/deletes", "students/keyChanges"):
        lenient = shelf.ask("GET", f"{path}?lastSirname=X&$top=5&fields=id")
        assert (lenient.status, lenient.body) == (200, shelf.ask("GET", path).body), path
        assert "preference-applied" not in lenient.headers
    identity = shelf.get("students?limit=1")[0]["id"]
    assert shelf.ask("GET", f"students/{identity}?lastSirname=X").status == 200


@pytest.mark.parametrize(
    ("said", "applied"),
    [
        ("handling=strict", "strict"),
        ('respond-async, Handling = "strict"; q=1', "strict"),
        ("handling=lenient", "lenient"),
        ("handling=lenient, handling=strict", "lenient"),
        ("handling=loose", None),
        ("return=minimal", None),
    ],
)
def test_a_strict_reading_refuses_what_it_does_not_know(shelf: EdFi, said: str, applied: str | None) -> None:
    answer = shelf.ask("GET", "cohorts?nonsense=1", prefer=said)
    assert answer.status == (400 if applied == "strict" else 200)
    assert answer.headers.get("preference-applied") == (applied and f"handling={applied}")
    right = shelf.ask("GET", "cohorts?limit=1", prefer=said)
    assert right.status == 200
    assert right.headers.get("preference-applied") == (applied and f"handling={applied}")


def test_a_kept_answer_is_not_given_to_a_caller_with_another_preference(shelf: EdFi) -> None:
    path = "schools?nonsense=1"
    statuses = [shelf.ask("GET", path, prefer=f"handling={said}").status for said in ("lenient", "strict", "lenient")]
    assert statuses == [200, 400, 200]


def test_a_strict_reading_of_one_item_takes_no_parameters(shelf: EdFi) -> None:
    identity = shelf.get("students?limit=1")[0]["id"]
    answer = shelf.ask("GET", f"students/{identity}?limit=1", prefer="handling=strict")
    assert (answer.status, answer.json["errors"]) == (
        400,
        ["limit is a parameter of collections. An item by its id takes none."],
    )


def test_a_reference_to_what_no_document_can_have_matches_none(shelf: EdFi) -> None:
    # The standard has this parameter, so that ignoring it would answer with every enrolment.
    assert shelf.get("studentSchoolAssociations?calendarCode=1") == []


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("studnets", "studnets is not a resource of this API. Did you mean students?"),
        ("cohort", "cohort is not a resource of this API. Did you mean cohorts?"),
        (
            "qqqqqqqq",
            "qqqqqqqq is not a resource of this API. The resources are listed below /edfi/metadata/.",
        ),
    ],
)
def test_a_misspelt_resource_gets_a_hint(shelf: EdFi, name: str, hint: str) -> None:
    for path in (name, f"{name}/{'0' * 32}", f"{name}/deletes"):
        answer = shelf.ask("GET", path)
        assert problem(answer)[:2] == (404, "not-found")
        assert answer.json["errors"] == [hint]


def test_every_wrong_parameter_is_told_at_once(shelf: EdFi) -> None:
    answer = shelf.ask("GET", "cohorts?limit=x&offset=y&totalCount=z&educationOrganizationId=w")
    assert len(answer.json["errors"]) == 4


@pytest.mark.parametrize("identity", ["1", "no-id", "0" * 31, "0" * 33, "g" * 32, "0" * 35 + "x", "%20", "'--"])
def test_what_is_no_id_is_told_so(api: EdFi, identity: str) -> None:
    for method, body in (("GET", None), ("DELETE", None), ("PUT", cohort("1", ESTAB))):
        status, kind, paths = problem(api.ask(method, f"cohorts/{identity}", body))
        assert (status, kind, list(paths)) == (400, "bad-request:data", ["$.id"])


@pytest.mark.parametrize(
    "path",
    [
        f"{ED_FI}/cohort",
        ED_FI,
        "/edfi/data/v3",
        "/edfi/data/v3/tpdm/candidates",
        "/edfi/nothing",
        f"{ED_FI}/a/b/c",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "PATCH"])
def test_an_address_that_leads_nowhere_is_told_so_before_its_method(shelf: EdFi, path: str, method: str) -> None:
    answer = shelf.ask(method, path)
    assert problem(answer) == (404, "not-found", None)


# ---- methods


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("cohorts", "GET, POST"),
        ("cohorts/" + "0" * 32, "GET, PUT, DELETE"),
        ("cohorts/deletes", "GET"),
        ("cohorts/keyChanges", "GET"),
        ("cohorts/partitions", "GET"),
        ("/edfi/changeQueries/v1/availableChangeVersions", "GET"),
        ("/edfi/", "GET"),
        ("/edfi/metadata/", "GET"),
        ("/edfi/oauth/token", "POST"),
        ("/edfi/oauth/token_info", "POST"),
    ],
)
def test_another_method_is_refused_with_those_that_are_answered(shelf: EdFi, path: str, allowed: str) -> None:
    for method in {"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"} - {*allowed.split(", ")}:
        answer: Answer = shelf.ask(method, path)
        assert (answer.status, answer.headers["allow"]) == (405, allowed), method
        assert (answer.body == b"") == (method == "HEAD")


def test_addresses_are_read_in_any_case_and_end_in_a_slash_or_not(shelf: EdFi) -> None:
    whole = shelf.get("cohorts")
    for path in (f"{ED_FI}/Cohorts/", "/edfi/DATA/V3/ED-FI/COHORTS", "/edfi/data/ed-fi/cohorts"):
        assert shelf.get(path) == whole


# ---- snapshots and memory


def test_there_are_no_snapshots(shelf: EdFi) -> None:
    assert problem(shelf.ask("GET", "cohorts", use_snapshot="true"))[:2] == (404, "not-found:snapshot")
    assert shelf.ask("GET", "cohorts", use_snapshot="false").status == 200
    for method, path in (("POST", "cohorts"), ("PUT", "cohorts/" + "0" * 32), ("DELETE", "cohorts/" + "0" * 32)):
        answer = shelf.ask(method, path, {}, use_snapshot="true")
        assert problem(answer)[:2] == (405, "snapshots:method-not-allowed")


def test_an_answer_from_memory_is_the_same_until_something_is_written(api: EdFi) -> None:
    asked = f"cohorts?educationOrganizationId={ESTAB}"
    before: list[dict[str, Any]] = api.get(asked)
    assert api.get(asked) == before
    identity = api.post("cohorts", cohort("1", ESTAB))
    assert [plain(d) for d in api.get(asked)] == [*map(plain, before), cohort("1", ESTAB)]
    first = api.get(f"cohorts/{identity}")
    api.put("cohorts", identity, cohort("1", ESTAB, "Field Trip"))
    assert api.get(f"cohorts/{identity}") != first
