"""Claim sets and namespaces: what a key lets its holder do before any school is asked."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook.cli import main
from rollbook.consent.words import WORDS
from rollbook.dialects.edfi import claiming
from rollbook.edfi import claims
from rollbook.edfi.claims import STANDARD, claims_of
from rollbook.errors import Malformed
from tests.district import EdFi, cohort, edfi, student

from .conftest import APP, caller
from .school_year import ESTAB
from .test_writing import clock, problem

DENIED = "security:authorization:access-denied"


def own(api: EdFi, said: Any) -> EdFi:
    """A caller whose key has a claim set of the operator's own."""
    one = claiming.keep(api.hub.desk, said)
    return edfi(api.hub, api.hub.app(APP), f"claims:{one.name}")


def within(api: EdFi, *namespaces: str) -> EdFi:
    """A caller who writes in some namespaces only."""
    app, rights = api.hub.app(APP), ["EdFiSandbox", *(f"namespace:{one}" for one in namespaces)]
    made, secret = api.hub.desk.credentials.add(app, "edfi", rights=rights)
    form = f"grant_type=client_credentials&client_id={made.key}&client_secret={secret}".encode()
    token = api.hub.post("/edfi/oauth/token", form, "application/x-www-form-urlencoded").json["access_token"]
    return EdFi(api.hub, token)


def kind(namespace: str, code: str = "Chess") -> dict[str, Any]:
    return {"namespace": f"{namespace}/CohortTypeDescriptor", "codeValue": code, "shortDescription": code}


def test_every_claim_set_is_a_word_and_every_word_a_claim_set() -> None:
    assert {word.name for word in WORDS if word.dialect == "edfi"} == set(STANDARD)


@pytest.mark.parametrize(
    ("name", "resource", "actions"),
    [
        ("SISVendor", "students", {"Create", "Read", "Update", "Delete"}),
        ("SISVendor", "schools", {"Read"}),
        ("SISVendor", "cohortTypeDescriptors", {"Read"}),
        ("SISVendor", "assessmentPeriodDescriptors", {"Create", "Read", "Update", "Delete"}),
        ("SISVendor", "studentHealths", set[str]()),
        ("DistrictHostedSISVendor", "localEducationAgencies", {"Read", "Update"}),
        ("RosterVendor", "cohorts", set[str]()),
        ("AssessmentVendor", "studentAssessments", {"Create", "Read", "Update", "Delete"}),
        ("AssessmentVendor", "staffs", set[str]()),
        ("BootstrapDescriptorsandEdOrgs", "programs", {"Create"}),
        ("FinanceVendor", "fundDimensions", {"Read"}),
        ("EdFiSandbox", "schoolYearTypes", {"Read"}),
    ],
)
def test_a_standard_claim_set_allows_what_ed_fi_ships(name: str, resource: str, actions: set[str]) -> None:
    assert STANDARD[name].may.get(resource, frozenset()) == actions


def test_a_resource_that_a_claim_set_does_not_name_is_refused_by_its_claims(api: EdFi) -> None:
    answer = caller(api.hub, "RosterVendor").ask("GET", "cohorts")
    assert problem(answer)[:2] == (403, f"{DENIED}:resource")
    assert answer.json["title"] == "Authorization Denied"
    assert answer.json["errors"] == [
        "The API client's assigned claim set (currently 'RosterVendor') must include one of the following resource "
        "claims: 'http://ed-fi.org/identity/claims/ed-fi/cohort', "
        "'http://ed-fi.org/identity/claims/domains/relationshipBasedData'."
    ]


@pytest.mark.parametrize(
    ("method", "path", "action"),
    [
        ("POST", "schools", "create"),
        ("PUT", f"schools/{'0' * 32}", "update"),
        ("DELETE", f"schools/{'0' * 32}", "delete"),
        ("GET", "schools/deletes", "readChanges"),
        ("GET", "schools/keyChanges", "readChanges"),
    ],
)
def test_an_action_that_a_claim_set_does_not_grant_is_refused_whatever_there_is(
    api: EdFi, method: str, path: str, action: str
) -> None:
    answer = caller(api.hub, "SISVendor").ask(method, path, {} if method in ("POST", "PUT") else None)
    assert problem(answer)[:2] == (403, f"{DENIED}:action")
    assert f"'http://ed-fi.org/odsapi/actions/{action}' action" in answer.json["errors"][0]
    assert claims_of("schools")[0] in answer.json["errors"][0]


# ---- of an operator's own

OWN = {
    "name": "Clubs",
    "resourceClaims": [
        {"name": "cohort", "actions": [{"name": "Create", "enabled": True}, {"name": "Delete", "enabled": False}]},
        {"name": "systemDescriptors", "actions": ["Read"], "children": [{"name": "students", "actions": ["Read"]}]},
    ],
}


def test_a_claim_set_of_ones_own_narrows_a_key(api: EdFi) -> None:
    clubs = own(api, OWN)
    identity = clubs.post("cohorts", cohort("1", ESTAB))
    assert problem(clubs.ask("DELETE", f"cohorts/{identity}"))[:2] == (403, f"{DENIED}:action")
    assert problem(clubs.ask("GET", "cohorts"))[:2] == (403, f"{DENIED}:action")
    assert clubs.ask("GET", "students?limit=1").status == 200
    assert clubs.get("cohortTypeDescriptors?limit=1")
    assert problem(clubs.ask("GET", "schools"))[:2] == (403, f"{DENIED}:resource")
    told = clubs.hub.ask(
        "POST",
        "/edfi/oauth/token_info",
        None,
        json.dumps({"token": clubs.token}).encode(),
        content_type="application/json",
        authorization=f"Bearer {clubs.token}",
    ).json
    assert told["claim_set"] == {"name": "Clubs"}
    assert {"resource": "/ed-fi/cohorts", "operations": ["Create"]} in told["resources"]


def test_a_claim_set_that_was_dropped_allows_nothing(api: EdFi) -> None:
    clubs = own(api, OWN)
    claiming.drop(api.hub.desk, "Clubs")
    assert problem(clubs.ask("GET", "students"))[:2] == (403, f"{DENIED}:resource")


def test_all_that_is_wrong_with_a_claim_set_is_said_at_once() -> None:
    said = {"name": "SISVendor", "resourceClaims": [{"name": "cohrt"}, {"name": "cohort", "actions": ["Reed"]}]}
    with pytest.raises(Malformed) as refused:
        claims.read(said)
    assert [p.where for p in refused.value.problems] == [
        "name",
        "resourceClaims[0].name",
        "resourceClaims[1].actions",
    ]


def test_a_key_is_given_a_claim_set_and_namespaces_by_command(api: EdFi, tmp_path: Path) -> None:
    file = tmp_path / "clubs.json"
    file.write_text(json.dumps(OWN))

    def said(*words: str) -> Any:
        return CliRunner(env=api.hub.environment).invoke(main, words)

    assert said("edfi", "claims", "add", str(file)).output == f"Clubs: {1 + 206 + 1} resources\n"
    made = said("apps", "key", APP, "edfi", "--claims", "Clubs", "--namespace", "uri://clubs.example")
    key = made.output.split()[1]
    credential = api.hub.desk.credentials.by_key(key)
    assert [w.name for w in credential.words] == ["Clubs"]
    assert credential.namespaces == ("uri://clubs.example",)
    assert "Clubs" in said("edfi", "claims", "list").output
    assert "there is no claim set Club" in str(said("apps", "key", APP, "edfi", "--claims", "Club").exception)
    assert said("edfi", "claims", "drop", "Clubs").output == "Clubs: forgotten\n"


# ---- namespaces


def test_a_key_writes_words_of_its_own_namespaces_only(api: EdFi) -> None:
    vendor = within(api, "uri://clubs.example", "uri://chess.example")
    before = clock(api)
    answer = vendor.ask("POST", "cohortTypeDescriptors", kind("uri://other.example"))
    assert problem(answer)[:2] == (403, "security:authorization:namespace:access-denied:namespace-mismatch")
    assert answer.json["detail"].endswith(
        "does not start with any of the caller's associated namespace prefixes "
        "('uri://clubs.example', 'uri://chess.example')."
    )
    assert clock(api) == before
    identity = vendor.post("cohortTypeDescriptors", kind("URI://Chess.example"))
    assert vendor.ask("DELETE", f"cohortTypeDescriptors/{identity}").status == 204


def test_a_word_of_another_namespace_is_not_deleted_and_any_is_read(api: EdFi) -> None:
    api.post("cohortTypeDescriptors", kind("uri://other.example"))
    vendor = within(api, "uri://clubs.example")
    (word,) = vendor.get("cohortTypeDescriptors?codeValue=Chess")
    answer = vendor.ask("DELETE", f"cohortTypeDescriptors/{word['id']}")
    assert problem(answer)[:2] == (403, "security:authorization:namespace:access-denied:namespace-mismatch")


def test_documents_without_a_namespace_are_written_as_ever(api: EdFi) -> None:
    vendor = within(api, "uri://clubs.example")
    vendor.post("students", student("7001"))
    vendor.post("cohorts", cohort("1", ESTAB))
