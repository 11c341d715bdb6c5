"""Profiles: a resource with fewer members to read or to write, named by a media type or by what a key must use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rollbook.cli import main
from rollbook.dialects.edfi import profiling
from rollbook.edfi.profiles import read
from rollbook.edfi.resources import RESOURCES
from rollbook.errors import Malformed
from tests.district import EdFi, cohort, session

from .conftest import APP
from .school_year import ESTAB
from .test_writing import plain, problem

USAGE = "profile:invalid-profile-usage"

XML = """<?xml version="1.0" encoding="utf-8"?>
<Profiles>
  <Profile name="Short-Cohorts">
    <Resource name="Cohort">
      <ReadContentType memberSelection="ExcludeOnly"><Property name="CohortDescription" /></ReadContentType>
      <WriteContentType memberSelection="IncludeOnly"><Property name="CohortTypeDescriptor" /></WriteContentType>
    </Resource>
  </Profile>
  <Profile name="Read-Cohorts">
    <Resource name="Cohort"><ReadContentType memberSelection="IncludeAll" /></Resource>
  </Profile>
  <Profile name="Some-Schools">
    <Resource name="School">
      <ReadContentType memberSelection="IncludeOnly">
        <Property name="NameOfInstitution" />
        <Collection name="EducationOrganizationInstitutionTelephones" memberSelection="ExcludeOnly">
          <Property name="TelephoneNumber" />
        </Collection>
      </ReadContentType>
    </Resource>
  </Profile>
</Profiles>
"""


def media(profile: str, usage: str = "readable", resource: str = "cohort") -> str:
    return f"application/vnd.ed-fi.{resource}.{profile}.{usage}+json"


@pytest.fixture
def shaped(api: EdFi) -> EdFi:
    """A caller over a hub that has profiles."""
    profiling.keep(api.hub.desk, XML)
    return api


def bound(api: EdFi, *profiles: str) -> EdFi:
    """A caller whose key must use profiles."""
    rights = ["EdFiSandbox", *(f"profile:{one}" for one in profiles)]
    made, secret = api.hub.desk.credentials.add(api.hub.app(APP), "edfi", rights=rights)
    form = f"grant_type=client_credentials&client_id={made.key}&client_secret={secret}".encode()
    token = api.hub.post("/edfi/oauth/token", form, "application/x-www-form-urlencoded").json["access_token"]
    return EdFi(api.hub, token)


def test_a_member_that_a_profile_leaves_out_is_not_shown(shaped: EdFi) -> None:
    identity = shaped.post("cohorts", cohort("1", ESTAB))
    answer = shaped.ask("GET", f"cohorts/{identity}", accept=media("short-cohorts"))
    assert answer.status == 200
    assert answer.headers["content-type"] == f"{media('short-cohorts')}; charset=utf-8"
    left = {n: v for n, v in cohort("1", ESTAB).items() if n != "cohortDescription"}
    assert plain(answer.json) == left
    (listed,) = shaped.get("cohorts?cohortIdentifier=1", accept=media("Short-Cohorts"))
    assert plain(listed) == left
    assert plain(shaped.get(f"cohorts/{identity}")) == cohort("1", ESTAB)


def test_a_member_that_is_left_out_is_no_filter(shaped: EdFi) -> None:
    for name in "12":
        shaped.post("cohorts", cohort(name, ESTAB))
    asked = "cohorts?cohortDescription=Cohort%201%20Description&totalCount=true"
    assert shaped.ask("GET", asked).headers["total-count"] == "1"
    without = shaped.ask("GET", "cohorts?totalCount=true").headers["total-count"]
    assert shaped.ask("GET", asked, accept=media("short-cohorts")).headers["total-count"] == without
    strict = shaped.ask("GET", asked, accept=media("short-cohorts"), prefer="handling=strict")
    assert strict.status == 400


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_what_a_profile_does_not_write_is_kept(shaped: EdFi, method: str) -> None:
    identity = shaped.post("cohorts", cohort("1", ESTAB))
    changed = {**cohort("1", ESTAB, "Field Trip"), "cohortDescription": "Overwritten"}
    path = f"cohorts/{identity}" if method == "PUT" else "cohorts"
    answer = shaped.ask(method, path, changed, content_type=media("short-cohorts", "writable"))
    assert answer.status in (200, 204), answer.body
    assert plain(shaped.get(f"cohorts/{identity}")) == cohort("1", ESTAB, "Field Trip")


def test_what_a_profile_does_not_write_is_not_written_anew(shaped: EdFi) -> None:
    answer = shaped.ask("POST", "cohorts", cohort("1", ESTAB), content_type=media("short-cohorts", "writable"))
    assert answer.status == 201
    (made,) = shaped.get("cohorts?cohortIdentifier=1")
    assert "cohortDescription" not in made
    assert "cohortScopeDescriptor" not in made


def test_a_collection_may_be_there_in_part(shaped: EdFi) -> None:
    asked = f"schools?schoolId={ESTAB}"
    (whole,) = shaped.get(asked)
    (school,) = shaped.get(asked, accept=media("some-schools", resource="school"))
    assert "webSite" in whole
    assert set(plain(school)) == {"schoolId", "nameOfInstitution", "institutionTelephones"}
    (telephone,) = whole["institutionTelephones"]
    left = {n: v for n, v in telephone.items() if n != "telephoneNumber"}
    assert school["institutionTelephones"] == [left]
    assert left != telephone


@pytest.mark.parametrize(
    ("method", "path", "header", "status", "kind"),
    [
        ("GET", "cohorts", "application/vnd.ed-fi.cohort.readable+json", 400, USAGE),
        ("GET", "cohorts", media("short-cohorts", "writable"), 400, USAGE),
        ("GET", "cohorts", media("short-cohorts", resource="student"), 400, USAGE),
        ("GET", "cohorts", media("no-such"), 406, USAGE),
        ("GET", "sessions", media("short-cohorts", resource="session"), 400, USAGE),
        ("POST", "cohorts", media("no-such", "writable"), 415, USAGE),
        ("POST", "cohorts", media("short-cohorts"), 400, USAGE),
        ("POST", "cohorts", media("read-cohorts", "writable"), 405, "profile:method-usage"),
    ],
)
def test_a_profile_that_is_used_wrongly_is_refused(
    shaped: EdFi, method: str, path: str, header: str, status: int, kind: str
) -> None:
    body = cohort("1", ESTAB) if method == "POST" else None
    name = "accept" if method == "GET" else "content_type"
    assert problem(shaped.ask(method, path, body, **{name: header}))[:2] == (status, kind)


def test_a_key_that_must_use_a_profile_uses_it_unasked(shaped: EdFi) -> None:
    shaped.post("cohorts", cohort("1", ESTAB))
    caller = bound(shaped, "Short-Cohorts")
    (shown,) = caller.get("cohorts?cohortIdentifier=1")
    assert "cohortDescription" not in shown
    refused = caller.ask("GET", "cohorts", accept=media("read-cohorts"))
    assert problem(refused)[:2] == (403, "security:data-policy:incorrect-usage")
    assert media("short-cohorts") in refused.json["errors"][0]
    caller.post("sessions", session(ESTAB, "Fall", "2026-08-20", "2026-12-18"))


def test_a_key_with_two_profiles_says_which(shaped: EdFi) -> None:
    caller = bound(shaped, "Short-Cohorts", "Read-Cohorts")
    assert problem(caller.ask("GET", "cohorts"))[:2] == (403, "security:data-policy:incorrect-usage")
    assert caller.ask("GET", "cohorts", accept=media("read-cohorts")).status == 200


def test_a_key_whose_profile_was_dropped_may_do_nothing(shaped: EdFi) -> None:
    caller = bound(shaped, "Short-Cohorts")
    profiling.drop(shaped.hub.desk, "short-cohorts")
    assert problem(caller.ask("GET", "cohorts"))[:2] == (403, "security:data-policy:incorrect-usage")


def test_all_that_is_wrong_with_a_profile_is_said_at_once() -> None:
    said = (
        '<Profile name="P"><Resource name="Cohrt" /><Resource name="Cohort">'
        '<ReadContentType memberSelection="Some"><Property name="CohortDescripton" /></ReadContentType>'
        "</Resource></Profile>"
    )
    with pytest.raises(Malformed) as refused:
        read(said, RESOURCES)
    assert [p.where for p in refused.value.problems] == [
        "P/Cohrt",
        "P/Cohort/ReadContentType",
        "P/Cohort/ReadContentType",
    ]
    for broken in ("<Profile", '<!DOCTYPE a [<!ENTITY b "c">]><Profile name="&b;" />', "<Other />"):
        with pytest.raises(Malformed):
            read(broken, RESOURCES)


def test_profiles_are_added_and_given_by_command(api: EdFi, tmp_path: Path) -> None:
    file = tmp_path / "profiles.xml"
    file.write_text(XML)

    def said(*words: str) -> Any:
        return CliRunner(env=api.hub.environment).invoke(main, words)

    assert "Short-Cohorts: 1 resources" in said("edfi", "profiles", "add", str(file)).output
    key = said("apps", "key", APP, "edfi", "--profile", "short-cohorts").output.split()[1]
    assert api.hub.desk.credentials.by_key(key).profiles == ("Short-Cohorts",)
    assert "Some-Schools" in said("edfi", "profiles", "list").output
    assert said("edfi", "profiles", "drop", "read-cohorts").output == "read-cohorts: forgotten\n"
