"""Conduct and detentions as an app fills them in, with the Ids of the demo school's lists."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from ..hub import THORNFIELD
from .writer import Writer

TODAY = "2026-11-20"
GRAHAM, PRIMROSE, THIRD = 9919, 9920, 9921
CALLBACK = {"Method": "POST", "Url": "https://app.example.org/done?id=ConductBeh&estab=9994001"}

# ConductTypes
HOMEWORK, BULLYING, GUM_RETIRED = 1, 8, 13
KINDNESS, MERIT_SLIP_RETIRED = 25, 33
# ConductLookups
PARTICIPANT, TARGET = 1, 3
LESSON_ACH, LESSON_BEH = 5, 15
COMMENDED, CALL_HOME = 11, 45
VERBAL = 22
PERIOD_2, CORRIDOR, ANNEXE_RETIRED = 28, 37, 43
UNRESOLVED, RESOLVED = 51, 53
WITNESS, FOLLOWED_UP = 54, 56

PICTURE = b"\x89PNG\r\n\x1a\n a small tick"
TAKEN = "2026-10-05"
RANGE = "DateFrom=2026-09-01&DateTo=2027-08-31"


def incident(number: int = 1, **other: Any) -> dict[str, Any]:
    """An incident of today; what is given as None is left out."""
    usual = {"RecordedById": 1, "EntryDate": TODAY, "TypeId": HOMEWORK, "StatusId": UNRESOLVED}
    return _filled({"Id": number, "IncidentType": "Beh", **usual, **other})


def achievement(number: int = 1, **other: Any) -> dict[str, Any]:
    """An achievement of today."""
    usual = {"RecordedById": 1, "EntryDate": TODAY, "TypeId": KINDNESS}
    return _filled({"Id": number, "IncidentType": "Ach", **usual, **other})


def change(update: object, number: int = 1, kind: str = "Beh", **other: Any) -> dict[str, Any]:
    """A change of the record with an MIS id."""
    return _filled({"Id": number, "UpdateId": update, "IncidentType": kind, **other})


def student(mis_id: object = GRAHAM, of: int = 1, **other: Any) -> dict[str, Any]:
    """A student who takes part."""
    return _filled({"ConductId": of, "StudentId": mis_id, "Points": 3, **other})


def staff(mis_id: object = 2, of: int = 1, **other: Any) -> dict[str, Any]:
    """A member of staff who has to do with it."""
    return _filled({"ConductId": of, "StaffId": mis_id, **other})


def media(number: object = 1, of: int = 1, **other: Any) -> dict[str, Any]:
    """A picture."""
    usual = {
        "MediaDateTime": f"{TAKEN}T12:00:00",
        "Description": "Example image",
        "MediaType": "png",
        "FileName": "small_tick.png",
        "MediaBase64": b64encode(PICTURE).decode(),
    }
    return _filled({"Id": number, "ConductId": of, **usual, **other})


def _filled(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if value is not None}


def body(
    *conducts: dict[str, Any],
    students: list[dict[str, Any]] | None = None,
    staff: list[dict[str, Any]] | None = None,
    files: list[dict[str, Any]] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """A body of these conducts; Graham takes part in each unless other students are named."""
    taking_part = [student(of=number) for number in {c["Id"]: c for c in conducts}] if students is None else students
    sections = {"Conducts": list(conducts), "Participants": taking_part, "Staff": staff, "MediaFiles": files}
    return {name: section for name, section in {**sections, **more}.items() if section is not None}


def post(writer: Writer, *conducts: dict[str, Any], operation: str = "Conduct", **sections: Any) -> dict[str, Any]:
    """The answer to a write-back."""
    return writer.write(f"Writeback/{operation}/{THORNFIELD}", body(*conducts, **sections))


def made(answer: dict[str, Any]) -> str:
    """The MIS id of the one record that was made."""
    assert answer["ExceptionMessage"] is None, answer
    (result,) = answer["result"]
    return str(result["ActualId"])


def said(answer: dict[str, Any]) -> str | None:
    """What an answer says is wrong."""
    assert (answer["ExceptionType"] == "ValidationError") == (answer["ExceptionMessage"] is not None), answer
    return answer["ExceptionMessage"]


def shown(writer: Writer, mis_id: object, kind: str = "Behaviour") -> dict[str, list[dict[str, Any]]]:
    """What the API shows of a record: its own row, its students and its staff, under short names."""
    answer = writer.read(f"{kind}ForDateRange?{RANGE}&id={mis_id}")
    names = {"Behaviour": "Behaviour", "Achievement": "Achievements"}
    plural = {"Behaviour": "Behaviour", "Achievement": "Achievements"}[kind]
    return {
        "event": answer[names[kind]],
        "students": answer[f"Student{plural}"],
        "staff": answer[f"Staff{plural}"],
    }
