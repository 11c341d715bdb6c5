"""Wires everything together; nobody imports it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from . import cli
from .api.callbacks import post_later
from .api.http import Edge
from .consent import Desk
from .consent.research import ResearchDesk
from .console import Front
from .dialects.edfi import EdFi
from .dialects.edlink import Edlink
from .dialects.research import Research
from .dialects.xporter import Xporter
from .store.sqlite import Store

DATA = "ROLLBOOK_DATA"
"""The environment variable that names the data directory."""


def application(store: Store, clock: Callable[[], float] = time.time) -> Edge:
    """The ASGI application over an open store."""
    desk = Desk(store, clock)

    def state() -> object:
        # An answer stays true while nothing is written; days begin at a full quarter of an hour, wherever a school is.
        return (*desk.fresh(), int(clock() // 900))

    dialects = [Xporter(desk, post_later), EdFi(desk), Edlink(desk), Research(ResearchDesk(desk))]
    return Edge(dialects, state=state, clock=clock, fallback=Front())


def from_environment() -> Edge:
    """The ASGI application over the data directory that `ROLLBOOK_DATA` names, for servers that are given a factory."""
    return application(Store(os.environ[DATA]))


def main() -> None:
    """The `rollbook` command."""
    cli.run(application)
