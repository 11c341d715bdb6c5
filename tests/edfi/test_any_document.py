"""Any document of any resource that is kept whole, drawn from the declarations: written, read, found, told as gone."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from rollbook.edfi.resources import KEPT_WHOLE
from rollbook.edfi.schema import Resource
from tests.district import EdFi
from tests.hub import Hub
from tests.laws.drawn import ASKED

from .conftest import caller
from .generated import Writer, publish
from .test_writing import plain

WRITTEN = [one for one in KEPT_WHOLE if one.name != "schoolYearTypes"]
"""The years themselves may only be read by the claim set of a sandbox."""

SAMPLE = WRITTEN if ASKED else random.Random(5).sample(WRITTEN, 14)


@pytest.fixture(scope="module")
def full_folder(term_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with a term, and words of every list."""
    folder = tmp_path_factory.mktemp("full") / "hub"
    hub = Hub.copy(term_folder, folder)
    publish(hub)
    hub.close()
    return folder


@pytest.fixture
def api(full_folder: Path, tmp_path: Path) -> Iterator[EdFi]:
    hub = Hub.copy(full_folder, tmp_path / "hub")
    yield caller(hub)
    hub.close()


@pytest.mark.parametrize("resource", SAMPLE, ids=lambda one: one.name)
def test_any_document_is_read_back_found_and_told_of_when_it_is_gone(api: EdFi, resource: Resource) -> None:
    writer = Writer(api, random.Random(ASKED or resource.name), much=0.6)
    document = writer.draw(resource, "a")
    key = resource.key(document)
    identity = api.post(resource.name, document)
    one = api.get(f"{resource.name}/{identity}")
    assert plain(one) == document
    assert one in api.get(f"{resource.name}?limit=500&id={identity}")
    asked = urlencode({n: str(v).lower() if isinstance(v, bool) else v for n, v in key.items()})
    assert api.get(f"{resource.name}?{asked}") == [one]
    assert api.post(resource.name, document, 200) == identity
    assert api.get(f"{resource.name}/{identity}")["_etag"] == one["_etag"]
    since = one and api.get("/edfi/changeQueries/v1/availableChangeVersions")["newestChangeVersion"]
    assert api.ask("DELETE", f"{resource.name}/{identity}").status == 204
    assert api.ask("GET", f"{resource.name}/{identity}").status == 404
    gone = api.get(f"{resource.name}/deletes?minChangeVersion={since}")
    assert [(g["id"], g["keyValues"]) for g in gone] == [(identity, key)]
