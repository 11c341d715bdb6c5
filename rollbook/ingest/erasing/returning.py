"""Keeping people out who were erased: rows of sources that would make them again are set aside, and not kept."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace

from ...fields import RECORDS
from ...model.people import Person
from ...store.kept import Kept
from ..plan import Plan
from ..rows import ERASED, Aside
from ..setting_aside import set_aside

HINT = "if they are to be there again: rollbook people erase --allow-return, with the id of the erasure"

PURPOSE = "erased people"
"""What the secret is for with which the keys are digested by which sources know people."""

HUMANS = (Person.__name__, *(name for name, kind in RECORDS.items() if kind.human))
"""The kinds of row by which a source brings somebody."""


def digest(secret: bytes, *known_by: str) -> str:
    """What is kept of a key by which somebody is known: it leads nowhere without the hub's secret."""
    return hmac.digest(secret, "\0".join(known_by).encode(), "sha256").hex()[:32]


def set_erased_aside(kept: Kept, district: int, plan: Plan, secret: Callable[[str], bytes]) -> None:
    """Set rows aside that are new to their source and of people who were erased, with all that refers to them.

    Nothing is kept of what these rows say, nor of whom they are.
    """
    if not kept.erasures.any_kept_out(district):
        return
    key, before = secret(PURPOSE), len(plan.waiting)
    known = {
        digest(key, plan.source, part.kind.__name__, row.key): (part.kind.__name__, row)
        for part in plan.parts
        if part.kind.__name__ in HUMANS
        for row, _ in part.new
    }
    those = [known[one] for one in sorted(kept.erasures.kept_out(district, known.keys()))]
    if not those:
        return
    told = len(plan.aside)
    set_aside(plan, [Aside(kind, row.key, row.place, "", ERASED, HINT, fault=False) for kind, row in those])
    del plan.waiting[before:]
    plan.erased = frozenset(row.key for _, row in those)
    plan.aside[told:] = [replace(one, key="", place=(one.place[0], 0), waits=()) for one in plan.aside[told:]]
