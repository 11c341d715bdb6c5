"""A record is found by its natural key through indexes: loading a school does not grow slower with every row."""

from __future__ import annotations

from typing import Any

import pytest

from rollbook.consent import Writer
from rollbook.dialects.edfi.locating import Locator
from rollbook.dialects.edfi.places import Places
from rollbook.dialects.edfi.resources import EVERY
from rollbook.dialects.edfi.schema import Resource
from rollbook.fields import Record
from tests.district import edfi
from tests.hub import Hub
from tests.looking import look


@pytest.mark.parametrize("resource", EVERY, ids=lambda r: r.name)
def test_a_document_is_found_by_its_natural_key_without_a_walk_through_the_district(
    small_hub: Hub, resource: Resource, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _, _, estab, _, _ in small_hub.desk.schools.all():
        small_hub.grant(estab=estab)
    caller = edfi(small_hub, small_hub.app())
    wanted = caller.get(f"{resource.name}?limit=500")[-1]
    holder = small_hub.desk.tickets.admit("edfi", caller.token)
    places = Places(small_hub.desk.readers.for_holder(holder))
    plain, walked = Writer.find, list[str]()

    def find(self: Writer, record: type[Record], **facts: Any) -> list[dict[str, Any]]:
        same = " AND ".join(f'"{name}" IS ?' for name in facts)
        asked = f'EXPLAIN QUERY PLAN SELECT * FROM "{record.table}" WHERE district = ? AND {same} ORDER BY +rowid'
        steps = [step for _, _, _, step in look(small_hub.store, asked, (1, *facts.values()))]
        walked.extend(s for s in steps if s.startswith("SCAN") or s.endswith("(district=?)"))
        return plain(self, record, **facts)

    monkeypatch.setattr(Writer, "find", find)
    found: list[str | None] = []
    for reader in small_hub.desk.readers.for_holder(holder):
        with small_hub.desk.writers.in_district(holder, reader.district) as writer:
            found.append(Locator(writer, places).document(resource, resource.key(wanted)))
    assert [f.replace("-", "") for f in found if f] == [wanted["id"]]
    # A district is the only record of its kind in its partition.
    assert walked == [] or resource.name == "localEducationAgencies"
