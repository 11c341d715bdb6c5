"""A copy of a hub in a PostgreSQL database, as it was at one moment, while others read and write."""

from __future__ import annotations

import os
from contextlib import ExitStack, closing
from pathlib import Path

from ..postgres.session import Session
from ..upgrade.progress import Progress
from . import files
from .copying import Databases
from .ends import Leaving
from .moving import move
from .tables import DATABASES

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def copied(address: str, folder: Path) -> None:
    """Copy it into a directory; raises `Stop` where a table's copy is not what there is."""
    with ExitStack() as opened:
        first = opened.enter_context(closing(Session(address, "public", read_only=True)))
        first.execute(BEGIN)
        moment = first.execute("SELECT pg_export_snapshot()").get
        source: Databases = {}
        for name in DATABASES:
            session = opened.enter_context(closing(Session(address, name, read_only=True)))
            session.script(f"{BEGIN}; SET TRANSACTION SNAPSHOT '{moment}'")
            source[name] = session
        with files.arriving(folder) as target:
            # No copy is gone on with: another moment would be another hub.
            state = os.urandom(32)
            target.begin(state)
            move(Leaving(source, state), target, Progress(folder), "")
