"""Keeping no longer than a schedule says: what would go, doing so in short steps, and once a day by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ..consent import Desk
from ..errors import Malformed, Occupied, Problem, nearest
from ..fields import RECORDS, Record
from ..jobs import Queue
from ..jobs.queue import Job
from ..model.students import Student
from ..store.kept.retention import HUB, Rule, Went
from ..store.numbering import now
from ..store.port import Store
from .erasing import end_due, erase, tidied
from .erasing.erasing import OVERWRITE
from .finding import known_district

AT_ONCE = 5
"""How many leavers' records go in one transaction: others write in between."""

STONES = 1_000
"""The same of what the history tells."""

DAILY = 24 * 3600.0
"""Seconds between two times that a worker looks."""


@dataclass(frozen=True)
class Subject:
    """Something that may go after a time: what it is, in words, the kinds of record, and the least number of days."""

    about: str
    kinds: tuple[str, ...] = ()
    least: int = 1
    hub: bool = False
    """Whether it is the hub's as a whole, and no district's."""


SUBJECTS = {
    "leavers": Subject("students who left, with everything: they are erased", least=30),
    "leavers' attendance": Subject("marks of students who left", ("Mark",), 30),
    "leavers' conduct": Subject(
        "achievements, incidents, detentions and exclusions of students who left",
        ("AchievementStudent", "BehaviourStudent", "StudentDetention", "Exclusion", "ReportCard"),
        30,
    ),
    "leavers' results": Subject(
        "results and files that students who left handed in",
        ("AssessmentResult", "ExamResult", "ExamEntry", "ExamForecast", "ExamSitting"),
        30,
    ),
    "leavers' health": Subject(
        "medical records, diets and special needs of students who left",
        (
            *("StudentCondition", "MedicalRecord", "MedicalNote", "MedicalEvent", "StudentDietaryNeed", "Disability"),
            *("SenNeed", "SenProvision", "SenReview", "SenEvent", "SenStatement", "SenPlan"),
        ),
        30,
    ),
    "leavers' photos": Subject("photographs of students who left", ("StudentPhoto",)),
    "leavers' documents": Subject("linked documents of students who left", ("StudentDocument",)),
    "history": Subject("what is gone, as apps that follow changes are told of it", least=60),
    "runs": Subject("what came of readings of sources", least=7),
    "write-backs": Subject("outcomes of write-backs", least=7),
    "reviews": Subject("decisions on who is who", least=365),
    "set aside": Subject("rows of sources that were set aside, as schools and operators are told of them"),
    "source data": Subject("data sets that sources asked to keep, of those that were not read since", least=7),
    "ledger": Subject("lines of the ledger of disclosures", least=365, hub=True),
    "jobs": Subject("jobs that are done or have failed", hub=True),
    "sittings": Subject("browsers that people were signed in with", hub=True),
}
"""What there can be a rule for. Without a rule nothing of it goes, beyond what every hub lets go of."""


def rule_of(store: Store, what: str, days: int, district: str = "", school: str = "") -> Rule:
    """The rule that is meant, at a school (establishment number) or in a district (name).

    Raises `Malformed` with everything that is wrong.
    """
    subject = SUBJECTS.get(what)
    if subject is None:
        raise Malformed(Problem("what", f"there can be no rule for {what[:60]}", nearest(what, SUBJECTS)))
    found: list[Problem] = []
    if days and days < subject.least:
        found.append(Problem("days", f"{what} stay {subject.least} days at least"))
    if subject.hub and (district or school):
        found.append(Problem("district", f"{what} are the hub's as a whole", "leave out --district and --school"))
    if school and not what.startswith("leavers"):
        found.append(Problem("school", f"{what} are kept of a whole district", "leave out --school"))
    if found:
        raise Malformed(*found)
    if subject.hub:
        return Rule(HUB, "", what, days)
    if school:
        number, identity, _ = Desk(store).schools.find(school)
        return Rule(number, identity, what, days)
    every = store.kept.schools.districts()
    if not district and len(every) != 1:
        raise Malformed(Problem("district", "there are several", "name one with --district"))
    return Rule(known_district(store, district).number if district else every[0].number, "", what, days)


def set_rule(store: Store, rule: Rule, by: str) -> None:
    """Let a rule hold from now on, or with no days no longer."""
    with store.of_district(rule.district) if rule.district else store.transaction() as kept:
        if rule.days:
            kept.retention.put(rule, by, now())
        else:
            kept.retention.drop(rule)


def told(store: Store, rule: Rule) -> dict[str, Any]:
    """A rule as it is shown: what goes, where, after how many days, and what that is."""
    names = {one.number: one.name for one in store.kept.schools.districts()}
    where = rule.school or names.get(rule.district) or "the hub"
    return {"what": rule.what, "where": where, "days": rule.days, "about": SUBJECTS[rule.what].about}


def preview(store: Store, rule: Rule) -> int:
    """How many people, records or lines would go by a rule now."""
    subject, before = SUBJECTS[rule.what], _before(store, rule)
    if rule.what == "ledger":
        return store.ledger.old(_seconds(before) * 1000)
    if subject.hub:
        return store.passing.traces.old(rule.what, _seconds(before))
    with store.lend() as kept:
        if rule.what == "history":
            return kept.retention.old_stones(rule.district, before)
        if not rule.what.startswith("leavers"):
            return kept.retention.old(rule.what, rule.district, before)
    if not subject.kinds:
        return len(list(_erasable(store, rule, before)))
    return sum(len(store.kept.records.find(kind, rule.district, facts)) for kind, facts in _of_leavers(store, rule))


def run(store: Store, rule: Rule, by: str) -> int:
    """Let go of what a rule says, in short steps, and write down how much that was."""
    gone, before = 0, _before(store, rule)
    for step in _steps(store, rule, before, by):
        gone += step
    with store.of_district(rule.district) if rule.district != HUB else store.transaction() as kept:
        kept.retention.went(Went(now(), rule, gone))
    return gone


def run_all(store: Store, by: str) -> list[Went]:
    """The same by all rules; and end what is due of erasures. Gives what went."""
    done = [Went(now(), rule, run(store, rule, by)) for rule in store.kept.retention.rules()]
    ended = end_due(store)
    if ended or store.setting(OVERWRITE) or any(one.gone for one in done):
        tidied(store)
    return done


def _steps(store: Store, rule: Rule, before: str, by: str) -> Iterator[int]:
    subject = SUBJECTS[rule.what]
    if rule.what == "ledger":
        store.ledger.fold()
        yield store.ledger.cut(_seconds(before) * 1000)
    elif subject.hub:
        with store.passing as passing:
            yield passing.traces.drop_old(rule.what, _seconds(before))
    elif subject.kinds:
        yield from _thinned(store, rule)
    elif rule.what == "leavers":
        for person in list(_erasable(store, rule, before)):
            erase(store, rule.district, person, by=by, why=f"retention: leavers after {rule.days} days", tidy=False)
            yield 1
    elif rule.what == "history":
        while gone := _old_stones(store, rule, before):
            yield gone
    else:
        with store.of_district(rule.district) as kept:
            yield kept.retention.drop_old(rule.what, rule.district, before)


def _old_stones(store: Store, rule: Rule, before: str) -> int:
    with store.of_district(rule.district) as kept:
        return kept.retention.drop_stones(rule.district, before, STONES)


def _before(store: Store, rule: Rule) -> str:
    """The moment (UTC) before which what a rule speaks of is too old."""
    return (datetime.fromtimestamp(store.clock(), UTC) - timedelta(days=rule.days)).strftime("%Y-%m-%dT%H:%M:%S.000")


def _seconds(at: str) -> int:
    return int(datetime.fromisoformat(at).replace(tzinfo=UTC).timestamp())


# ---- leavers


def _leavers(store: Store, rule: Rule) -> list[str]:
    day = date.fromisoformat(store.kept.settings.day(None)) - timedelta(days=rule.days)
    return store.kept.retention.leavers(rule.district, rule.school, day.isoformat())


def _erasable(store: Store, rule: Rule, before: str) -> Iterator[str]:
    """The humans who were students and left, and are nobody else."""
    rows = store.kept.records.with_ids(Student, rule.district, _leavers(store, rule))
    persons = {row["person"] for row in rows if row["person"]}
    yield from sorted(persons - store.kept.retention.stay(rule.district, persons, before[:10]))


def _of_leavers(store: Store, rule: Rule) -> Iterator[tuple[type[Record], dict[str, str]]]:
    for student in _leavers(store, rule):
        yield from ((kind, {name: student}) for kind, name in _kinds(rule))


def _kinds(rule: Rule) -> list[tuple[type[Record], str]]:
    """The kinds that a rule speaks of, each with the reference that leads to a student."""
    kinds = [RECORDS[name] for name in SUBJECTS[rule.what].kinds]
    return [(kind, next(n for n, ref in kind.refs().items() if ref.target is Student)) for kind in kinds]


def _thinned(store: Store, rule: Rule) -> Iterator[int]:
    """Remove the records of some kinds of leavers, a few people at a time."""
    leavers = _leavers(store, rule)
    for first in range(0, len(leavers), AT_ONCE):
        gone = 0
        with store.write(rule.district) as batch:
            for student in leavers[first : first + AT_ONCE]:
                for kind, name in _kinds(rule):
                    for row in batch.kept.records.find(kind, rule.district, {name: student}):
                        gone += bool(batch.remove(kind, row["id"]))
        yield gone


# ---- by itself


class Keeping:
    """Has a worker do it once a day, as a job."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._looked = clock()

    def __call__(self, queue: Queue) -> None:
        """Look whether it is time; the first time a day after the worker began."""
        if self._clock() < self._looked + DAILY:
            return
        self._looked = self._clock()
        store = queue.store
        if store.setting(OVERWRITE) or store.kept.retention.rules() or store.kept.erasures.due(now()):
            queue.add("retention", {}, key="daily")


def keep_no_longer(store: Store) -> Callable[[Job], None]:
    """What does the job."""

    def work(_: Job) -> None:
        try:
            run_all(store, "the worker")
        except Occupied:
            # What is left goes with the next day.
            return

    return work
