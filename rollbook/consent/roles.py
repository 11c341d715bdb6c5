"""Roles: what people who sign in may do and where, how they are invited, and what is written down of it."""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..errors import Conflict, Malformed, NotFound, Problem, nearest
from ..model.research import HUB
from ..store.kept import Kept
from ..store.kept.accounts import Account
from ..store.kept.decisions import Decision as Decision
from ..store.kept.roles import AccountLink as AccountLink
from ..store.kept.roles import Role as Role
from ..store.port import Store
from .accounts import Accounts, chosen_password, known_email, open_account, tell_of_password
from .apps import Apps
from .invitations import LinkEnded
from .schools import Schools
from .secrets import told_again

OPERATOR, DECIDES, LOOKS, DEVELOPER = "operator", "school", "school-look", "developer"

ROLES = {
    OPERATOR: "runs this hub",
    DECIDES: "decides for a school",
    LOOKS: "sees what a school shares, and decides nothing",
    DEVELOPER: "builds an app",
}
"""What each role lets somebody do."""

LIFE = 7 * 24 * 3600.0
"""Seconds for which a link opens."""

COMMAND = "the command line"
"""Who decided what was done on the machine itself."""

SIGN_UP = "their own sign-up"
"""Who invited somebody that nobody did."""

SHOWN = "was shown the link of an invitation"
"""What is written down of whoever sees a link that is somebody else's."""

SHOWN_LATELY = 500
"""Among how many of the last decisions it is looked for."""

PATH = "/console/join/"
"""Where links lead."""


@dataclass(frozen=True)
class Standing:
    """What somebody may do: their roles, with hub ids of schools and apps."""

    roles: frozenset[tuple[str, str]]

    @property
    def operates(self) -> bool:
        """Whether they run the hub."""
        return (OPERATOR, "") in self.roles

    def sees(self, school: str) -> bool:
        """Whether they may look at what a school shares."""
        return self.operates or bool({(DECIDES, school), (LOOKS, school)} & self.roles)

    def decides(self, school: str) -> bool:
        """Whether they may decide for a school."""
        return (DECIDES, school) in self.roles

    def builds(self, app: str) -> bool:
        """Whether they build an app."""
        return (DEVELOPER, app) in self.roles

    @property
    def develops(self) -> bool:
        """Whether they may register apps."""
        return self.operates or (DEVELOPER, "") in self.roles

    def places(self, *roles: str) -> frozenset[str]:
        """Where they have one of some roles."""
        return frozenset(place for role, place in self.roles if role in roles)


@dataclass(frozen=True)
class Held:
    """Somebody's role as people read it: their address and name, the role, and where."""

    account: Account
    name: str
    role: str
    place: str
    called: str
    """What the school or the app is called; empty for the whole hub."""


class Roles:
    """The roles of a hub's accounts."""

    def __init__(
        self, store: Store, clock: Callable[[], float], accounts: Accounts, schools: Schools, apps: Apps
    ) -> None:
        self._store = store
        self._clock = clock
        self._accounts = accounts
        self._schools = schools
        self._apps = apps

    # ---- looking

    def of(self, account: Account) -> Standing:
        """What an account may do."""
        return Standing(frozenset((one.role, one.place) for one in self._store.kept.roles.of(account.id)))

    def held(self, place: str | None = None) -> list[Held]:
        """Who has which roles, at one place or everywhere."""
        kept, called = self._store.kept, self.called()
        people = {account.id: (account, name) for account, name in kept.accounts.every()}
        roles = kept.roles.every() if place is None else kept.roles.at(place)
        return [
            Held(*people[one.account], one.role, one.place, called.get(one.place, "")) for one in roles
            if one.account in people
        ]  # fmt: skip

    def called(self) -> dict[str, str]:
        """What each school and each app is called, by hub id."""
        schools = {one.id: f"{one.name or one.estab} ({one.estab})" for one in self._schools.all()}
        return {**schools, **{app.id: f"{app.name} ({app.relying_party})" for app in self._apps.all()}}

    def guarded(self, school: str) -> bool:
        """Whether anybody with an account decides for a school, so that a link alone no longer does."""
        return self._store.kept.roles.holds(DECIDES, school)

    def waiting(self, place: str | None = None) -> list[AccountLink]:
        """The invitations that nobody has accepted yet."""
        return [one for one in self._store.kept.roles.links() if one.role and place in (None, one.place)]

    def decisions(self, most: int = 100, place: str = "") -> list[Decision]:
        """What people decided, the latest first."""
        return self._store.kept.decisions.latest(most, place)

    def place(self, role: str, estab: str = "", relying_party: str = "") -> str:
        """Where a role is, by the school's number or the app's name; raises `Malformed` where it is elsewhere."""
        if role not in ROLES:
            raise Malformed(Problem("role", f"{role[:40]} is not a role", nearest(role[:40], ROLES)))
        wanted = {DECIDES: "school", LOOKS: "school", DEVELOPER: "app"}.get(role, "")
        given = {"school": estab, "app": relying_party}
        # A developer without an app is one who may register apps.
        needed = "" if role == DEVELOPER else wanted
        wrong = [Problem(name, f"is missing for {role}") for name in (needed,) if name and not given[name]]
        wrong += [Problem(name, f"has nothing to do with {role}") for name in given if name != wanted and given[name]]
        if wrong:
            raise Malformed(*wrong)
        if wanted == "school":
            return self._schools.find(estab)[1]
        return self._apps.named(relying_party).id if relying_party else ""

    # ---- giving and taking

    def give(self, account: Account, role: str, place: str, by: str) -> None:
        """Give somebody a role; `by` is who does."""
        with self._store.transaction() as kept:
            _give(kept, account, role, place, by)

    def take(self, account: Account, role: str, place: str, by: str) -> None:
        """Take a role away; raises `Conflict` where nobody would run the hub any more."""
        with self._store.transaction() as kept:
            if not kept.roles.take(account.id, role, place):
                raise NotFound(Problem("role", f"{account.email} does not have it"))
            if role == OPERATOR and not kept.roles.holds(OPERATOR):
                raise Conflict("nobody would run this hub any more", hint="make somebody else an operator first")
            kept.decisions.add(by, f"took away: {ROLES[role]}", place, account.email)

    def note(self, by: str, what: str, place: str = "", about: str = "") -> None:
        """Write down what somebody decided that is written nowhere else."""
        with self._store.transaction() as kept:
            kept.decisions.add(by, what, place, about)

    def note_shown(self, links: Iterable[AccountLink], by: str) -> None:
        """Write down, once each, that somebody was shown links of others: whoever has one can become that person."""
        for link in links:
            before = self.decisions(SHOWN_LATELY, link.place)
            if not any(one[1:] == (by, SHOWN, link.place, link.email) and one.at >= link.expires - LIFE - 1
                       for one in before):  # fmt: skip
                self.note(by, SHOWN, link.place, link.email)

    # ---- links

    def invite(self, email: str, role: str, place: str, by: str, *, mail: bool = False) -> AccountLink:
        """Invite somebody to a role, or with no role to choose another password; with `mail`, a letter is promised."""
        link = AccountLink(str(uuid.uuid4()), known_email(email), role, place, by, self._clock() + LIFE)
        with self._store.transaction() as kept:
            kept.roles.add_link(link)
            kept.decisions.add(by, f"invited: {ROLES[role]}" if role else "sent a link for another password", place,
                               link.email)  # fmt: skip
            if mail:
                kept.outbox.promise("mail", {"letter": "account", "link": link.id}, key=f"account/{link.id}")
        return link

    def first(self) -> str | None:
        """The path at which whoever starts the hub becomes its operator; None once there is one."""
        kept = self._store.kept
        if kept.roles.holds(OPERATOR):
            return None
        link = AccountLink(str(uuid.uuid4()), "", OPERATOR, "", COMMAND, self._clock() + LIFE)
        with self._store.transaction() as kept:
            kept.roles.add_link(link)
        return self.path(link)

    def path(self, link: AccountLink) -> str:
        """Where a link leads: made again whenever it is needed, and kept nowhere."""
        return f"{PATH}{link.id}.{told_again(self._store.secret('account link'), link.id).hex()}"

    def by_id(self, identity: str) -> AccountLink | None:
        """The link with this id, while it opens."""
        return self._store.kept.roles.link(identity)

    def follow(self, token: str) -> AccountLink:
        """The link that a token is of; raises `LinkEnded`."""
        identity, _, proof = token.partition(".")
        right = told_again(self._store.secret("account link"), identity).hex()
        found = self.by_id(identity) if hmac.compare_digest(proof.encode(), right.encode()) else None
        if found is None or (found.role == OPERATOR and not found.email and self._store.kept.roles.holds(OPERATOR)):
            raise LinkEnded("It was used before, a newer one was sent, or it is more than a week old. Ask for another.")
        return found

    def has_account(self, link: AccountLink) -> bool:
        """Whether the address of a link has an account that somebody can sign in to."""
        kept = self._store.kept.accounts
        account = kept.by_email(link.email) if link.email else None
        return account is not None and kept.password(account.id) is not None

    def accept(self, link: AccountLink, account: Account) -> None:
        """Give the role of a link to the account of its address, whose owner has just shown who they are."""
        if account.email != link.email:
            raise Conflict(f"the invitation is for {link.email}", hint="sign in with that account")
        with self._store.transaction() as kept:
            self.take_on(kept, link, account)

    def take_on(self, kept: Kept, link: AccountLink, account: Account) -> None:
        """Give the role of a link to an account within a transaction."""
        _use(kept, link)
        _give(kept, account, link.role, link.place, link.made_by)

    def open(self, link: AccountLink, email: str, names: tuple[str, str], password: str) -> Account:
        """Open an account by a link, or choose the password of one: the first, or another where that is asked."""
        address = link.email or known_email(email)
        keep = chosen_password(password)
        with self._store.write(HUB) as batch:
            _use(batch.kept, link)
            account = batch.kept.accounts.by_email(address)
            if account is not None and link.role and batch.kept.accounts.password(account.id) is not None:
                raise Conflict("there is an account with this address by now", hint="sign in, and open the link again")
            if account is None:
                first, last = (name.strip()[:150] for name in names)
                account = open_account(batch, address, {"first_name": first, "last_name": last})
            keep(batch.kept, account)
            if link.role:
                _give(batch.kept, account, link.role, link.place, link.made_by)
            else:
                tell_of_password(batch.kept, account)
        return account


def _use(kept: Kept, link: AccountLink) -> None:
    if not kept.roles.use_link(link.id):
        raise LinkEnded("It was used in the meantime. Sign in with the account that it opened.")


def _give(kept: Kept, account: Account, role: str, place: str, by: str) -> None:
    if kept.roles.give(account.id, role, place):
        kept.decisions.add(by, f"gave: {ROLES[role]}", place, account.email)
