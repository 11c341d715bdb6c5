"""Figures of this process that whoever runs the hub may watch: counted where something happens, read now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

Labels = tuple[str, ...]

_LOCK = threading.Lock()
_COUNTED: dict[tuple[str, Labels], float] = {}
_HELD: dict[str, float] = {}


def count(name: str, *labels: str, by: float = 1.0) -> None:
    """Something has happened once more, or `by` more."""
    with _LOCK:
        _COUNTED[name, labels] = _COUNTED.get((name, labels), 0.0) + by


Told = Callable[[str, str, float], None]
"""Is told that a job of a kind ended, how, and how many seconds it took."""

_TOLD: list[Told] = []


def tell(whom: Told | None) -> None:
    """Have somebody told of each job that ends, or nobody."""
    _TOLD[:] = [] if whom is None else [whom]


def ended(kind: str, outcome: str, seconds: float) -> None:
    """A job of a kind has ended."""
    count("job", kind, outcome)
    for one in _TOLD:
        one(kind, outcome, seconds)


def hold(name: str, value: float) -> None:
    """Something is as large, or was last at that moment."""
    _HELD[name] = value


def counted() -> Mapping[tuple[str, Labels], float]:
    """What has been counted until now."""
    with _LOCK:
        return dict(_COUNTED)


def held() -> Mapping[str, float]:
    """What is held now."""
    return dict(_HELD)
