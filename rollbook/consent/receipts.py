"""Receipts: what a school agreed to, changed or ended, written down with it and sent by e-mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..scopes import CATALOGUE
from ..store.kept import Kept
from ..store.kept.receipts import Entry
from ..store.numbering import new_id
from ..store.port import Store
from ..store.reckoning import KINDS
from .addresses import is_address, sends_mail

SCHOOL, OPERATOR, APP = "school", "operator", "app"
"""Who did what a receipt is about: the school by its link, whoever runs the hub, or the app."""

PERSON = " by "
"""What stands between one of these and the e-mail address of the person who did it, where that is known."""

_WHO = {SCHOOL: "You", OPERATOR: "The people who run this hub", APP: "The app"}

EVENTS = {
    "authorised": "{who} agreed to share data",
    "narrowed": "{who} stopped sharing some data",
    "widened": "{who} agreed to share more data",
    "people": "{who} changed which people are included",
    "paused": "{who} paused sharing",
    "resumed": "{who} resumed sharing",
    "began": "Sharing has begun, as {who} decided",
    "planned": "{who} decided on a change from a later day",
    "unplanned": "{who} took back a change that was to come",
    "ending": "{who} set a day on which sharing ends",
    "endless": "{who} cancelled the day on which sharing was to end",
    "ended": "Sharing has ended",
}
"""What a receipt is about, in words."""


@dataclass(frozen=True)
class Receipt:
    """What was shared after an event: the scopes, whose data, until when; moments are seconds since 1970."""

    id: str
    grant: str
    at: float
    event: str
    app: str
    estab: str
    school: str
    time_zone: str
    scopes: tuple[str, ...]
    dropped: tuple[str, ...]
    """The scopes that were shared before and no longer are."""
    people: tuple[str, ...]
    email: str
    """The address to which the invitation was sent."""
    ends: float | None = None
    by: str = SCHOOL
    note: str = ""
    """What is to change later, in words, where it is about that."""

    @property
    def heading(self) -> str:
        """What it is about."""
        return EVENTS[self.event].format(who=who(self.by))

    @property
    def reads(self) -> tuple[str, ...]:
        """What the app may read, in words."""
        return tuple(words(name) for name in self.scopes if not changes(name))

    @property
    def writes(self) -> tuple[str, ...]:
        """What the app may change, in words."""
        return tuple(words(name) for name in self.scopes if changes(name))


def who(by: str) -> str:
    """Who did something, in words: the person where that is known."""
    role, _, person = by.partition(PERSON)
    return person or _WHO[role]


def signed_by(role: str, person: str) -> str:
    """How a receipt says that somebody (an e-mail address) did something for the school or as the operator."""
    return f"{role}{PERSON}{person}"


def changes(name: str) -> bool:
    """Whether a scope lets an app change something, rather than read it."""
    return name in CATALOGUE and CATALOGUE[name].changes


def words(name: str) -> str:
    """A scope in words, with its name."""
    return f"{CATALOGUE[name].words} ({name})" if name in CATALOGUE else name


def give_receipt(
    kept: Kept, grant: str, event: str, by: str, dropped: frozenset[str] = frozenset(), *, note: str = "",
    at: float | None = None,
) -> None:  # fmt: skip
    """Write down within a transaction what a grant comes to after somebody did something, and promise to send it.

    `note` is what is to change later, `at` the moment (seconds since 1970) from which it counts, where that is not now.
    """
    terms = kept.receipts.terms(grant)
    if terms is None:
        return
    said: dict[str, Any] = {
        "app": terms.app,
        "estab": terms.estab,
        "school": terms.school,
        "time_zone": terms.time_zone,
        "scopes": terms.scopes,
        "dropped": sorted(dropped),
        "people": people_told(kept, grant),
        "email": terms.agreed,
        "ends": terms.ends,
        "by": by,
        **({"note": note} if note else {}),
    }
    entry = Entry(new_id(), grant, terms.now if at is None else at, event, said)
    kept.receipts.add(entry)
    if sends_mail(kept):
        folded = {address.casefold(): address for address in (terms.own, terms.invited) if is_address(address)}
        for number, address in enumerate(folded.values()):
            payload = {"letter": "receipt", "receipt": entry.id, "to": address}
            kept.outbox.promise("mail", payload, key=f"receipt/{entry.id}/{number}")


def people_told(kept: Kept, grant: str) -> list[str]:
    """Whose data a grant shares, in words, a line for each kind of person."""
    lists = {kind: kept.choices.said(grant, kind) for kind in KINDS}
    found: list[str] = []
    for kind, some in lists.items():
        rules = [rule_words(rule.by, rule.value) for rule in sorted(some.rules)]
        follows = kind == "Contact" and (lists["Student"].mode != "all" or bool(lists["Student"].declined))
        found.append(choice_words(kind, some.mode, len(some.named), rules, len(some.without), follows=follows))
    return found


NAMES: Mapping[str, str] = {"Student": "Students", "Staff": "Staff", "Contact": "Contacts"}


def rule_words(by: str, value: str) -> str:
    """A rule in words: `year 8`, `form 8B`."""
    return f"{by} {value}"


def choice_words(kind: str, mode: str, named: int, rules: list[str], without: int, *, follows: bool = False) -> str:
    """A choice of people in words; `follows` that only some students are chosen, with whom contacts go."""
    name = NAMES[kind]
    also = ", if they are contacts of the students included" if follows else ""
    if mode == "all":
        return f"{name}: the contacts of the students included, and no others" if follows else f"{name}: everyone"
    how = "only" if mode == "only" else "everyone except"
    if not rules:
        return f"{name}: {how} the {named} chosen{also}"
    listed = ", ".join(rules) + (f", and {named} chosen one by one" if named else "")
    less = f", not counting {without} left out one by one" if without else ""
    return f"{name}: {how} {listed}{less}{also}"


class Receipts:
    """The receipts that schools have."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, grant: str) -> list[Receipt]:
        """The receipts of a grant (hub id), the latest first."""
        return [_receipt(entry) for entry in self._store.kept.receipts.of(grant)]

    def by_id(self, identity: str) -> Receipt | None:
        """The receipt with this id."""
        entry = self._store.kept.receipts.with_id(identity)
        return _receipt(entry) if entry else None


def _receipt(entry: Entry) -> Receipt:
    lists: dict[str, Any] = {name: tuple(entry.said[name]) for name in ("scopes", "dropped", "people")}
    return Receipt(entry.id, entry.grant, entry.at, entry.event, **{**entry.said, **lists})
