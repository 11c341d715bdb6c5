"""A learning platform with a client id and a secret, which signs in, asks a hub and reads what comes."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode, urlsplit

from ..hub import BRAMBLESIDE, THORNFIELD, Answer, Hub

Row = dict[str, Any]

ROOT = "/ims/oneroster/rostering/v1p2"
HOST = "hub.example.org"


class Platform:
    """An app to which schools of a demo district granted scopes, each school its own."""

    def __init__(
        self,
        hub: Hub,
        scopes: Iterable[str] = ("all",),
        *,
        schools: Sequence[str] = (THORNFIELD, BRAMBLESIDE),
        app: str = "platform.example.org",
        rights: Sequence[str] = (),
    ) -> None:
        self.hub = hub
        self.app = hub.app(app)
        for estab in schools:
            hub.desk.grants.authorise(self.app, estab, scopes)
        district = hub.desk.schools.find(schools[0])[0]
        self.credential, self.secret = hub.desk.credentials.add(self.app, "oneroster", district=district, rights=rights)
        self.token = self.sign_in().json["access_token"]

    def sign_in(self, secret: str = "", **form: str) -> Answer:
        """Ask for a token, by HTTP Basic and a form."""
        shown = base64.b64encode(f"{self.credential.key}:{secret or self.secret}".encode()).decode()
        body = urlencode({"grant_type": "client_credentials", **form}).encode()
        kind = "application/x-www-form-urlencoded"
        return self.hub.ask("POST", "/oauth/token", None, body, authorization=f"Basic {shown}", content_type=kind)

    def ask(self, path: str, method: str = "GET", **parameters: Any) -> Answer:
        """The answer to a request below the root, or at a whole address."""
        parts = urlsplit(path)
        whole = parts.path if parts.path.startswith("/") else f"{ROOT}/{parts.path}"
        query = parts.query or urlencode(parameters)
        address = f"{whole}?{query}" if query else whole
        return self.hub.ask(method, address, None, authorization=f"Bearer {self.token}", host=HOST)

    def body(self, path: str, **parameters: Any) -> Row:
        """The whole answer, which is not an error."""
        answer = self.ask(path, **parameters)
        assert answer.status == 200, answer.body
        return answer.json

    def rows(self, path: str, **parameters: Any) -> list[Row]:
        """The things of a list that fits on one page."""
        (found,) = self.body(path, **{"limit": 10_000, **parameters}).values()
        return found

    def one(self, path: str) -> Row:
        """One thing."""
        (found,) = self.body(path).values()
        return found

    def codes(self, path: str, status: int, **parameters: Any) -> list[str]:
        """The minor codes of a refusal."""
        answer = self.ask(path, **parameters)
        assert answer.status == status, answer.body
        assert answer.json["imsx_codeMajor"] == "failure"
        fields = answer.json["imsx_CodeMinor"]["imsx_codeMinorField"]
        return [field["imsx_codeMinorFieldValue"] for field in fields]
