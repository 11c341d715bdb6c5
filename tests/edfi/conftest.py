"""A caller of Ed-Fi whom every demo school has granted everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.district import EdFi, edfi
from tests.hub import Hub

from .school_year import write
from .whole import BESIDE, publish

APP = "sis.example.org"


def caller(hub: Hub, rights: str = "EdFiSandbox", app: str = APP) -> EdFi:
    """A caller for an app, with rights of its own."""
    return edfi(hub, hub.app(app), rights)


@pytest.fixture(scope="session")
def granted_folder(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small demo schools, which have granted an app everything; to be copied."""
    folder = tmp_path_factory.mktemp("granted") / "hub"
    hub = Hub.copy(small_folder, folder)
    for _, _, estab, _, _ in hub.desk.schools.all():
        hub.grant(estab=estab, app=APP)
    hub.close()
    return folder


@pytest.fixture(scope="session")
def term_folder(granted_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hub with words of another authority and a term of one of everything."""
    folder = tmp_path_factory.mktemp("term") / "hub"
    hub = Hub.copy(granted_folder, folder)
    api = caller(hub)
    publish(api)
    write(api)
    for resource, document in BESIDE.items():
        api.post(resource, document)
    hub.close()
    return folder


@pytest.fixture
def api(granted_folder: Path, tmp_path: Path) -> Iterator[EdFi]:
    """A caller who may do everything, over a hub that is free to be changed."""
    hub = Hub.copy(granted_folder, tmp_path / "hub")
    yield caller(hub)
    hub.close()


@pytest.fixture(scope="session")
def shelf(granted_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EdFi]:
    """A caller who only reads."""
    hub = Hub.copy(granted_folder, tmp_path_factory.mktemp("shelf") / "hub")
    yield caller(hub, "EdFiAPIReadOnly")
    hub.close()
