"""A vendor's app with an integration's token, or a person's, who asks a hub and reads what comes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from tests.looking import look

from ..hub import BRAMBLESIDE, THORNFIELD, Answer, Hub

Row = dict[str, Any]

APP = "vendor.example.org"
ALL = 10_000


class Vendor:
    """An app to which schools of the first demo district granted scopes, each school its own."""

    def __init__(
        self,
        hub: Hub,
        scopes: Iterable[str] = ("all",),
        *,
        elsewhere: Iterable[str] | None = None,
        app: str = APP,
        rights: Sequence[str] = (),
        schools: tuple[str, str] = (THORNFIELD, BRAMBLESIDE),
    ) -> None:
        self.hub = hub
        self.app = hub.app(app)
        granted = dict(zip(schools, (scopes, scopes if elsewhere is None else elsewhere), strict=True))
        for estab, names in granted.items():
            if names:
                hub.desk.grants.authorise(self.app, estab, names)
        self.credential, self.token = hub.desk.credentials.add(self.app, "edlink", district=1, rights=rights)
        self.base = "/api/v2/graph"

    # ---- people's tokens

    def signed_in(self, person: str) -> Vendor:
        """The same app with a person's token, asking for what is theirs."""
        made = object.__new__(Vendor)
        made.__dict__.update(self.__dict__)
        code = self.hub.desk.tickets.code(self.credential, person)
        given = self.hub.post(
            "/api/authentication/token",
            {"code": code, "grant_type": "authorization_code", **self.client},
        ).json["$data"]
        made.token, made.base = given["access_token"], "/api/v2/my"
        return made

    @property
    def client(self) -> dict[str, str]:
        """What the app shows when it asks for a person's token."""
        return {"client_id": self.credential.key, "client_secret": self.token}

    # ---- asking

    def ask(self, path: str, **parameters: Any) -> Answer:
        """The answer to a GET; parameters are those that begin with `$`, a filter as a dict."""
        said = {f"${n}": json.dumps(v) if isinstance(v, dict | list) else v for n, v in parameters.items()}
        return self.get(f"{self.base}/{path}{'?' if said else ''}{urlencode(said)}")

    def get(self, address: str) -> Answer:
        """The answer at an address, absolute or not."""
        parts = urlsplit(address)
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        return self.hub.get(path, None, authorization=f"Bearer {self.token}", host="hub.example.org")

    def body(self, path: str, **parameters: Any) -> Row:
        """The whole answer, which is not an error."""
        answer = self.ask(path, **parameters)
        assert answer.status == 200, answer.body
        return answer.json

    def rows(self, path: str, **parameters: Any) -> list[Row]:
        """The things in a list that fits on one page."""
        body = self.body(path, **{"first": ALL, **parameters} if "last" not in parameters else parameters)
        assert "$next" not in body
        assert "$warnings" not in body, body["$warnings"]
        return body["$data"]

    def ids(self, path: str, **parameters: Any) -> list[str]:
        """The ids of the things in a list, each of which stands once."""
        found = [row["id"] for row in self.rows(path, **parameters)]
        assert len(found) == len(set(found))
        return found

    def one(self, path: str, **parameters: Any) -> Row:
        """One thing."""
        return self.body(path, **parameters)["$data"]

    def follow(self, path: str, **parameters: Any) -> list[list[Row]]:
        """Every page of a list, as `$next` leads to them."""
        answer = self.ask(path, **parameters)
        pages = [answer.json["$data"]]
        while "$next" in answer.json:
            answer = self.get(answer.json["$next"])
            pages.append(answer.json["$data"])
        return pages

    def refusal(self, path: str, **parameters: Any) -> list[tuple[str, str]]:
        """What an error says: codes and messages."""
        answer = self.ask(path, **parameters)
        assert 400 <= answer.status < 500, answer.body
        assert list(answer.json) == ["$errors", "$request"]
        return [(e["code"], e["message"]) for e in answer.json["$errors"]]

    def warnings(self, path: str, **parameters: Any) -> list[tuple[str, str]]:
        """What an answer warns of."""
        return [(w["code"], w["message"]) for w in self.body(path, **parameters).get("$warnings", [])]

    # ---- what the store holds

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the store."""
        return look(self.hub.store, statement, values).fetchall()

    def school(self, estab: str = THORNFIELD) -> str:
        """The hub id of a school."""
        ((found,),) = self.sql("SELECT id FROM school WHERE estab = ?", estab)
        return found

    def role(self, kind: str, mis_id: str, estab: str = THORNFIELD) -> tuple[str, str]:
        """The hub ids of a role at a school, and of the human."""
        ((role, person),) = self.sql(
            f'SELECT id, person FROM "{kind}" WHERE school = ? AND mis_id = ?', self.school(estab), mis_id
        )
        return role, person

    def human(self, kind: str, mis_id: str, estab: str = THORNFIELD) -> str:
        """The hub id of a human, by a role at a school."""
        return self.role(kind, mis_id, estab)[1]


def having(name: str, operator: str, value: str | None = None) -> Row:
    """A filter with one condition."""
    return {name: [{"operator": operator} | ({} if value is None else {"value": value})]}
