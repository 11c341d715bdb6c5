"""Documents that name others than whom they are about: they are on its line, and it is hidden with each of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from rollbook.edfi.documents import Naming
from rollbook.edfi.properties import Collection, Object, Property, Reference
from rollbook.edfi.resources import EVERY
from rollbook.edfi.schema import Resource
from rollbook.fields import Question
from rollbook.ingest.merging import merge, split
from rollbook.model.whole import WHOLE
from rollbook.store.kept.pointers import Pointer
from rollbook.store.plan.planner import plan
from rollbook.store.plan.sights import Schools
from rollbook.store.plan.sights.views import View
from tests.district import EdFi, assignment, enrolment, grading_period, in_section, staff, student, word
from tests.hub import THORNFIELD, Hub
from tests.looking import look
from tests.told import told

from .conftest import caller
from .school_year import ESTAB, write
from .test_documents import health
from .test_hidden import leaves_out
from .test_writing import plain, problem

HELP: dict[str, Any] = {
    "interventionIdentificationCode": "Homework help",
    "educationOrganizationReference": {"educationOrganizationId": ESTAB},
    "beginDate": "2026-09-01",
    "deliveryMethodDescriptor": word("DeliveryMethod", "Individual"),
    "interventionClassDescriptor": word("InterventionClass", "Practice"),
    "staffs": [{"staffReference": {"staffUniqueId": "8001"}}, {"staffReference": {"staffUniqueId": "8002"}}],
}
MINE = "interventions?interventionIdentificationCode=Homework%20help"
LITTLE = "little.example.org"


def person(hub: Hub, fact: str, unique: str) -> str:
    """The hub id of a human."""
    found = look(hub.store, f'SELECT id FROM person WHERE "{fact}" = ?', (unique,)).get
    assert isinstance(found, str)
    return found


def leaves_out_staff(hub: Hub, *unique: str) -> None:
    """Let the school leave staff, these and no others, out of what the little app sees."""
    of = "SELECT s.mis_id FROM staff s JOIN person p ON p.district = s.district AND p.id = s.person"
    mis_ids = [look(hub.store, f"{of} WHERE p.staff_unique_id = ?", (one,)).get for one in unique]
    hub.desk.people.choose(hub.desk.grants.at(hub.app(LITTLE), THORNFIELD), "staff", "except", mis_ids)


@pytest.fixture
def helped(api: EdFi) -> str:
    """What two members of staff do to help."""
    write(api, "staffs", "staffEducationOrganizationAssignmentAssociations")
    api.post("staffs", staff("8002", "Ida"))
    api.post("staffEducationOrganizationAssignmentAssociations", assignment("8002", ESTAB))
    api.hub.grant(app=LITTLE)
    return api.post("interventions", HELP)


def test_a_document_is_hidden_with_each_of_those_whom_it_names(api: EdFi, helped: str) -> None:
    little = caller(api.hub, app=LITTLE)
    assert plain(little.get(f"interventions/{helped}"))["staffs"] == HELP["staffs"]
    leaves_out_staff(api.hub, "8002")
    assert problem(little.ask("GET", f"interventions/{helped}"))[0] == 404
    assert little.get(MINE) == []
    assert little.ask("GET", f"{MINE}&limit=0&totalCount=true").headers["total-count"] == "0"
    assert [one["id"] for one in api.get(MINE)] == [helped]


def test_sight_of_somebody_named_is_lost_and_found_in_the_feed_of_changes(api: EdFi, helped: str) -> None:
    little = caller(api.hub, app=LITTLE)
    versions = "/edfi/changeQueries/v1/availableChangeVersions"
    since = little.get(versions)["newestChangeVersion"]
    leaves_out_staff(api.hub, "8002")
    gone = little.get(f"interventions/deletes?minChangeVersion={since + 1}")
    assert [one["keyValues"]["interventionIdentificationCode"] for one in gone] == ["Homework help"]
    since = little.get(versions)["newestChangeVersion"]
    leaves_out_staff(api.hub)
    assert [one["id"] for one in little.get(f"interventions?minChangeVersion={since + 1}")] == [helped]


def test_what_was_hidden_goes_without_a_word(api: EdFi, helped: str) -> None:
    little = caller(api.hub, app=LITTLE)
    since = api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
    hidden = api.post("interventions", HELP | {"interventionIdentificationCode": "Homework club"})
    leaves_out_staff(api.hub, "8002")
    later = api.post("interventions", HELP | {"interventionIdentificationCode": "Chess club"})
    for one in (hidden, later):
        assert api.ask("DELETE", f"interventions/{one}").status == 204
    told_to = [one["id"] for one in little.get(f"interventions/deletes?minChangeVersion={since + 1}")]
    # The one that was there before it lost sight is gone for it; of the other one it never knew.
    assert hidden in told_to
    assert later not in told_to


def test_a_key_that_only_a_hidden_document_has_is_free(api: EdFi, helped: str) -> None:
    little = caller(api.hub, app=LITTLE)
    leaves_out_staff(api.hub, "8002")
    mine = little.post("interventions", HELP | {"staffs": HELP["staffs"][:1]})
    assert [one["id"] for one in little.get(MINE)] == [mine]
    assert [one["id"] for one in api.get(MINE)] == [helped]


def test_those_whom_a_document_names_are_on_its_line(api: EdFi, helped: str) -> None:
    both = {person(api.hub, "staff_unique_id", one) for one in ("8001", "8002")}
    api.get(f"interventions/{helped}")
    assert both <= told(api.hub)
    api.get(MINE)
    assert both <= told(api.hub)


def test_who_has_no_role_any_more_hides_nothing(api: EdFi, helped: str) -> None:
    (position,) = api.get("staffEducationOrganizationAssignmentAssociations?staffUniqueId=8002")
    assert api.ask("DELETE", f"staffEducationOrganizationAssignmentAssociations/{position['id']}").status == 204
    assert [one["id"] for one in api.get(MINE)] == [helped]


def test_a_student_who_is_named_by_what_they_are_known_with_hides_and_is_told_of(api: EdFi) -> None:
    write(api)
    api.post("students", student("7002", "Ben"))
    api.post("studentSchoolAssociations", enrolment("7002", ESTAB))
    attends = in_section("A1", "ALG-1", ESTAB, "Fall") | {"studentReference": {"studentUniqueId": "7002"}}
    api.post("studentSectionAssociations", attends)
    held = [api.post(resource, one) for resource, one in mastered("7001", "7002", attends).items()][-1]
    api.get(f"studentCompetencyObjectives/{held}")
    assert person(api.hub, "student_unique_id", "7002") in told(api.hub)
    api.hub.grant(app=LITTLE)
    little = caller(api.hub, app=LITTLE)
    assert [one["id"] for one in little.get("studentCompetencyObjectives")] == [held]
    leaves_out(api.hub, LITTLE, "7002")
    assert little.get("studentCompetencyObjectives?studentUniqueId=7001") == []


def mastered(unique: str, other: str, attends: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a student has mastered, which names another one by a section of theirs; and what it refers to before."""
    period = grading_period("First", ESTAB)
    objective = {
        "objective": "Adds",
        "objectiveGradeLevelDescriptor": word("GradeLevel", "Fifth grade"),
        "educationOrganizationReference": {"educationOrganizationId": ESTAB},
    }
    section = {"beginDate": attends["beginDate"], **attends["sectionReference"], "studentUniqueId": other}
    return {
        "gradingPeriods": period,
        "competencyObjectives": objective,
        "studentCompetencyObjectives": {
            "gradingPeriodReference": {
                "gradingPeriodName": "First",
                "gradingPeriodDescriptor": word("GradingPeriod", "First Six Weeks"),
                "schoolId": ESTAB,
                "schoolYear": 2027,
            },
            "objectiveCompetencyObjectiveReference": {
                "objective": "Adds",
                "objectiveGradeLevelDescriptor": word("GradeLevel", "Fifth grade"),
                "educationOrganizationId": ESTAB,
            },
            "studentReference": {"studentUniqueId": unique},
            "competencyLevelDescriptor": word("CompetencyLevel", "Proficient"),
            "studentSectionAssociations": [{"studentSectionAssociationReference": section}],
        },
    }


def test_what_was_read_is_read_again_when_a_role_of_anybody_has_moved() -> None:
    asked = plan(Question(WHOLE["interventions"], ()), Schools((View(frozenset({"School"})),)))
    assert {"Person", "Student", "Staff", "Contact"} <= asked.reads | asked.nested


# ---- two who are one


def merged(hub: Hub, fact: str, stays: str, gone: str) -> tuple[int, str, str]:
    """Make two humans one; gives the district, and the hub id of each."""
    district, _, _ = hub.desk.schools.find(THORNFIELD)
    one, other = person(hub, fact, stays), person(hub, fact, gone)
    with hub.store.write(district) as batch:
        merge(batch, one, other, "tester")
    return district, one, other


def test_documents_name_whom_somebody_was_merged_into_until_they_are_parted(api: EdFi, helped: str) -> None:
    document = HELP | {"staffs": HELP["staffs"][1:]}
    api.put("interventions", helped, document)
    where, one, other = merged(api.hub, "staff_unique_id", "8001", "8002")
    assert plain(api.get(f"interventions/{helped}"))["staffs"] == HELP["staffs"][:1]
    assert one in told(api.hub)
    held = [pointer.source for pointer in pointing(api.hub, where, one)]
    with api.hub.store.write(where) as batch:
        split(batch, one, other)
    assert plain(api.get(f"interventions/{helped}"))["staffs"] == document["staffs"]
    assert [pointer.source for pointer in pointing(api.hub, where, other)] == held != []
    assert pointing(api.hub, where, one) == []


def pointing(hub: Hub, district: int, target: str) -> list[Pointer]:
    """The documents that refer to somebody."""
    with hub.store.lend(district) as kept:
        return kept.pointers.to(district, target)


def test_two_documents_with_one_key_are_one_when_their_students_are(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    api.post("students", student("7002", "Ben"))
    api.post("studentSchoolAssociations", enrolment("7002", ESTAB))
    stays, _ = (api.post("studentHealths", health(unique)) for unique in ("7001", "7002"))
    where, one, other = merged(api.hub, "student_unique_id", "7001", "7002")
    assert [d["id"] for d in api.get("studentHealths?studentUniqueId=7001")] == [stays]
    with api.hub.store.write(where) as batch:
        split(batch, one, other)
    assert len(api.get("studentHealths?studentUniqueId=7002")) == 1


# ---- every resource

HUMAN = {"studentUniqueId": "student", "staffUniqueId": "staff", "contactUniqueId": "contact"}


def references(properties: Iterable[Property], above: str = "") -> Iterator[tuple[str, Reference]]:
    """The references of documents, at any depth, each by its path."""
    for one in properties:
        if isinstance(one, Reference):
            yield above + one.name, one
        elif isinstance(one, Collection | Object):
            yield from references(one.properties, f"{above}{one.name}.")


def others(resource: Resource) -> Iterator[str]:
    """The references by which documents name somebody beside those whom their records are a part of."""
    # The record of an enrolment is the student's own.
    parts = {
        name for name, ref in resource.of.refs().items() if ref.part_of or (resource.of.human and name == "person")
    }
    for path, one in references(resource.properties):
        for member in HUMAN.keys() & {m.name for m in one.target.members}:
            about = isinstance(one, Naming) or one.sets in parts
            unified = f"$.{path}.{member}" in {p for same in resource.unified for p in same}
            if not about and not (unified and HUMAN[member] in parts):
                yield path


def test_every_record_says_so_whose_documents_name_others() -> None:
    silent = {r.name: list(others(r)) for r in EVERY if not r.of.names_others}
    assert {name: named for name, named in silent.items() if named} == {}
