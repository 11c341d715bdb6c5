"""Sessions, collections, publications, procedures, logs and suppliers: made, found, changed and deleted by role."""

from __future__ import annotations

from typing import Any

import pytest

from .lab import Json, Lab

NOWHERE = "01981c0e-8a5b-4c1d-9f3e-5d2a7b8c9e0f"


def firm(lab: Lab, model: str = "journal", name: str = "Barn Studies") -> str:
    """The id of a journal or supplier that an administrator put in the list."""
    return lab.add(model, "dana", "super", name=name)["id"]


def paper(lab: Lab, title: str = "Mice in barns", who: str = "ada", **more: Any) -> Json:
    """A publication in a journal."""
    journal = more.pop("journal", "") or firm(lab, name=f"Journal of {title}")
    body = {"title": title, "authors": "Fenn A", "abstract": "Short.", "publication_date": "2026-11-02", **more}
    return lab.add("publication", who, journal=journal, **body)


# ---- sessions and collections


def test_a_session_is_made_read_changed_and_deleted(lab: Lab):
    project = lab.project()
    links = [{"repository": "Zenodo", "url": "https://zenodo.example/1"}]
    made = lab.add(
        "session",
        name="Day 1",
        projects=[project],
        date_time="2026-09-14T11:30:00+02:00",
        extra_fields={"room": "B115"},
        download_links=links,
        tags=["first"],
    )
    shown: Json = {
        "id": made["id"],
        "name": "Day 1",
        "description": "",
        "projects": [project],
        "date_time": "2026-09-14T09:30:00Z",
        "epochs": [],
        "datastorage": [],
        "extra_fields": {"room": "B115"},
        "download_links": links,
        "dataacquisition": [],
        "behaviors": [],
        "manipulations": [],
        "name_used_in_storage": None,
        "tags": ["first"],
    }
    assert made == shown
    assert list(made) == list(shown)
    assert lab.one("project", project)["sessions"] == [made["id"]]
    changed = lab.patch("session", made["id"], description="<p>Rain</p>", date_time=None, tags=[])
    assert changed.json["session"] == {**shown, "description": "<p>Rain</p>", "date_time": None, "tags": []}
    assert lab.ask("DELETE", f"stem/session/{made['id']}/").status == 204
    assert lab.one("project", project)["sessions"] == []


def test_sessions_are_found_by_all_that_is_theirs(lab: Lab):
    project, other = lab.project(), lab.project("Wheel")
    first = lab.session("Day 1", project, date_time="2026-09-14T09:30:00.250Z", tags=["rain"])
    second = lab.session("Day 2", project, other, date_time="2026-09-15")
    assert lab.one("session", first)["date_time"] == "2026-09-14T09:30:00.250000Z"
    found = {
        "filter{name.icontains}=day": ["Day 1", "Day 2"],
        "filter{projects.id}=" + other: ["Day 2"],
        "filter{tags}=rain": ["Day 1"],
        "filter{date_time.gte}=2026-09-14T22:00:00-02:00": ["Day 2"],
        "filter{date_time.lt}=2026-09-14T09:30:01Z": ["Day 1"],
        "filter{datastorage.id}=" + NOWHERE: [],
        "sort[]=-date_time": ["Day 2", "Day 1"],
    }
    assert {query: lab.names(f"stem/session/?{query}") for query in found} == found
    assert lab.names(f"stem/project/?filter{{sessions.id}}={first}") == ["Maze"]
    told = lab.get("stem/project/?filter{name}=Maze&include[]=sessions.*&include[]=collections.*")
    assert [s["id"] for s in told["sessions"]] == [first, second]
    assert told["collections"] == []


def test_what_is_wrong_with_a_session_is_told_at_once(lab: Lab):
    lab.session("Day 1", lab.project())
    body = {"name": "x" * 101, "projects": [], "date_time": "noon", "download_links": [{"repository": "Disk"}]}
    assert lab.wrong(lab.ask("POST", "stem/session/", body=body)) == {
        "name": ["Ensure this field has no more than 100 characters."],
        "projects": ["This list may not be empty."],
        "date_time": ["Datetime has wrong format. Use ISO 8601, such as 2026-09-14T09:30:00Z."],
        "download_links": ["Each link needs a repository and a url, and nothing else."],
    }
    again = {"name": "Day 1", "projects": [NOWHERE], "datastorage": [NOWHERE]}
    assert lab.wrong(lab.ask("POST", "stem/session/", body=again)) == {
        "projects": [f'Invalid pk "{NOWHERE}" - object does not exist.'],
        "name": ["session with this name already exists."],
        "datastorage": [f'Invalid pk "{NOWHERE}" - object does not exist.'],
    }


def test_a_collection_keeps_the_order_of_its_sessions_which_are_of_its_project(lab: Lab):
    project, other = lab.project(), lab.project("Wheel")
    first, second, third = (lab.session(f"Day {n}", project) for n in (1, 2, 3))
    elsewhere = lab.session("Elsewhere", other)
    made = lab.add("collection", name="Week", project=project, sessions=[second, first], tags=["w"])
    assert made == {
        "id": made["id"],
        "name": "Week",
        "description": "",
        "project": project,
        "sessions": [second, first],
        "tags": ["w"],
    }
    assert lab.one("project", project)["collections"] == [made["id"]]
    changed = lab.patch("collection", made["id"], sessions=[third, second, first], name="Days")
    assert changed.json["collection"]["sessions"] == [third, second, first]
    told = lab.get("stem/collection/?include[]=sessions")
    assert [s["id"] for s in told["sessions"]] == [third, second, first]
    assert lab.wrong(lab.patch("collection", made["id"], sessions=[elsewhere])) == {
        "sessions": [f'Session "{elsewhere}" does not belong to the project.']
    }
    assert lab.wrong(lab.ask("POST", "stem/collection/", body={"name": "Days", "project": project})) == {
        "name": ["collection with this name already exists in the project."]
    }
    assert lab.wrong(lab.patch("session", first, projects=[other])) == {
        "projects": [f"the session is in a collection of {project} (take it out of the collection first)"]
    }
    assert lab.ask("DELETE", f"stem/session/{first}/").status == 204
    assert lab.one("collection", made["id"])["sessions"] == [third, second]


def test_what_belongs_to_a_project_goes_with_it(lab: Lab):
    project, other = lab.project(), lab.project("Wheel")
    alone, shared = lab.session("Alone", project), lab.session("Shared", project, other)
    lab.add("collection", name="Week", project=project, sessions=[alone, shared])
    assert lab.ask("DELETE", f"stem/project/{project}/").status == 204
    assert lab.names("stem/session/") == ["Shared"]
    assert lab.one("session", shared)["projects"] == [other]
    assert lab.get("stem/collection/")["count"] == 0


# ---- procedures and logs


def test_a_procedure_belongs_to_its_subject(lab: Lab):
    project = lab.project()
    mouse = lab.subject("Mouse 1", project)
    body: Json = {
        "type": "OpticFiberImplant",
        "subject": mouse,
        "date_time": "2024-03-12T09:00:00Z",
        "details": {"fiberTipShape": "flat", "sides": ["left", "right"]},
        "coordinates_system": "Stereotaxic_BregmaAbsolute",
        "coordinates_details": {"apCoordinate": -2.8},
    }
    made = lab.add("procedure", **body)
    unset: Json = {"notes": "", "consumablestock": None, "equipment": [], "brain_region": None}
    assert made == {"id": made["id"], **body, **unset}
    assert lab.one("subject", mouse)["procedures"] == [made["id"]]
    told = lab.get("stem/subject/?include[]=procedures.*&include[]=subjectlogs.*")
    assert (told["procedures"], told["subject_logs"]) == ([made], [])
    for query, wanted in (("filter{subject.id}=" + mouse, 1), ("filter{type}=Anesthesia", 0), ("filter{tags}=x", 0)):
        assert lab.get(f"modules/procedure/?{query}")["count"] == wanted
    assert lab.names("stem/subject/?filter{procedures.type.startswith}=Optic") == ["Mouse 1"]
    assert lab.patch("procedure", made["id"], notes="tight").json["procedure"] == {**made, "notes": "tight"}
    assert lab.wrong(lab.ask("POST", "modules/procedure/", body={"subject": NOWHERE, "details": 3})) == {
        "type": ["This field is required."],
        "details": ['Expected a dictionary of items but got type "int".'],
        "coordinates_system": ["This field is required."],
        "subject": [f'Invalid pk "{NOWHERE}" - object does not exist.'],
    }
    assert lab.ask("DELETE", f"stem/subject/{mouse}/").status == 204
    assert lab.ask("GET", f"modules/procedure/{made['id']}/").status == 404


def test_a_log_has_lines_each_of_its_moment(lab: Lab):
    mouse = lab.subject("Mouse 1", lab.project())
    made = lab.add("subjectlog", type="Weighing", subject=mouse)
    shown: Json = {
        "id": made["id"],
        "type": "Weighing",
        "description": None,
        "subject": mouse,
        "user": 1,
        "entries": [],
    }
    assert made == shown
    assert lab.one("subject", mouse)["subjectlogs"] == [made["id"]]
    at = f"modules/subjectlog/{made['id']}"

    def line(action: str, **body: Any) -> Any:
        return lab.ask("PATCH", f"{at}/{action}_entry", body=body)

    first = {"date_time": "2023-03-03T17:05:00Z", "notes": None, "details": {"weight": 23.0}}
    later = {"date_time": "2023-03-26T04:05:00Z", "notes": "after food", "details": {"weight": 25.5}}
    assert line("add", **first).json == {"subject_log": {**shown, "entries": [first]}}
    assert line("add", **later).json["subject_log"]["entries"] == [later, first]
    assert lab.wrong(line("add", **later)) == {"date_time": ["the log has an entry of this moment (change that one)"]}
    changed = line("change", date_time="2023-03-03T18:05:00+01:00", notes="new text")
    assert changed.json["subject_log"]["entries"] == [later, {**first, "notes": "new text"}]
    assert line("remove", date_time=first["date_time"]).json["subject_log"]["entries"] == [later]
    assert line("remove", date_time=first["date_time"]).status == 404
    assert lab.wrong(line("add", details=[])) == {
        "date_time": ["This field is required."],
        "details": ['Expected a dictionary of items but got type "list".'],
    }
    # Its kind stays.
    assert (
        lab.patch("subjectlog", made["id"], type="Housing", description="x").json["subject_log"]["type"] == "Weighing"
    )
    assert lab.ask("DELETE", f"{at}/").status == 204


def test_what_lasts_has_a_beginning_and_an_end(lab: Lab):
    log = lab.add("subjectlog", type="Housing", subject=lab.subject("Mouse 1", lab.project()))
    at = f"modules/subject_log/{log['id']}/add_entry/"
    begun, ended = "2026-09-14T08:00:00Z", "2026-09-15T08:00:00Z"
    assert lab.wrong(lab.ask("PATCH", at, body={"date_time": begun})) == {
        "start_date_time": ["This field is required."],
        "end_date_time": ["This field is required."],
    }
    turned = lab.ask("PATCH", at, body={"start_date_time": ended, "end_date_time": begun})
    assert lab.wrong(turned) == {"end_date_time": ["is before the start"]}
    told = lab.ask("PATCH", at, body={"start_date_time": begun, "end_date_time": ended})
    assert told.json["subject_log"]["entries"] == [
        {"start_date_time": begun, "end_date_time": ended, "notes": None, "details": {}}
    ]


# ---- who may


ROLES = {"nobody": None, "member": (), "contributor": ("can_change",)}


@pytest.mark.parametrize("role", ROLES)
def test_members_read_and_contributors_write_what_a_project_holds(lab: Lab, role: str):
    project = lab.project()
    mouse, session = lab.subject("Mouse 1", project), lab.session("Day 1", project)
    held = {
        "stem/session": session,
        "stem/collection": lab.add("collection", name="Week", project=project, sessions=[session])["id"],
        "modules/procedure": lab.add("procedure", type="X", subject=mouse, coordinates_system="Stereotaxic_XY_Surface")[
            "id"
        ],
        "modules/subjectlog": lab.add("subjectlog", type="Weighing", subject=mouse)["id"],
    }
    lab.token("bram")
    if (rights := ROLES[role]) is not None:
        lab.join(project, "bram", *rights)
    more: dict[str, Json] = {
        "stem/session": {"name": "Day 2", "projects": [project]},
        "stem/collection": {"name": "Other", "project": project},
        "modules/procedure": {"type": "X", "subject": mouse, "coordinates_system": "Stereotaxic_XY_Surface"},
        "modules/subjectlog": {"type": "Weighing", "subject": mouse},
    }
    read = 404 if role == "nobody" else 200
    write = {"nobody": 404, "member": 403, "contributor": 200}[role]
    add = {"nobody": 400, "member": 403, "contributor": 201}[role]
    for path, identity in held.items():
        assert lab.get(f"{path}/", "bram")["count"] == (role != "nobody")
        assert lab.ask("GET", f"{path}/{identity}/", "bram").status == read, path
        assert lab.ask("POST", f"{path}/", "bram", more[path]).status == add, path
        assert lab.ask("PATCH", f"{path}/{identity}/", "bram", {"description": "x", "notes": "x"}).status == write
    line = {"date_time": "2026-09-14T08:00:00Z"}
    assert lab.ask("PATCH", f"modules/subjectlog/{held['modules/subjectlog']}/add_entry", "bram", line).status == write
    for path, identity in held.items():
        assert lab.ask("DELETE", f"{path}/{identity}/", "bram").status == (204 if write == 200 else write), path


def test_a_public_project_shows_all_that_belongs_to_it_and_another_nothing(lab: Lab):
    for name, public in (("Open", True), ("Closed", False)):
        project = lab.project(name, is_public=public)
        mouse, session = lab.subject(f"{name} mouse", project), lab.session(f"{name} day", project)
        lab.add("collection", name=f"{name} week", project=project, sessions=[session])
        lab.add("procedure", type=name, subject=mouse, coordinates_system="Stereotaxic_XY_Surface")
        lab.add("subjectlog", type=name, subject=mouse)
    for path, fact in (("stem/session", "name"), ("stem/collection", "name"), ("modules/procedure", "type")):
        told = lab.get(f"{path}/", "", "public")
        (one,) = next(iter(told.values()))
        assert (one[fact].partition(" ")[0], told["count"]) == ("Open", 1)
        assert lab.ask("POST", f"{path}/", "", {}, "public").status == 405
    (log,) = lab.get("modules/subjectlog/", "", "public")["subject_logs"]
    assert (log["type"], log["user"]) == ("Open", 1)
    at = f"modules/subjectlog/{log['id']}/add_entry"
    assert lab.ask("PATCH", at, "", {"date_time": "2026-09-14T08:00:00Z"}, "public").status == 404


# ---- lists that all share


@pytest.mark.parametrize(("model", "app"), [("supplier", "resources"), ("journal", "dissemination")])
def test_a_supplier_or_journal_waits_for_an_administrator(lab: Lab, model: str, app: str):
    asked = lab.ask("POST", f"{app}/{model}/", body={"name": "New", "website": "new.example", "comments": "please"})
    approval = asked.json[f"{model}_approval"]
    assert (asked.status, approval) == (
        201,
        {
            "id": approval["id"],
            "name": "New",
            "description": "",
            "website": "http://new.example",
            "instance_id": None,
            "action": "Add",
            "reviewer": None,
            "status": "Pending",
            "comments": "please",
        },
    )
    assert lab.get(f"{app}/{model}/")["count"] == 0
    at = f"{app}/{model}approval/{approval['id']}"
    assert lab.ask("PATCH", f"{at}/accept/").status == 403
    assert lab.ask("GET", f"{at}/", "bram").status == 404
    assert lab.ask("PATCH", f"{at}/accept/", "dana").json[f"{model}_approval"]["status"] == "Accepted"
    (made,) = lab.get(f"{app}/{model}/", "", "public")[f"{model}s"]
    assert made == {"id": made["id"], "name": "New", "description": "", "website": "http://new.example"}
    change = lab.ask("PATCH", f"{app}/{model}/{made['id']}/", body={"description": "x"}).json[f"{model}_approval"]
    assert (change["instance_id"], change["action"]) == (made["id"], "Change")
    assert lab.ask("DELETE", f"{app}/{model}/{made['id']}/").status == 403
    assert [p.kind for p in lab.desk.proposals()] == [model]


def test_a_subject_names_its_supplier(lab: Lab):
    supplier = firm(lab, "supplier", "Mouse Farm")
    project = lab.project()
    mouse = lab.subject("Mouse 1", project, supplier=supplier)
    lab.subject("Mouse 2", project)
    assert lab.one("subject", mouse)["supplier"] == supplier
    assert lab.names("stem/subject/?filter{supplier.name}=Mouse Farm") == ["Mouse 1"]
    assert lab.names("stem/subject/?filter{supplier.isnull}=true") == ["Mouse 2"]
    assert lab.wrong(lab.patch("subject", mouse, supplier=NOWHERE)) == {
        "supplier": [f'Invalid pk "{NOWHERE}" - object does not exist.']
    }
    used = lab.ask("DELETE", f"resources/supplier/{supplier}/", "dana")
    assert lab.wrong(used) == {"supplier": ["is in use (change what refers to it first)"]}
    assert lab.patch("subject", mouse, supplier=None).json["subject"]["supplier"] is None


def test_a_publication_is_everybodys_to_read_and_its_adders_to_change(lab: Lab):
    made = paper(lab, publication_url="barn.example/1")
    shown: Json = {
        "id": made["id"],
        "title": "Mice in barns",
        "authors": "Fenn A",
        "journal": made["journal"],
        "abstract": "Short.",
        "doi": "",
        "publication_url": "http://barn.example/1",
        "pdf_url": "",
        "publication_date": "2026-11-02",
    }
    assert made == shown
    assert lab.one("publication", made["id"], "bram") == shown
    assert lab.get("dissemination/publication/?filter{name.icontains}=BARN", "", "public")["publications"] == [shown]
    assert lab.patch("publication", made["id"], "bram", title="Mine").status == 403
    assert lab.ask("DELETE", f"dissemination/publication/{made['id']}/", "bram").status == 403
    assert lab.patch("publication", made["id"], abstract="Longer.").json["publication"] == {
        **shown,
        "abstract": "Longer.",
    }
    assert lab.wrong(lab.ask("POST", "dissemination/publication/", body={"title": "x" * 201})) == {
        "title": ["Ensure this field has no more than 200 characters."],
        **{n: ["This field is required."] for n in ("authors", "journal", "abstract", "publication_date")},
    }


def test_owners_name_the_publications_of_a_project(lab: Lab):
    project = lab.project()
    first, second = paper(lab)["id"], paper(lab, "Rats", "bram")["id"]
    lab.join(project, "bram", "is_manager")
    assert lab.patch("project", project, "bram", publications=[second]).status == 403
    assert lab.patch("project", project, publications=[second, first]).json["project"]["publications"] == [
        second,
        first,
    ]
    told = lab.get("stem/project/?filter{publications.title}=Rats&include[]=publications.journal.*")
    assert [p["id"] for p in told["publications"]] == [second, first]
    assert len(told["journals"]) == 2
    # What is as it was needs no right, and whoever added one may take it from every project.
    assert lab.patch("project", project, "bram", publications=[second, first]).status == 200
    assert lab.ask("DELETE", f"dissemination/publication/{second}/", "bram").status == 204
    assert lab.one("project", project)["publications"] == [first]
