"""`$filter`: every operator that a property takes, on real lists; and what is wrong with one, told all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import pytest

from rollbook.dialects.edlink.catalogue import RESOURCES
from rollbook.dialects.edlink.resource import CODE, EMAIL, ID, MOMENT, NAME, OPERATORS
from rollbook.model.organisation import School

from .vendor import Row, Vendor, having

TABLES: dict[str, dict[str, tuple[str, ...]]] = {
    "districts": {},
    "schools": {"name": NAME},
    "sessions": {"name": NAME, "start_date": MOMENT, "end_date": MOMENT},
    "courses": {"name": NAME, "code": CODE, "session_id": ID, "school_id": ID},
    "classes": {"name": NAME, "state": ID, "session_ids": ID, "course_id": ID, "subject_id": ID},
    "sections": {"name": NAME},
    "people": {"first_name": NAME, "last_name": NAME, "display_name": NAME, "email": EMAIL},
    "enrollments": {"role": CODE, "person_id": ID, "class_id": ID, "section_id": ID},
    "agents": {"observer_id": ID, "target_id": ID},
}
"""What the documentation lets each resource be filtered by, beside `id` and `updated_date`, which all have."""

OFFERED = [
    (name, prop, operator)
    for name, table in TABLES.items()
    for prop, operators in {"id": ID, "updated_date": MOMENT, **table}.items()
    for operator in operators
]

Test = Callable[[Any, str], bool]

MEANING: dict[str, Test] = {
    "equals": lambda held, value: held == value,
    "starts with": lambda held, value: held is not None and held.casefold().startswith(value.casefold()),
    "contains": lambda held, value: held is not None and value.casefold() in held.casefold(),
    "in": lambda held, value: held in value.split(","),
    "not in": lambda held, value: held not in value.split(","),
    "is known": lambda held, value: held is not None,
    "is unknown": lambda held, value: held is None,
    "gt": lambda held, value: held is not None and held > value,
    "gte": lambda held, value: held is not None and held >= value,
    "lt": lambda held, value: held is not None and held < value,
    "lte": lambda held, value: held is not None and held <= value,
}
"""What each operator means, said once more."""


def meant(row: Row, prop: str, operator: str, value: str) -> bool:
    """Whether a row satisfies a condition; of several ids, one is enough."""
    held: Any = row[prop]
    if not isinstance(held, list):
        return MEANING[operator](held, value)
    if operator == "not in":
        return not meant(row, prop, "in", value)
    return any(MEANING[operator](one, value) for one in cast(list[str], held))


def values(rows: list[Row], prop: str, operator: str) -> list[str]:
    """A few values worth asking for."""
    held = [v for r in rows for v in (r[prop] if isinstance(r[prop], list) else [r[prop]]) if v is not None]
    some = list(dict.fromkeys([held[0], held[len(held) // 2], held[-1]]))
    if operator in ("in", "not in"):
        return [",".join(some), some[0]]
    if operator in ("starts with", "contains"):
        return [some[0][:3].upper(), some[-1][1:4].lower(), "no such letters"]
    return some


def test_the_tables_are_those_of_the_documentation():
    offered = [(n, p, o) for n, r in RESOURCES.items() for p, prop in r.properties.items() for o in prop.filters]
    assert sorted(offered) == sorted(OFFERED)


@pytest.mark.parametrize(("name", "prop", "operator"), OFFERED)
def test_a_filter_leaves_just_the_rows_that_it_means(vendor: Vendor, name: str, prop: str, operator: str):
    rows = vendor.rows(name)
    for value in values(rows, prop, operator):
        chosen = having(prop, operator, None if operator.startswith("is ") else value)
        assert vendor.ids(name, filter=chosen) == [r["id"] for r in rows if meant(r, prop, operator, value)], value


REFUSED = [
    (name, prop, operator)
    for name, resource in RESOURCES.items()
    for prop, told in resource.properties.items()
    for operator in OPERATORS
    if told.filters and operator not in told.filters
]


@pytest.mark.parametrize(("name", "prop", "operator"), REFUSED)
def test_an_operator_that_a_property_does_not_take_is_refused(vendor: Vendor, name: str, prop: str, operator: str):
    ((code, message),) = vendor.refusal(name, filter=having(prop, operator, "x"))
    assert code == "INVALID_FILTER"
    assert message.startswith(f"$filter.{prop}: does not take {operator} (give one of: ")


UNFILTERED = [
    (name, prop)
    for name, resource in RESOURCES.items()
    for prop, told in resource.properties.items()
    if not told.filters
]


@pytest.mark.parametrize(("name", "prop"), UNFILTERED)
def test_a_property_without_operators_cannot_be_filtered_by(vendor: Vendor, name: str, prop: str):
    ((code, message),) = vendor.refusal(name, filter=having(prop, "equals", "x"))
    assert (code, message.split(" (")[0]) == ("INVALID_FILTER", f"$filter.{prop}: has no operators in {name}")


def test_all_conditions_must_hold(vendor: Vendor):
    chosen = {
        "first_name": [{"operator": "starts with", "value": "g"}, {"operator": "contains", "value": "AM"}],
        "last_name": [{"operator": "equals", "value": "Mossgrove"}],
    }
    assert [p["display_name"] for p in vendor.rows("people", filter=chosen)] == ["Graham Mossgrove"]


def test_equals_heeds_the_case_and_contains_does_not(vendor: Vendor):
    assert vendor.rows("people", filter=having("last_name", "equals", "mossgrove")) == []
    assert vendor.rows("people", filter=having("last_name", "contains", "MOSSGROVE")) != []


def test_letters_of_every_alphabet_have_a_case(writer: Vendor):
    with writer.hub.store.write(1) as batch:
        batch.change(School, writer.school(), {"name": "ÉCOLE Straße"})
    for said in ("école", "ÉCOLE", "École strasse"):
        assert writer.ids("schools", filter=having("name", "starts with", said)) == [writer.school()]


@pytest.mark.parametrize("letter", ["%", "_", "*", "\\", "'", '"', "[", "\0", "🦉"])
def test_no_letter_is_a_wildcard(vendor: Vendor, letter: str):
    for operator in ("equals", "starts with", "contains", "in"):
        assert vendor.rows("people", filter=having("last_name", operator, letter)) == []


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2026-09-02", ["2026-09-02"]),
        ("2026-09-02T00:00:00.000Z", ["2026-09-02"]),
        ("2026-09-02T00:00:00", ["2026-09-02"]),
        ("2026-09-02T02:00:00+02:00", ["2026-09-02"]),
        ("2026-09-02T00:00:00.001Z", []),
    ],
)
def test_a_date_may_be_written_in_the_ways_of_iso_8601(vendor: Vendor, value: str, days: list[str]):
    found = vendor.rows("sessions", filter=having("start_date", "equals", value))
    assert sorted({s["start_date"][:10] for s in found}) == days


def test_a_moment_between_two_milliseconds_divides_them(vendor: Vendor):
    last = max(p["updated_date"] for p in vendor.rows("people"))
    exact = last.replace("Z", "5Z")
    assert vendor.rows("people", filter=having("updated_date", "gt", exact)) == []
    assert vendor.ids("people", filter=having("updated_date", "lt", exact)) == vendor.ids("people")
    assert vendor.rows("people", filter=having("updated_date", "gte", exact)) == []


def test_spaces_around_ids_do_not_matter_and_nor_does_their_case(vendor: Vendor):
    school = vendor.school()
    assert vendor.ids("schools", filter=having("id", "in", f" {school.upper()} , {school}")) == [school]


def test_a_value_of_in_is_taken_to_the_letter(vendor: Vendor):
    assert vendor.rows("people", filter=having("first_name", "in", "Graham, Primrose")) != []
    found = {p["first_name"] for p in vendor.rows("people", filter=having("first_name", "in", "Graham, Primrose"))}
    assert found == {"Graham"}


def test_the_unknown_is_not_among_any_values(writer: Vendor):
    with writer.hub.store.write(1) as batch:
        batch.change(School, writer.school(), {"name": None})
    assert writer.school() in writer.ids("schools", filter=having("name", "not in", "Thornfield Academy"))
    assert writer.ids("schools", filter=having("name", "is unknown")) == [writer.school()]


FAULTS: list[tuple[Any, list[tuple[str, str]]]] = [
    ("{", [("INVALID_FILTER", "$filter: is not JSON")]),
    ("[]", [("INVALID_FILTER", "$filter: is not an object")]),
    ('"name"', [("INVALID_FILTER", "$filter: is not an object")]),
    ("null", [("INVALID_FILTER", "$filter: is not an object")]),
    ({"name": {}}, [("INVALID_FILTER", "$filter.name: is not a list")]),
    ({"name": ["x"]}, [("INVALID_FILTER", "$filter.name: has a condition without an operator")]),
    ({"name": [{"value": "x"}]}, [("INVALID_FILTER", "$filter.name: has a condition without an operator")]),
    ({"name": [{"operator": 1}]}, [("INVALID_FILTER", "$filter.name: has a condition without an operator")]),
    (
        having("name", "resembles", "x"),
        [("INVALID_FILTER", "$filter.name: has an operator that there is not: resembles")],
    ),
    (having("name", "Equals", "x"), [("INVALID_FILTER", "$filter.name: has an operator that there is not: Equals")]),
    (having("name", "equals"), [("INVALID_FILTER", "$filter.name: needs a text as the value of equals")]),
    ({"name": [{"operator": "equals", "value": 5}]}, [("INVALID_FILTER", "$filter.name: needs a text")]),
    ({"name": [{"operator": "in", "value": ["a"]}]}, [("INVALID_FILTER", "$filter.name: needs a text")]),
    (
        {"name": [{"operator": "equals", "value": "x", "or": 1}]},
        [("INVALID_FILTER", "$filter.name: has a condition with or")],
    ),
    (having("shoe_size", "equals", "5"), [("INVALID_FILTER", "$filter.shoe_size: is not a property of sessions")]),
    (having("id", "equals", "9919"), [("INVALID_UUID", "$filter.id: 9919 is not a UUID")]),
    (having("start_date", "gt", "tomorrow"), [("INVALID_FILTER", "$filter.start_date: tomorrow is not a date")]),
    (having("start_date", "gt", "2026-02-30"), [("INVALID_FILTER", "$filter.start_date: 2026-02-30 is not a date")]),
    (
        {"name": [{"operator": "gt", "value": "x"}], "id": [{"operator": "in", "value": "a,b"}], "age": []},
        [
            ("INVALID_FILTER", "$filter.name: does not take gt"),
            ("INVALID_UUID", "$filter.id: a is not a UUID"),
            ("INVALID_UUID", "$filter.id: b is not a UUID"),
            ("INVALID_FILTER", "$filter.age: is not a property of sessions"),
        ],
    ),
]


@pytest.mark.parametrize(("chosen", "told"), FAULTS)
def test_everything_that_is_wrong_with_a_filter_is_told_at_once(
    vendor: Vendor, chosen: Any, told: list[tuple[str, str]]
):
    refused = vendor.refusal("sessions", filter=chosen)
    assert [code for code, _ in refused] == [code for code, _ in told]
    for (_, message), (_, begins) in zip(refused, told, strict=True):
        assert message.startswith(begins)
        assert message.endswith(")"), "every problem has a hint"


def test_more_conditions_than_anybody_needs_are_refused(vendor: Vendor):
    many = {"name": [{"operator": "contains", "value": "a"}] * 51}
    ((code, message),) = vendor.refusal("schools", filter=many)
    assert (code, message) == ("INVALID_FILTER", "$filter: has 51 conditions (give no more than 50)")
    assert vendor.rows("schools", filter={"name": many["name"][1:]}) != []


def test_conditions_and_a_value_of_none_are_no_conditions(vendor: Vendor):
    assert vendor.rows("schools", filter={}) == vendor.rows("schools")
    assert vendor.rows("schools", filter={"name": []}) == vendor.rows("schools")
    known = {"name": [{"operator": "is known", "value": None}]}
    assert vendor.rows("schools", filter=known) == vendor.rows("schools")
