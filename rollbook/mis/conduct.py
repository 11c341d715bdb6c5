"""Entering conduct: achievements and incidents, each whole with its students, staff and files."""

from __future__ import annotations

from collections.abc import Iterable

from ..consent.checking import Checker
from ..scopes import Need, S
from .changes import Change, Results, as_told
from .conduct_entering import Entering
from .events import Event
from .profiles import Profile
from .school import SchoolRecords


class Conduct(Change, frozen=True):
    """Achievements and incidents, written by an app (its id)."""

    writer: str
    events: tuple[Event, ...]

    @property
    def need(self) -> Need:
        """Write-back of conduct."""
        return S.WritebackConduct

    def people(self) -> dict[str, Iterable[str]]:
        """Who took part, had to do with it, or wrote it down."""
        recorders = [event.recorded_by for event in self.events if event.recorded_by is not None]
        return {
            "Student": [share.student for event in self.events for share in event.students],
            "Staff": [*recorders, *(one.staff for event in self.events for one in event.staff)],
        }

    def strangers(self, checker: Checker) -> list[str]:
        """People, and records in which nobody took part of whom the app may know."""
        return super().strangers(checker) + [
            f"Invalid UpdateId {event.update}"
            for event in self.events
            if event.update is not None
            and checker.known(event.kind.event, event.kind.seen, mis_id=event.update) is None
        ]

    def enter(self, school: SchoolRecords, profile: Profile) -> Results:
        """Enter them; each has one or, where the MIS keeps a record per student, several ids."""
        return tuple(
            {
                "IncidentId": as_told(event.number),
                "ActualId": as_told(Entering(school, profile, one, self.writer).enter()),
            }
            for event in self.events
            for one in event.apart(profile)
        )
