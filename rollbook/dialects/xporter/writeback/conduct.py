"""Conduct Writeback and Conduct Writeback Async: achievements and incidents, made or changed."""

from __future__ import annotations

from ....mis import Change
from ....mis.conduct import Conduct
from ....mis.conduct_entering import CALLED, OUTCOMES, STAFF_ROLES
from ....mis.events import KINDS, Event, Involved, Kind, MediaFile, Share
from ....model.conduct import ConductLookup, ConductType
from ....scopes import S
from . import media
from .linking import Linked, Things, bare, gone, linked, numbered
from .operation import Case, Operation
from .sections import Body, Item, Property, Section, shown

LONGEST_NOTE = 500
"""Characters of a note."""

TYPE_IN_USE = ConductType.active.is_not(0)
IN_USE = ConductLookup.active.is_not(0)
WITNESS = IN_USE & ConductLookup.description.same("Witness")
"""The only role of staff where a MIS knows no others."""

CONDUCTS = Section(
    "Conducts",
    "The achievements and incidents, each with a number of your own by which its students, staff and files name it.",
    (
        Property("Id", "id", "Unique identifier of the conduct record for this writeback data", 1, True),
        Property("UpdateId", "id", "MIS identifier of the conduct record, used when updating records", 4000),
        Property("IncidentType", "text", 'The type of conduct being written: "Ach" or "Beh"', "Beh", True),
        Property("RecordedById", "id", "Id of the staff member that recorded this event", 1, new=True),
        Property("EntryDate", "date", "Date that this event occurred (yyyy-mm-dd)", "2026-11-20", new=True),
        Property("TypeId", "id", "Id of the type, from ConductTypes.LocalId of ConductLookups", 4, new=True),
        Property("BullTypeId", "id", "Id of the way of bullying (BehBullMode), of an incident", 4),
        Property("ActivityId", "id", "Id of the activity (AchActivity, BehActivity)", 13),
        Property("LocationId", "id", "Id of the place (BehLocation)", 18),
        Property("StatusId", "id", "Id of the status (BehStatus), mandatory of a new incident, but in Bromcom", 1),
        Property("Note", "text", "Free text description of the event, at most 500 characters", "Hit with a book"),
        Property("EntryTimeId", "id", "Id of the part of the day (BehEventTimes)", 17),
    ),
    mandatory=True,
)

PARTICIPANTS = Section(
    "Participants",
    "The students of each; a new one must have some. A minus before the id takes a student off the record.",
    (
        Property("ConductId", "id", "Id of the linked conduct event in this writeback", 1, True),
        Property("Points", "integer", "The points for the student", 10, new=True),
        Property("StudentId", "id", "Id of the student", 9919, True),
        Property("RoleId", "id", "Id of the student's part in an incident (BehStuRole)", 1),
        Property("OutcomeId", "id", "Id of the outcome for the student (AchOutcome, BehOutcome)", 6),
    ),
)

STAFF = Section(
    "Staff",
    "Staff who had to do with each. A minus before the id takes a member of staff off the record.",
    (
        Property("ConductId", "id", "Id of the linked conduct event in this writeback", 1, True),
        Property("StaffId", "id", "The Id of the staff member", 1, True),
        Property("StaffRoleId", "id", "Id of the role (StfRole); in Bromcom only that of a witness", 3),
    ),
)

SECTIONS = (CONDUCTS, PARTICIPANTS, STAFF, media.MEDIA)

_TWICE = "You have assigned the same {} to the same conduct more than once"


def read(body: Body, case: Case, wrong: list[str]) -> Change | None:
    """The achievements and incidents of a body."""
    things = numbered(body["Conducts"], wrong, "You have defined the same conduct more than once")
    students = linked(
        body["Participants"],
        things,
        ("ConductId", "StudentId"),
        wrong,
        _TWICE.format("student"),
        case.checker.student,
    )
    staff = linked(body["Staff"], things, ("ConductId", "StaffId"), wrong, _TWICE.format("staff"), case.checker.staff)
    files = linked(body["MediaFiles"], things, ("ConductId", "Id"), wrong, _TWICE.format("media"))
    for item in body["Conducts"]:
        _check_conduct(item, case, wrong)
        if "UpdateId" not in item and "Id" in item and item["Id"] not in students:
            wrong.append("Missing mandatory section Participants")
    for item in body["Participants"]:
        _check_student(item, things.get(item.get("ConductId", "")), case, wrong)
    for item in body["Staff"]:
        _check_staff(item, things.get(item.get("ConductId", "")), case, wrong)
    for item in body["MediaFiles"]:
        _check_file(item, things.get(item.get("ConductId", "")), case, wrong)
    if wrong:
        return None
    return Conduct(case.checker.grant.app.id, tuple(_events(things, students, staff, files)))


# ---- what may be wrong


def _kind(item: Item | None) -> Kind | None:
    return KINDS.get(item.get("IncidentType", "")) if item is not None else None


def _check_conduct(item: Item, case: Case, wrong: list[str]) -> None:
    kind = _kind(item)
    if kind is None and "IncidentType" in item:
        wrong.append(f"Invalid IncidentType {shown(item['IncidentType'])} should be Ach or Beh")
    if "UpdateId" not in item and "UpdateId" not in item.unread:
        CONDUCTS.complete(item, wrong)
        _check_status(item, kind, case, wrong)
    if "RecordedById" in item and case.checker.staff(item["RecordedById"]) is None:
        wrong.append(f"Invalid RecordedById {shown(item['RecordedById'])}")
    if len(item.get("Note", "")) > LONGEST_NOTE:
        wrong.append(
            f"Note field max character limit ({LONGEST_NOTE}) exceeded for Conduct Id: {shown(item.get('Id', ''))}"
        )
    if kind is not None:
        _check_lists(item, kind, case, wrong)


def _check_status(item: Item, kind: Kind | None, case: Case, wrong: list[str]) -> None:
    told = {*item, *item.unread}
    if kind is not None and "status" in kind.lists and case.profile.needs_status and "StatusId" not in told:
        wrong.append("Mandatory field StatusId missing")


def _check_lists(item: Item, kind: Kind, case: Case, wrong: list[str]) -> None:
    update, sort = item.get("UpdateId"), item.get("TypeId")
    if update is not None and case.checker.known(kind.event, kind.seen, mis_id=update) is None:
        wrong.append(f"Invalid UpdateId {shown(update)}")
    if sort is not None and case.checker.known(ConductType, TYPE_IN_USE, category=kind.category, mis_id=sort) is None:
        wrong.append(f"Invalid TypeId {shown(sort)}")
    for fact, name in CALLED.items():
        # What a category has no list for, such as the status of an achievement, is not looked at.
        if name in item and fact in kind.lists and not _listed(kind.lists[fact], item[name], case):
            wrong.append(f"Invalid {name} {shown(item[name])}")


def _listed(kind: str, mis_id: str, case: Case) -> bool:
    return case.checker.known(ConductLookup, IN_USE, kind=kind, mis_id=mis_id) is not None


def _check_student(item: Item, thing: Item | None, case: Case, wrong: list[str]) -> None:
    student, kind = item.get("StudentId", ""), _kind(thing)
    if student and case.checker.student(bare(student)) is None:
        wrong.append(f"Invalid StudentId: {shown(student)}")
    if gone(student):
        _check_gone("students", thing, case, wrong)
        return
    if thing is not None and "UpdateId" not in thing:
        PARTICIPANTS.complete(item, wrong)
    if kind is None:
        return
    outcome = item.get("OutcomeId")
    if outcome is not None and not _listed(kind.lists["outcome"], outcome, case):
        wrong.append(f"Invalid {OUTCOMES[kind.category]} OutcomeId {shown(outcome)}")
    if "RoleId" in item and "role" in kind.lists and not _listed(kind.lists["role"], item["RoleId"], case):
        wrong.append(f"Invalid Student RoleId for StudentId: {shown(student)}")


def _check_staff(item: Item, thing: Item | None, case: Case, wrong: list[str]) -> None:
    staff = item.get("StaffId", "")
    if staff and case.checker.staff(bare(staff)) is None:
        wrong.append(f"Invalid StaffId: {shown(staff)}")
    if gone(staff):
        _check_gone("staff", thing, case, wrong)
    elif "StaffRoleId" in item:
        roles = IN_USE if case.profile.any_staff_role else WITNESS
        if case.checker.known(ConductLookup, roles, kind=STAFF_ROLES, mis_id=item["StaffRoleId"]) is None:
            wrong.append(f"Invalid Staff RoleId for StaffId: {shown(staff)}")


def _check_file(item: Item, thing: Item | None, case: Case, wrong: list[str]) -> None:
    if not case.profile.media:
        wrong.append(f"Media of conduct records is not supported for {case.profile.name}")
    elif gone(item.get("Id", "")):
        _check_gone("media", thing, case, wrong)
    else:
        media.check(item, wrong)


def _check_gone(what: str, thing: Item | None, case: Case, wrong: list[str]) -> None:
    if not case.profile.deletes:
        wrong.append(f"Deletion of conduct records is not supported for {case.profile.name}")
    if thing is not None and "UpdateId" not in thing:
        wrong.append(f"You must provide an UpdateId when trying to remove {what} from a behaviour record")


# ---- what it asks for


def _events(things: Things, students: Linked, staff: Linked, files: Linked) -> list[Event]:
    return [
        Event(
            number=number,
            category=item["IncidentType"],
            update=item.get("UpdateId"),
            type=item.get("TypeId"),
            date=item.get("EntryDate"),
            recorded_by=item.get("RecordedById"),
            note=item.get("Note"),
            students=tuple(_share(one, KINDS[item["IncidentType"]]) for one in students.get(number, ())),
            staff=tuple(map(_involved, staff.get(number, ()))),
            media=tuple(map(_file, files.get(number, ()))),
            **{fact: item.get(name) for fact, name in CALLED.items() if fact in KINDS[item["IncidentType"]].lists},
        )
        for number, item in things.items()
    ]


def _share(item: Item, kind: Kind) -> Share:
    student, role = item["StudentId"], item.get("RoleId") if "role" in kind.lists else None
    return Share(bare(student), gone(student), item.get("Points"), item.get("OutcomeId"), role)


def _involved(item: Item) -> Involved:
    return Involved(bare(item["StaffId"]), gone(item["StaffId"]), item.get("StaffRoleId"))


def _file(item: Item) -> MediaFile:
    number = item["Id"]
    if gone(number):
        return MediaFile(bare(number), True)
    facts = ("MediaDateTime", "Description", "MediaType", "FileName", "MediaBase64")
    return MediaFile(number, False, *(item[name] for name in facts))


conduct = Operation(
    "Conduct",
    "Conduct Writeback",
    "Create or update achievements and incidents in the MIS.",
    ("writeback/conduct", "writeback/conduct/{estab}"),
    S.WritebackConduct,
    SECTIONS,
    read,
    supported=lambda profile: profile.conduct_at_once,
    subject="Conduct",
    listed=("ConductAch", "ConductBeh"),
)

conduct_async = Operation(
    "ConductAsync",
    "Conduct Writeback Async",
    "Create or update achievements and incidents in the MIS, and be called back when that is done.",
    ("writeback/conductasync", "writeback/conductasync/{estab}"),
    S.WritebackConduct,
    SECTIONS,
    read,
    asynchronous=True,
    supported=lambda profile: profile.conduct,
    subject="Conduct",
)

OPERATIONS = (conduct, conduct_async)
