"""The link of an invitation to a project or a group: whoever was sent it answers, if need be with a new account."""

from __future__ import annotations

import hmac
from collections.abc import Mapping

from ...errors import Malformed, NotFound, Problem
from ...fields import RECORDS, Record
from ...model.research import HUB, TeamInvitation
from ...store.kept import Kept
from ...store.kept.accounts import Account
from ...store.kept.projects import Invited
from ...store.port import Store
from ...store.writing import Batch
from ..accounts import Accounts, chosen_password, open_account
from ..invitations import LinkEnded
from ..secrets import told_again
from .standing import Caller, Portal, standing_of
from .writing import Answers, Work

PATH = "/research/join/"
"""Where the link leads."""


class Joining:
    """The links of invitations to projects and groups."""

    def __init__(self, store: Store, accounts: Accounts, answers: Mapping[type[Record], Answers]) -> None:
        self._store = store
        self._accounts = accounts
        self._answers = answers

    def link(self, identity: str, answerer: str = "") -> str:
        """The token in the link of an invitation, made again whenever it is needed.

        An `answerer` is a user who manages a group that is invited.
        """
        whose = f"{identity}~{answerer}" if answerer else identity
        return f"{whose}.{told_again(self._store.secret('membership link'), whose).hex()}"

    def follow(self, token: str) -> Invited:
        """The invitation whose link holds this token; raises `LinkEnded`."""
        identity, _, answerer = token.partition(".")[0].partition("~")
        found = None
        if hmac.compare_digest(token.encode(), self.link(identity, answerer).encode()):
            found = self._store.kept.projects.invitation(identity, answerer)
        if found is None:
            raise LinkEnded("The invitation was answered or cancelled, or never existed.")
        if found.last_day and found.last_day < self._store.kept.settings.day("UTC"):
            raise LinkEnded(f"The invitation could be accepted until {found.last_day}. Ask for another one.")
        return found

    def known(self, invited: Invited) -> bool:
        """Whether the address that is invited is a user's by now."""
        return self._store.kept.accounts.by_email(invited.email) is not None

    def accept(self, invited: Invited, password: str, client: str, code: str = "") -> None:
        """Accept as the user whose address is invited, and whose password and code these are."""
        user = self._accounts.recognise(invited.email, password, client, code)
        with self._store.write(HUB) as batch:
            self._answer(batch, user, invited)

    def open(self, invited: Invited, names: tuple[str, str], password: str) -> None:
        """Accept with a new account for the address that is invited: whoever has its letters has the link."""
        keep = chosen_password(password)
        with self._store.write(HUB) as batch:
            if batch.kept.accounts.by_email(invited.email) is not None:
                raise Malformed(Problem("email", "has an account by now", "open the link again"))
            first, last = names
            user = open_account(batch, invited.email, {"first_name": first[:150], "last_name": last[:150]})
            keep(batch.kept, user)
            self._answer(batch, user, invited)

    def decline(self, invited: Invited) -> None:
        """Decline: the link is enough for that."""
        with self._store.write(HUB) as batch:
            if not batch.remove(RECORDS[invited.kind], invited.id):
                raise NotFound

    def _answer(self, batch: Batch, user: Account, invited: Invited) -> None:
        work = Work(batch, standing_of(batch.kept, Caller(Portal.PRIVATE, user)))
        self._answers[RECORDS[invited.kind]].answer(work, invited.id, accept=True)


def asked_to(invited: Invited, project: str = "") -> str:
    """What an invitation asks for, in words that follow on "invites you to"; `project` stands before its name."""
    if invited.kind == TeamInvitation.__name__:
        return f"join the group {invited.place}"
    return f"work on {project}{invited.place}{f', with the group {invited.team}' if invited.team else ''}"


def begun_with(invited: Invited) -> str:
    """What is so from now on, when an invitation was accepted."""
    if invited.kind == TeamInvitation.__name__:
        return f"You are now in the group {invited.place}"
    return (
        f"The group {invited.team} now works on {invited.place}" if invited.team else f"You now work on {invited.place}"
    )


def rights_of(invited: Invited) -> str:
    """What an invitation lets somebody do, in words that follow on "you would be able to"."""
    if invited.kind == TeamInvitation.__name__:
        return _IN_TEAM[invited.manage + invited.own]
    if invited.own:
        return "own it: change everything, and say who works on it"
    if invited.manage:
        return "change what belongs to it, and say who works on it"
    return "read it, and change what belongs to it" if invited.can_change else "read it"


_IN_TEAM = (
    "do in projects what the group may do",
    "do in projects what the group may do, and say who is in it",
    "do in projects what the group may do, say who is in it and who manages it, and rename it",
)


def standing_invitation(kept: Kept, identity: str, answerer: str = "") -> Invited | None:
    """An invitation that can still be accepted, by whoever is invited or by an `answerer` for a group."""
    found = kept.projects.invitation(identity, answerer)
    return found if found and not (found.last_day and found.last_day < kept.settings.day("UTC")) else None
