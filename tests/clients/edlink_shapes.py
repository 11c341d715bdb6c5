"""What each of Edlink's resources is made of, as its documentation says, read as strictly as a typed client would."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Check = Callable[[Any], bool]

GRADES = {"Birth", "Prenatal", "IT", "PR", "PK", "TK", "KG", "PS", "UG", "Other", *(f"{n:02}" for n in range(1, 14))}
SUBJECTS = {*(f"CEDS.{n:02}" for n in range(1, 25) if n != 6), "EL.01", "EL.02"}
ROLES = {
    "student",
    "district-administrator",
    "administrator",
    "teacher",
    "observer",
    "parent",
    "guardian",
    "ta",
    "aide",
    "designer",
    "staff",
    "member",
}
SECTION_STATES = {"upcoming", "inactive", "active", "completed", "archived"}
RACES = {
    "american-indian-or-alaska-native",
    "asian",
    "black-or-african-american",
    "native-hawaiian-or-other-pacific-islander",
    "white",
}


def is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def is_moment(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", value))


def is_day(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{3}Z)?", value))


def is_id(value: Any) -> bool:
    form = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    return isinstance(value, str) and bool(re.fullmatch(form, value))


def is_object(value: Any) -> bool:
    return isinstance(value, dict)


def one_of(known: set[str]) -> Check:
    return lambda value: value in known


def maybe(check: Check) -> Check:
    return lambda value: value is None or check(value)


def each(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))  # pyright: ignore[reportUnknownArgumentType]


def shaped(**shape: Check) -> Check:
    return lambda value: isinstance(value, dict) and not faults(value, shape)  # pyright: ignore[reportUnknownArgumentType]


def faults(record: dict[str, Any], shape: dict[str, Check]) -> list[str]:
    """The properties that are missing or not what they should be."""
    return [f"{name}: {record.get(name, 'missing')!r}" for name, good in shape.items() if not _good(record, name, good)]


def _good(record: dict[str, Any], name: str, good: Check) -> bool:
    return name in record and good(record[name])


RECORD: dict[str, Check] = {
    "id": is_id,
    "created_date": is_moment,
    "updated_date": is_moment,
    "properties": is_object,
    "identifiers": each(shaped(type=is_text, value=is_text)),
}
PLACE = dict.fromkeys(["address", "location"], maybe(is_object))
HERE = {"locale": maybe(is_text), "time_zone": maybe(is_text)}

SHAPES: dict[str, dict[str, Check]] = {
    "districts": {**RECORD, **PLACE, **HERE, "name": is_text, "picture_url": maybe(is_text)},
    "schools": {
        **RECORD,
        **PLACE,
        **HERE,
        "name": is_text,
        "grade_levels": each(one_of(GRADES)),
        "picture_url": maybe(is_text),
        "district_id": is_id,
        "product_ids": each(is_id),
    },
    "sessions": {
        **RECORD,
        "name": is_text,
        "start_date": is_day,
        "end_date": is_day,
        "state": one_of({"active", "upcoming", "completed"}),
        "type": one_of({"semester", "term", "grading_period", "school_year"}),
        "school_id": maybe(is_id),
        "district_id": is_id,
    },
    "courses": {
        **RECORD,
        "name": is_text,
        "code": maybe(is_text),
        "grade_levels": each(one_of(GRADES)),
        "subjects": each(one_of(SUBJECTS)),
        "session_id": maybe(is_id),
        "school_id": maybe(is_id),
        "district_id": is_id,
    },
    "classes": {
        **RECORD,
        **HERE,
        "name": is_text,
        "description": maybe(is_text),
        "picture_url": maybe(is_text),
        "subjects": each(one_of(SUBJECTS)),
        "grade_levels": each(one_of(GRADES)),
        "periods": each(is_text),
        "state": one_of({"template", *SECTION_STATES}),
        "session_ids": each(is_id),
        "course_id": maybe(is_id),
        "school_id": is_id,
        "product_ids": each(is_id),
    },
    "sections": {
        **RECORD,
        **HERE,
        "name": is_text,
        "description": maybe(is_text),
        "state": one_of(SECTION_STATES),
        "periods": each(is_text),
        "class_id": is_id,
        "picture_url": maybe(is_text),
    },
    "people": {
        **RECORD,
        **HERE,
        "first_name": is_text,
        "middle_name": maybe(is_text),
        "last_name": is_text,
        "display_name": is_text,
        "picture_url": maybe(is_text),
        "roles": each(one_of(ROLES)),
        "email": maybe(is_text),
        "phone": maybe(is_text),
        "graduation_year": maybe(lambda value: is_number(value) or is_text(value)),
        "grade_levels": each(one_of(GRADES)),
        "demographics": maybe(is_object),
        "district_id": is_id,
        "school_ids": each(is_id),
        "product_ids": each(is_id),
    },
    "enrollments": {
        **RECORD,
        "role": one_of(ROLES),
        "start_date": maybe(is_day),
        "end_date": maybe(is_day),
        "primary": maybe(is_flag),
        "state": one_of({"active", "inactive", "dropped", "upcoming", "pending", "completed"}),
        "person_id": is_id,
        "class_id": is_id,
        "section_id": maybe(is_id),
    },
    "agents": {
        **RECORD,
        "relationship": one_of({"parent", "guardian", "aide"}),
        "observer_id": is_id,
        "target_id": is_id,
    },
}
"""What each resource has, and what each of its properties may be."""

DEMOGRAPHICS: dict[str, Check] = {
    "birthday": maybe(is_day),
    "gender": maybe(one_of({"male", "female", "other"})),
    "hispanic_or_latino_ethnicity": maybe(is_flag),
    "races": maybe(each(one_of(RACES))),
}
"""Of the demographics, those whose values are few and known."""
