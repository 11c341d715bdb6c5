"""brainstem_python_api_tools 2.0.0 and 0.2.0, as they are published, against the running demo."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from ..hub import THORNFIELD
from .conftest import HERE, PATIENCE, Client, Demo, Ran

TODAY, BEFORE = HERE / "brainstem" / "today.py", HERE / "brainstem" / "before.py"

pytestmark = pytest.mark.slow


class Research:
    """A client, old or new, with a person's token, pointed at the demo."""

    def __init__(self, client: Client, served: Demo) -> None:
        self.client, self.url = client, served.url
        self.token: str = served.facts["research"]["token"]
        self.script = BEFORE if client.environment.name.endswith("old") else TODAY

    def ask(self, *calls: tuple[str, str, dict[str, Any]], token: str = "") -> list[dict[str, Any]]:
        """What calls gave, one after the other; none of them was sent elsewhere."""
        url = self.url + "/" if self.script == TODAY else self.url
        outcomes = self.client.ask("python", self.script, "do", url=url, token=token or self.token, calls=calls)
        assert all(not outcome.get("hops") for outcome in outcomes), "a redirect can turn a POST into a GET"
        return outcomes

    def one(self, method: str, model: str, **given: Any) -> dict[str, Any]:
        """What one call gave."""
        return self.ask((method, model, given))[0]

    def made(self, model: str, **data: Any) -> dict[str, Any]:
        """A new record."""
        outcome = self.one("save", model, data=data)
        assert outcome["status"] == 201, outcome
        return outcome["body"][model]

    def shell(self, *words: str) -> Ran:
        """What the `brainstem` command does."""
        return self.client.run("brainstem", *words, "--token", self.token, "--url", f"{self.url}/")


@pytest.fixture(scope="module")
def research(brainstem: Client, demo: Demo) -> Research:
    """The client of today."""
    return Research(brainstem, demo)


@pytest.fixture(scope="module")
def old(old_brainstem: Client, demo: Demo) -> Research:
    """The client of before."""
    return Research(old_brainstem, demo)


@pytest.fixture(scope="module")
def project(research: Research) -> str:
    """The id of a project of one's own."""
    return research.made("project", name="Lanternfish")["id"]


@pytest.fixture(scope="module")
def subjects(research: Research, project: str) -> list[str]:
    """The ids of three subjects of the project."""
    strain = research.one("load", "strain", limit=1)["body"]["strains"][0]["id"]
    return [
        research.made("subject", name=f"Lantern {n}", sex="U", strain=strain, projects=[project])["id"]
        for n in range(3)
    ]


@pytest.fixture(scope="module")
def many(research: Research, project: str) -> list[str]:
    """The ids of 150 cohorts, which are more than the client's page of a hundred."""
    saves = [("save", "cohort", {"data": {"name": f"many {n:03}", "project": project}}) for n in range(150)]
    return [outcome["body"]["cohort"]["id"] for outcome in research.ask(*saves)]


# ---- the manual's scenario


def test_a_cohort_is_made_read_changed_and_deleted(research: Research, project: str, subjects: list[str]) -> None:
    first, other = subjects[0], subjects[1]
    made, read, changed, filled, gone, unknown = research.ask(
        ("save", "cohort", {"data": {"name": "Moths of 2024", "project": project, "subjects": [first]}}),
        ("load", "cohort", {"id": "$id"}),
        ("save", "cohort", {"id": "$id", "data": {"name": "Moths of 2025"}}),
        ("save", "cohort", {"id": "$id", "data": {"subjects": [other, first]}}),
        ("delete", "cohort", {"id": "$id"}),
        ("load", "cohort", {"id": "$id"}),
    )
    assert [o["status"] for o in (made, read, changed, filled, gone, unknown)] == [201, 200, 200, 200, 204, 404]
    assert read["body"]["cohort"] == made["body"]["cohort"]
    assert (made["body"]["cohort"]["name"], made["body"]["cohort"]["project"]) == ("Moths of 2024", project)
    assert made["body"]["cohort"]["subjects"] == [first]
    assert changed["body"]["cohort"]["name"] == "Moths of 2025"
    assert changed["body"]["cohort"]["subjects"] == [first]
    assert filled["body"]["cohort"]["subjects"] == [other, first]
    assert gone["body"] is None
    assert [*unknown["body"]] == ["detail"]


def test_cohorts_are_filtered_sorted_included_and_paged(research: Research, project: str, subjects: list[str]) -> None:
    for year in ("2024 a", "2024 b", "2024 c", "2025 d"):
        research.made("cohort", name=f"Owls {year}", project=project, subjects=subjects[:2])
    asked = {"filters": {"name.icontains": "OWLS 2024"}, "sort": ["-name"], "include": ["subjects"], "limit": 2}
    first, second = research.ask(("load", "cohort", {**asked, "offset": 0}), ("load", "cohort", {**asked, "offset": 2}))
    assert [c["name"] for c in first["body"]["cohorts"]] == ["Owls 2024 c", "Owls 2024 b"]
    assert [c["name"] for c in second["body"]["cohorts"]] == ["Owls 2024 a"]
    assert first["body"]["count"] == second["body"]["count"] == 3
    assert {s["id"] for s in first["body"]["subjects"]} == {*subjects[:2]}
    assert first["body"]["cohorts"][0]["subjects"] == subjects[:2]
    assert (first["body"]["previous"], second["body"]["next"]) == (None, None)
    assert first["body"]["next"].startswith("http")


def test_each_operator_of_the_client_chooses(research: Research, project: str) -> None:
    for name in ("Étude one", "étude two", "Prelude three"):
        research.made("cohort", name=name, project=project)
    asked = {
        "name.icontains": ("ÉTUDE", ["Étude one", "étude two"]),
        "name.contains": ("étude", ["étude two"]),
        "name.startswith": ("Étude", ["Étude one"]),
        "name.istartswith": ("éTUDE", ["Étude one", "étude two"]),
        "name.endswith": ("three", ["Prelude three"]),
        "name.iendswith": ("THREE", ["Prelude three"]),
        "name.iexact": ("prelude THREE", ["Prelude three"]),
        "name": ("Prelude three", ["Prelude three"]),
    }
    calls = [("load", "cohort", {"filters": {"project.id": project, key: value}}) for key, (value, _) in asked.items()]
    outcomes = research.ask(*calls)
    chosen = {
        key: sorted(c["name"] for c in o["body"]["cohorts"] if "lude" in c["name"] or "tude" in c["name"])
        for key, o in zip(asked, outcomes, strict=True)
    }
    assert chosen == {key: sorted(names) for key, (_, names) in asked.items()}


def test_all_of_more_than_a_page_are_loaded(research: Research, many: list[str]) -> None:
    everything = research.one("load", "cohort", filters={"name.startswith": "many "}, load_all=True)["merged"]
    assert {c["id"] for c in everything["cohorts"]} == {*many}
    assert len(everything["cohorts"]) == everything["count"] == 150


def test_all_are_loaded_with_their_subjects(research: Research, many: list[str], subjects: list[str]) -> None:
    research.one("save", "cohort", id=many[0], data={"subjects": subjects})
    everything = research.one("load_cohort", "", name="MANY", load_all=True)["merged"]
    assert {c["id"] for c in everything["cohorts"]} == {*many}
    assert {s["id"] for s in everything["subjects"]} >= {*subjects}


MODELS = {
    "project": "projects",
    "subject": "subjects",
    "strain": "strains",
    "species": "species",
    "user": "users",
    "group": "groups",
    "cohort": "cohorts",
    "session": "sessions",
    "collection": "collections",
    "procedure": "procedures",
    "subjectlog": "subject_logs",
    "supplier": "suppliers",
    "journal": "journals",
    "publication": "publications",
    "group_membership_invitation": "group_membership_invitations",
    "group_membership_request": "group_membership_requests",
    "project_group_membership_invitation": "project_group_membership_invitations",
}
"""The models, and the keys of their lists; the demo has some of each."""


@pytest.mark.parametrize("model", MODELS)
def test_every_model_is_listed_and_read_by_id(
    research: Research, subjects: list[str], many: list[str], model: str
) -> None:
    body = research.one("load", model, limit=100)["body"]
    rows: list[dict[str, Any]] = body[MODELS[model]]
    assert len(rows) == min(100, body["count"])
    assert rows
    for row in rows[:1]:
        (shown,) = research.one("load", model, id=str(row["id"]))["body"].values()
        assert shown["id"] == row["id"]


def test_a_project_shows_its_subjects_and_cohorts(
    research: Research, project: str, subjects: list[str], many: list[str]
) -> None:
    [shown] = research.one("load_project", "", name="lanternfish")["body"]["projects"]
    assert {*subjects} <= {*shown["subjects"]}
    assert {*many} <= {*shown["cohorts"]}


def test_subjects_are_found_by_sex_and_project(research: Research, project: str, subjects: list[str]) -> None:
    found = research.one("load_subject", "", sex="U", projects=project, load_all=True)["merged"]["subjects"]
    assert {s["id"] for s in found} == {*subjects}


def test_the_loaders_of_what_a_project_holds_bring_what_they_include(research: Research) -> None:
    project, session, collection, mouse, log, procedure, paper = research.ask(
        ("load_project", "", {"name": "barn maze"}),
        ("load_session", "", {"name": "barn maze, day 1", "tags": "first-week"}),
        ("load_collection", "", {"name": "first week"}),
        ("load_subject", "", {"name": "Mouse 01"}),
        ("load_subjectlog", "", {}),
        ("load_procedure", "", {}),
        ("load_publication", "", {"name": "BARN"}),
    )
    (maze,) = project["body"]["projects"]
    assert [s["id"] for s in project["body"]["sessions"]] == maze["sessions"]
    assert [c["id"] for c in project["body"]["collections"]] == maze["collections"]
    (day,) = session["body"]["sessions"]
    assert (day["date_time"], day["projects"]) == ("2026-09-14T09:30:00Z", [maze["id"]])
    assert session["body"]["behaviors"] == session["body"]["epochs"] == []
    assert [s["name"] for s in collection["body"]["sessions"]] == [f"Barn maze, day {n}" for n in (1, 2, 3)]
    (one,) = mouse["body"]["subjects"]
    assert [s["id"] for s in mouse["body"]["procedures"]] == one["procedures"] != []
    assert [s["id"] for s in mouse["body"]["subject_logs"]] == one["subjectlogs"] != []
    assert {p["type"] for p in procedure["body"]["procedures"]} == {"OpticFiberImplant"}
    assert [p["title"] for p in paper["body"]["publications"]] == ["How mice learn a maze in a barn"]
    weighing = next(one for one in log["body"]["subject_logs"] if one["type"] == "Weighing")
    assert [e["details"]["weight"] for e in weighing["entries"]] == [25.3, 24.9, 24.5]


def test_what_a_project_holds_is_made_changed_and_deleted(
    research: Research, project: str, subjects: list[str]
) -> None:
    moment = {"date_time": "2026-10-01T08:00:00Z"}
    session, log, added, changed, removed, gone = research.ask(
        ("save", "session", {"data": {"name": "Lantern night", "projects": [project]}}),
        ("save", "subjectlog", {"data": {"type": "Weighing", "subject": subjects[0]}}),
        ("save", "subjectlog", {"id": "$id", "options": "add_entry", "data": {**moment, "details": {"weight": 2}}}),
        ("save", "subjectlog", {"id": "$id", "options": "change_entry", "data": {**moment, "notes": "twice"}}),
        ("save", "subjectlog", {"id": "$id", "options": "remove_entry", "data": moment}),
        ("delete", "subjectlog", {"id": "$id"}),
    )
    assert [o["status"] for o in (session, log, added, changed, removed, gone)] == [201, 201, 200, 200, 200, 204]
    assert changed["body"]["subject_log"]["entries"] == [{**moment, "notes": "twice", "details": {"weight": 2}}]
    assert removed["body"]["subject_log"]["entries"] == []
    kept = {"id": session["body"]["session"]["id"], "data": {"description": "x"}}
    assert research.one("save", "session", **kept)["body"]["session"]["description"] == "x"


def test_somebody_asks_to_join_a_group_and_leaves_none(research: Research) -> None:
    joined, left = research.ask(
        ("load", "group", {"id": "1", "options": "join"}), ("load", "group", {"id": "1", "options": "leave"})
    )
    # The demo's owner is in the group, and is the only one who owns it.
    assert (joined["status"], joined["body"]) == (400, {"detail": "you are in the group"})
    assert (left["status"], [*left["body"]]) == (400, ["users"])


# ---- portals


def test_a_public_project_is_read_by_anybody(research: Research, subjects: list[str]) -> None:
    shown = research.made("project", name="Open Pond", is_public=True)["id"]
    hidden = research.made("project", name="Closed Pond")["id"]
    for name, project in (("Newts", shown), ("Eels", hidden)):
        research.made("cohort", name=name, project=project)
    listed, *_ = research.ask(("load", "cohort", {"portal": "public", "load_all": True}), token="nobody")
    names = {c["name"] for c in listed["merged"]["cohorts"]}
    assert "Newts" in names
    assert "Eels" not in names


# ---- errors


def test_faults_are_told_by_field(research: Research, project: str) -> None:
    research.made("cohort", name="Twice", project=project)
    nameless, long, twice, elsewhere = research.ask(
        ("save", "cohort", {"data": {}}),
        ("save", "cohort", {"data": {"name": "x" * 101, "project": project}}),
        ("save", "cohort", {"data": {"name": "Twice", "project": project}}),
        ("save", "cohort", {"data": {"name": "Lost", "project": str(uuid4())}}),
    )
    assert [o["status"] for o in (nameless, long, twice, elsewhere)] == [400] * 4
    assert {*nameless["body"]} == {"name", "project"}
    assert {*long["body"]} == {"name"}
    assert {*elsewhere["body"]} == {"project"}
    assert all(isinstance(m, list) for o in (nameless, long, twice, elsewhere) for m in o["body"].values())


def test_a_wrong_token_is_told_in_the_clients_own_words(research: Research) -> None:
    all_of_them, one = research.ask(
        ("load", "cohort", {"load_all": True}), ("load", "cohort", {"limit": 1}), token="guessed"
    )
    assert all_of_them["error"] == "AuthenticationError"
    assert (one["status"], [*one["body"]]) == (401, ["detail"])


# ---- the command


def test_the_command_makes_loads_and_deletes(research: Research, project: str) -> None:
    made = research.shell("save", "cohort", "--data", json.dumps({"name": "By hand", "project": project}))
    assert made.code == 0, made.log
    cid = json.loads(made.out)["cohort"]["id"]

    words = ("--filters", "name.icontains=by HAND", "--sort", "name", "--include", "subjects", "--limit", "1")
    loaded = research.shell("load", "cohort", *words)
    assert [c["id"] for c in json.loads(loaded.out)["cohorts"]] == [cid]

    changed = research.shell("save", "cohort", "--id", cid, "--data", '{"description": "<p>Soft</p>"}')
    assert json.loads(changed.out)["cohort"]["description"] == "<p>Soft</p>"

    gone = research.shell("delete", "cohort", "--id", cid)
    assert (gone.code, gone.out) == (0, "Deleted successfully.\n")
    assert research.shell("load", "cohort", "--id", cid).code == 1


# ---- the client of before


def test_the_old_client_does_the_same(old: Research, project: str, subjects: list[str]) -> None:
    made, listed, changed, read, gone = old.ask(
        ("save_model", "cohort", {"data": {"name": "Oldies", "project": project, "subjects": subjects}}),
        ("load_model", "cohort", {"filters": {"name.icontains": "oldi"}, "sort": ["name"], "include": ["subjects"]}),
        ("save_model", "cohort", {"id": "$id", "data": {"name": "Goldies"}}),
        ("load_model", "cohort", {"id": "$id"}),
        ("delete_model", "cohort", {"id": "$id"}),
    )
    assert [o["status"] for o in (made, listed, changed, read, gone)] == [201, 200, 200, 200, 204]
    assert [c["name"] for c in listed["body"]["cohorts"]] == ["Oldies"]
    assert {s["id"] for s in listed["body"]["subjects"]} == {*subjects}
    assert read["body"]["cohort"]["name"] == "Goldies"
    assert read["body"]["cohort"]["subjects"] == subjects


def test_the_old_client_reads_the_public_portal(old: Research) -> None:
    listed = old.one("load_model", "project", portal="public")
    assert listed["status"] == 200
    assert "projects" in listed["body"]


# ---- signing in


def test_a_person_signs_in_once_and_is_known_from_then_on(research: Research, demo: Demo, tmp_path: Path) -> None:
    demo.operate("research", "users", "add", "wren@research.example")
    with signing_in(research, tmp_path) as (login, code):
        demo.operate("research", "approve", code, "--user", "wren@research.example")
        printed, _ = login.communicate(timeout=PATIENCE)
    kept = tmp_path / ".config" / "brainstem" / "token"
    assert printed.splitlines() == [f"Token: {kept.read_text()}", f"Cached at: {kept}"]

    words = ("--filters", "email=wren@research.example", "--url", research.url)
    loaded = research.client.run("brainstem", "load", "user", *words, env={"HOME": str(tmp_path)})
    assert [user["email"] for user in json.loads(loaded.out)["users"]] == ["wren@research.example"]
    assert research.client.run("brainstem", "logout", env={"HOME": str(tmp_path)}).code == 0
    assert not kept.exists()


def test_a_refused_device_is_told_so(research: Research, demo: Demo, tmp_path: Path) -> None:
    with signing_in(research, tmp_path) as (login, code):
        demo.operate("research", "deny", code)
        _, log = login.communicate(timeout=PATIENCE)
    assert "Authorization failed: access_denied" in log


@contextmanager
def signing_in(research: Research, home: Path) -> Generator[tuple[subprocess.Popen[str], str]]:
    """The command while it waits for somebody to approve the code that it shows."""
    words = ("login", "--headless", "--url", research.url)
    with research.client.start("brainstem", *words, env={"HOME": str(home)}) as login:
        assert login.stdout is not None
        said = re.fullmatch(r"Open (http\S+) and enter: (\S+)\n", login.stdout.readline())
        try:
            assert said is not None
            assert said[1].startswith(research.url)
            yield login, said[2]
        finally:
            login.kill()


def test_an_invitation_is_accepted(research: Research, demo: Demo, project: str) -> None:
    # "accept" is asked for without the slash that ends every other address.
    demo.operate("research", "users", "add", "robin@research.example")
    token = demo.operate("research", "token", "robin@research.example")["token"]
    hidden, me = research.ask(
        ("load", "project", {"id": project}),
        ("load", "user", {"filters": {"email": "robin@research.example"}}),
        token=token,
    )
    assert hidden["status"] in (403, 404)
    [robin] = me["body"]["users"]
    model = "project_membership_invitation"
    invited = research.made(model, invitee=robin["id"], project=project)
    accepted, shown = research.ask(
        ("save", model, {"id": invited["id"], "options": "accept", "data": {}}),
        ("load", "project", {"id": project}),
        token=token,
    )
    assert accepted["status"] == 200
    assert shown["body"]["project"]["name"] == "Lanternfish"


# ---- the demo's own


def test_students_are_subjects_under_pseudonyms(research: Research, demo: Demo) -> None:
    [study] = research.one("load_project", "", name="Reading aloud")["body"]["projects"]
    drawn = research.one("load_subject", "", projects=study["id"], load_all=True)["merged"]["subjects"]
    assert {s["id"] for s in drawn} == {*study["subjects"]} != set()
    told = {value for subject in drawn for value in subject.values() if isinstance(value, str)}
    known = demo.ask(f"/api/v1/School/{THORNFIELD}/Students?select=Id,Forename,Surname,DisplayName,UPN", demo.token())
    assert told & {value for pupil in known["Students"] for value in pupil.values()} == set()
