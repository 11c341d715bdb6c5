"""The page on which a school decides about several apps at once: what it would change first, then all of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..api.messages import Response
from ..consent.deciding import DECISIONS, Change, must_stand, stand_of
from ..consent.schools import Listed
from ..errors import Conflict, Malformed
from ..scopes import CATALOGUE
from .forms import Form
from .guests import Guest, Routes, school_path
from .premises import decided_by, page_of
from .researching import lines_of
from .seats import desk_of

STATES = {"active": "Shares", "paused": "Paused", "revoked": "Ended"}
"""What the states of a grant are called."""


class Deciding:
    """The page for several decisions."""

    def __init__(self) -> None:
        at = "schools/{estab}/decide"
        self.routes = Routes({at: self.choose}, {at: self.decide})

    def choose(self, guest: Guest, part: dict[str, str]) -> Response:
        """The apps that share something; with `what` and `app`, what that would change of each."""
        school, said = decided_by(guest, part["estab"]), Form(tuple(guest.request.query))
        if not said.one("what"):
            return self._page(guest, school, said)
        try:
            changes = self._preview(guest, school, said)
        except Malformed as error:
            return self._page(guest, school, said, wrong=lines_of(error))
        return self._page(guest, school, said, changes)

    def decide(self, guest: Guest, part: dict[str, str], form: Form) -> Response:
        """Do what was previewed, and say what came of each."""
        school, what = decided_by(guest, part["estab"]), form.one("what")
        try:
            changes = self._preview(guest, school, form)
        except Malformed as error:
            return self._page(guest, school, form, wrong=lines_of(error))
        try:
            must_stand(changes, form.one("stand"))
        except Conflict as error:
            return self._page(guest, school, form, changes, wrong=lines_of(error), status=409)
        done = desk_of(guest, school).deciding.carry_out(what, changes)
        return self._page(guest, school, form, done=done)

    def _preview(self, guest: Guest, school: Listed, said: Form) -> list[Change]:
        desk, scopes = guest.desk, [name for name in said.all("scope") if name]
        return desk.deciding.preview(school.id, said.one("what"), said.all("app"), scopes, desk.clock())

    def _page(
        self, guest: Guest, school: Listed, said: Form, changes: Iterable[Change] = (), *, status: int = 0, **facts: Any
    ) -> Response:
        found = guest.desk.overview.of_school(school.id, guest.desk.clock())
        sharing = [one for one in found if one.grant is not None and one.state != "revoked"]
        held = {name for one in sharing if one.grant for name in (*one.grant.scopes, *one.more)}
        here, rows = school_path(school.estab, "decide"), list(changes)
        known: dict[str, Any] = {
            "said": said,
            "changes": rows,
            "stand": stand_of(rows),
            "sharing": sharing,
            "scopes": [scope for scope in CATALOGUE.values() if scope.name in held],
            "decisions": DECISIONS,
            "states": STATES,
            "words": CATALOGUE,
            "here": here,
            "done": (),
        }
        wrong = status or (400 if facts.get("wrong") else 200)
        return page_of(guest, school, "decide.html", ((here, "Several apps"),), status=wrong, **{**known, **facts})
