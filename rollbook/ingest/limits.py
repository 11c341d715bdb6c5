"""How much of a source may be missing or set aside before an import stops."""

from __future__ import annotations

from dataclasses import dataclass

FEW = 5
"""Fewer than this, gone or with faults, is not a source that broke, however few there were."""

SEVERAL = 2
"""One row of a kind never stops a source, though it be the only one."""

MOST_OF_A_SCHOOL = 0.5
"""The share of a kind of row that may be set aside of one school, or of the whole source."""


MOST_ASIDE = 0.02
"""The share of a kind of row that may have faults, of a source that has none of its own."""


@dataclass(frozen=True)
class Limits:
    """The shares at which an import stops: of a kind of record that may be missing, of a kind of row with faults."""

    shrink: float = 0.5
    aside: float | None = None
    """None: the source's own."""
    rekey: bool = False
    """Whether many people may have other keys than before."""
