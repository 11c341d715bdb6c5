"""People chosen by rule, for those who keep a copy: whoever falls out of the rule goes from the copy."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.consent import Grant
from rollbook.store.rules import Rule
from tests.hub import THORNFIELD, Hub
from tests.office import TODAY, Office, Oracle, edit_roll, everybody, seen_by

from .districts import caller
from .drawn import cases
from .test_change_sets import Copy
from .test_filter_laws import EdFiCopy, EdlinkCopy

some = cases(3)

NAME = "copies.example.org"


class XporterCopy:
    """A copy of the tables in which students, their contacts and their places stand, kept by change sets."""

    PATHS = (
        "Students?includeSubsidiary=true&includeGuests=true&includeLeavers=true",
        "Students?includeGroupIds=true",
        "Contacts?select=Id,Surname",
        "StudentContacts?",
        "Groups?includeStudentMembers=true&includeMembersIds=true",
        "AttendanceForDate?",
        "Counts?",
    )

    def __init__(self, hub: Hub, token: str) -> None:
        self.hub, self.token = hub, token
        self.copies = [Copy(path) for path in self.PATHS]

    def sync(self) -> None:
        """Ask for each change set."""
        for copy in self.copies:
            copy.follow(self.hub, self.token)

    def check(self) -> None:
        """Each table is as it is read again."""
        for copy in self.copies:
            assert copy.rows == copy.whole(self.hub, self.token), copy.path


UNSETTLED = {"updated_date", "_lastModifiedDate", "roles", "state"}
"""What no change tells: the moment of what is gone, whose contact somebody was, and whether a session is going on."""


class FeedCopy:
    """A copy of a district, in Ed-Fi or in Edlink."""

    def __init__(self, copy: EdFiCopy | EdlinkCopy) -> None:
        self.copy, self.sync = copy, copy.sync

    def check(self) -> None:
        """Each collection is as it is read again."""
        for name, documents in self.copy.whole().items():
            held = self.copy.held[name]
            assert held.keys() == documents.keys(), (name, held.keys() ^ documents.keys())
            stale = [(i, n) for i, d in documents.items() for n in d.keys() - UNSETTLED if held[i].get(n) != d[n]]
            assert not stale, name


def copy_of(hub: Hub, dialect: str) -> tuple[Grant, XporterCopy | FeedCopy]:
    """An app with everything of Thornfield, and its copy in a dialect."""
    if dialect == "xporter":
        token = hub.token(app=NAME)
        return hub.desk.grants.at(hub.app(NAME), THORNFIELD), XporterCopy(hub, token)
    who = caller(hub, {THORNFIELD: ["all"]}, NAME)
    made = EdFiCopy(who) if dialect == "edfi" else EdlinkCopy(who)
    return hub.desk.grants.at(who.app, THORNFIELD), FeedCopy(made)


def drawn_rules(hub: Hub, grant: Grant, rng: random.Random) -> tuple[Rule, ...]:
    """A year, and three other rules that name groups of the school."""
    every = sorted(offer.rule for offer in hub.desk.choosing.offers(grant) if offer.rule.by != "course")
    return (*rng.sample(every, 3), Rule("year", "8"))


@pytest.mark.parametrize("dialect", ["xporter", "edfi", "edlink"])
@some
@given(seed=st.integers(0, 2**32))
def test_a_copy_kept_by_changes_follows_the_rules_through_any_edits_of_the_roll(
    small_folder: Path, tmp_path_factory: pytest.TempPathFactory, dialect: str, seed: int
) -> None:
    rng = random.Random(seed)
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("copied"))
    try:
        grant, copy = copy_of(hub, dialect)
        office, rules, mode = Office(hub), drawn_rules(hub, grant, rng), rng.choice(("only", "except"))
        copy.sync()
        grant = hub.desk.people.choose(grant, "students", mode, rules=rules)
        day = date.fromisoformat(TODAY)
        for _ in range(6):
            for _ in range(rng.choice((1, 2, 4))):
                edit_roll(office, rng)
            if rng.random() < 0.4:
                # The worker writes down whom the new day lets in and leaves out.
                day += timedelta(rng.choice((1, 3, 20)))
                hub.store.set("today", day.isoformat())
                hub.work()
            copy.sync()
            copy.check()
            named = Oracle(office, rules).named(day.isoformat())
            assert seen_by(hub, grant) == (named if mode == "only" else everybody(office) - named)
    finally:
        hub.close()
