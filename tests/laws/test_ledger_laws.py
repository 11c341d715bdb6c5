"""The people in the ledger are those in the answer: nobody is missing, and nobody is there who is not in it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rollbook.dialects.xporter.catalogue import ENDPOINTS
from rollbook.fields import RECORDS, Coalesce, Csv, Expr, Field, Path
from tests.hub import THORNFIELD, Hub
from tests.told import told

from .asking import SCOPES, tables, widest

IDS = ("mis_id", "external_id", "idaas_id", "xid")
"""The facts by which the people of a school are known."""

HUMANS = {record.__name__: record for record in RECORDS.values() if record.human}

few = st.lists(st.sampled_from(SCOPES), min_size=1, max_size=8, unique=True).map(
    lambda held: sorted({*held, "StudentLite", "StaffLite", "SchoolLite"})
)


def names_a_human(expr: Expr) -> tuple[str, str] | None:
    """The kind of human whose id a column shows, and which of the ids."""
    if isinstance(expr, Csv):
        return names_a_human(expr.what)
    if isinstance(expr, Path):
        return names_a_human(expr.end)
    if isinstance(expr, Coalesce):
        found = {names_a_human(value) for value in expr.values}
        return found.pop() if len(found) == 1 else None
    if isinstance(expr, Field) and expr.name in IDS and expr.owner.__name__ in HUMANS:
        return expr.owner.__name__, expr.name
    return None


class School:
    """The people of the demo's first school by their ids, and the texts by which each may be told."""

    def __init__(self, hub: Hub) -> None:
        self.ids: dict[tuple[str, str, str], str] = {}
        self.texts: dict[str, set[str]] = {}
        district, school, _ = hub.desk.school(THORNFIELD)
        for kind, record in HUMANS.items():
            names = [name for name in IDS if name in record.stored()]
            rows = hub.store.records.execute(
                f'SELECT r.id, r.person, p.surname, {", ".join(f"r.{name}" for name in names)} FROM "{record.table}" r'
                " JOIN person p ON p.district = r.district AND p.id = r.person WHERE r.district = ? AND r.school = ?",
                (district, school),
            )
            for identity, person, surname, *values in rows:
                self.ids |= {(kind, n, str(v)): identity for n, v in zip(names, values, strict=True) if v is not None}
                texts = {surname, *(f'"{v}"' for v in values if v), *(f"{v}." for v in values if v)}
                self.texts[identity] = self.texts[person] = texts | {v for v in values if v and len(v) > 6}
        others = hub.store.records.execute(
            "SELECT id, surname, forename FROM person WHERE district = ?", (district,)
        ).fetchall()
        for identity, *said in others:
            self.texts.setdefault(identity, {text for text in said if text})

    def named(self, segment: str, body: bytes) -> Iterator[str]:
        """The hub ids of all whose ids stand in the columns of an answer."""
        endpoint = ENDPOINTS[segment.lower()]
        rows = tables(body)
        for table in endpoint.tables:
            for part in endpoint.parts(table):
                for column, expr in part.columns.items():
                    known = names_a_human(expr)
                    for row in rows.get(table.name, []) if known else []:
                        for value in str(row.get(column) or "").split(","):
                            found = self.ids.get((*known, value)) if known else None
                            yield from [found] if found else []


@settings(max_examples=4, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(held=st.one_of(st.just(["all"]), few), seed=st.integers(0, 1000))
def test_the_people_in_the_ledger_are_those_in_the_answer(small_hub: Hub, held: list[str], seed: int) -> None:
    rng = random.Random(seed)
    token = small_hub.token(held)
    left_out = rng.sample(range(9919, 9969), 8)
    grant = small_hub.desk.grant(small_hub.app(), THORNFIELD)
    small_hub.desk.choose(grant, "Student", rng.choice(["only", "except"]), map(str, left_out))
    school = School(small_hub)
    told_of = 0
    for segment, path in widest(small_hub, token).items():
        answer = small_hub.get(f"/api/v1/School/{THORNFIELD}/{path}", token)
        people = told(small_hub)
        named = set(school.named(segment, answer.body))
        assert named <= people, segment
        text = answer.body.decode()
        stray = [one for one in people - named if not any(said in text for said in school.texts.get(one, ()))]
        assert stray == [], (segment, stray)
        told_of += len(people)
    assert told_of
