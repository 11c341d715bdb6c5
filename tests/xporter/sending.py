"""An app that writes back to a school and reads what came of it."""

from __future__ import annotations

import json
from copy import copy
from typing import Any

from tests.looking import look

from .tables import Caller, Row

Json = dict[str, Any]


class Sender(Caller):
    """An app with a token for a school, who reads and writes."""

    def send(self, name: str, body: Json, token: str = "") -> Json:
        """The answer to a write-back."""
        answer = self.hub.ask("POST", f"/api/v1/Writeback/{name}", token or self.token, json.dumps(body).encode())
        assert answer.status == 200
        return answer.json

    def done(self, name: str, body: Json) -> list[Row]:
        """Write something back that is in order; gives its results."""
        answer = self.send(name, body)
        assert answer["ExceptionType"] is None, answer["ExceptionMessage"]
        assert answer["Message"] == "success"
        return answer.get("result", [])

    def wrong(self, name: str, body: Json) -> list[str]:
        """The messages of a write-back that is refused, by which nothing was changed."""
        before = self.writes()
        answer = self.send(name, body)
        assert answer["ExceptionType"] == "ValidationError", answer
        assert self.writes() == before
        return answer["ExceptionMessage"].split("; ")

    def writes(self) -> int:
        """How often the records have been written."""
        return look(self.hub.store, "SELECT max(seq) FROM clock").get or 0

    def seen_from(self, path: str) -> str:
        """The name of all that an endpoint shows now, to ask later what has changed since."""
        return self.changes(path, "*")["__changedRows__"][0]["NextChangedRows"]

    def changes(self, path: str, since: str) -> dict[str, list[Row]]:
        """What has changed since."""
        return self.answer(f"{path}{'&' if '?' in path else '?'}changedRows={since}")


def without(sender: Sender, kind: str, *mis_ids: str) -> Sender:
    """Another app, which sees everybody of the school but these."""
    hub, name = sender.hub, "others.example.org"
    grant = hub.grant(estab=sender.estab, app=name)
    hub.desk.people.choose(grant, kind, "except", mis_ids)
    other = copy(sender)
    other.token = hub.token(estab=sender.estab, app=name)
    return other
