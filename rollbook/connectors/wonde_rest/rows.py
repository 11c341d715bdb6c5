"""Wonde's rows as the plan reads them: without envelopes, and with what only other rows say of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from ...ingest.web.recorded import Lists, Settings, of_one_school
from ...model.attendance import STATUTORY_CODES
from ...model.groups import GROUP_KINDS

KINDS = {"YEAR": "YearGrp", "REGISTRATION": "RegGrp", "REG": "RegGrp", "FORM": "RegGrp", "HOUSE": "HouseGrp"}
PLACES = {"YearGrp": "year_group", "RegGrp": "reg_group", "HouseGrp": "house_group"}
"""The fact of a student that a place in a group of a kind is."""
WEEKDAYS = {
    name: (name.title(), number)
    for number, name in enumerate(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), 1)
}
UNKEPT = ("created_at", "updated_at", "restored_at")


def plain(value: Any) -> Any:
    """A value without envelopes: an include is in `data`, and a moment in an object with its time zone."""
    if isinstance(value, list):
        return [plain(one) for one in cast(list[Any], value)]
    if not isinstance(value, dict):
        return value
    said = cast(dict[str, Any], value)
    if "timezone" in said and "date" in said:
        return str(said["date"] or "")[:10]
    if said.keys() == {"data"}:
        return plain(said["data"])
    return {name: plain(one) for name, one in said.items() if name not in UNKEPT}


def human(row: dict[str, Any], of: str) -> dict[str, Any]:
    """Somebody, with the key of the human: Wonde's ids are those of students, of employees or of contacts."""
    one = plain(row)
    return {**one, "human": f"{of}/{one['id']}"}


def student(row: dict[str, Any]) -> dict[str, Any]:
    one = human(row, "students")
    # What a contact is called is the contact's, and is in the list of those.
    related = [{"id": said["id"], "relationship": said.get("relationship")} for said in one.get("contacts") or ()]
    return {**one, "contacts": related}


def group(row: dict[str, Any]) -> dict[str, Any]:
    one = plain(row)
    kind = KINDS.get(str(one.get("type") or "").upper(), "Cohort")
    return _placed(one, "groups", kind)


def class_(row: dict[str, Any]) -> dict[str, Any]:
    one = plain(row)
    return _placed({**one, "subject": _id(one, "subject")}, "classes", "TeachingGrp")


def _placed(one: dict[str, Any], of: str, kind: str) -> dict[str, Any]:
    """A group with only the ids of those who are in it."""
    within = {
        who: [{"id": said["id"], "meta": said.get("meta")} for said in one.get(who) or ()]
        for who in ("students", "employees")
    }
    return {**one, **within, "group": f"{of}/{one['id']}", "kind": kind, "kinds": GROUP_KINDS[kind]}


def period(row: dict[str, Any]) -> dict[str, Any]:
    one = plain(row)
    name, number = WEEKDAYS.get(str(one.get("day") or "").lower(), (str(one.get("day") or ""), ""))
    times = {key: str(one.get(key) or "")[:5] for key in ("start_time", "end_time")}
    return {**one, **times, "day": name, "number": number}


def code(row: dict[str, Any]) -> dict[str, Any]:
    """A code with what the mark means by statute, if it is one."""
    one = plain(row)
    _, meaning = STATUTORY_CODES.get(str(one.get("code")), ("", None))
    return {**one, "meaning": vars(meaning) if meaning else {}}


def mark(row: dict[str, Any]) -> dict[str, Any]:
    one = plain(row)
    said = one.get("attendance_code")
    return {**one, "student": _id(one, "student"), "mark": said["code"] if isinstance(said, dict) else said}


def lesson_mark(row: dict[str, Any]) -> dict[str, Any]:
    """A mark of a lesson, which is of the day and the half of it in which the lesson begins."""
    one = mark(row)
    held = one.get("lesson")
    begins = _moment(row, "lesson", "start_at") if isinstance(held, dict) else ""
    half = "AM" if begins[11:13] < "12" else "PM"
    return {**one, "instance": _id(one, "lesson"), "date": begins[:10], "session": half if begins else ""}


def _moment(row: Any, *path: str) -> str:
    """A moment within a row, with its time."""
    for name in path:
        found: dict[str, Any] = row.get(name) or {}
        row = found.get("data", found)
    return str(row.get("date") or "")


def lesson(row: dict[str, Any]) -> dict[str, Any]:
    """A lesson of a class in a period, whose id is another one every week."""
    one = plain(row)
    teachers = [one.get("employee"), *(one.get("employees") or ())]
    staff = dict.fromkeys(said for teacher in teachers if (said := _id({"who": teacher}, "who")))
    where = {"period": _id(one, "period"), "class": _id(one, "class"), "room": _id(one, "room")}
    return {
        **one,
        "period": where["period"],
        "class": f"classes/{where['class']}" if where["class"] else "",
        "lesson": f"{where['period']}:{where['class']}" if where["period"] and where["class"] else "",
        "staff": [{"id": who} for who in staff],
        "rooms": [{"id": where["room"]}] if where["room"] else [],
    }


def _once(lessons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each lesson of a class in a period once, with all who teach it and everywhere it is held."""
    found: dict[str, dict[str, Any]] = {}
    for one in lessons:
        there = found.setdefault(one["lesson"], one)
        for name in ("staff", "rooms"):
            there[name] = [*{said["id"]: said for said in (*there[name], *one[name])}.values()]
    found.pop("", None)
    return [*found.values()]


def _id(row: Mapping[str, Any], name: str) -> str:
    """The id of what a row is of: included as an object, or named by its id alone."""
    there = row.get(name) or row.get(f"{name}_id")
    return str(there["id"] if isinstance(there, dict) else there or "")  # pyright: ignore[reportUnknownArgumentType]


def joined(lists: Lists, settings: Settings) -> None:
    """Say of each student which year, registration group and house the groups have them in."""
    of_one_school(lists, settings["school"])
    # In a week without lessons there are none to be read, and the timetable stays as it was.
    lists["lessons"] = _once(lists.get("lessons") or []) or None
    for one in lists["schools"] or ():
        one["estab"] = f"{_number(one, 'la_code')}{_number(one, 'establishment_number')}"
    students = {one["id"]: one for one in lists["students"] or ()}
    for group in lists["groups"] or ():
        for student in group.get("students") or () if group["kind"] in PLACES else ():
            if student["id"] in students:
                students[student["id"]][PLACES[group["kind"]]] = group["group"]


def _number(school: Mapping[str, Any], name: str) -> str:
    """A number of a school, which Wonde says of the school or of its region."""
    region: Mapping[str, Any] = school.get("region") or {}
    numbers: Mapping[str, Any] = region.get("identifiers") or {}
    return str(school.get(name) or numbers.get(name) or "")
