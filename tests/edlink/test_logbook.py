"""What an integration is told of itself: sources, materializations and requests."""

from __future__ import annotations

from typing import Any

from rollbook.model.organisation import School
from rollbook.store.kept.feeds import ON, Feed, Run

from ..hub import BRAMBLESIDE, Hub
from .vendor import Row, Vendor, having


def fed(hub: Hub, name: str, school: str, *runs: tuple[str, str, str]) -> None:
    """A named source that a school was read from."""
    with hub.store.write(1) as batch:
        batch.kept.feeds.put(Feed(1, name, "oneroster-csv", {}, 9, (), 0.02, ON, "", "2026-11-01T08:00:00.000"))
        batch.synced(name, {school: {}})
        for began, ended, outcome in runs:
            batch.kept.feeds.ran(1, name, Run(began, ended, outcome, {}, 0))


def test_the_sources_of_its_schools_and_their_readings_are_told(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    (first,) = vendor.rows("materializations")
    assert first == {
        "id": first["id"],
        "created_date": f"{vendor.credential.made}Z",
        "updated_date": f"{vendor.credential.made}Z",
        "state": "complete",
        "priority": 0,
        "source_id": vendor.ids("districts")[0],
        "integration_id": vendor.credential.id,
    }
    before = ("2026-01-01T02:00:00.000", "2026-01-01T02:01:00.000", "done")
    read = ("2099-01-01T02:00:00.000", "2099-01-01T02:01:00.000", "done")
    stopped = ("2099-01-02T02:00:00.000", "2099-01-02T02:00:01.000", "refused")
    fed(small_hub, "mis", vendor.school(), before, read, stopped)
    made, source = sorted(vendor.rows("sources"), key=lambda one: one["name"])
    assert (made["name"], made["state"], made["properties"]) == ("demo", "paused", {"connector": "demo"})
    assert {n: source[n] for n in ("name", "state", "properties", "created_date", "updated_date", "team_id")} == {
        "name": "mis",
        "state": "active",
        "properties": {"connector": "oneroster-csv"},
        "created_date": "2026-11-01T08:00:00.000Z",
        "updated_date": "2099-01-02T02:00:01.000Z",
        "team_id": vendor.ids("districts")[0],
    }
    assert vendor.one(f"sources/{source['id']}") == source
    told = vendor.rows("materializations")
    assert [(m["state"], m["source_id"]) for m in told] == [
        ("complete", first["source_id"]),
        ("complete", source["id"]),
        ("error", source["id"]),
    ]
    assert vendor.body("materializations", last=1)["$data"] == told[-1:]
    assert [m for page in vendor.follow("materializations", first=1) for m in page] == told
    assert vendor.rows("materializations", filter=having("id", "in", told[1]["id"])) == [told[1]]
    assert vendor.refusal("materializations", after=source["id"])[0][0] == "INVALID_CURSOR"
    assert vendor.refusal(f"sources/{first['id']}")[0][0] == "NOT_FOUND"


def test_a_source_of_other_schools_is_not_told(small_hub: Hub) -> None:
    vendor = Vendor(small_hub, elsewhere=())
    fed(small_hub, "elsewhere", vendor.school(BRAMBLESIDE))
    # That of the demo has fed the district itself too.
    assert [one["name"] for one in vendor.rows("sources")] == ["demo"]
    fed(small_hub, "district", "")
    assert [one["name"] for one in vendor.rows("sources")] == ["demo", "district"]


def test_an_event_names_the_materialization_that_it_is_of(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    first = vendor.rows("materializations")[0]["id"]
    assert {e["materialization_id"] for e in vendor.rows("events")} == {first}
    last = vendor.body("events", last=1)["$data"][0]["id"]
    fed(small_hub, "mis", vendor.school(), ("2026-01-01T00:00:00.000", "2099-01-01T00:00:00.000", "done"))
    with small_hub.store.write(1) as batch, batch.quoting("mis"):
        batch.change(School, vendor.school(), {"name": "Thornfield High"})
    with small_hub.store.write(1) as batch:
        batch.change(School, vendor.school(BRAMBLESIDE), {"name": "Brambleside High"})
    told = [e["materialization_id"] for e in vendor.rows("events", after=last)]
    assert told == [vendor.rows("materializations")[0]["id"], None]


# ---- requests


def asked(vendor: Vendor) -> list[tuple[Any, ...]]:
    return [(one["method"], one["path"], one["status"], one["person_id"]) for one in vendor.rows("requests")]


def test_an_integration_is_told_what_it_asked(small_hub: Hub) -> None:
    vendor = Vendor(small_hub)
    person = vendor.human("student", "9919")
    body = vendor.body("schools")
    vendor.refusal(f"people/{vendor.school()}")
    vendor.signed_in(person).one("profile")
    Vendor(small_hub, app="other.example.org").rows("people")
    told = vendor.rows("requests")
    assert [(one["method"], one["path"], one["status"], one["person_id"]) for one in told] == [
        ("GET", "/api/v2/graph/schools", 200, None),
        ("GET", "/api/v2/graph/people/{id}", 404, None),
        ("GET", "/api/v2/my/profile", 200, person),
    ]
    one: Row = vendor.one(f"requests/{body['$request']}")
    assert one == told[0]
    assert (one["integration_id"], one["output"]) == (vendor.credential.id, {"$request": body["$request"]})
    assert vendor.refusal(f"requests/{vendor.school()}")[0][0] == "NOT_FOUND"
    small_hub.now = small_hub.desk.clock() + 31 * 86400
    assert vendor.rows("requests") == []


def test_what_was_written_is_told_with_its_method(small_hub: Hub) -> None:
    vendor = Vendor(small_hub, rights=("roster.readonly", "gradebook.createput"))
    token = f"Bearer {vendor.token}"
    path = f"/api/v2/graph/classes/{vendor.ids('classes')[0]}/categories"
    small_hub.ask("POST", path, None, b'{"title": "Laboratory"}', authorization=token)
    assert asked(vendor)[-1] == ("POST", "/api/v2/graph/classes/{id}/categories", 200, None)
