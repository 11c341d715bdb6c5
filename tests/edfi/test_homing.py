"""Hubs of before, which kept documents whole that have a home now: each is brought there when they are opened."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from rollbook.consent import district
from rollbook.dialects.edfi import SERVED, reading
from rollbook.edfi import standard
from rollbook.edfi.documents import kept_whole
from rollbook.edfi.resources import HOMED, RESOURCES
from rollbook.edfi.schema import Resource
from rollbook.recent import Recent
from rollbook.store import homing
from tests.district import EdFi, incident, part_in, room, word
from tests.hub import Hub
from tests.looking import look

from .conftest import caller
from .school_year import ESTAB, write
from .test_documents import newest
from .test_writing import plain


@contextmanager
def before(*names: str) -> Generator[None]:
    """The hub as it was when documents of these resources were kept whole."""
    with pytest.MonkeyPatch.context() as patch:
        # Statements are kept by the name of a resource, which is another one here.
        patch.setattr(district, "_plans", Recent[Any](100))
        patch.setattr(reading, "_ASKED", {})
        for name in names:
            resource = kept_whole(standard.kinds()[name])
            patch.setitem(RESOURCES, name, resource)
            patch.setitem(SERVED, name.lower(), resource)
        yield


def opened_again(api: EdFi) -> EdFi:
    """A caller of the hub once it was opened anew."""
    folder = api.hub.store.folder
    api.hub.close()
    return caller(Hub(folder))


def whole(api: EdFi) -> list[tuple[Any, ...]]:
    """The documents that are kept whole of resources with a home, by resource and id."""
    rows = look(api.hub.store, "SELECT resource, id FROM whole_document ORDER BY id")
    return [row for row in rows if row[0] in {r.name for r in HOMED}]


def listed(api: EdFi, query: str) -> list[str]:
    """The ids that a list has."""
    return [one["id"] for one in api.get(query)]


def test_a_document_that_was_kept_whole_is_what_it_was_in_its_home(api: EdFi) -> None:
    with before("locations"):
        identity = api.post("locations", room("R901", ESTAB, maximumNumberOfSeats=30))
        since = newest(api)
        was = plain(api.get(f"locations/{identity}"))
        assert len(whole(api)) == 1
    api = opened_again(api)
    assert plain(api.get(f"locations/{identity}")) == was == room("R901", ESTAB, maximumNumberOfSeats=30)
    assert listed(api, "locations?classroomIdentificationCode=R901") == [identity]
    assert whole(api) == []
    # It has changed, since it says where its school is now, and it is not new and nothing is gone.
    assert listed(api, f"locations?minChangeVersion={since + 1}") == [identity]
    assert api.get(f"locations/deletes?minChangeVersion={since}") == []
    assert api.get(f"locations/keyChanges?minChangeVersion={since}") == []
    rooms = look(api.hub.store, "SELECT code, name, key < seq FROM room WHERE id = ?", (_dashed(identity),))
    assert list(rooms) == [("R901", "R901", 1)]
    renamed = room("R902", ESTAB, maximumNumberOfSeats=31)
    api.put("locations", identity, renamed)
    assert plain(api.get(f"locations/{identity}")) == renamed
    assert api.ask("DELETE", f"locations/{identity}").status == 204


def test_what_was_deleted_before_is_told_by_its_key(api: EdFi) -> None:
    with before("locations"):
        identity = api.post("locations", room("R901", ESTAB))
        api.post("locations", room("R902", ESTAB))
        api.ask("DELETE", f"locations/{identity}")
        told = api.get("locations/deletes")
    api = opened_again(api)
    assert api.get("locations/deletes") == told
    assert [one["keyValues"] for one in told] == [{"classroomIdentificationCode": "R901", "schoolId": ESTAB}]


def test_the_step_goes_on_where_it_was_cut_short(api: EdFi, monkeypatch: pytest.MonkeyPatch) -> None:
    with before("locations"):
        ids = sorted(api.post("locations", room(f"R90{n}", ESTAB)) for n in range(5))
    monkeypatch.setattr(homing, "AT_ONCE", 2)
    restate, left = homing.Moving.restate, [RESOURCES["locations"]]

    def cut(self: homing.Moving, resource: Resource) -> int:
        if resource is RESOURCES["locations"] and not left:
            raise KeyboardInterrupt
        left[:] = [one for one in left if one is not resource]
        return restate(self, resource)

    monkeypatch.setattr(homing.Moving, "restate", cut)
    folder = api.hub.store.folder
    api.hub.close()
    with pytest.raises(KeyboardInterrupt):
        Hub(folder)
    monkeypatch.setattr(homing.Moving, "restate", restate)
    api = caller(Hub(folder))
    assert sorted(one["id"] for one in api.get("locations?limit=500") if one["id"] in ids) == ids
    assert whole(api) == []
    version = newest(api)
    assert newest(opened_again(api)) == version


def test_a_document_of_what_is_gone_stays_aside(api: EdFi) -> None:
    with before("locations"):
        identity = api.post("locations", room("R901", ESTAB))
    with api.hub.store.transaction() as kept:
        kept.connection.execute("DELETE FROM pointer")
    api = opened_again(api)
    assert whole(api) == [("locations", _dashed(identity))]
    assert api.ask("GET", f"locations/{identity}").status == 404


def _dashed(identity: str) -> str:
    return "-".join(identity[a:b] for a, b in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


def test_an_incident_that_was_kept_whole_is_behaviour_with_its_students(api: EdFi) -> None:
    behaviors = "studentDisciplineIncidentBehaviorAssociations"
    violation = {"behaviorDescriptor": word("Behavior", "School Violation")}
    write(api, "students", "studentSchoolAssociations")
    said = incident("I-1", ESTAB, behaviors=[violation], caseNumber="7")
    part = part_in("I-1", ESTAB, "7001", **violation)
    with before("disciplineIncidents", behaviors):
        held, had = api.post("disciplineIncidents", said), api.post(behaviors, part)
        gone = api.post("disciplineIncidents", incident("I-2", ESTAB))
        api.ask("DELETE", f"disciplineIncidents/{gone}")
    api = opened_again(api)
    assert plain(api.get(f"disciplineIncidents/{held}")) == said
    assert plain(api.get(f"{behaviors}/{had}")) == part
    assert [one["keyValues"]["incidentIdentifier"] for one in api.get("disciplineIncidents/deletes")] == ["I-2"]
    kinds = look(
        api.hub.store,
        "SELECT t.description FROM behaviour b JOIN conduct_type t ON t.id = b.type WHERE b.mis_id = 'I-1'",
    )
    assert list(kinds) == [("School Violation",)]
    assert whole(api) == []


def test_what_a_district_said_of_a_student_is_the_records_where_it_had_nothing(api: EdFi) -> None:
    profiles = "studentEducationOrganizationAssociations"
    write(api, "students", "studentSchoolAssociations")
    mail = {"electronicMailTypeDescriptor": word("ElectronicMailType", "Home/Personal")}
    said = {
        "educationOrganizationReference": {"educationOrganizationId": 1000},
        "studentReference": {"studentUniqueId": "7001"},
        "electronicMails": [{**mail, "electronicMailAddress": "ruby@home.example"}],
        "hispanicLatinoEthnicity": True,
        "genderIdentity": "Girl",
    }
    with before(profiles):
        held = api.post(profiles, said)
    api = opened_again(api)
    assert plain(api.get(f"{profiles}/{held}")) == said
    known = look(api.hub.store, "SELECT hispanic, home_email FROM person WHERE student_unique_id = '7001'")
    assert list(known) == [(1, "ruby@home.example")]
    api.put(profiles, held, said)
    assert whole(api) == []
