"""What the SQL of a derived record is made from."""

from __future__ import annotations

from collections.abc import Callable

from ....fields import Record
from ..flavour import Flavour

Seen = Callable[[type[Record], str], str]
"""The SQL of whether a row of a kind, by its alias, may be known of."""


def written(flavour: Flavour, *aliases: str) -> str:
    """The number of the last write of one of some rows, each of a table."""
    numbers = [f"coalesce({alias}.seq, {alias}.key)" for alias in aliases]
    return flavour.greatest(*numbers) if len(numbers) > 1 else numbers[0]


View = Callable[[Flavour], str]

Query = Callable[[Flavour, Seen], str]
