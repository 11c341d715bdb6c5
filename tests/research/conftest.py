"""Hubs for researchers: one without any school, and one with the small demo schools."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..hub import Hub
from .lab import Lab


@pytest.fixture
def lab(empty_folder: Path, tmp_path: Path) -> Iterator[Lab]:
    """A hub that holds nothing yet."""
    hub = Hub.copy(empty_folder, tmp_path / "hub")
    yield Lab(hub)
    hub.close()


@pytest.fixture
def school_lab(small_hub: Hub) -> Lab:
    """A hub with the small demo schools."""
    return Lab(small_hub)
