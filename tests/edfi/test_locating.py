"""A record is found by its natural key through indexes: loading a school does not grow slower with every row."""

from __future__ import annotations

import pytest

from rollbook.dialects.edfi.locating import Locator
from rollbook.dialects.edfi.places import Places
from rollbook.edfi.resources import HOMED
from rollbook.edfi.schema import Resource
from rollbook.store.kept.records import Records
from rollbook.store.kept.statements import Row, Statements, Values
from tests.district import edfi
from tests.hub import Hub


@pytest.mark.parametrize("resource", HOMED, ids=lambda r: r.name)
def test_a_document_is_found_by_its_natural_key_without_a_walk_through_the_district(
    small_hub: Hub, resource: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _, _, estab, _, _ in small_hub.desk.schools.all():
        small_hub.grant(estab=estab)
    caller = edfi(small_hub, small_hub.app())
    wanted = caller.get(f"{resource.name}?limit=500")[-1]
    holder = small_hub.desk.tickets.admit("edfi", caller.token)
    places = Places(small_hub.desk.readers.for_holder(holder))
    plain, walked = Statements._rows, list[str]()  # pyright: ignore[reportPrivateUsage]

    def rows(self: Statements, statement: str, values: Values = ()) -> list[Row]:
        steps = [step for _, _, _, step in plain(self, f"EXPLAIN QUERY PLAN {statement}", values)]
        walked.extend(s for s in steps if s.startswith("SCAN") or s.endswith("(district=?)"))
        return plain(self, statement, values)

    monkeypatch.setattr(Records, "_rows", rows)
    found: list[str | None] = []
    for reader in small_hub.desk.readers.for_holder(holder):
        with small_hub.desk.writers.in_district(holder, reader.district) as writer:
            found.append(Locator(writer, places).document(resource, resource.key(wanted)))
    assert [f.replace("-", "") for f in found if f] == [wanted["id"]]
    # A district is the only record of its kind in its partition.
    assert walked == [] or resource.name == "localEducationAgencies"
