"""A hub of small demo schools, and the demo's own app at each of its APIs."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from rollbook.cli.demonstrating import DEMO_APP, demo_app

from .hub import BRAMBLESIDE, SAGUARO, THORNFIELD, Answer, Hub
from .looking import look

SCHOOLS = {THORNFIELD: "Thornfield Academy", BRAMBLESIDE: "Brambleside Primary", SAGUARO: "Saguaro Middle School"}


class DemoHub:
    """A hub of its own, with keys and tokens of the demo's app."""

    def __init__(self, source: Path, folder: Path) -> None:
        self.hub = Hub.copy(source, folder)
        schools = [{"estab": estab, "name": name} for estab, name in SCHOOLS.items()]
        self.facts: dict[str, Any] = demo_app(self.hub.desk, schools, "all")

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """What a caller sends, by API."""
        edfi, roster = self.facts["edfi"], self.facts["oneroster"]
        return {
            "xporter": f"Idaas {self._school()}",
            "edfi": f"Bearer {self._client('/edfi/oauth/token', edfi['key'], edfi['secret'])}",
            "edlink": f"Bearer {self.facts['edlink']['token']}",
            "my": f"Bearer {self._person()}",
            "oneroster": f"Bearer {self._client('/oauth/token', roster['client_id'], roster['client_secret'])}",
            "research": f"Bearer {self.facts['research']['token']}",
        }

    def _school(self) -> str:
        said = self.facts["xporter"]
        return self.hub.desk.tokens.sign_in(said["relyingParty"], said["schoolSecret"], said["estab"])[0]

    def _person(self) -> str:
        """The token of a student of the first school."""
        desk = self.hub.desk
        ((person,),) = look(self.hub.store, "SELECT person FROM student WHERE mis_id = '9919' AND district = 1")
        credential = next(one for one in desk.credentials.of(self.hub.app(DEMO_APP)) if one.dialect == "edlink")
        shown = {"client_id": credential.key, "client_secret": self.facts["edlink"]["token"]}
        answer = self.hub.post("/api/authentication/token", {**shown, "code": desk.tickets.code(credential, person)})
        return answer.json["$data"]["access_token"]

    def _client(self, path: str, key: str, secret: str) -> str:
        shown = base64.b64encode(f"{key}:{secret}".encode()).decode()
        form = "application/x-www-form-urlencoded"
        asked = b"grant_type=client_credentials"
        answer = self.hub.ask("POST", path, None, asked, authorization=f"Basic {shown}", content_type=form)
        return answer.json["access_token"]

    def get(self, path: str, api: str) -> Answer:
        """What is answered to a reading with a token of the demo's app."""
        return self.send("GET", path, api)

    def send(self, method: str, path: str, api: str, body: bytes = b"") -> Answer:
        """What is answered to anything that it sends."""
        told = {"content_type": "application/json"} if body else {}
        return self.hub.ask(method, path, None, body, authorization=self.headers[api], host="hub.example", **told)
