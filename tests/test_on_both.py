"""What files and PostgreSQL do alike where the databases themselves would not: names in any case, and U+0000."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator

import pytest

from rollbook.errors import Malformed
from rollbook.model.curriculum import Program
from rollbook.model.organisation import School
from rollbook.store.kept.apps import App
from rollbook.store.opening import opened
from rollbook.store.port import Store

from .postgres import ABSENT, BIN, hub_served

postgres = pytest.mark.skipif(BIN is None and not os.environ.get("CI"), reason=ABSENT)


@pytest.fixture(scope="module", params=["files", pytest.param("postgres", marks=postgres)])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "files":
        with opened(folder) as one:
            yield one
        return
    with hub_served() as address, opened(folder, address) as one:
        yield one


# ---- names in any case


def test_an_app_is_known_by_its_name_in_any_case(store: Store) -> None:
    app = App("1", "Reports.Example.org", "Reports")
    with store.transaction() as kept:
        kept.apps.add(app, b"secret", "2026-11-20")
    assert store.kept.apps.named("reports.example.ORG") == app
    assert store.kept.apps.with_secret("REPORTS.example.org", b"secret") == app
    assert store.kept.apps.with_secret("reports.example.org", b"other") is None


def test_who_may_answer_for_a_school_is_known_by_an_address_in_any_case(store: Store) -> None:
    with store.founding({"name": "A trust"}) as batch:
        (school,) = batch.add(School, [{"estab": "1", "name": "A school"}])
        district = batch.district
    with store.of_district(district) as kept:
        for email in ("b@example.org", "C@example.org", "B@EXAMPLE.ORG", "a@example.org"):
            kept.invitations.name_signatory(district, school, email)
    assert store.kept.invitations.addresses(district, school) == ["a@example.org", "b@example.org", "C@example.org"]
    with store.of_district(district) as kept:
        kept.invitations.drop_signatory(district, school, "c@Example.org")
    assert store.kept.invitations.addresses(district, school) == ["a@example.org", "b@example.org"]


# ---- what hubs keep in memory


def test_the_age_of_a_database_is_noticed(store: Store) -> None:
    before = store.watch.versions()
    assert store.watch.versions() == before
    with store.passing as passing:
        passing.databases.note(1, "a school", "XodSchoolData", 1.0, None)
    assert store.watch.versions() != before


# ---- U+0000


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Che\0ss"),
        ("remainder", json.dumps({"edfi": {"a": ["b\0"]}})),
        ("remainder", json.dumps({"edfi": {"a\0": 1}})),
        ("remainder", '"\\\\\\u0000"'),
    ],
)
def test_a_record_does_not_hold_the_character_that_postgresql_cannot_keep(store: Store, name: str, value: str) -> None:
    with store.founding({"name": "A trust"}) as batch:
        district, (chess,) = batch.district, batch.add(Program, [{"name": "Chess", "kind": "Other"}])
    refused = pytest.raises(Malformed, match=rf"^Program, {name}: holds the character U\+0000 \(leave it out\)$")
    with refused, store.write(district) as batch:
        batch.change(Program, chess, {name: value})
    with refused, store.write(district) as batch:
        batch.add(Program, [{"name": "Choir", "kind": "Other", name: value}])
    assert [row["name"] for row in store.kept.records.find(Program, district, {})] == ["Chess"]


def test_what_only_looks_like_the_character_is_kept(store: Store) -> None:
    said = {"name": "\\u0000", "remainder": json.dumps({"edfi": {"a": "\\u0000"}})}
    with store.founding({"name": "A trust"}) as batch:
        district = batch.district
        batch.add(Program, [{"kind": "Other", **said}])
    (found,) = store.kept.records.find(Program, district, {})
    assert {name: found[name] for name in said} == said
