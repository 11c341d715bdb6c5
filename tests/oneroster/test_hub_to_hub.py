"""One hub reads another over OneRoster's services: every thing is the same there, under the same id."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from rollbook.connectors import CONNECTORS
from rollbook.errors import Malformed
from rollbook.ingest import Diff, import_roster
from tests import rosters
from tests.hub import Hub
from tests.services import Asked, Reply, serving

from .platform import Platform, Row

REST, FILES = CONNECTORS["oneroster-rest"], CONNECTORS["oneroster-csv"]
BOOK, MATERIALS, OLD = (f"/ims/oneroster/{name}" for name in ("gradebook/v1p2", "resources/v1p2", "v1p1"))
ROSTER = ("orgs", "academicSessions", "courses", "classes", "users", "enrollments", "demographics")
BOOKS = ("categories", "scoreScales", "lineItems", "results")
LISTS = {
    "1.2": (*ROSTER, *(f"{BOOK}/{name}" for name in BOOKS), f"{MATERIALS}/resources"),
    "1.1": tuple(f"{OLD}/{name}" for name in (*ROSTER, "categories", "lineItems", "results", "resources")),
}


def things(platform: Platform, path: str) -> dict[str, Row]:
    """What is listed, by id, but for when it was written and what each hub calls people by itself."""
    own = {"dateLastModified", *(("userIds", "userMasterIdentifier") if path.endswith("users") else ())}
    return {row["sourcedId"]: {n: v for n, v in row.items() if n not in own} for row in platform.rows(path)}


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_a_hub_that_reads_another_has_every_thing_under_the_same_id(
    empty_folder: Path, tmp_path: Path, version: str
) -> None:
    first, second = (Hub.copy(empty_folder, tmp_path / name) for name in ("first", "second"))
    tables = rosters.version_1_2()
    import_roster(first.store, FILES, rosters.folder(tmp_path / "in", tables, "1.2"))
    one = Platform(first, schools=("1001", "1002"))

    def answer(asked: Asked) -> Reply:
        split = urlsplit(asked.url)
        path = f"{split.path}?{split.query}" if split.query else split.path
        told = first.ask(asked.method, path, None, asked.body, authorization=asked.headers["authorization"])
        return Reply(told.body, told.status, {n: v for n, v in told.headers.items() if n in ("x-total-count", "link")})

    with serving(answer) as up:
        settings = {"address": up.address, "version": version, "token": one.token, "limit": "7"}
        district = second.store.new_district({"name": "Heronsgate District"})

        def read(also: str = "gradebook user-resources") -> Diff:
            said = {**settings, "also": also}
            return import_roster(second.store, REST, "", settings=said, district=district, name="first")

        assert not read().aside
        other = Platform(second, schools=("1001", "1002"))
        for path in LISTS[version]:
            assert things(other, path) == things(one, path), path
        if version == "1.2":
            for user in things(one, "users"):
                used = f"{MATERIALS}/users/{user}/resources"
                assert things(other, used) == things(one, used)
        assert not read().moved
        with pytest.raises(Malformed, match="gradebook or resources"):
            read("homework")
    for hub in (first, second):
        hub.close()
