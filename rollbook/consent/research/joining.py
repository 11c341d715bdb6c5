"""The link of an invitation to a project: whoever was sent it answers, and gets an account where they have none."""

from __future__ import annotations

import hmac

from ...errors import Malformed, NotFound, Problem
from ...model.research import HUB, ProjectInvitation
from ...store.kept import Kept
from ...store.kept.projects import Invited
from ...store.port import Store
from ..accounts import Accounts, chosen_password, open_account
from ..invitations import LinkEnded
from ..secrets import told_again
from .projects import Invitations
from .standing import Caller, Portal, standing_of
from .writing import Work

PATH = "/research/join/"
"""Where the link leads."""


class Joining:
    """The links of invitations to projects."""

    def __init__(self, store: Store, accounts: Accounts, answers: Invitations) -> None:
        self._store = store
        self._accounts = accounts
        self._answers = answers

    def link(self, identity: str) -> str:
        """The token in the link of an invitation, made again whenever it is needed."""
        return f"{identity}.{told_again(self._store.secret('membership link'), identity).hex()}"

    def follow(self, token: str) -> Invited:
        """The invitation whose link holds this token; raises `LinkEnded`."""
        identity = token.partition(".")[0]
        found = None
        if hmac.compare_digest(token.encode(), self.link(identity).encode()):
            found = self._store.kept.projects.invitation(identity)
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
            caller = Caller(Portal.PRIVATE, user)
            self._answers.answer(Work(batch, standing_of(batch.kept, caller)), invited.id, accept=True)

    def open(self, invited: Invited, names: tuple[str, str], password: str) -> None:
        """Accept with a new account for the address that is invited: whoever has its letters has the link."""
        keep = chosen_password(password)
        with self._store.write(HUB) as batch:
            if batch.kept.accounts.by_email(invited.email) is not None:
                raise Malformed(Problem("email", "has an account by now", "open the link again"))
            first, last = names
            user = open_account(batch, invited.email, {"first_name": first[:150], "last_name": last[:150]})
            keep(batch.kept, user)
            caller = Caller(Portal.PRIVATE, user)
            self._answers.answer(Work(batch, standing_of(batch.kept, caller)), invited.id, accept=True)

    def decline(self, invited: Invited) -> None:
        """Decline: the link is enough for that."""
        with self._store.write(HUB) as batch:
            if not batch.remove(ProjectInvitation, invited.id):
                raise NotFound


def rights_of(invited: Invited) -> str:
    """What an invitation lets somebody do, in words."""
    if invited.own_project:
        return "own it: change everything, and say who works on it"
    if invited.manage_project:
        return "change what belongs to it, and say who works on it"
    return "read it, and change what belongs to it" if invited.can_change else "read it"


def standing_invitation(kept: Kept, identity: str) -> Invited | None:
    """An invitation that can still be accepted."""
    found = kept.projects.invitation(identity)
    return found if found and not (found.last_day and found.last_day < kept.settings.day("UTC")) else None
