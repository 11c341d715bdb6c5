"""What the SQL of a derived record is made from."""

from __future__ import annotations

from collections.abc import Callable

from ....fields import Record
from ..flavour import Flavour

Seen = Callable[[type[Record], str], str]
"""The SQL of whether a row of a kind, by its alias, may be known of."""

View = Callable[[Flavour], str]

Query = Callable[[Flavour, Seen], str]
