"""Conduct as apps write it: achievements and incidents, who took part, and files that show them (Xporter document,
"Conduct Writeback" and "Conduct Writeback Async")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from ..fields import ALWAYS, Condition, Some
from ..model.conduct import (
    Achievement,
    AchievementStaff,
    AchievementStudent,
    Behaviour,
    BehaviourStaff,
    BehaviourStudent,
    achievement_students,
    behaviour_students,
)
from .profiles import Profile


class Share(msgspec.Struct, frozen=True, omit_defaults=True):
    """A student who takes part, or whose part was a mistake (`gone`); what is not said stays as it is."""

    student: str
    gone: bool = False
    points: int | None = None
    outcome: str | None = None
    role: str | None = None


class Involved(msgspec.Struct, frozen=True, omit_defaults=True):
    """A member of staff who had to do with it, or had not (`gone`)."""

    staff: str
    gone: bool = False
    role: str | None = None


class MediaFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file that shows it, by the writer's number; or one that shall go (`gone`), of which no more is said."""

    number: str
    gone: bool = False
    taken: str = ""
    about: str = ""
    format: str = ""
    name: str = ""
    content: bytes = b""


class Event(msgspec.Struct, frozen=True, omit_defaults=True):
    """An achievement (`Ach`) or an incident (`Beh`): a new one, or the one with the MIS id `update`.

    `number` is the caller's own. All else are MIS ids, `date` is `yyyy-MM-dd`; what is not said stays as it is.
    """

    number: str
    category: str
    update: str | None = None
    type: str | None = None
    date: str | None = None
    recorded_by: str | None = None
    activity: str | None = None
    location: str | None = None
    time: str | None = None
    bullying_type: str | None = None
    status: str | None = None
    note: str | None = None
    students: tuple[Share, ...] = ()
    staff: tuple[Involved, ...] = ()
    media: tuple[MediaFile, ...] = ()

    @property
    def kind(self) -> Kind:
        """What is written of its category, and where."""
        return KINDS[self.category]

    def apart(self, profile: Profile) -> Iterable[Event]:
        """The records that it becomes: one, or a new one for each student where the MIS keeps no more in one."""
        if profile.many_students or self.update is not None:
            return (self,)
        return (msgspec.structs.replace(self, students=(one,)) for one in self.students)


@dataclass(frozen=True)
class Kind:
    """One of both categories: its records, the lists that it is written with, and which records a grant may know."""

    category: str
    event: type[Achievement] | type[Behaviour]
    student: type[AchievementStudent] | type[BehaviourStudent]
    staff: type[AchievementStaff] | type[BehaviourStaff]
    of: str
    """The reference that leads from its parts to the event."""
    lists: Mapping[str, str]
    """For each fact the list that it is an entry of (`ConductLookup.kind`)."""
    seen: Condition
    """What was done by nobody of whom an app may know is not there, as when it reads."""


KINDS = {
    "Ach": Kind(
        "Ach",
        Achievement,
        AchievementStudent,
        AchievementStaff,
        "achievement",
        {"activity": "AchActivity", "location": "BehLocation", "time": "BehEventTimes", "outcome": "AchOutcome"},
        Some(achievement_students, ALWAYS),
    ),
    "Beh": Kind(
        "Beh",
        Behaviour,
        BehaviourStudent,
        BehaviourStaff,
        "behaviour",
        {
            "activity": "BehActivity",
            "location": "BehLocation",
            "time": "BehEventTimes",
            "bullying_type": "BehBullMode",
            "status": "BehStatus",
            "outcome": "BehOutcome",
            "role": "BehStuRole",
        },
        Some(behaviour_students, ALWAYS),
    ),
}
