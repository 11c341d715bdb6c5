"""Humans as they are compared: by numbers that were given to them, and what of the rest contradicts that."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from ...store.kept.matches import Found
from ...store.numbering import UNIQUE_IDS
from ..rows import Row

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_TEMPORARY_UPN = re.compile(r"[A-Z]\d{11}[A-Z]", re.IGNORECASE)
_MADE = re.compile(r"x[0-9a-z]{6}")
"""A unique id that the hub made for somebody whose source has none."""
_USER_ID = re.compile(r"\{([^:{}]*):([^{}]*)\}")

MASTER, USER_IDS = "userMasterIdentifier", "userIds"
NATIONAL = ("upn", "uln", "teacher_number", "ni_number", MASTER)
"""Numbers that a human keeps from system to system."""

Key = tuple[str, str]
"""A kind of number, and the number: what two humans who share it are known by."""


class Same(Enum):
    """What a comparison comes to."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NO = "no"


@dataclass(frozen=True)
class Human:
    """What somebody is compared by; `national` and `local` are numbers by their kind."""

    forenames: frozenset[str]
    surnames: frozenset[str]
    born: str | None
    username: str
    national: Mapping[str, str]
    local: frozenset[Key]
    aliases: frozenset[Key]
    """Ids that other systems have of this human."""

    def known_by(self) -> Iterator[Key]:
        """Everything by which this human could be known."""
        yield from self.national.items()
        yield from self.local
        yield from self.aliases


def plain(name: str | None) -> str:
    """A name without what differs between systems: case, accents, spaces and punctuation."""
    apart = unicodedata.normalize("NFKD", name or "")
    return "".join(c for c in apart.casefold() if c.isalnum())


def is_uuid(text: str) -> bool:
    """Whether an id is one that no other system can have made."""
    return _UUID.fullmatch(text) is not None


def is_made(number: str) -> bool:
    """Whether a unique id is one that the hub made, of somebody whose source has none."""
    return _MADE.fullmatch(number) is not None


# ---- as they are told


def of_row(row: Row, roles: Iterable[tuple[str, Mapping[str, Any]]]) -> Human:
    """Somebody as a source tells; `roles` are the hub ids of schools ("" where they are new) and what is said there."""
    facts = {**row.values, **{name: value for name, value in (row.numbers or {}).items() if value}}
    return _human(facts, roles, row.remainder or {})


def of_record(found: Found) -> Human:
    """Somebody as the hub knows them."""
    parts: dict[str, Any] = json.loads(found["remainder"] or "{}")
    remainder: dict[str, Any] = {}
    for part in parts.values():
        remainder |= part if isinstance(part, dict) else {}
    return _human(found, [(school, numbers) for _, school, numbers in found["roles"]], remainder)


def _human(
    facts: Mapping[str, Any], roles: Iterable[tuple[str, Mapping[str, Any]]], remainder: Mapping[str, Any]
) -> Human:
    roles = list(roles)
    national = {name: str(said[name]) for _, said in roles for name in NATIONAL if said.get(name)}
    if master := remainder.get(MASTER):
        national[MASTER] = str(master)
    if _TEMPORARY_UPN.fullmatch(national.get("upn", "")):
        # A temporary UPN ends in a letter and will be replaced, so it cannot be a key.
        del national["upn"]
    return Human(
        _names(facts, "forename", "legal_forename"),
        _names(facts, "surname", "legal_surname", "previous_legal_surname"),
        facts.get("birth_date"),
        str(facts.get("username") or "").casefold(),
        national,
        frozenset(_local(facts, roles)),
        frozenset(_aliases(facts, remainder)),
    )


def _names(facts: Mapping[str, Any], *names: str) -> frozenset[str]:
    return frozenset(filter(None, (plain(facts.get(name)) for name in names)))


def _local(facts: Mapping[str, Any], roles: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Key]:
    yield from ((name, str(facts[name])) for name in UNIQUE_IDS if facts.get(name))
    for school, said in roles:
        if school and said.get("admission_no"):
            yield f"admission_no {school}", str(said["admission_no"])


def _aliases(facts: Mapping[str, Any], remainder: Mapping[str, Any]) -> Iterator[Key]:
    own = str(facts.get("external_id") or "")
    if own:
        yield ("id" if is_uuid(own) else "short id"), own
    for kind, value in _USER_ID.findall(str(remainder.get(USER_IDS) or "")):
        # An address of e-mail, or the name that somebody signs in with, is no number that was given to them.
        if value and "@" not in value and value.casefold() != str(facts.get("username") or "").casefold():
            yield f"{USER_IDS} {kind.casefold()}", value


# ---- compared


def shared(one: Human, other: Human) -> Iterator[Key]:
    """The numbers that two humans share, those that say most first."""
    yield from (key for key in one.national.items() if other.national.get(key[0]) == key[1])
    short = {key for key in (*one.aliases, *other.aliases) if key[0] == "short id"}
    yield from sorted((one.aliases & other.aliases) - short)
    yield from _crossed(one, other)
    yield from _crossed(other, one)
    yield from sorted(one.local & other.local)


def _crossed(one: Human, other: Human) -> Iterator[Key]:
    """The ids of one that the other's system knows as such."""
    own = {value for kind, value in one.aliases if kind in ("id", "short id")}
    yield from sorted(key for key in other.aliases if key[0].startswith(USER_IDS) and key[1] in own)


def judge(one: Human, other: Human, key: Key, *, one_system: bool) -> Same:
    """What a shared number comes to; `one_system` says that both have it from the same system of numbers."""
    names = (_alike(one.forenames, other.forenames), _alike(one.surnames, other.surnames))
    born = _equal(one.born, other.born)
    contradicted = born is False or _disputed(one, other)
    strangers = names == (False, False)
    if key[0] in NATIONAL or key[0] == "id":
        return Same.LIKELY if contradicted or strangers else Same.CERTAIN
    if strangers and not born:
        # Two systems count from one each: the same number of two strangers is a coincidence.
        return Same.NO
    if contradicted or strangers or (False in names and not (born or one_system)):
        return Same.LIKELY
    return Same.CERTAIN


def likely(one: Human, other: Human) -> tuple[str, ...]:
    """The facts by which two humans without a shared number may be one all the same; none where they are not."""
    if not (one.forenames & other.forenames and one.surnames & other.surnames) or _disputed(one, other):
        return ()
    born = _equal(one.born, other.born)
    if born:
        return ("birth_date", "surname", "forename")
    if one.username and one.username == other.username and born is None:
        return ("username", "surname", "forename")
    return ()


def counted_apart(one: Human, other: Human) -> bool:
    """Whether one system of numbers gave two humans a number each."""
    mine, theirs = (_counted(human) for human in (one, other))
    return any(theirs.get(name, number) != number for name, number in mine.items())


def _counted(human: Human) -> dict[str, str]:
    return {name: number for name, number in human.local if name in UNIQUE_IDS and not is_made(number)}


def _alike(some: frozenset[str], others: frozenset[str]) -> bool | None:
    return bool(some & others) if some and others else None


def _equal(one: str | None, other: str | None) -> bool | None:
    return one == other if one and other else None


def _disputed(one: Human, other: Human) -> bool:
    return any(other.national.get(name, number) != number for name, number in one.national.items())
