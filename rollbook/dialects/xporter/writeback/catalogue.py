"""Every write-back endpoint, by name."""

from __future__ import annotations

from . import attendance, attributes, conduct, detention, gdpr, photos, seating, tags, users
from .operation import Operation

_MODULES = (attendance, attributes, conduct, detention, gdpr, photos, seating, tags, users)

OPERATIONS: dict[str, Operation] = {o.name: o for module in _MODULES for o in module.OPERATIONS}

_BY_PATH = {path: operation for operation in OPERATIONS.values() for path in operation.paths}


def find(steps: list[str]) -> tuple[Operation, str | None] | None:
    """The endpoint of a path's steps below /api/v1/, and the school's number if the path names one."""
    lower = [step.lower() for step in steps]
    plain = _BY_PATH.get("/".join(lower))
    if plain is not None:
        return plain, None
    within = _BY_PATH.get("/".join([*lower[:-1], "{estab}"])) if lower else None
    return (within, steps[-1]) if within is not None else None
