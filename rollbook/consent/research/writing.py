"""Changing research: one transaction for one caller, bounded by their roles; every problem is reported at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ...errors import Malformed, NotFound, Problem
from ...fields import Arg, HubId, Question, Record, Ref
from ...model.research import ResearchTag, ResearchUser
from ...store.plan.sights import ResearchSight
from ...store.writing import Batch
from ..session import Session
from .reading import prepared
from .standing import Caller, Portal, Role, Standing, refusal

Values = Mapping[str, Any]
"""What a caller wants to be written, by the names of the facts; relations are hub ids, users their numbers."""


class Keeper(Protocol):
    """How one kind of record is made, changed and deleted; each gives or takes hub ids."""

    def add(self, work: Work, values: Values) -> tuple[type[Record], str]:
        """Make one; gives what was made, which may be a proposal to make it."""
        ...

    def change(self, work: Work, identity: str, values: Values) -> tuple[type[Record], str]:
        """Change one; gives what was changed or made for it."""
        ...

    def remove(self, work: Work, identity: str) -> None:
        """Delete one."""
        ...


class Answers(Keeper, Protocol):
    """How what waits for an answer is answered; to remove it is to cancel it."""

    def answer(self, work: Work, identity: str, *, accept: bool) -> None:
        """Accept or decline, as whoever may."""
        ...


class Work:
    """Changes by one caller within one transaction; `settle` reports all `problems` together."""

    def __init__(self, batch: Batch, standing: Standing, may_invite: Callable[[], None] = lambda: None) -> None:
        """`may_invite` counts an invitation that comes of a change, and raises when there are too many."""
        self.batch = batch
        self.kept = batch.kept
        self.standing = standing
        self.caller: Caller = standing.caller
        self.may_invite = may_invite
        self.problems: list[Problem] = []
        self._sight = ResearchSight(self.caller.knows_others, flavour=self.kept.flavour)
        self._session = Session(batch.kept, standing.args)

    # ---- what is there

    def row(self, record: type[Record], identity: str) -> dict[str, Any]:
        """A record that the caller may see, column by column; raises `NotFound`."""
        found = self.batch.get(record, identity) if self.sees(record, identity) else None
        if found is None:
            raise NotFound
        return found

    def sees(self, record: type[Record], identity: str) -> bool:
        """Whether the caller may see a record."""
        return bool(self.among(record, [identity]))

    def among(self, record: type[Record], identities: Iterable[str]) -> set[str]:
        """Those of some records that the caller may see."""
        asked = Question(record, (), where=HubId(record).one_of(Arg("wanted")))
        found = prepared(asked, self._sight, ("among", record.__name__))
        return {identity for identity, *_ in self._session.keyed(found, {"wanted": json.dumps(list(identities))})}

    def located(self, record: type[Record], shown: str) -> str:
        """The hub id of what an address names, by hub id or by number; raises `NotFound`."""
        identity = self.numbered(record, int(shown)) if "number" in record.fields else shown
        if identity is None or not self.sees(record, identity):
            raise NotFound
        return identity

    def numbered(self, record: type[Record], number: int) -> str | None:
        """The hub id of the user or group with a number."""
        return self.kept.research.numbered(record, number)

    def called(self, record: type[Record], name: str) -> str:
        """The hub id of a user by e-mail address or of a group by name; "" for nobody whom the caller may know of."""
        if record is ResearchUser:
            user = self.kept.accounts.by_email(name.strip().lower())
            found = [user.id] if user and (not user.invented or user.id == self.caller.id) else []
        else:
            found = self.kept.research.named(record, name)
        return next(iter(self.among(record, found)), "")

    def taken(self, record: type[Record], name: str, but: str = "", project: str = "") -> bool:
        """Whether a name is that of another record that the caller may see: a refusal must not reveal any other."""
        others = set(self.kept.research.named(record, name, project)) - {but}
        return bool(self.among(record, others))

    # ---- what is wrong

    def wrong(self, where: str, what: str, hint: str = "") -> None:
        """Note a problem."""
        self.problems.append(Problem(where, what, hint))

    def settle(self) -> None:
        """Raise `Malformed` with every problem so far."""
        if self.problems:
            raise Malformed(*self.problems)

    def unknown(self, where: str, shown: object) -> None:
        """Note a reference to what is not there, or may not be seen: the caller cannot tell which."""
        self.wrong(where, f'Invalid pk "{shown}" - object does not exist.')

    def refer(self, where: str, record: type[Record], identities: Iterable[str]) -> list[str]:
        """Those of the records referred to that the caller may see; the others are problems."""
        asked = list(dict.fromkeys(identities))
        seen = self.among(record, asked)
        for identity in asked:
            if identity not in seen:
                self.unknown(where, identity)
        return [identity for identity in asked if identity in seen]

    def unique(self, record: type[Record], noun: str, values: Values, but: str = "") -> None:
        """Note that a name is taken."""
        name = values.get("name")
        if isinstance(name, str) and self.taken(record, name, but):
            self.wrong("name", f"{noun} with this name already exists.")

    # ---- what the caller may do

    def require(self, project: str, role: Role) -> None:
        """Raise unless the caller has the role in a project: `NotFound` when they may not know of it."""
        if project not in self.standing.roles:
            raise NotFound
        if not self.standing.may(project, role):
            raise refusal(f"only {_WHO[role]} of the project may do this")

    def require_administrator(self) -> None:
        """Refuse unless the caller keeps the shared lists."""
        if not self.caller.administrator:
            raise refusal("only an administrator may do this")

    @property
    def above(self) -> bool:
        """Whether the caller acts as an administrator, above all projects and groups."""
        return self.caller.portal is Portal.SUPER

    # ---- tags

    def tag(self, ref: Ref, identity: str, names: list[str]) -> bool:
        """Give a record these tags and no others; returns whether any are different."""
        held = self.kept.research.tags(ref, identity)
        wanted = list(dict.fromkeys(names))
        if [name for _, name in held] == wanted:
            return False
        for tag, _ in held:
            self.batch.remove(ResearchTag, tag)
        rows = [{"name": name, "position": place, ref.name: identity} for place, name in enumerate(wanted)]
        self.batch.add(ResearchTag, rows)
        return True


_WHO = {Role.CONTRIBUTOR: "a contributor", Role.MANAGER: "a manager", Role.OWNER: "an owner", Role.MEMBER: "a member"}
