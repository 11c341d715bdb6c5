"""Who asks in these tests, and the tables that their answers are compared with."""

from __future__ import annotations

import pytest

from ..hub import Hub
from .sending import Sender
from .tables import Caller, Tables
from .writer import Writer


@pytest.fixture(scope="session")
def held(hub: Hub) -> Tables:
    """What the store holds of the full demo school."""
    return Tables(hub)


@pytest.fixture(scope="session")
def app(hub: Hub) -> Caller:
    """An app to which the full demo school granted everything."""
    return Caller(hub)


@pytest.fixture
def small(small_hub: Hub) -> Tables:
    """The tables of a small school, free to be changed."""
    return Tables(small_hub)


@pytest.fixture
def asker(small_hub: Hub) -> Caller:
    """An app to which the small school granted everything."""
    return Caller(small_hub)


@pytest.fixture
def sender(small_hub: Hub) -> Sender:
    """An app to which the small school granted everything, which writes."""
    return Sender(small_hub)


@pytest.fixture
def writer(small_hub: Hub) -> Writer:
    """An app that may write back everything at the small school."""
    return Writer(small_hub)
