"""What an invented school keeps as documents of Ed-Fi's standard, for which the record has no other place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from ..edfi.resources import RESOURCES
from ..edfi.schema import Pointing
from ..model.people import Person, Staff
from ..model.students import Student
from ..store.writing import Batch
from .opened import Opened

Said = tuple[str, dict[str, Any], dict[str, str | None]]
"""A document: its resource, what it says, and the roles that it is about."""


def put_whole(batch: Batch, opened: Opened) -> None:
    """Write a school's documents, after its people: these have the numbers by now that documents know them by."""
    said = (*_weeks(opened), *_health(batch, opened), *_at_work(batch, opened), *_helping(batch, opened))
    for resource, document, roles in said:
        _put(batch, opened, resource, document, roles)


def _put(batch: Batch, opened: Opened, name: str, document: dict[str, Any], roles: dict[str, str | None]) -> None:
    resource = RESOURCES[name]
    written = resource.unshape(document)
    rest = json.dumps({"edfi": {name: written.rest}}, ensure_ascii=False)
    facts = {**resource.first(written.values), **written.values, **roles, "school": opened.school, "remainder": rest}
    (identity,) = batch.add(resource.of, [{"id": opened.draft.later_id(), **facts}])
    places = {one.path: opened.school for one in written.references if one.sets == "school"}
    people = {one.path: _who(batch, one) for one in written.references if one.target.name == "staff" and not one.sets}
    words = ((word.kind, word.uri) for word in written.words)
    batch.kept.pointers.keep(batch.district, name, identity, places | people, words, new=True)


def _who(batch: Batch, one: Pointing) -> str:
    """The human whom a reference names that is not the one whom the document is about."""
    (found,) = batch.kept.records.find(Person, batch.district, {"staff_unique_id": one.identity["staffUniqueId"]})
    return str(found["id"])


def _number(opened: Opened) -> int:
    return int(opened.plan.estab)


def _weeks(opened: Opened) -> Iterator[Said]:
    """The weeks of the autumn term in which the school teaches."""
    term = opened.plan.this_year.terms[0]
    open_days = [d.date for d in opened.plan.this_year.days() if not d.closed and term.start <= d.date <= term.end]
    weeks = groupby(open_days, lambda day: date.fromisoformat(day).isocalendar()[:2])
    for number, (_, some) in enumerate(weeks, 1):
        days = list(some)
        document = {
            "weekIdentifier": f"Week {number}",
            "schoolReference": {"schoolId": _number(opened)},
            "beginDate": days[0],
            "endDate": days[-1],
            "totalInstructionalDays": len(days),
        }
        yield "academicWeeks", document, {}


def _health(batch: Batch, opened: Opened) -> Iterator[Said]:
    """When the school last looked at the immunisations of some students."""
    for at, place in enumerate(opened.places[:5]):
        day = date.fromisoformat(opened.today) - timedelta(30 + at)
        document = {
            "educationOrganizationReference": {"educationOrganizationId": _number(opened)},
            "studentReference": {"studentUniqueId": _called(batch, Student, place.id, "student_unique_id")},
            "asOfDate": day.isoformat(),
        }
        yield "studentHealths", document, {"student": place.id}


def _at_work(batch: Batch, opened: Opened) -> Iterator[Said]:
    """How the school's office is reached through somebody who works there."""
    for member in [m for m in opened.staff.members if m.current][:2]:
        document = {
            "contactTitle": "School office",
            "educationOrganizationReference": {"educationOrganizationId": _number(opened)},
            "staffReference": {"staffUniqueId": _called(batch, Staff, member.id, "staff_unique_id")},
            "electronicMailAddress": f"office@{opened.plan.domain}",
        }
        yield "staffEducationOrganizationContactAssociations", document, {"staff": member.id}


def _helping(batch: Batch, opened: Opened) -> Iterator[Said]:
    """What some of the staff do to help, whoever it is that they help."""
    members = [m for m in opened.staff.members if m.current][2:4]
    document = {
        "interventionIdentificationCode": "Reading club",
        "educationOrganizationReference": {"educationOrganizationId": _number(opened)},
        "beginDate": opened.plan.this_year.terms[0].start,
        "deliveryMethodDescriptor": "uri://ed-fi.org/DeliveryMethodDescriptor#Small Group",
        "interventionClassDescriptor": "uri://ed-fi.org/InterventionClassDescriptor#Practice",
        "staffs": [
            {"staffReference": {"staffUniqueId": _called(batch, Staff, m.id, "staff_unique_id")}} for m in members
        ],
    }
    yield "interventions", document, {}


def _called(batch: Batch, role: type[Student] | type[Staff], identity: str, fact: str) -> str:
    """The number by which Ed-Fi knows somebody with a role."""
    row = batch.get(role, identity) or {}
    return str((batch.get(Person, row["person"]) or {})[fact])
