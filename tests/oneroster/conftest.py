"""Who asks in these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..hub import Hub
from .platform import Platform


@pytest.fixture(scope="session")
def shared(small_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    """A hub over small demo schools, for tests that read."""
    hub = Hub.copy(small_folder, tmp_path_factory.mktemp("oneroster"))
    yield hub
    hub.close()


@pytest.fixture(scope="session")
def platform(shared: Hub) -> Platform:
    """A learning platform to which both schools of a district granted everything."""
    return Platform(shared)


@pytest.fixture
def writer(small_hub: Hub) -> Platform:
    """The same over schools of its own, for tests that change them."""
    return Platform(small_hub)
