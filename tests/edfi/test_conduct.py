"""Incidents through Ed-Fi: one record with the behaviour that a school's own system and Xporter tell of."""

from __future__ import annotations

from typing import Any, cast
from uuid import UUID

from rollbook.model.conduct import BehaviourStudent
from tests.district import EdFi, incident, part_in, word
from tests.looking import look

from .school_year import ESTAB, TERM, write
from .test_authorisation import granted
from .test_writing import plain, problem

INCIDENTS, BEHAVIORS, OTHERS = (
    "disciplineIncidents",
    "studentDisciplineIncidentBehaviorAssociations",
    "studentDisciplineIncidentNonOffenderAssociations",
)
DAYS = "DateFrom=2026-10-05&DateTo=2026-10-05"
VIOLATION = word("Behavior", "School Violation")
LOCAL = "uri://state.example/BehaviorDescriptor#Fighting"
PARTS = "disciplineIncidentParticipationCodes"


def codes(*said: str) -> dict[str, Any]:
    """What parts somebody had in an incident."""
    kind = "DisciplineIncidentParticipationCode"
    return {PARTS: [{f"{PARTS[:-1]}Descriptor": word(kind, code)} for code in said]}


def xporter(api: EdFi) -> dict[str, Any]:
    """What Xporter tells of the fifth of October's incident with the number I-1."""
    said = api.hub.school(f"BehaviourForDateRange?{DAYS}", api.hub.token())
    ours = [one for one in said.get("Behaviour", ()) if one["Id"] == "I-1"]
    students = [one for one in said.get("StudentBehaviour", ()) if one["BehaviourId"] == "I-1"]
    return {
        "incidents": [(one["BehaviourType"], one["Location"], one["Description"]) for one in ours],
        "students": [one["Role"] for one in students],
    }


def test_an_incident_and_who_had_a_part_in_it_are_behaviour_in_xporter(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    said = incident(
        "I-1",
        ESTAB,
        behaviors=[{"behaviorDescriptor": VIOLATION}],
        incidentDescription="Threw chairs",
        incidentLocationDescriptor=word("IncidentLocation", "Classroom"),
    )
    held = api.post(INCIDENTS, said)
    assert xporter(api) == {"incidents": [], "students": []}
    part = api.post(BEHAVIORS, part_in("I-1", ESTAB, "7001", behaviorDescriptor=VIOLATION, **codes("Perpetrator")))
    assert xporter(api) == {
        "incidents": [("School Violation", "Classroom", "Threw chairs")],
        "students": ["Participant"],
    }
    assert plain(api.get(f"{INCIDENTS}/{held}")) == said
    refused = api.ask("DELETE", f"{INCIDENTS}/{held}")
    assert problem(refused)[:2] == (409, "data-conflict:dependent-item-exists")
    assert api.ask("DELETE", f"{BEHAVIORS}/{part}").status == 204
    assert api.ask("DELETE", f"{INCIDENTS}/{held}").status == 204
    (gone,) = api.get(f"{BEHAVIORS}/deletes")
    key = {"behaviorDescriptor": VIOLATION, "incidentIdentifier": "I-1", "schoolId": ESTAB, "studentUniqueId": "7001"}
    assert gone["keyValues"] == key


def test_a_word_of_a_state_becomes_an_entry_of_the_schools_list_once(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations")
    own = {"namespace": LOCAL.partition("#")[0], "codeValue": "Fighting", "shortDescription": "Fighting"}
    api.post("behaviorDescriptors", own)
    for number in ("I-1", "I-2"):
        api.post(INCIDENTS, incident(number, ESTAB, behaviors=[{"behaviorDescriptor": LOCAL}]))
        api.post(BEHAVIORS, part_in(number, ESTAB, "7001", behaviorDescriptor=LOCAL.upper()))
    assert look(api.hub.store, "SELECT count(*) FROM conduct_type WHERE description = 'Fighting'").get == 1
    lookups = api.hub.school("ConductLookups", api.hub.token())["ConductTypes"]
    assert [one["Type"] for one in lookups if one["Description"] == "Fighting"] == ["Beh"]


def test_a_student_who_did_two_things_in_an_incident_has_two_documents(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", INCIDENTS)
    first = api.post(BEHAVIORS, part_in("I-1", ESTAB, "7001", behaviorDescriptor=VIOLATION))
    other = part_in("I-1", ESTAB, "7001", behaviorDescriptor=word("Behavior", "Other"))
    second = api.post(BEHAVIORS, other)
    assert api.post(BEHAVIORS, other, 200) == second != first
    found = api.get(f"{BEHAVIORS}?incidentIdentifier=I-1&behaviorDescriptor={VIOLATION.replace('#', '%23')}")
    assert [one["id"] for one in found] == [first]


def test_whoever_did_nothing_wrong_is_told_of_by_themselves(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", INCIDENTS)
    saw = part_in("I-1", ESTAB, "7001", **codes("Witness"))
    held = api.post(OTHERS, saw)
    assert xporter(api)["students"] == ["Witness"]
    assert plain(api.get(f"{OTHERS}/{held}")) == saw
    assert api.get(f"{BEHAVIORS}?incidentIdentifier=I-1") == []


def test_what_the_school_recorded_is_there_and_stays_as_it_calls_it(api: EdFi) -> None:
    sql = (
        "SELECT b.mis_id, t.description, p.student_unique_id FROM behaviour b"
        " JOIN conduct_type t ON t.district = b.district AND t.id = b.type"
        " JOIN behaviour_student s ON s.district = b.district AND s.behaviour = b.id"
        " JOIN conduct_lookup r ON r.district = s.district AND r.id = s.role AND r.code = 'IN'"
        " JOIN student u ON u.district = s.district AND u.id = s.student"
        " JOIN person p ON p.district = u.district AND p.id = u.person"
        " JOIN school c ON c.id = b.school WHERE c.estab = ? LIMIT 1"
    )
    found = look(api.hub.store, sql, (str(ESTAB),)).fetchall()
    ((number, kind, unique),) = cast("list[tuple[str, str, str]]", found)
    (there,) = api.get(f"{INCIDENTS}?incidentIdentifier={number}&schoolId={ESTAB}")
    assert there["behaviors"] == [{"behaviorDescriptor": word("Behavior", "School Code of Conduct")}]
    (part,) = api.get(f"{BEHAVIORS}?incidentIdentifier={number}&schoolId={ESTAB}&studentUniqueId={unique}")
    assert part[PARTS] == codes("Perpetrator")[PARTS]
    version = api.get("/edfi/changeQueries/v1/availableChangeVersions")
    api.put(INCIDENTS, there["id"], plain(there))
    api.put(BEHAVIORS, part["id"], plain(part))
    assert api.get("/edfi/changeQueries/v1/availableChangeVersions") == version
    said = look(api.hub.store, sql, (str(ESTAB),)).fetchall()
    assert cast("list[tuple[str, str, str]]", said) == [(number, kind, unique)]


def test_comments_are_neither_shown_nor_taken_away_without_their_scope(api: EdFi) -> None:
    held = api.post(INCIDENTS, incident("I-1", ESTAB, incidentDescription="Threw chairs", caseNumber="7"))
    blind = granted(api, "School", "Student", "Conduct", "WritebackConduct")
    assert plain(blind.get(f"{INCIDENTS}/{held}")) == incident("I-1", ESTAB)
    blind.put(INCIDENTS, held, incident("I-1", ESTAB))
    assert api.get(f"{INCIDENTS}/{held}")["incidentDescription"] == "Threw chairs"
    said = blind.ask("PUT", f"{INCIDENTS}/{held}", incident("I-1", ESTAB, incidentDescription="Nothing"))
    assert problem(said)[0] == 403
    assert granted(api, "School", "Student").get(INCIDENTS) == []


def test_whoever_of_the_staff_had_to_do_with_an_incident_is_in_xporter(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", "staffs", "staffEducationOrganizationAssignmentAssociations")
    write(api, INCIDENTS, BEHAVIORS)
    said = TERM["staffDisciplineIncidentAssociations"] | codes("Witness")
    held = api.post("staffDisciplineIncidentAssociations", said)
    assert plain(api.get(f"staffDisciplineIncidentAssociations/{held}")) == said
    staff = api.hub.school(f"BehaviourForDateRange?{DAYS}", api.hub.token())["StaffBehaviour"]
    assert [one["StaffRole"] for one in staff if one["BehaviourId"] == "I-1"] == ["Witness"]


def test_what_is_gone_is_told_where_it_was(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", INCIDENTS)
    did = api.post(BEHAVIORS, part_in("I-1", ESTAB, "7001", behaviorDescriptor=VIOLATION))
    saw = api.post(OTHERS, part_in("I-1", ESTAB, "7001", **codes("Witness")))
    for path in (f"{BEHAVIORS}/{did}", f"{OTHERS}/{saw}"):
        assert api.ask("DELETE", path).status == 204
    assert [one["id"] for one in api.get(f"{BEHAVIORS}/deletes")] == [did]
    assert [one["id"] for one in api.get(f"{OTHERS}/deletes")] == [saw]


def test_a_witness_who_turns_out_to_have_done_it_is_gone_from_the_witnesses(api: EdFi) -> None:
    write(api, "students", "studentSchoolAssociations", INCIDENTS)
    saw = api.post(OTHERS, part_in("I-1", ESTAB, "7001", **codes("Witness")))
    district, _, _ = api.hub.desk.schools.find(str(ESTAB))
    identity = str(UUID(saw))
    with api.hub.store.write(district) as batch:
        batch.change(BehaviourStudent, identity, {"bystander": 0})
    assert [one["id"] for one in api.get(f"{OTHERS}/deletes")] == [saw]
    assert api.get(f"{BEHAVIORS}/deletes") == []
    assert api.get(f"{BEHAVIORS}/{saw}")["id"] == saw
    assert api.get(f"{BEHAVIORS}/keyChanges") == api.get(f"{OTHERS}/keyChanges") == []
    with api.hub.store.write(district) as batch:
        batch.change(BehaviourStudent, identity, {"bystander": 1})
    assert [one["id"] for one in api.get(f"{BEHAVIORS}/deletes")] == [saw]
    assert api.get(f"{OTHERS}/deletes") == []
