"""Sandboxes: small schools of invented people, made beside the real ones while a hub is served."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from random import Random

from ..consent import App, Desk
from ..consent.research import ResearchDesk, end_trial
from ..consent.sandboxes import Sandbox, kind_of
from ..ingest.emptying import empty_district
from ..jobs.queue import Job
from . import fill
from .draft import Draft
from .schools import BRAMBLESIDE, SAGUARO, THORNFIELD, TRUSTS, Plan, Trust, district_facts
from .years import UK_THIS

NAMES = ("Harebell", "Curlew", "Sorrel", "Linnet", "Yarrow", "Plover", "Teasel", "Wagtail", "Tansy", "Siskin")


@dataclass(frozen=True)
class Model:
    """What a sandbox of some kind is made like: a school, its district, what it is called, the pupils of each year."""

    plan: Plan
    trust: Trust
    called: str
    years: dict[int, int]


MODELS = {
    "primary": Model(BRAMBLESIDE, TRUSTS[0], "Primary School", dict.fromkeys(range(7), 10)),
    "secondary": Model(THORNFIELD, TRUSTS[0], "Academy", dict.fromkeys(range(7, 14), 12)),
    "us": Model(SAGUARO, TRUSTS[1], "High School", dict.fromkeys(range(9, 13), 15)),
}
"""Enough pupils in each year to page through, and so few that a sandbox is made in some seconds."""

UNSAID = ("email", "web", "logo", "second_logo", "exam_centre")
"""What a sandbox does not have of the school that it is made like."""

BODIES = 10_000_000
"""How far the numbers of a sandbox's district and council lie below that of its school."""


class Making:
    """Does the jobs of the kind `sandbox`."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    def __call__(self, job: Job) -> None:
        """Make a sandbox, make it anew, or take it away (turn 0); what was done before is not done again."""
        one, turn = self.desk.sandboxes.by_id(job.payload["sandbox"]), job.payload["turn"]
        app = self.desk.apps.by_id(one.app) if one else None
        if one is None or app is None:
            return
        if turn == 0:
            self._clear(one)
        elif one.turn < turn:
            self._make(app, one, turn)

    def _clear(self, one: Sandbox) -> None:
        end_trial(ResearchDesk(self.desk), one)
        if one.district:
            empty_district(self.desk.store, one.district)
        with self.desk.store.transaction() as kept:
            kept.sandboxes.drop(one.id)

    def _make(self, app: App, one: Sandbox, turn: int) -> None:
        store, today = self.desk.store, _school_day(self.desk.clock())
        if one.district:
            end_trial(ResearchDesk(self.desk), one)
            empty_district(store, one.district)
        trust = trust_of(one, app.name)
        draft = Draft(f"{one.id} {turn}")
        # Ids are new each time, and the people are not.
        draft.rng = Random(one.estab)
        with store.founding(district_facts(draft, trust)) as batch:
            opened = fill(batch, draft, trust, today, 1.0)
            batch.kept.sandboxes.made(one.id, batch.district, turn)
            if one.district:
                batch.kept.sandboxes.move(one.app, one.district, (batch.district, opened[0].school))
        if not one.district:
            self.desk.sandboxes.open(app, one)


def trust_of(one: Sandbox, app: str) -> Trust:
    """The district of a sandbox, which says in all its names that it is one."""
    number, model = int(one.estab), MODELS[kind_of(one.estab)]
    facts = {name: fact for name, fact in model.plan.facts.items() if name not in UNSAID}
    plan = replace(
        model.plan,
        key=f"sandbox{number}",
        estab=one.estab,
        name=f"{NAMES[number % len(NAMES)]} {model.called} (sandbox)",
        domain="sandbox.example",
        years=model.years,
        facts={**facts, "identifier": one.estab},
        onward="",
    )
    bodies = (("Invented Council (sandbox)", "local", str(number - BODIES), None),)
    district = str(number - 2 * BODIES)
    return Trust(f"Sandbox of {app}", model.trust.country, district, (plan,), bodies, model.trust.office)


def _school_day(now: float) -> date:
    """Today, or the nearest day of the term of which invented schools know."""
    term, today = UK_THIS.terms[0], datetime.fromtimestamp(now, UTC).date().isoformat()
    return date.fromisoformat(min(max(today, term.start), term.end))
