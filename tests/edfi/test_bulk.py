"""Loading many documents: what one of them costs is bounded, and is told as it is found afterwards."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from rollbook.dialects.edfi.reading import AnyReader, Collection, Cursor, Extent, readers_of
from rollbook.edfi.documents import Whole
from rollbook.edfi.resources import RESOURCES
from rollbook.edfi.schema import Resource
from rollbook.model.vocabulary import Descriptor
from rollbook.store.lasting import Lasting
from rollbook.store.sqlite import Store
from tests.district import EdFi, cohort, edfi, place
from tests.hub import THORNFIELD, Hub

ESTAB = int(THORNFIELD)

AT_MOST = {"cohorts": 19, "studentCohortAssociations": 15}
"""How many statements one of many documents takes, from the token to the disk."""


@pytest.fixture
def caller(small_hub: Hub) -> EdFi:
    """An app that writes a school's documents."""
    small_hub.grant()
    return edfi(small_hub, small_hub.app(), "SISVendor")


@contextmanager
def executed(hub: Hub) -> Generator[list[str]]:
    """The statements that are executed on connections that a hub has open."""
    said: list[str] = []

    def note(_: Any, statement: str, __: Any) -> bool:
        said.append(statement)
        return True

    store = hub.store
    opened: list[Any] = [store._writer._connection, *store._lent._idle]  # pyright: ignore
    for connection in opened:
        connection.exec_trace = note
    try:
        yield said
    finally:
        for connection in opened:
            connection.exec_trace = None


def documents(caller: EdFi) -> dict[str, Callable[[int], dict[str, Any]]]:
    """For each resource, documents that nobody has written before."""
    who = caller.get("studentSchoolAssociations?limit=1")[0]["studentReference"]["studentUniqueId"]
    caller.post("cohorts", cohort("all", ESTAB))
    return {
        "cohorts": lambda n: cohort(f"C{n}", ESTAB),
        "studentCohortAssociations": lambda n: place("all", ESTAB, who, f"2026-10-{n:02}"),
    }


@pytest.mark.parametrize("resource", AT_MOST)
def test_one_of_many_documents_takes_few_statements(small_hub: Hub, caller: EdFi, resource: str) -> None:
    make = documents(caller)[resource]
    for number in (1, 2):
        caller.post(resource, make(number))
    with executed(small_hub) as said:
        caller.post(resource, make(3))
    assert len(said) <= AT_MOST[resource], "\n".join(one[:100] for one in said)
    assert said.count("COMMIT") == 1


def test_what_lasts_from_one_document_to_the_next_is_what_would_be_read(
    small_hub: Hub, caller: EdFi, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, compared = Lasting.get, list[object]()

    def read_again(lasting: Lasting, key: Any, tables: tuple[str, ...], make: Callable[[], Any]) -> Any:
        found: Any = known(lasting, key, tables, make)
        # What goes on growing is compared by what is written with it.
        if key[0] not in ("counters", "keys"):
            assert found == make(), key
            compared.append(key)
        return found

    monkeypatch.setattr(Lasting, "get", read_again)
    make = documents(caller)
    school, other = caller, edfi(small_hub, small_hub.app("other.example"), "SISVendor")
    for number in range(1, 4):
        for resource, one in make.items():
            school.post(resource, one(number))
            assert other.ask("POST", resource, one(number)).status == 403
            school.post(resource, one(number), 200)
        assert school.ask("POST", "studentCohortAssociations", place("none", ESTAB, "1", "2026-10-01")).status == 409
    # PostgreSQL has many writers, and nothing lasts.
    assert (len(compared) > 50) == isinstance(small_hub.store, Store)


@pytest.mark.parametrize("resource", AT_MOST)
def test_the_etag_of_a_new_document_is_that_with_which_it_is_read(caller: EdFi, resource: str) -> None:
    document = documents(caller)[resource](1)
    for status in (201, 200):
        answer = caller.ask("POST", resource, document)
        found = caller.ask("GET", f"{resource}/{answer.headers['location'].rsplit('/', 1)[-1]}")
        assert (answer.status, answer.headers["etag"]) == (status, found.headers["etag"])


def test_a_new_document_leaves_everybody_admitted(small_hub: Hub, caller: EdFi) -> None:
    before = small_hub.store.kept.settings.admission()
    caller.post("cohorts", cohort("C1", ESTAB))
    assert small_hub.store.kept.settings.admission() == before


LISTED = [part for r in RESOURCES.values() if r.of is not Descriptor for part in r.parts]


def test_a_page_begins_where_the_one_before_it_ended_however_many_there_are(small_hub: Hub, caller: EdFi) -> None:
    holder = small_hub.desk.tickets.admit("edfi", caller.token)
    walked = {p: steps for p in LISTED for steps in _plans(small_hub, p, readers_of(small_hub.desk, holder, p))}
    wrong = {
        part.asked_as: steps
        for part, steps in walked.items()
        if steps[0] not in (_OF_WHOLE if isinstance(part, Whole) else _OF_KIND) or _SORTED in steps
    }
    assert len(walked) == len(LISTED)
    assert wrong == {}


_OF_WHOLE = {"SEARCH t1 USING INDEX whole_document_resource_id (district=? AND resource=? AND id>?)"}
_IDS = {r.of.table: "every_id" if r.of.numbered else "id" for r in LISTED}
_OF_KIND = {f"SEARCH t1 USING INDEX {table}_{ids} (district=? AND id>?)" for table, ids in _IDS.items()}
_SORTED = "USE TEMP B-TREE FOR ORDER BY"


def _plans(hub: Hub, resource: Resource, readers: Sequence[AnyReader]) -> Iterator[list[str]]:
    """The steps in which a database reads a page from somewhere on, for each district."""
    cursor = Cursor(readers[-1].district, "0000")
    for reader, part, plan, args in Collection(resource, readers, Extent(cursor=cursor)).plans():
        bound = {**reader.base, **args, "limit": 500, "offset": 0, "page": -1, "before": 0}
        with hub.store.lend(reader.district) as kept:
            steps = kept.connection.execute(f"EXPLAIN QUERY PLAN {plan.telling[0]}", bound).fetchall()
        if reader is readers[-1] and part is resource:
            yield [step for _, parent, _, step in steps if not parent]
