"""Whom schools let apps see: drafts, lists, rules, and what they come to."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ..sights import CHOSEN_NOW
from .statements import Statements


class Choices(Statements):
    """Whom schools let apps see: drafts, lists, rules, and what they come to."""

    def chosen(self, grants: Iterable[str], kind: str, today: str) -> frozenset[str]:
        """The hub ids of the humans of a kind who are in the lists of some grants (hub ids) today."""
        rows = self._values(
            "SELECT id FROM chosen WHERE kind = :kind"
            f' AND "grant" IN (SELECT value FROM json_each(:grants)) AND {CHOSEN_NOW}',
            {"kind": kind, "grants": json.dumps(list(grants)), "today": today},
        )
        return frozenset(rows)
