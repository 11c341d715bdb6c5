"""Sandboxes: schools of invented people for an app to try itself on."""

from __future__ import annotations

import html
import json
import re
import time
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner

from rollbook.cli import main
from rollbook.consent.research import ResearchDesk
from rollbook.demo.sandbox import Making
from rollbook.errors import NotFound
from rollbook.jobs import Queue
from rollbook.model.research import HUB, ResearchSubject

from .hub import THORNFIELD, Answer, Hub
from .looking import look
from .person import Person, signed_in
from .research.lab import Lab
from .school import PARTY, asking_app

DEV, BOX = "dev@app.example.org", "990000001"


def developer(hub: Hub) -> Person:
    """Somebody who builds an app that has a sandbox."""
    asking_app(hub)
    dev = signed_in(hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    assert "Number 990000001. Is being made." in dev.send(dev.look("sandboxes"), "sandboxes").words
    hub.work()
    return dev


def secrets(dev: Person) -> dict[str, str]:
    """The secrets that are made and shown, by what they are called."""
    page = dev.send(dev.look("sandboxes"), "keys")
    told = re.findall(r'<dt>([^<]+)</dt><dd><code class="copy">([^<]+)<', page.html)
    assert "curl -s" in page.html
    return {name: html.unescape(value) for name, value in told}


def school_token(hub: Hub, told: dict[str, str]) -> str:
    """A token of Xporter, got as the page says."""
    said = {"estab": BOX, "relyingParty": PARTY, "password": told["School secret"]}
    return hub.post("/api/oauth/GetToken", said).json["token"]


def client_token(hub: Hub, path: str, key: str, secret: str) -> str:
    """A token for a client's key and secret."""
    said = {"grant_type": "client_credentials", "client_id": key, "client_secret": secret}
    return hub.post(path, urlencode(said).encode(), "application/x-www-form-urlencoded").json["access_token"]


def bearing(hub: Hub, path: str, token: str) -> Answer:
    """The answer to who bears a token."""
    return hub.get(path, authorization=f"Bearer {token}")


def researching(hub: Hub, token: str, what: str) -> Answer:
    """The answer to a researcher who lists things of a kind."""
    return bearing(hub, f"/api/private/stem/{what}/", token)


def test_a_sandbox_has_a_researcher_whose_project_sees_its_pupils_and_those_of_no_real_school(small_hub: Hub) -> None:
    dev = developer(small_hub)
    small_hub.grant(["SchoolLite", "StudentLite"], app=PARTY)
    research, token = ResearchDesk(small_hub.desk), secrets(dev)["Token of a researcher"]
    (project,) = researching(small_hub, token, "project").json["projects"]
    (cohort,) = researching(small_hub, token, "cohort").json["cohorts"]
    assert (project["name"], cohort["name"], len(cohort["subjects"])) == (f"Sandbox {BOX}", "Form", 10)
    # The same group is drawn of the sandbox, and not of the school that granted the app as much.
    asked = {"project": project["id"], "group": _form(small_hub, THORNFIELD), "name": "Real", "school": THORNFIELD}
    answer = drawing(small_hub, token, asked)
    assert (answer.status, "has not granted" in str(answer.json)) == (400, True)
    # Were one of them in the project all the same, nobody would see them there.
    pupil = look(small_hub.store, "SELECT s.id, s.district FROM student s JOIN school c ON c.id = s.school"
                 " WHERE c.estab = ? LIMIT 1", (THORNFIELD,)).fetchall()  # fmt: skip
    with small_hub.store.write(HUB) as batch:
        one, where = pupil[0]
        batch.change(ResearchSubject, cohort["subjects"][0], {"of_student": one, "of_district": where})
    (cohort,) = researching(small_hub, token, "cohort").json["cohorts"]
    assert len(cohort["subjects"]) == 9
    assert research.projects()[0].app == PARTY


def test_a_sandboxs_researcher_works_alone_and_goes_with_its_pupils(small_hub: Hub) -> None:
    dev, lab = developer(small_hub), Lab(small_hub)
    token = secrets(dev)["Token of a researcher"]
    lab.project()
    project = researching(small_hub, token, "project").json["projects"][0]["id"]
    lab.tokens["trial"] = token
    # A colleague is answered as somebody whom the hub does not know.
    told = [lab.patch("project", project, "trial", users={who: {"can_change": True}}).body.replace(who.encode(), b"")
            for who in (lab.email("ada"), "nobody@research.example")]  # fmt: skip
    assert told[0] == told[1]
    assert lab.ask("POST", "users/group/", "trial", {"name": "Us"}).status == 403
    invitation = {"project": project, "invitee": "nobody@research.example"}
    assert lab.ask("POST", "stem/project_membership_invitation/", "trial", invitation).status == 403
    mine = lab.get("stem/project/")["projects"][0]["id"]
    alone = lab.patch("project", mine, users={f"{BOX}@sandbox.invalid": {"can_change": True}})
    assert f"{BOX}@sandbox.invalid is not known" in str(lab.wrong(alone))
    dev.send(dev.look("sandboxes"), "reset")
    assert researching(small_hub, token, "project").status == 401
    small_hub.work()
    assert [one.name for one in lab.desk.projects()] == ["Maze"]
    assert look(small_hub.store, "SELECT count(*) FROM research_subject").get == 0
    token = secrets(dev)["Token of a researcher"]
    assert researching(small_hub, token, "cohort").json["cohorts"]
    dev.send(dev.look("sandboxes"), "delete")
    assert researching(small_hub, token, "project").status == 401
    small_hub.work()
    assert [one.email for one, _ in lab.desk.accounts.users()] == [DEV, lab.email("ada")]


def drawing(hub: Hub, token: str, asked: dict[str, str]) -> Answer:
    """The answer to a researcher who draws a group."""
    headers = {"authorization": f"Bearer {token}", "content_type": "application/json"}
    return hub.ask("POST", "/api/private/stem/cohort/draw/", None, json.dumps(asked).encode(), **headers)


def _form(hub: Hub, estab: str) -> str:
    district, school, _ = hub.desk.schools.find(estab)
    return hub.store.kept.schools.largest_group(district, school, "RegGrp", hub.desk.memory.today("UTC")) or ""


def test_one_button_gives_a_school_of_invented_people_that_answers_in_every_dialect(small_hub: Hub) -> None:
    dev = developer(small_hub)
    assert "Curlew Primary School (sandbox) Sandbox Number 990000001. Ready." in dev.look("sandboxes").words
    told = secrets(dev)
    token = school_token(small_hub, told)
    info = small_hub.school("SchoolInfo", token, BOX)["SchoolInfo"][0]
    assert info["Name"] == "Curlew Primary School (sandbox)"
    assert len(small_hub.school("Students?select=Id", token, BOX)["Students"]) == 69
    edfi = client_token(small_hub, "/edfi/oauth/token", told["Key"], told["Secret"])
    schools = json.loads(bearing(small_hub, "/edfi/data/v3/ed-fi/schools", edfi).body)
    assert [one["nameOfInstitution"] for one in schools] == [info["Name"]]
    graph = bearing(small_hub, "/api/v2/graph/schools", told["Token"]).json["$data"]
    assert [one["name"] for one in graph] == [info["Name"]]
    roster = client_token(small_hub, "/oauth/token", told["Client id"], told["Client secret"])
    orgs = bearing(small_hub, "/ims/oneroster/rostering/v1p2/schools", roster).json["orgs"]
    assert [one["name"] for one in orgs] == [info["Name"]]
    # Other secrets void those before.
    assert secrets(dev).keys() == told.keys()
    assert small_hub.school("SchoolInfo", token, BOX)["ExceptionType"] == "InvalidToken"
    assert bearing(small_hub, "/api/v2/graph/schools", told["Token"]).status == 401


@pytest.mark.parametrize(
    ("kind", "number", "name", "years"),
    [
        ("secondary", "991000001", "Academy (sandbox)", {f"Year {year}" for year in range(7, 14)}),
        ("us", "992000001", "High School (sandbox)", {f"Grade {year}" for year in range(9, 13)}),
    ],
)
def test_a_sandbox_is_a_secondary_or_an_american_school_if_its_developer_wants(
    small_hub: Hub, kind: str, number: str, name: str, years: set[str]
) -> None:
    asking_app(small_hub)
    app, desk = small_hub.app(PARTY), small_hub.desk
    desk.registrations.ask(app, ["StudentExtended", "SchoolLite"], required=False, reason="Year groups.")
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    assert f"Number {number}. Is being made." in dev.send(dev.look("sandboxes"), "sandboxes", kind=kind).words
    small_hub.work()
    (one,) = desk.sandboxes.of(app)
    token = desk.tokens.sign_in(PARTY, desk.sandboxes.open(app, one), number)[0]
    assert small_hub.school("SchoolInfo", token, number)["SchoolInfo"][0]["Name"].endswith(name)
    found = small_hub.school("Students?select=Id,YearGroup", token, number)["Students"]
    assert len(found) > 50
    assert {str(row["YearGroup"]) for row in found} == years
    edlink = desk.sandboxes.keys(app, one, DEV).pairs["edlink"][1]
    assert [row["name"][-9:] for row in bearing(small_hub, "/api/v2/graph/schools", edlink).json["$data"]] == [
        "(sandbox)"
    ]


def test_a_sandbox_is_reset_under_the_same_number_and_secrets_and_deleted(small_hub: Hub) -> None:
    dev = developer(small_hub)
    app, token = small_hub.app(PARTY), school_token(small_hub, secrets(dev))
    before = small_hub.desk.sandboxes.of(app)[0]
    dev.send(dev.look("sandboxes"), "reset")
    small_hub.work()
    after = small_hub.desk.sandboxes.of(app)[0]
    assert (after.id, after.turn, after.district != before.district) == (before.id, 2, True)
    assert len(small_hub.school("Students?select=Id", token, BOX)["Students"]) == 69
    assert not small_hub.store.kept.schools.has_district(before.district)
    dev.send(dev.look("sandboxes"), "delete")
    assert small_hub.school("SchoolInfo", token, BOX)["ExceptionType"] == "InvalidToken"
    small_hub.work()
    assert "None yet." in dev.look("sandboxes").words
    assert [one.estab for one in small_hub.desk.schools.all() if one.estab == BOX] == []


def test_invented_people_are_mixed_with_nobody(small_hub: Hub) -> None:
    asking_app(small_hub)
    small_hub.grant(["School", "StudentLite"], app=PARTY)
    app = small_hub.app(PARTY)
    key, secret = small_hub.desk.credentials.add(app, "edfi")
    small_hub.desk.registrations.ask(app, ["PublishedCounts"], required=False, reason="Numbers.")
    small_hub.desk.sandboxes.ask(app, DEV)
    small_hub.work()
    one = small_hub.desk.sandboxes.of(app)[0]
    # A key for every district is one for every real one.
    token = client_token(small_hub, "/edfi/oauth/token", key.key, secret)
    schools = json.loads(bearing(small_hub, "/edfi/data/v3/ed-fi/schools", token).body)
    assert [one["nameOfInstitution"] for one in schools] == ["Thornfield Academy"]
    # Nobody counts them, and no other app finds or invites the school.
    grant = small_hub.desk.sandboxes.grant(app, one)
    assert grant is not None
    assert "PublishedCounts" not in grant.scopes
    other, managing = small_hub.desk.apps.add("other.example.org")
    small_hub.desk.registrations.ask(other, ["School"], required=True, reason="All.")
    shown = small_hub.desk.tokens.sign_in("other.example.org", managing)[0]
    wanted = {"RegistrationType": "Test", "Schools": [{"Estab": one.estab}]}
    said = small_hub.ask("POST", "/api/Manage/SchoolRegister", shown, json.dumps(wanted).encode())
    assert said.json["Schools"][0]["Status"] == "NotFound"
    with pytest.raises(NotFound, match="no school has the number 990000001"):
        small_hub.desk.invitations.make(other, one.estab)


def test_an_operator_bounds_how_many_sandboxes_an_app_has(small_hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_SANDBOXES", "1")
    asking_app(small_hub)
    dev = signed_in(small_hub, DEV, "developer", app=PARTY)
    dev.link = f"/console/apps/{PARTY}"
    page = dev.look("sandboxes")
    assert "An app may have 1 here." in dev.send(page, "sandboxes").words
    assert "An app may have 1 sandboxes (delete one, or reset it)" in dev.send(page, "sandboxes").words
    small_hub.desk.apps.add("silent.example.org")
    silent = signed_in(small_hub, "dev@silent.example.org", "developer", app="silent.example.org")
    assert "Say first what the app asks schools for" in silent.go("/console/apps/silent.example.org/sandboxes").words
    assert silent.go(f"/console/apps/{PARTY}/sandboxes").answer.status == 404


def test_the_command_makes_and_lists_sandboxes(small_hub: Hub) -> None:
    asking_app(small_hub)
    run = CliRunner(env=small_hub.environment)
    assert BOX in run.invoke(main, ["apps", "sandbox", PARTY, "--make"]).output
    small_hub.now = time.time()
    small_hub.work()
    listed = json.loads(run.invoke(main, ["apps", "sandbox", PARTY, "--json"]).output)
    assert listed == [{"app": PARTY, "estab": BOX, "state": "ready", "resets": 0}]
    told = run.invoke(main, ["apps", "sandbox", PARTY, BOX, "--keys"]).output
    secret = told.partition("schoolSecret: ")[2].split()[0]
    assert small_hub.desk.tokens.sign_in(PARTY, secret, BOX)[0]
    assert researching(small_hub, told.partition("research: ")[2].split()[0], "project").status == 200
    whole = json.loads(run.invoke(main, ["apps", "sandbox", PARTY, BOX, "--keys", "--json"]).output)
    assert {name: [*one] for name, one in whole.items() if isinstance(one, dict)} == {
        "edfi": ["key", "secret"], "edlink": ["token"], "oneroster": ["key", "secret"], "research": ["token"]
    }  # fmt: skip
    assert small_hub.desk.tokens.sign_in(PARTY, whole["schoolSecret"], BOX)[0]
    assert researching(small_hub, whole["research"]["token"], "project").json["projects"][0]["name"] == f"Sandbox {BOX}"


def test_a_sandbox_is_made_once_however_often_its_job_runs(small_hub: Hub) -> None:
    asking_app(small_hub)
    app = small_hub.app(PARTY)
    small_hub.desk.sandboxes.ask(app, DEV)
    small_hub.work()
    one = small_hub.desk.sandboxes.of(app)[0]
    queue = Queue(small_hub.store, lambda: small_hub.now)
    queue.add("sandbox", {"sandbox": one.id, "turn": 1})
    job = queue.take(["sandbox"])
    assert job is not None
    Making(small_hub.desk)(job)
    assert small_hub.desk.sandboxes.of(app) == [one]
