"""What tests share: the demo schools, built once, and hubs over them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from rollbook import demo
from rollbook.store.sqlite import Store

from .hub import Hub


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at their full size; to be read only."""
    return _build(tmp_path_factory.mktemp("demo"), 1.0)


@pytest.fixture(scope="session")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo schools at a twentieth of their size; to be copied by those who change them."""
    return _build(tmp_path_factory.mktemp("small"), 0.05)


def _build(folder: Path, size: float) -> Path:
    with Store(folder) as store:
        demo.build(store, size=size)
    return folder


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
