"""Researchers at a hub, and what they ask of it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from rollbook.consent.accounts import Account
from rollbook.consent.research import ResearchDesk

from ..hub import Answer, Hub

Json = dict[str, Any]

APPS = {
    **dict.fromkeys(("species", "strain"), "taxonomies"),
    **dict.fromkeys(("user", "group", "group_membership_invitation", "group_membership_request"), "users"),
    **dict.fromkeys(("procedure", "subjectlog"), "modules"),
    **dict.fromkeys(("journal", "publication"), "dissemination"),
    "supplier": "resources",
}


class Lab:
    """A hub with researchers: ada makes things, dana is an administrator, the others are whoever a test needs."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.desk = ResearchDesk(hub.desk)
        self.people: dict[str, Account] = {}
        self.tokens: dict[str, str] = {}
        self._strain = ""

    # ---- people

    def token(self, name: str) -> str:
        """The token of a user, who is made when they are first named."""
        if name not in self.tokens:
            admin = name == "dana"
            user = self.desk.accounts.add_user(self.email(name), name.title(), "Fenn", administrator=admin)
            self.people[name] = user
            self.tokens[name] = self.desk.accounts.new_token(user)
        return self.tokens[name]

    def number(self, name: str) -> int:
        """The number of a user."""
        self.token(name)
        return self.people[name].number

    def email(self, name: str) -> str:
        """The e-mail address of a user."""
        return f"{name}@research.example"

    # ---- asking

    def ask(self, method: str, path: str, who: str = "ada", body: object = None, portal: str = "private") -> Answer:
        """Send a request as somebody ("" is nobody), to `{app}/{model}/...`."""
        sent = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = {"authorization": f"Bearer {self.token(who)}"} if who else {}
        raw = quote(f"/api/{portal}/{path}", safe="/?&=%*,$:+{}[]")
        return self.hub.ask(method, raw, None, sent, **headers, host="hub.example", content_type="application/json")

    def get(self, path: str, who: str = "ada", portal: str = "private") -> Json:
        """What a GET answers, which must be 200."""
        answer = self.ask("GET", path, who, portal=portal)
        assert answer.status == 200, answer.body
        return answer.json

    def add(self, model: str, who: str = "ada", portal: str = "private", **body: Any) -> Json:
        """Add one; gives it as it is shown."""
        answer = self.ask("POST", f"{APPS.get(model, 'stem')}/{model}/", who, body, portal)
        assert answer.status == 201, answer.body
        return next(iter(answer.json.values()))

    def patch(self, model: str, identity: object, who: str = "ada", **body: Any) -> Answer:
        """Change one."""
        return self.ask("PATCH", f"{APPS.get(model, 'stem')}/{model}/{identity}/", who, body)

    def one(self, model: str, identity: object, who: str = "ada", portal: str = "private") -> Json:
        """One, which must be there."""
        return self.get(f"{APPS.get(model, 'stem')}/{model}/{identity}/", who, portal)[model]

    def names(self, path: str, who: str = "ada", portal: str = "private") -> list[str]:
        """The names of a list's resources."""
        answer = self.get(path, who, portal)
        return [row["name"] for row in next(iter(answer.values()))]

    def wrong(self, answer: Answer) -> Json:
        """What a refused body is told, which must be 400."""
        assert answer.status == 400, (answer.status, answer.body)
        return answer.json

    def wrong_detail(self, path: str, who: str = "ada") -> str:
        """What is told of a GET that is refused as a whole."""
        return self.wrong(self.ask("GET", path, who))["detail"]

    # ---- making

    @property
    def strain(self) -> str:
        """A strain of mice."""
        if not self._strain:
            species = self.add("species", "dana", "super", name="Mus musculus")["id"]
            self._strain = self.add("strain", "dana", "super", name="C57BL/6J", species=species)["id"]
        return self._strain

    def project(self, name: str = "Maze", who: str = "ada", **more: Any) -> str:
        """A project's id."""
        return self.add("project", who, name=name, **more)["id"]

    def subject(self, name: str, *projects: str, who: str = "ada", **more: Any) -> str:
        """A subject's id."""
        body: Json = {"sex": "U", "strain": self.strain, "projects": list(projects), **more}
        return self.add("subject", who, name=name, **body)["id"]

    def cohort(self, name: str, project: str, *subjects: str, who: str = "ada", **more: Any) -> str:
        """A cohort's id."""
        return self.add("cohort", who, name=name, project=project, subjects=list(subjects), **more)["id"]

    def session(self, name: str, *projects: str, who: str = "ada", **more: Any) -> str:
        """A session's id."""
        return self.add("session", who, name=name, projects=list(projects), **more)["id"]

    def gather(self, team: int, name: str, *rights: str, who: str = "ada") -> None:
        """Let somebody be invited to a group with these rights, and accept."""
        self.token(name)
        assert self.patch("group", team, who, users={self.email(name): dict.fromkeys(rights, True)}).status == 200
        path = "users/group_membership_invitation/"
        (asked,) = [
            one
            for one in self.get(path, name)["group_membership_invitations"]
            if (one["authgroup"], one["user_account_invitation"]) == (team, self.number(name))
        ]
        assert self.ask("GET", f"{path}{asked['id']}/accept", name).status == 200

    def join(self, project: str, name: str, *rights: str) -> None:
        """Put somebody into ada's project with these rights."""
        self.token(name)
        answer = self.patch("project", project, users={self.email(name): dict.fromkeys(rights, True)})
        assert answer.status == 200, answer.body
