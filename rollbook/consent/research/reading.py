"""Reading research: every statement is bounded by the projects and the linked subjects that a caller may see."""

from __future__ import annotations

from collections.abc import Generator, Hashable
from contextlib import contextmanager
from functools import partial

from ...fields import Question
from ...model.research import HUB
from ...recent import Recent
from ...store.plan.planner import Plan, plan
from ...store.plan.sights import ResearchSight
from ...store.port import Store
from ..reader import PLANS
from ..renewing import RecentRows, Renewing
from ..session import Session
from ..slips import asked_by
from .standing import Caller, Standing, standing_of

_plans: Recent[Plan] = Recent(PLANS)


def prepared(question: Question, sight: ResearchSight, key: Hashable) -> Plan:
    """A question compiled for a sight, once."""
    return _plans.get((sight.key, key), lambda: plan(question, sight))


STANDINGS = 64
"""How many callers' standings are remembered."""


class ResearchReader:
    """Reads what one caller may see of research, and nothing else."""

    def __init__(self, store: Store, caller: Caller, standings: Recent[Standing], recent: RecentRows) -> None:
        """`recent` keeps rows of lists from one answer to the next."""
        self._store = store
        self._recent = recent
        self._standings = standings
        self.caller = caller
        self.sight = ResearchSight(caller.knows_others, flavour=store.flavour)

    def prepare(self, question: Question, key: Hashable) -> Plan:
        """The question, compiled; `key` tells it from others."""
        return prepared(question, self.sight, key)

    @contextmanager
    def session(self) -> Generator[Session]:
        """One moment of the store, and where the caller stands at that moment."""
        with self._store.lend() as kept:
            moment = kept.standings.moment()
            standing = self._standings.get((self.caller, moment), lambda: standing_of(kept, self.caller))
            asked_by("", standing.grants, self.caller.id)
            own = kept.for_somebody(HUB)
            # What decides what is seen stands among the values that bound each statement.
            yield Session(own, standing.args, renewing=Renewing(self._recent, (), partial(own.history.moved, HUB)))

    def rests_on(self) -> object:
        """What every answer rests on: equal ones, equal answers."""
        return self._store.kept.standings.rests_on()
