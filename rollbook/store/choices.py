"""Names by which some above the store still ask for what stands in `settling`, `reckoning` and `kept.choices`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import reckoning, settling
from .connection import Connection
from .kept import Kept
from .kept.choices import Lists as Lists
from .kept.choices import Place as Place
from .kept.settings import Settings
from .reckoning import KINDS as KINDS
from .settling import follow_days as follow_days
from .settling import keep_lists as keep_lists
from .settling import widened as widened

if TYPE_CHECKING:
    from .writing import Batch


class Reckoning(reckoning.Reckoning):
    """What the lists of one grant come to."""

    def __init__(self, connection: Connection, place: Place, said: Mapping[str, Lists] | None = None) -> None:
        super().__init__(Kept(connection), place.grant, said)


def lists_of(connection: Connection, grant: str, kind: str) -> Lists:
    """What was said of one kind of human."""
    return Kept(connection).choices.said(grant, kind)


def place_of(connection: Connection, grant: str) -> Place:
    """Where a grant (hub id) is."""
    return Kept(connection).choices.place(grant)


def day_at(connection: Connection, time_zone: str | None) -> str:
    """The day on a school's clock, unless the data directory has stopped the clock."""
    return Settings(connection).day(time_zone)


def settle(batch: Batch, place: Place) -> None:
    """Work out whom a grant sees."""
    settling.settle(batch, place.grant)
