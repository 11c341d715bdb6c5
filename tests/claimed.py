"""Sources of a test's own: what each says of records, and which of them are of records that are there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.fields import Record
from rollbook.ingest.applying import write_plan
from rollbook.ingest.plan import make_plan, read_held
from rollbook.ingest.rows import Row, Stream, silent
from rollbook.model.organisation import School
from rollbook.model.people import Person
from rollbook.model.students import Student
from rollbook.store.kept.feeds import BY_HAND, Feed
from rollbook.store.port import Store
from rollbook.store.writing import Batch

Joins = Mapping[tuple[str, str], str]
"""By kind and the source's own key, the hub id of a record that is there."""

Rows = Mapping[Any, Sequence[Row]]
"""By kind of record."""


def stand(store: Store, district: int, *sources: tuple[str, tuple[str, ...]]) -> None:
    """Let the sources of a district be asked in this order, and say of each what it may say."""
    with store.of_district(district) as kept:
        for place, (name, may) in enumerate(sources, 1):
            kept.feeds.put(Feed(district, name, "told", {}, place, may, 0.02, BY_HAND, "", ""))


def bring(store: Store, district: int, source: str, rows: Rows, joins: Joins | None = None, form: str = "told") -> None:
    """Have a source read that says all of these kinds."""
    with store.write(district) as batch:
        streams = [Stream(kind, list(said)) for kind, said in rows.items()]
        plan = make_plan(source, read_held(batch, source), streams)
        for part in plan.parts:
            known = {key: there for (kind, key), there in (joins or {}).items() if kind == part.kind.__name__}
            part.joined = [(row, said, known[row.key]) for row, said in part.new if row.key in known]
            part.new = [(row, said) for row, said in part.new if row.key not in known]
        write_plan(batch, plan, form, silent)


def pupil(key: str, **facts: Any) -> Rows:
    """One pupil of one school, as a source says it."""
    return {
        School: [Row("a", {"name": "Alder"}, {})],
        Person: [Row(key, facts, {})],
        Student: [Row(key, {"admission_no": key}, {"person": key, "school": "a"})],
    }


def pupil_of(store: Store, district: int, source: str, key: str) -> dict[tuple[str, str], str]:
    """Which records a pupil's rows are of, to another source."""
    found = store.kept.sources.record_of
    ids = {kind: found(district, source, kind, key) for kind in ("Person", "Student")}
    school = found(district, source, "School", "a")
    return {("School", "a"): school or "", **{(kind, key): identity or "" for kind, identity in ids.items()}}


def one(store: Store, district: int, record: type[Record], identity: str) -> dict[str, Any]:
    """A record column by column; nothing where it is not there."""
    with store.lend() as kept:
        return Batch(kept, district).get(record, identity) or {}
