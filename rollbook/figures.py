"""Figures of this process that whoever runs the hub may watch: counted where something happens, read now and then."""

from __future__ import annotations

import threading
from collections.abc import Mapping

Labels = tuple[str, ...]

_LOCK = threading.Lock()
_COUNTED: dict[tuple[str, Labels], float] = {}
_HELD: dict[str, float] = {}


def count(name: str, *labels: str, by: float = 1.0) -> None:
    """Something has happened once more, or `by` more."""
    with _LOCK:
        _COUNTED[name, labels] = _COUNTED.get((name, labels), 0.0) + by


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
