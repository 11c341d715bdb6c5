"""Every named operation is understood by both databases, and answers the same on a hub that holds nothing."""

from __future__ import annotations

import inspect
import os
import types
from collections import abc
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from rollbook.fields import Record
from rollbook.model.people import Person
from rollbook.model.research import (
    CohortSubject,
    ProjectMember,
    ResearchCohort,
    ResearchTag,
    ResearchUser,
    SubjectProject,
)
from rollbook.model.students import Student
from rollbook.store.connection import connect
from rollbook.store.hub_ids import HubIds
from rollbook.store.kept import Kept, Passed
from rollbook.store.kept.plans import Plans
from rollbook.store.kept.statements import Statements
from rollbook.store.migrating import migrate
from rollbook.store.postgres.session import Session

from .postgres import ABSENT, BIN, hub_served

pytestmark = [pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)]

NOW = 1_790_000_000.0

GIVEN: dict[str, Any] = {
    "people.waiting fact": "student_unique_id",
    "records.unique_ids fact": "student_unique_id",
    "records.unique_ids_of fact": "student_unique_id",
    "history.called fact": "staff_unique_id",
    "history.formerly fact": "staff_unique_id",
    "history.renumbered fact": "staff_unique_id",
    "history.never_called fact": "staff_unique_id",
    "records.refers name": "person",
    "records.find facts": {"upn": None, "mis_id": "7"},
    "research.named record": ResearchCohort,
    "research.numbered record": ResearchUser,
    "copies.astray name": "person",
    "research.referred ref": SubjectProject.project,
    "research.tags bearer": ResearchTag.subject,
    "research.projects place": SubjectProject.subject,
    "research.of_project place": SubjectProject.subject,
    "research.lined_up holder": CohortSubject.cohort,
    "research.lined_up member": CohortSubject.subject,
    "research.places holder": CohortSubject.cohort,
    "research.places member": CohortSubject.subject,
    "projects.places holder": ProjectMember.user,
    "candidates.find kind": "Student",
    "matches.alike facts": {"upn": ["A01937632542"], "school": ["7"]},
    "matches.alike names": ("upn", "person"),
    "matches.bearers fact": "upn",
    "outbox.promise identity": "one",
    "outbox.promise due": NOW,
}
"""What an operation is given where its type does not say enough, such as the name of a stored fact."""

FEWEST = 250
"""How many operations there are at the least."""


@dataclass(frozen=True)
class Operation:
    """One operation of one subject."""

    schema: str
    subject: str
    name: str

    def __str__(self) -> str:
        return f"{self.subject}.{self.name}"


def operations() -> Iterator[Operation]:
    """Every operation, but for compiled questions, which `test_postgres_plans` is about."""
    for schema, kind in (("records", Kept), ("passing", Passed)):
        for subject, prop in vars(kind).items():
            if not isinstance(prop, cached_property):
                continue
            made: type[Statements] = get_type_hints(prop.func)["return"]
            if made is not Plans:
                for name, _ in inspect.getmembers(made, inspect.isfunction):
                    if not name.startswith("_"):
                        yield Operation(schema, subject, name)


OPERATIONS = list(operations())

# ---- values


def value(wanted: Any, *, full: bool) -> Any:
    """A value of a type: one that says something, or the emptiest there is."""
    plain: dict[Any, tuple[Any, Any]] = {
        str: ("2026-11-20", ""),
        int: (7, 0),
        float: (NOW, 0.0),
        bool: (True, False),
        bytes: (b"\x01\xff", b""),
        object: ("x", None),
        Any: ("x", None),
        Path: (Path("x"), Path()),
    }
    if wanted in plain:
        return plain[wanted][not full]
    origin, inner = get_origin(wanted), get_args(wanted)
    if origin in (types.UnionType, Union):
        given = [one for one in inner if one is not type(None)]
        return value(given[0], full=full) if full or type(None) not in inner else None
    if origin is Literal:
        return inner[0 if full else -1]
    if origin is type:
        return _record(inner[0])
    if origin in (dict, abc.Mapping):
        return {value(inner[0], full=True): value(inner[1], full=True)} if full else {}
    if origin is tuple and Ellipsis not in inner:
        return tuple(value(one, full=full) for one in inner)
    if origin in (list, tuple, set, frozenset, abc.Iterable, abc.Sequence, abc.Collection, abc.Set, abc.Iterator):
        kinds: dict[Any, Any] = {tuple: tuple, set: set, frozenset: frozenset, abc.Set: frozenset}
        made: Any = kinds.get(origin, list)
        return made([value(inner[0], full=True)] if full else [])
    return _whole(wanted, full=full)


def _record(bound: Any) -> type[Record]:
    return Student if isinstance(bound, type) and issubclass(Student, bound) else Person


def _whole(wanted: Any, *, full: bool) -> Any:
    """A frozen value, field by field."""
    hints = get_type_hints(wanted)
    if is_dataclass(wanted):
        made: Any = wanted
        return made(**{one.name: value(hints[one.name], full=full) for one in fields(wanted)})
    if issubclass(wanted, msgspec.Struct):
        return wanted(**{name: value(hints[name], full=full) for name in wanted.__struct_fields__})
    if hasattr(wanted, "_fields"):
        return wanted(*(value(hints[name], full=full) for name in wanted._fields))
    raise TypeError(f"no value is known for {wanted}")


def calls(name: str, operation: Callable[..., Any]) -> Iterator[tuple[list[Any], dict[str, Any]]]:
    """The ways in which an operation is called here: with everything, and with as little as can be."""
    hints = get_type_hints(operation)
    _, *parameters = inspect.signature(operation).parameters.values()
    for full in (True, False):
        given: list[Any] = []
        named: dict[str, Any] = {}
        for one in parameters:
            place = f"{name} {one.name}"
            if place not in GIVEN and not full and one.default is not one.empty:
                continue
            made = GIVEN[place] if place in GIVEN else value(hints[one.name], full=full)
            if one.kind is one.KEYWORD_ONLY:
                named[one.name] = made
            else:
                given.append(made)
        yield given, named


# ---- stores


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with hub_served() as where:
        yield where


@dataclass
class Both:
    """An empty hub in each of the databases, by schema: what an operation does is undone."""

    sqlite: dict[str, Any]
    postgres: dict[str, Any]


@pytest.fixture(scope="module")
def both(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    folder = tmp_path_factory.mktemp("empty")
    files = {name: connect(folder / f"{name}.sqlite") for name in ("records", "passing")}
    for name, file in files.items():
        migrate(file, name)
    sessions = {name: Session(address, name) for name in files}
    yield Both(dict(files), dict(sessions))
    for one in (*files.values(), *sessions.values()):
        one.close()


def outcome(connection: Any, operation: Operation, given: list[Any], named: dict[str, Any]) -> Any:
    """What an operation answers or raises, on one database."""
    over = Kept(connection, lambda: NOW, HubIds()) if operation.schema == "records" else Passed(connection)
    connection.execute("BEGIN")
    try:
        answer: Any = getattr(getattr(over, operation.subject), operation.name)(*given, **named)
        if hasattr(answer, "__enter__"):
            with answer as entered:
                return entered
        return list(answer) if hasattr(answer, "__next__") else answer
    except (ValueError, KeyError, TypeError, IndexError, StopIteration) as nothing:
        # What it asked for was not there.
        return type(nothing)
    finally:
        connection.execute("ROLLBACK")


def test_all_operations_are_found() -> None:
    assert len(OPERATIONS) >= FEWEST


@pytest.mark.parametrize("operation", OPERATIONS, ids=str)
def test_an_operation_answers_the_same_on_both(both: Both, operation: Operation) -> None:
    subject = get_type_hints(vars(Kept if operation.schema == "records" else Passed)[operation.subject].func)["return"]
    for given, named in calls(str(operation), getattr(subject, operation.name)):
        embedded = outcome(both.sqlite[operation.schema], operation, given, named)
        assert outcome(both.postgres[operation.schema], operation, given, named) == embedded
