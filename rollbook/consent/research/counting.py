"""Publishing how many students a project studies: numbers that tell nothing of fewer than the smallest one.

What is published stays as it was on that day, so that asking again tomorrow does not tell who has come or gone. It is
shown while every school that was counted grants it, and lets each student be seen who is still on record.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import Malformed, NotFound, Problem, nearest
from ...fields import Field
from ...model.research import CohortSubject, CountedStudent, Project, PublishedCounts, SubjectProject
from ...scopes import S
from ...store.kept import Kept
from ..readers import Readers
from .behind import FACTS, granted, students_of, told_of
from .lots import Lots, Who
from .standing import Caller, Role, standing_of
from .writing import Work

SMALLEST, LEAST = 10, 3
"""The fewest students that published numbers tell of, unless the operator says otherwise, and the least that can be
said: of two who are counted together, each could tell of the other."""

_SETTING = "smallest_count"

MOST_FACTS = 3
"""By how many facts a project may be divided: each that is added leaves less of the others to tell."""


@dataclass(frozen=True)
class _Counted:
    """The students of a project who may be counted, by subject, with the facts by which they are."""

    who: dict[str, Who]
    facts: dict[str, dict[str, Any]]
    grants: list[str]


def smallest(kept: Kept) -> int:
    """The fewest students that published numbers tell of."""
    return int(kept.settings.get(_SETTING) or SMALLEST)


def set_smallest(kept: Kept, number: int) -> None:
    """Change the fewest students that published numbers tell of; what was published with fewer is no longer shown."""
    if number < LEAST:
        raise Malformed(Problem("number", f"is too small: {number}", f"use {LEAST} or more"))
    kept.settings.put(_SETTING, str(number))


def publish(readers: Readers, work: Work, project: str, by: Iterable[str]) -> None:
    """Count the students of a project as an owner of it, and publish that in place of what was published before."""
    work.require(project, Role.OWNER)
    facts = _facts(work, by)
    if not (work.batch.get(Project, project) or {}).get("is_public"):
        work.wrong("is_public", "the project is not public", "set is_public first")
    work.settle()
    found = _count(readers, work.kept, project, facts)
    held = work.kept.published.counted()
    lots = Lots({c.student: c.lot for c in held}, smallest(work.kept), lambda: work.batch.number("lot"))
    told = _told(work.kept, project, found, facts, lots)
    if told is None:
        few = f"fewer than {lots.smallest} students may be counted, or are told apart from those counted before"
        work.wrong("project", few, f"schools grant {S.PublishedCounts} to the project's app")
    work.settle()
    take_back(work, project)
    _keep_lots(work, {c.student: (c.id, c.lot) for c in held}, lots)
    row = {
        "project": project,
        "publisher": work.caller.id or None,
        "published_on": work.kept.settings.day("UTC"),
        "smallest": lots.smallest,
        "counts": json.dumps(told),
        "subjects": json.dumps(sorted(found.who)),
        "grants": json.dumps(sorted(found.grants)),
    }
    work.batch.add(PublishedCounts, [row])


def take_back(work: Work, project: str) -> None:
    """Show no longer what a project has published, as an owner of it. Who was counted is remembered all the same."""
    work.require(project, Role.OWNER)
    before = work.kept.published.of_project(project)
    if before is not None:
        work.batch.remove(PublishedCounts, before.id)


def published(kept: Kept, caller: Caller, project: str) -> dict[str, Any]:
    """The numbers that a project has published, for anybody who may see it; raises `NotFound`."""
    standing = standing_of(kept, caller)
    found = kept.published.of_project(project) if project in standing.roles else None
    if found is None or found.smallest < smallest(kept):
        raise NotFound
    may = {grant.id for grant in granted(kept, project, S.PublishedCounts)}
    reach = [one for one in kept.standings.reach([project]) if one.grant in may]
    seen = kept.standings.seen([project], reach) if reach else []
    if not may.issuperset(found.grants) or not kept.published.recorded(found.subjects).issubset(seen):
        raise NotFound
    begun = {"project": project, "published_on": found.published_on, "smallest": found.smallest}
    return {**begun, **json.loads(found.counts)}


def _facts(work: Work, by: Iterable[str]) -> dict[str, Field]:
    wanted = list(dict.fromkeys(by))
    for name in wanted:
        if name not in FACTS:
            known = nearest(name[:60], FACTS)
            work.wrong("by", f"{name[:60]} is not a fact of students that is told", known)
    if len(wanted) > MOST_FACTS:
        work.wrong("by", f"is too many: {len(wanted)}", f"name {MOST_FACTS} at most")
    return {name: FACTS[name] for name in wanted if name in FACTS}


def _count(readers: Readers, kept: Kept, project: str, facts: Mapping[str, Field]) -> _Counted:
    found = _Counted({}, {}, [])
    subjects = kept.research.of_project(SubjectProject.subject, project)
    for grant in granted(kept, project, S.PublishedCounts):
        of = students_of(kept, project, grant, subjects)
        told = told_of(readers, grant, of, facts)
        found.who.update({of[student]: (grant.district, student) for student in told})
        found.facts.update({of[student]: one for student, one in told.items()})
        found.grants.extend([grant.id] if told else [])
    return found


def _lined_up(kept: Kept, cohort: str) -> dict[str, str]:
    return kept.research.lined_up(CohortSubject.cohort, CohortSubject.subject, cohort)


def _told(kept: Kept, project: str, found: _Counted, facts: Mapping[str, Field], lots: Lots) -> dict[str, Any] | None:
    """What may be told: of all first, then of each cohort, then of the parts; None where it is not even of all."""
    if not lots.publishes(found.who.values()):
        return None
    whole: dict[str, Any] = {"students": len(found.who), "parts": [], "cohorts": []}
    groups = [(whole, list(found.who))]
    for cohort, name in kept.published.cohorts(project).items():
        there = [subject for subject in _lined_up(kept, cohort) if subject in found.who]
        if lots.publishes([found.who[subject] for subject in there]):
            one: dict[str, Any] = {"cohort": cohort, "name": name, "students": len(there), "parts": []}
            whole["cohorts"].append(one)
            groups.append((one, there))
    # How many there are in each cohort is asked first: the parts take what that leaves.
    for group, there in groups:
        group["parts"] = [part for fact in facts for part in _parts(fact, there, found, lots)]
    return whole


def _parts(fact: str, there: list[str], found: _Counted, lots: Lots) -> list[dict[str, Any]]:
    """The numbers of those alike in a fact. What is not told may be few, all of the rest, or nobody."""
    alike = dict[Any, list[Who]]()
    for subject in there:
        alike.setdefault(found.facts[subject].get(fact), []).append(found.who[subject])
    told: list[dict[str, Any]] = []
    for value in sorted(alike, key=lambda v: (v is None, str(v))):
        some = alike[value]
        # That all of a group are alike tells something of each.
        if len(there) - len(some) >= lots.smallest and lots.publishes(some):
            shown = bool(value) if FACTS[fact].kind == "flag" and value is not None else value
            told.append({"fact": fact, "value": shown, "students": len(some)})
    return told


def _keep_lots(work: Work, held: Mapping[Who, tuple[str, int]], lots: Lots) -> None:
    new = list[dict[str, Any]]()
    for who, lot in lots.of.items():
        identity, before = held.get(who, ("", None))
        if not identity:
            new.append({"of_district": who[0], "of_student": who[1], "lot": lot})
        elif before != lot:
            work.batch.change(CountedStudent, identity, {"lot": lot})
    work.batch.add(CountedStudent, new)
