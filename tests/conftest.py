"""What tests share: the demo schools, built once, and hubs over them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from .demo_data import demo_schools
from .hub import Hub


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at their full size; to be read only."""
    return demo_schools(1.0, tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at a twentieth of their size; to be copied by those who change them."""
    return demo_schools(0.05, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def hub(demo_folder: Path) -> Iterator[Hub]:
    """A hub over the demo schools, for tests that read."""
    served = Hub(demo_folder)
    yield served
    served.close()


@pytest.fixture
def small_hub(small_folder: Path, tmp_path: Path) -> Iterator[Hub]:
    """A hub over small demo schools of its own, for tests that write."""
    served = Hub.copy(small_folder, tmp_path / "hub")
    yield served
    served.close()


@pytest.fixture
def own_hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub over demo schools of its own at their full size, which nobody has read, for tests that change consent."""
    served = Hub(demo_schools(1.0, tmp_path / "hub"))
    yield served
    served.close()
