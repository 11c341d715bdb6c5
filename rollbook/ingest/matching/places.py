"""Schools that are new to a source: by their numbers, and never by their names alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ...store.kept.schools import OWN_ESTABS
from .found import Likely
from .humans import Same, is_uuid, plain

FACTS = ("estab", "identifier", "name", "external_id")

_WHOLE, _SCHOOLS_OWN = 7, 4
"""Digits of a DfE number with that of the local authority, and without."""


def compare(row: Mapping[str, Any], school: Mapping[str, Any]) -> tuple[Same, Likely]:
    """Whether a row is a school that the hub knows, with the rule and the facts that say so."""
    mine, theirs = set(numbers(row)), set(numbers(school))
    if mine & theirs:
        return (Same.LIKELY if _disputed(row, school) else Same.CERTAIN), Likely("number", ("estab", "identifier"))
    if is_uuid(str(row.get("external_id") or "")) and row["external_id"] == school.get("external_id"):
        return (Same.LIKELY if _disputed(row, school) else Same.CERTAIN), Likely("external_id", ("external_id",))
    if any(_without_authority(one, other) for one in mine for other in theirs):
        return Same.LIKELY, Likely("number without local authority", ("estab", "identifier"))
    if row.get("name") and plain(row["name"]) == plain(school.get("name")):
        return Same.LIKELY, Likely("name", ("name",))
    return Same.NO, Likely("", ())


def numbers(school: Mapping[str, Any]) -> Iterator[str]:
    """The numbers by which others know a school; one that the hub gave it says nothing."""
    for name in ("estab", "identifier"):
        if (number := school.get(name)) and not _own(str(number)):
            yield str(number)


def _own(number: str) -> bool:
    return len(number) == _WHOLE and number.isdecimal() and int(number) > OWN_ESTABS


def _disputed(row: Mapping[str, Any], school: Mapping[str, Any]) -> bool:
    """Whether both have an establishment number, and not the same."""
    one, other = (str(said.get("estab") or "") for said in (row, school))
    return bool(one and other) and one != other and not (_own(one) or _own(other))


def _without_authority(one: str, other: str) -> bool:
    short, whole = sorted((one, other), key=len)
    return (len(short), len(whole)) == (_SCHOOLS_OWN, _WHOLE) and whole.endswith(short) and whole.isdecimal()
