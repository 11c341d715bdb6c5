"""Wonde's API on loopback, made from its public documents: it serves the schools of the tests, by their names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from tests.services import Asked, Reply

SCHOOL = "A1930499544"
SURNAMES = ("Abernathy", "Birtwhistle", "Cholmondeley", "Dunwoody", "Entwistle", "Fotheringay")
Lists = dict[str, list[dict[str, Any]]]


def moment(day: str) -> dict[str, Any]:
    return {"date": f"{day} 00:00:00.000000", "timezone_type": 3, "timezone": "Europe/London"}


def included(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {"data": [*rows]}


def student(number: int) -> dict[str, Any]:
    return {
        "id": f"A10{number:02}",
        "upi": f"8d444684b7aa79bc97f8594a4aab{number:04}",
        "mis_id": str(9900 + number),
        "initials": "RB",
        "forename": f"Ruth{number}",
        "surname": SURNAMES[number % 6],
        "legal_forename": f"Ruth{number}",
        "legal_surname": SURNAMES[number % 6],
        "middle_names": None,
        "gender": "FEMALE",
        "date_of_birth": moment(f"2014-10-{number + 9}"),
        "updated_at": moment("2026-11-01"),
        "contact_details": {
            "data": {
                "salutation": "Mr and Mrs Bennett",
                "phones": {"phone": "01632 960001", "home": "01632 960001", "mobile": None},
                "emails": {"email": f"ruth{number}@school.example", "home": None},
                "addresses": {"home": {"house_number": "4", "street": "Weir Lane", "town": "Derby", "postcode": "DE1"}},
            }
        },
        "education_details": {
            "data": {
                "upn": f"A9302999{number:05}",
                "admission_number": f"00{number:04}",
                "current_nc_year": "7",
                "admission_date": moment("2026-09-01"),
                "leaving_date": None,
            }
        },
        "extended_details": {
            "data": {
                "sen_status": "K",
                "premium_pupil_indicator": True,
                "free_school_meals": False,
                "dietary_needs": "Zephyrine" if number == 1 else None,
            }
        },
        "contacts": included(
            [{**person(f"C10{number:02}"), "relationship": {"data": RELATED}}] if number % 3 == 1 else []
        ),
    }


RELATED = {
    "relationship": "Mother",
    "parental_responsibility": True,
    "lives_with_pupil": True,
    "priority": 1,
    "court_order": False,
}


def person(key: str) -> dict[str, Any]:
    return {"id": key, "mis_id": key[1:], "forename": "Pia", "surname": f"Fennel{key[-2:]}", "gender": "FEMALE"}


def employee(key: str, surname: str, teaches: bool) -> dict[str, Any]:
    work = {"current": True, "teaching_staff": teaches, "teacher_number": f"72/{key}"}
    return {
        **person(key),
        "surname": surname,
        "title": "Ms",
        "initials": surname[:2].upper(),
        "updated_at": moment("2026-11-01"),
        "contact_details": {"data": {"emails": {"work": f"{surname.lower()}@school.example"}}},
        "employment_details": {"data": work},
        "roles": included([{"id": "R1", "name": "Teacher"}] if teaches else []),
    }


def group(key: str, kind: str, name: str, students: Iterable[str], *employees: str) -> dict[str, Any]:
    within = {"students": included({"id": one, "surname": "Secret"} for one in students)}
    return {"id": key, "mis_id": key, "name": name, "code": name, "type": kind, **within} | {
        "employees": included({"id": one} for one in employees)
    }


def school(numbers: Iterable[int], surname: str = "") -> Lists:
    """A school with pupils of some numbers, of whom the third may have another surname."""
    students = [student(number) for number in numbers]
    for one in students:
        one["surname"] = surname if surname and one["id"] == "A1003" else one["surname"]
    keys = [one["id"] for one in students]
    contacts = [
        {**{n: v for n, v in said.items() if n != "relationship"}, "upi": None, "updated_at": moment("2026-11-01")}
        for one in students
        for said in one["contacts"]["data"]
    ]
    main = [{"id": "E1", "meta": {"data": {"is_main_teacher": True}}}]
    maths = {**group("K1", "", "7x/Ma1", keys), "employees": included(main), "subject": {"data": {"id": "S1"}}}
    identifiers = {"la_code": "830", "establishment_number": "4001", "urn": 107258}
    return {
        "schools": [
            {"id": SCHOOL, "name": "Alder School", "mis": "SIMS", "region": {"identifiers": identifiers}},
        ],
        "subjects": [{"id": "S1", "mis_id": "11", "code": "Ma", "name": "Mathematics"}],
        "rooms": [{"id": "R1", "mis_id": "8", "code": "M1", "name": "Maths 1"}],
        "periods": [{"id": "P1", "name": "Mon:1", "start_time": "09:00:00", "end_time": "10:00:00", "day": "monday"}],
        "attendance-codes": [{"id": "X1", "code": "/", "description": "Present (AM)", "type": "PRESENT"}],
        "contacts": contacts,
        "employees": [employee("E1", "Lubbock", True), employee("E2", "Nettlebed", False)],
        "students": students,
        "groups": [
            group("G1", "YEAR", "Year 7", keys),
            group("G2", "REGISTRATION", "7A", keys, "E1"),
            group("G3", "HOUSE", "Wren", keys[:2]),
        ],
        "classes": [{**maths, "type": None}],
        "lessons": [lesson("L1", "E1"), lesson("L2", "E2")],
        "attendance/session": [mark(one, day) for one in keys[:2] for day in ("2026-11-02", "2026-11-03")],
        "deletions": [],
    }


def lesson(key: str, teacher: str) -> dict[str, Any]:
    """A lesson of the mathematics class on a Monday, whose id is another one every week."""
    at = moment("2026-11-02")
    return {
        "id": key,
        "period_instance_id": 7,
        "start_at": {**at, "date": "2026-11-02 09:00:00.000000"},
        "end_at": {**at, "date": "2026-11-02 10:00:00.000000"},
        "class": {"data": {"id": "K1", "name": "7x/Ma1"}},
        "period": {"data": {"id": "P1", "day": "monday"}},
        "room": {"data": {"id": "R1", "name": "Maths 1"}},
        "employee": {"data": {"id": teacher, "surname": "Secret"}},
        "employees": included([]),
    }


def lesson_mark(student: str, code: str) -> dict[str, Any]:
    return {
        **mark(student, "2026-11-02", code),
        "id": f"ML{student}",
        "session": None,
        "lesson": {"data": lesson("L1", "E1")},
    }


def mark(student: str, day: str, code: str = "/") -> dict[str, Any]:
    return {
        "id": f"M{student}{day}",
        "date": moment(day),
        "session": "AM",
        "comment": None,
        "minutes_late": None,
        "updated_at": moment(day),
        "student": {"data": {"id": student}},
        "attendance_code": {"data": {"id": "X1", "code": code}},
    }


@dataclass
class Wonde:
    """Serves schools, each under a name; pages are followed by their whole addresses."""

    schools: dict[str, Lists] = field(default_factory=dict[str, Lists])
    most: int = 5

    def __call__(self, asked: Asked) -> Reply:
        match = re.fullmatch(rf"/(\w+)/v1\.0/(?:schools/{SCHOOL}/)?([\w/-]+)", asked.path)
        there = self.schools.get(match[1], {}) if match else {}
        if match is None or match[2] not in {**there, f"schools/{SCHOOL}": ()}:
            return Reply({"error": "resource_not_found", "error_description": "The resource was not found"}, 404)
        if asked.headers.get("authorization") != "Bearer wonde":
            return Reply({"error": "unauthorised", "error_description": "Invalid token"}, 401)
        if match[2] == f"schools/{SCHOOL}":
            return Reply({"data": self.schools[match[1]]["schools"][0]})
        rows, since = deepcopy(self.schools[match[1]][match[2]]), asked.params.get("updated_after", "")
        rows = [row for row in rows if not since or row["updated_at"]["date"] > since]
        page = int(asked.params.get("page", 1))
        part = rows[(page - 1) * self.most : page * self.most]
        for row in part:
            self.leave_out(row, asked.params.get("include", "").split(","))
        more = page * self.most < len(rows)
        rest = "&".join(f"{name}={said}" for name, said in asked.params.items() if name != "page")
        following = f"{asked.url.partition('?')[0]}?{rest}&page={page + 1}".replace(" ", "%20") if more else None
        return Reply({"data": part, "meta": {"pagination": {"next": following, "more": more, "current_page": page}}})

    def leave_out(self, row: dict[str, Any], include: list[str]) -> None:
        """What is not asked for by `include` is not told."""
        for name in [name for name, said in row.items() if isinstance(said, dict) and "data" in said]:
            one = row[name]["data"]
            if name not in include and isinstance(one, dict) and "id" in one:
                # Without being included, what a mark or a class is of is named by its id.
                row[name] = row[name]["data"]["id"]
            elif name not in include:
                del row[name]
