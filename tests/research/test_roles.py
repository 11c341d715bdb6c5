"""Who may do what: roles come from the project, for users and for groups; portals; invitations."""

from __future__ import annotations

from typing import Any

import pytest

from ..hub import Answer
from .lab import Json, Lab

RIGHTS = {
    "nobody": None,
    "member": (),
    "contributor": ("can_change",),
    "manager": ("is_manager",),
    "owner": ("is_owner",),
}

REFUSED = "You do not have permission to perform this action."


class Scene:
    """Ada's project with a subject and a cohort, and bram with some rights in it, by himself or through a group."""

    def __init__(self, lab: Lab, role: str, through: str) -> None:
        self.lab = lab
        self.project = lab.project()
        self.subject = lab.subject("Mouse 1", self.project)
        self.cohort = lab.cohort("Control", self.project, self.subject)
        lab.token("bram")
        lab.token("dana")
        guest = {"project": self.project, "invitee": lab.number("dana")}
        asked = lab.ask("POST", "stem/projectmembershipinvitation/", body=guest)
        self.invited = asked.json["project_membership_invitation"]["id"]
        rights = RIGHTS[role]
        if rights is not None and through == "user":
            lab.join(self.project, "bram", *rights)
        elif rights is not None:
            lab.add("group", name="Lab")
            lab.gather(1, "bram")
            lab.patch("project", self.project, groups={"Lab": dict.fromkeys(rights, True)})

    def body(self, what: str) -> tuple[str, str, Json | None]:
        """Method, path and body of something that bram does."""
        lab, project = self.lab, self.project
        at = {
            m: f"stem/{m}/{i}/" for m, i in (("project", project), ("subject", self.subject), ("cohort", self.cohort))
        }
        ada, cleo = lab.email("ada"), lab.email("cleo")
        mouse: Json = {"name": "Mouse 2", "sex": "F", "strain": lab.strain, "projects": [project]}
        guest: Json = {"project": project, "invitee": lab.number("cleo")}
        does: dict[str, tuple[str, str, Json | None]] = {
            "read project": ("GET", at["project"], None),
            "read subject": ("GET", at["subject"], None),
            "read cohort": ("GET", at["cohort"], None),
            "add subject": ("POST", "stem/subject/", mouse),
            "add cohort": ("POST", "stem/cohort/", {"name": "Other", "project": project}),
            "change subject": ("PATCH", at["subject"], {"sex": "M"}),
            "change cohort": ("PATCH", at["cohort"], {"name": "New"}),
            "put cohort": ("PUT", at["cohort"], {"name": "New", "project": project}),
            "delete subject": ("DELETE", at["subject"], None),
            "delete cohort": ("DELETE", at["cohort"], None),
            "add member": ("PATCH", at["project"], {"users": {cleo: {"can_change": True}}}),
            "add group": ("PATCH", at["project"], {"groups": {"Guests": {}}}),
            "add manager": ("PATCH", at["project"], {"users": {cleo: {"is_manager": True}}}),
            "remove owner": ("PATCH", at["project"], {"users": {ada: {"remove": True}}}),
            "export cohort": ("GET", f"{at['cohort']}export/", None),
            "draw": ("POST", "stem/cohort/draw/", {"project": project, "name": "C", "school": "1", "group": "1"}),
            "cancel": ("DELETE", f"stem/projectmembershipinvitation/{self.invited}/", None),
            "publish counts": ("POST", f"{at['project']}counts/", {}),
            "take counts back": ("DELETE", f"{at['project']}counts/", None),
            "invite": ("POST", "stem/projectmembershipinvitation/", guest),
            "invite manager": ("POST", "users/project_membership_invitation/", {**guest, "manage_project": True}),
            "rename": ("PATCH", at["project"], {"name": "New"}),
            "tag": ("PATCH", at["project"], {"tags": ["new"]}),
            "publish": ("PATCH", at["project"], {"is_public": True}),
            "delete project": ("DELETE", at["project"], None),
        }
        return does[what]

    def do(self, what: str) -> Answer:
        """Do it."""
        method, path, body = self.body(what)
        return self.lab.ask(method, path, "bram", body)


LEAST = {
    "member": ("read project", "read subject", "read cohort", "export cohort"),
    "contributor": (
        "add subject",
        "add cohort",
        "change subject",
        "change cohort",
        "put cohort",
        "delete subject",
        "delete cohort",
        "draw",
    ),
    "manager": ("add member", "add group", "invite", "cancel"),
    "owner": (
        "add manager",
        "remove owner",
        "invite manager",
        "rename",
        "tag",
        "publish",
        "delete project",
        "publish counts",
        "take counts back",
    ),
}
"""What each role is the first to be allowed."""


@pytest.mark.parametrize("through", ["user", "group"])
@pytest.mark.parametrize("role", RIGHTS)
@pytest.mark.parametrize("what", [what for some in LEAST.values() for what in some])
def test_a_role_may_do_what_it_may_and_no_more(lab: Lab, role: str, through: str, what: str):
    scene = Scene(lab, role, through)
    lab.token("cleo")
    lab.add("group", "cleo", name="Guests")
    ranks = list(RIGHTS)
    needed = next(least for least, some in LEAST.items() if what in some)
    answer = scene.do(what)
    if ranks.index(role) >= ranks.index(needed):
        # Who may draw and publish is told what else is missing: a school that grants it, a student to be counted.
        asked_right = what in ("draw", "publish counts") and answer.status == 400
        assert asked_right or answer.status in (200, 201, 204), answer.body
        return
    if what == "cancel" and answer.status == 404:
        return
    if role == "nobody" and what in ("add subject", "add cohort", "invite", "invite manager", "draw"):
        name = "projects" if what == "add subject" else "project"
        assert lab.wrong(answer) == {name: [f'Invalid pk "{scene.project}" - object does not exist.']}
    elif role == "nobody":
        assert (answer.status, answer.json) == (404, {"detail": "Not found."})
    else:
        assert answer.status == 403
        assert answer.json["detail"].startswith(REFUSED)
    assert lab.one("project", scene.project)["name"] == "Maze"
    assert lab.one("cohort", scene.cohort)["name"] == "Control"


def test_a_refusal_says_who_could(lab: Lab):
    scene = Scene(lab, "member", "user")
    assert scene.do("change cohort").json == {"detail": f"{REFUSED} (only a contributor of the project may do this)"}
    assert scene.do("rename").json == {"detail": f"{REFUSED} (only an owner of the project may do this)"}


def test_what_somebody_is_not_in_is_in_none_of_their_lists(lab: Lab):
    scene = Scene(lab, "nobody", "user")
    for path in ("stem/project/", "stem/subject/", "stem/cohort/", f"stem/subject/?filter{{id}}={scene.subject}"):
        answer = lab.get(path, "bram")
        assert (next(iter(answer.values())), answer["count"]) == ([], 0)
    mine = lab.project("Mine", "bram")
    assert lab.names("stem/project/", "bram") == ["Mine"]
    lab.join(scene.project, "bram")
    assert lab.names("stem/project/", "bram") == ["Maze", "Mine"]
    lab.patch("project", scene.project, users={lab.email("bram"): {"remove": True}})
    assert lab.names("stem/project/", "bram") == ["Mine"]
    assert mine


def test_the_greater_of_two_roles_counts(lab: Lab):
    scene = Scene(lab, "member", "group")
    lab.join(scene.project, "bram", "can_change")
    assert scene.do("change cohort").status == 200
    lab.patch("group", 1, users={lab.email("bram"): {"remove": True}})
    assert scene.do("change cohort").status == 200
    lab.patch("project", scene.project, users={lab.email("bram"): {"remove": True}})
    assert scene.do("read cohort").status == 404


def test_a_subject_of_two_projects_is_shown_with_those_that_the_reader_is_in(lab: Lab):
    maze, wheel = lab.project("Maze"), lab.project("Wheel")
    mouse = lab.subject("Mouse 1", maze, wheel)
    lab.join(maze, "bram", "can_change")
    lab.join(wheel, "cleo")
    assert lab.one("subject", mouse, "bram")["projects"] == [maze]
    # What bram cannot see stays when he says which projects the subject belongs to.
    theirs = lab.project("Theirs", "bram")
    assert lab.patch("subject", mouse, "bram", projects=[theirs]).json["subject"]["projects"] == [theirs]
    assert lab.one("subject", mouse)["projects"] == [wheel]
    refused = lab.patch("subject", mouse, "cleo", sex="M")
    assert refused.status == 403
    assert lab.ask("DELETE", f"stem/subject/{mouse}/", "bram").status == 204
    assert lab.ask("GET", f"stem/subject/{mouse}/", "bram").status == 404
    assert lab.one("subject", mouse)["projects"] == [wheel]
    lab.join(maze, "cleo", "can_change")
    assert lab.patch("subject", mouse, "ada", projects=[maze, wheel]).status == 200
    # Deleting it takes it from every project that the caller sees, so it takes a contributor of each.
    assert lab.ask("DELETE", f"stem/subject/{mouse}/", "cleo").status == 403


def test_a_subject_leaves_the_cohorts_of_those_who_delete_it(lab: Lab):
    maze, wheel = lab.project("Maze"), lab.project("Wheel")
    mouse = lab.subject("Mouse 1", maze, wheel)
    cohorts = [lab.cohort("C", project, mouse) for project in (maze, wheel)]
    lab.join(maze, "bram", "can_change")
    assert lab.ask("DELETE", f"stem/subject/{mouse}/", "bram").status == 204
    assert [lab.one("cohort", c)["subjects"] for c in cohorts] == [[], [mouse]]


# ---- who is in a project


def test_members_are_added_changed_and_removed_by_name(lab: Lab):
    project = lab.project()
    lab.add("group", name="Lab")
    for name in ("bram", "cleo"):
        lab.token(name)
    users = {lab.email("bram"): {"can_change": True}, lab.email("cleo"): {}}
    changed = lab.patch("project", project, users=users, groups={"Lab": {"is_manager": True}}).json["project"]
    nothing = {"can_change": False, "is_manager": False, "is_owner": False}
    everything = {"can_change": True, "is_manager": True, "is_owner": True}
    assert changed["users"] == {
        lab.email("ada"): everything,
        lab.email("bram"): {**nothing, "can_change": True},
        lab.email("cleo"): nothing,
    }
    # Whoever manages may also change: so the document shows it.
    assert changed["groups"] == {"Lab": {**everything, "is_owner": False}}
    changed = lab.patch("project", project, users={lab.email("bram"): {}}, groups={"Lab": {"remove": True}})
    assert changed.json["project"]["users"][lab.email("bram")] == nothing
    assert changed.json["project"]["groups"] == {}


def test_members_that_cannot_be_meant_are_told(lab: Lab):
    project = lab.project()
    lab.token("bram")
    users = {"nobody@research.example": {}, lab.email("bram"): {"remove": True}}
    assert lab.wrong(lab.patch("project", project, users=users, groups={"Lab": {}})) == {
        "users": ["nobody@research.example is not known", "bram@research.example is not in the project"],
        "groups": ["Lab is not known"],
    }
    assert lab.wrong(lab.patch("project", project, users={lab.email("bram"): {"is_boss": True}})) == {
        "users": ["“is_boss” is not a right; known: can_change, is_manager, is_owner, remove."]
    }
    assert lab.wrong(lab.patch("project", project, users={lab.email("bram"): True})) == {
        "users": ['Expected a dictionary of rights but got type "bool".']
    }


def test_a_project_keeps_an_owner(lab: Lab):
    project = lab.project()
    lone = {"users": ["a project needs an owner (add another one first)"]}
    for place in ({"remove": True}, {"is_manager": True}):
        assert lab.wrong(lab.patch("project", project, users={lab.email("ada"): place})) == lone
    lab.add("group", "bram", name="Lab")
    changed = lab.patch(
        "project", project, users={lab.email("ada"): {"remove": True}}, groups={"Lab": {"is_owner": True}}
    )
    assert (changed.status, changed.body) == (204, b"")
    assert lab.ask("GET", f"stem/project/{project}/").status == 404
    # The group's only member owns the project, and neither may go.
    assert lab.wrong(lab.ask("DELETE", "users/group/1/", "bram")) == lone
    assert lab.ask("DELETE", f"users/user/{lab.number('bram')}/", "dana").status == 400
    assert lab.one("project", project, "bram")["name"] == "Maze"


def test_anybody_may_leave_a_project_or_a_group(lab: Lab):
    project = lab.project()
    lab.join(project, "bram")
    assert lab.patch("project", project, "bram", users={lab.email("bram"): {"remove": True}}).status == 204
    lab.add("group", name="Lab")
    lab.gather(1, "bram")
    assert lab.patch("group", 1, "bram", users={lab.email("bram"): {"remove": True}}).status == 200
    assert lab.wrong(lab.patch("group", 1, users={lab.email("ada"): {"remove": True}})) == {
        "users": ["a group needs an owner (add another one first)"]
    }


def test_a_manager_changes_neither_managers_nor_owners(lab: Lab):
    project = lab.project()
    lab.join(project, "bram", "is_manager")
    lab.join(project, "cleo", "is_manager")
    for name, place in (("cleo", {}), ("cleo", {"remove": True}), ("ada", {}), ("bram", {"is_owner": True})):
        assert lab.patch("project", project, "bram", users={lab.email(name): place}).status == 403, name
    # What is as it was needs no right.
    same = {lab.email("cleo"): {"is_manager": True}, lab.email("dana"): {}}
    lab.token("dana")
    assert lab.patch("project", project, "bram", users=same, name="Maze").status == 200


@pytest.mark.parametrize(
    ("rights", "refused"), [((), "rename add promote delete"), (("is_manager",), "rename promote delete")]
)
def test_a_group_has_members_managers_and_owners(lab: Lab, rights: tuple[str, ...], refused: str):
    lab.add("group", name="Lab")
    lab.token("cleo")
    lab.gather(1, "bram", *rights)
    does = {
        "rename": lambda: lab.patch("group", 1, "bram", name="New"),
        "add": lambda: lab.patch("group", 1, "bram", users={lab.email("cleo"): {}}),
        "promote": lambda: lab.patch("group", 1, "bram", users={lab.email("cleo"): {"is_manager": True}}),
        "delete": lambda: lab.ask("DELETE", "users/group/1/", "bram"),
    }
    for what, do in does.items():
        assert do().status == (403 if what in refused.split() else 200), what


def test_groups_are_known_to_every_researcher_and_changed_by_their_own(lab: Lab):
    lab.add("group", name="Lab")
    assert lab.names("users/group/", "bram") == ["Lab"]
    assert lab.patch("group", 1, "bram", name="Mine").status == 403


# ---- invitations


@pytest.mark.parametrize("spelling", ["stem/projectmembershipinvitation", "stem/project_membership_invitation"])
@pytest.mark.parametrize("method", ["GET", "PATCH", "POST"])
def test_whoever_is_invited_accepts(lab: Lab, spelling: str, method: str):
    project = lab.project()
    lab.token("bram")
    added = lab.ask("POST", f"{spelling}/", body={"project": project, "invitee": 2, "can_change": True})
    shown = {
        "id": added.json["project_membership_invitation"]["id"],
        "invitee": 2,
        "email": None,
        "project": project,
        "can_change": True,
        "manage_project": False,
        "own_project": False,
    }
    assert (added.status, added.json) == (201, {"project_membership_invitation": shown})
    assert lab.get(f"{spelling}/", "bram")["project_membership_invitations"] == [shown]
    assert lab.get(f"{spelling}/")["project_membership_invitations"] == [shown]
    assert lab.get(f"{spelling}/", "cleo")["project_membership_invitations"] == []
    assert lab.ask("GET", f"stem/project/{project}/", "bram").status == 404
    accepted = lab.ask(method, f"{spelling}/{shown['id']}/accept", "bram")
    assert (accepted.status, accepted.json) == (200, {"project_membership_invitation": shown})
    assert lab.one("project", project, "bram")["users"][lab.email("bram")] == {
        "can_change": True,
        "is_manager": False,
        "is_owner": False,
    }
    assert lab.ask(method, f"{spelling}/{shown['id']}/accept", "bram").status == 404


@pytest.mark.parametrize("action", ["decline", "reject"])
def test_whoever_is_invited_may_decline(lab: Lab, action: str):
    project = lab.project()
    lab.token("bram")
    path = "users/projectmembershipinvitation"
    invitation = lab.ask("POST", f"{path}/", body={"project": project, "invitee": 2}).json
    at = f"{path}/{invitation['project_membership_invitation']['id']}"
    assert lab.ask("HEAD", f"{at}/{action}", "bram").status == 405
    assert lab.ask("GET", f"{at}/{action}", "ada").status == 403
    assert lab.ask("GET", f"{at}/cancel", "bram").status == 403
    assert lab.ask("GET", f"{at}/{action}", "cleo").status == 404
    assert lab.ask("GET", f"{at}/{action}", "bram").status == 200
    assert lab.get(f"{path}/", "bram")["count"] == 0
    assert lab.ask("GET", f"stem/project/{project}/", "bram").status == 404


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_a_manager_cancels_an_invitation(lab: Lab, method: str):
    project = lab.project()
    lab.token("bram")
    path = "stem/projectmembershipinvitation"
    invitation = lab.ask("POST", f"{path}/", body={"project": project, "invitee": 2}).json
    at = f"{path}/{invitation['project_membership_invitation']['id']}"
    assert lab.ask(method, f"{at}/cancel" if method == "GET" else f"{at}/").status in (200, 204)
    assert lab.ask("GET", f"{at}/accept", "bram").status == 404


def test_an_invitation_that_cannot_be_meant_is_told(lab: Lab):
    project = lab.project()
    lab.join(project, "bram")
    lab.token("cleo")
    path = "stem/projectmembershipinvitation/"

    def wrong(**body: Any) -> Any:
        return lab.wrong(lab.ask("POST", path, body=body))

    assert wrong() == {
        "invitee": ["This field is required. (or email, the address of somebody who is no user yet)"],
        "project": ["This field is required."],
    }
    assert wrong(project=project, invitee=77) == {"invitee": ['Invalid pk "77" - object does not exist.']}
    assert wrong(project=project, invitee="x") == {"invitee": ["Incorrect type. Expected pk value, received str."]}
    assert wrong(project=project, invitee=2) == {"invitee": ["is already in the project"]}
    assert lab.ask("POST", path, body={"project": project, "invitee": 3}).status == 201
    assert wrong(project=project, invitee=3) == {"invitee": ["is already invited"]}


# ---- portals


def test_a_public_project_is_read_by_anybody_and_written_by_nobody_there(lab: Lab):
    public, hidden = lab.project("Public", is_public=True), lab.project("Hidden")
    mouse, other = lab.subject("Mouse 1", public), lab.subject("Mouse 2", hidden)
    both = lab.subject("Mouse 3", public, hidden)
    cohort = lab.cohort("C", public, mouse, both)
    lab.add("group", name="Lab")
    lab.token("bram")
    for who in ("", "bram"):
        assert lab.names("stem/project/", who, "public") == ["Public"]
        assert lab.names("stem/subject/", who, "public") == ["Mouse 1", "Mouse 3"]
        assert lab.one("subject", both, who, "public")["projects"] == [public]
        assert lab.one("cohort", cohort, who, "public")["subjects"] == [mouse, both]
        assert lab.names("taxonomies/strain/", who, "public") == ["C57BL/6J"]
        assert lab.get("stem/projectmembershipinvitation/", who, "public")["count"] == 0
        # Of the people, those who work on what is public.
        assert [u["email"] for u in lab.get("users/user/", who, "public")["users"]] == [lab.email("ada")]
        assert lab.names("users/group/", who, "public") == []
        for path in (f"stem/project/{hidden}", f"stem/subject/{other}", f"users/user/{lab.number('bram')}"):
            assert lab.ask("GET", path, who, portal="public").status == 404
        one = f"stem/cohort/{cohort}/"
        for method, path in (("POST", "stem/cohort/"), ("PATCH", one), ("PUT", one), ("DELETE", one)):
            answer = lab.ask(method, path, who, {}, "public")
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")
    # Its people are not told apart by who asks, and a bad token is as good as none.
    bad = lab.hub.ask("GET", "/api/public/stem/project/", None, b"", authorization="Bearer nonsense")
    assert [p["name"] for p in bad.json["projects"]] == ["Public"]
    lab.patch("project", public, is_public=False)
    assert lab.names("stem/project/", "", "public") == []


def test_a_public_project_is_in_the_private_portal_for_its_own_people_only(lab: Lab):
    project = lab.project(is_public=True)
    assert lab.ask("GET", f"stem/project/{project}/", "bram").status == 404


def test_administrators_reach_everything_in_the_super_portal(lab: Lab):
    project = lab.project()
    assert lab.ask("GET", "stem/project/", "ada", portal="super").status == 403
    assert lab.ask("GET", "stem/project/", "", portal="super").status == 401
    assert lab.names("stem/project/", "dana") == []
    assert lab.names("stem/project/", "dana", "super") == ["Maze"]
    assert lab.ask("PATCH", f"stem/project/{project}/", "dana", {"name": "New"}, "super").status == 200
    lab.add("group", name="Lab")
    assert lab.ask("PATCH", "users/group/1/", "dana", {"name": "New"}, "super").status == 200
    lab.desk.accounts.set_administrator(lab.people["dana"], False)
    assert lab.ask("GET", "stem/project/", "dana", portal="super").status == 403


def test_nobody_is_let_in_without_a_token(lab: Lab):
    for headers in ({}, {"authorization": "Bearer"}, {"authorization": "Basic YTpi"}):
        answer = lab.hub.ask("GET", "/api/private/stem/project/", None, b"", **headers)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json == {
            "detail": "Authentication credentials were not provided. (send Authorization: Bearer TOKEN)"
        }
    answer = lab.hub.ask("GET", "/api/private/stem/nothing/", None, b"", authorization="Bearer nonsense")
    assert answer.status == 401
    assert answer.json["detail"].startswith("Invalid token.")
