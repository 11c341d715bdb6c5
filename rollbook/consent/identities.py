"""Accounts elsewhere that people sign in with: whose account each is, and whom an address of a domain lets in."""

from __future__ import annotations

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import asdict, dataclass

from ..errors import Conflict, Malformed, NotFound, Problem, Refused
from ..model.research import HUB
from ..recent import Recent
from ..store.kept import Kept
from ..store.kept.accounts import Account
from ..store.kept.identities import DomainRole as DomainRole
from ..store.kept.identities import Identity as Identity
from ..store.kept.roles import AccountLink
from ..store.kept.sent_away import Away
from ..store.port import Store
from .accounts import known_email, open_account
from .roles import DECIDES, LOOKS, ROLES, Roles
from .secrets import digest, new_token, told_again
from .tries import REMEMBERED, Tries

AWAY = 600.0
"""Seconds for which somebody may be at a provider."""

MOST, MINUTE = 60, 60.0
"""How many people may be sent to providers from one address on the network, and within how many seconds."""

LARGEST = 32 * 1024
"""How much of what somebody had filled in is kept while they are away, in bytes."""

BY_DOMAIN = (DECIDES, LOOKS)
"""The roles that an address of a domain may give."""


class Replayed(Refused):
    """This sign-in was used before, took longer than ten minutes, or began in another browser."""


class Unknown(Refused):
    """Nobody with this address has an account here."""


class AddressTaken(Refused):
    """The account of this address signs in as somebody else."""


@dataclass(frozen=True)
class Vouched:
    """Who somebody is, as a provider says it: it, how it names them, and an address that it has verified."""

    issuer: str
    subject: str
    email: str
    first_name: str = ""
    last_name: str = ""
    provider: str = ""
    """What people call the provider."""

    @property
    def names(self) -> dict[str, str]:
        """What of the name is known."""
        return {name: said for name in ("first_name", "last_name") if (said := getattr(self, name))}

    @property
    def domain(self) -> str:
        """What the address ends with."""
        return self.email.rpartition("@")[2]


@dataclass(frozen=True)
class Trip:
    """What somebody is sent to a provider with."""

    state: str
    browser: str
    """What their browser keeps as a cookie until they are back."""
    nonce: str
    verifier: str


class Identities:
    """The accounts elsewhere that people sign in to a hub with."""

    def __init__(self, store: Store, clock: Callable[[], float], roles: Roles) -> None:
        self._store = store
        self._clock = clock
        self._roles = roles
        self._begun: Recent[Tries] = Recent(REMEMBERED)

    # ---- to a provider, and back

    def send(self, provider: str, back: str, then: str, kept: str, client: str) -> Trip:
        """Send somebody to a provider; `client` is the address on the network that they come from."""
        now = self._clock()
        self._begun.get(client, lambda: Tries(MOST, MINUTE)).begin(now)
        trip = Trip(new_token(30), new_token(30), new_token(30), secrets.token_urlsafe(48))
        left = kept if len(kept.encode()) <= LARGEST else ""
        away = Away(provider, digest(trip.browser), trip.nonce, trip.verifier, back, then, left, now + AWAY)
        with self._store.passing as passing:
            passing.sent_away.send(digest(trip.state), away, now)
        return trip

    def back(self, provider: str, state: str, browser: str) -> Away:
        """Somebody who comes back from a provider, in the browser that they went with; raises `Replayed`."""
        with self._store.passing as passing:
            away = passing.sent_away.welcome(digest(state))
        right = away is not None and away.expires > self._clock() and away.provider == provider
        if away is None or not right or not hmac.compare_digest(away.browser, digest(browser)):
            raise Replayed
        return away

    # ---- whose account it is

    def account(self, vouched: Vouched) -> Account | None:
        """Whose account it is: by what the provider names them, and only the first time by their address.

        None where there is none yet, but the domain of the address gives one.
        """
        with self._store.lend() as kept:
            return _account(kept, vouched)

    def found(self, vouched: Vouched) -> Account | None:
        """The same for who is invited; None where there is none yet."""
        with self._store.lend() as kept:
            return _found(kept, vouched)

    def enter(self, vouched: Vouched) -> Account:
        """The account of somebody who signs in with one elsewhere, made where their domain gives them one."""
        with self._store.write(HUB) as batch:
            kept = batch.kept
            account = _account(kept, vouched)
            if account is None:
                account = open_account(batch, known_email(vouched.email), vouched.names)
                kept.decisions.add(vouched.email, f"opened an account by {vouched.provider}")
            self._use(kept, vouched, account)
        return account

    def join(self, vouched: Vouched, link: AccountLink) -> Account:
        """The account of somebody who accepts an invitation by signing in elsewhere with its address."""
        if not link.role:
            raise Conflict("this link is for another password", hint="open it, and choose one")
        if link.email and link.email != vouched.email:
            raise Conflict(f"the invitation is for {link.email}, and you signed in as {vouched.email}",
                           hint="sign in there with the address of the invitation, or choose a password")  # fmt: skip
        with self._store.write(HUB) as batch:
            account = _found(batch.kept, vouched)
            if account is None:
                account = open_account(batch, known_email(vouched.email), vouched.names)
            self._roles.take_on(batch.kept, link, account)
            self._use(batch.kept, vouched, account)
        return account

    def _use(self, kept: Kept, vouched: Vouched, account: Account) -> None:
        """Note that somebody signs in, and give what their domain gives since they last did."""
        before = kept.identities.with_subject(vouched.issuer, vouched.subject)
        for one in kept.identities.of_domain(vouched.issuer, vouched.domain):
            if (before is None or one.made > before.used) and kept.roles.give(account.id, one.role, one.place):
                by = f"{one.made_by}, for {one.domain}"
                kept.decisions.add(by, f"gave: {ROLES[one.role]}", one.place, account.email)
        kept.identities.use(vouched.issuer, vouched.subject, account.id)
        if before is None:
            kept.decisions.add(account.email, f"first signed in with {vouched.provider}")

    # ---- between an account elsewhere and the code of an authenticator app

    def ticket(self, vouched: Vouched, account: Account) -> str:
        """What a form brings back of who somebody is, while a code is still to come: of this account alone."""
        told = {"at": self._clock(), "who": asdict(vouched)}
        said = urlsafe_b64encode(json.dumps(told).encode()).decode()
        return f"{said}.{self._proof(said, account)}"

    def taken(self, ticket: str, account: Account) -> Vouched | None:
        """Who somebody is by such a ticket; None where it is none of this account."""
        said, _, proof = ticket.partition(".")
        if not ticket or not hmac.compare_digest(proof.encode(), self._proof(said, account).encode()):
            return None
        told = json.loads(urlsafe_b64decode(said))
        return Vouched(**told["who"]) if self._clock() - told["at"] < AWAY else None

    def _proof(self, said: str, account: Account) -> str:
        return told_again(self._store.secret("account elsewhere"), account.id, said).hex()

    # ---- looking, and changing

    def of(self, account: Account) -> list[Identity]:
        """The accounts elsewhere that somebody signs in with."""
        return self._store.kept.identities.of(account.id)

    def every(self) -> list[tuple[str, Identity]]:
        """All of them, each with the address of its account here."""
        emails = self._store.kept.accounts.emails()
        return [(emails.get(one.account, ""), one) for one in self._store.kept.identities.every()]

    def drop(self, account: Account, by: str, issuer: str = "") -> int:
        """Let nobody sign in to an account with one elsewhere, until that is known by the address again."""
        with self._store.transaction() as kept:
            number = kept.identities.drop(account.id, issuer)
            if number:
                kept.decisions.add(by, "removed an account elsewhere", about=account.email)
        return number

    # ---- domains

    def domains(self) -> list[DomainRole]:
        """What addresses of domains let people do."""
        return self._store.kept.identities.domains()

    def let_in(self, issuer: str, domain: str, role: str, place: str, by: str) -> None:
        """Let whoever a provider gives an address of a domain have a role at a school; `by` is who says so."""
        name = known_domain(domain)
        if role not in BY_DOMAIN:
            raise Malformed(Problem("role", "is not given by domain", f"one of {', '.join(BY_DOMAIN)}"))
        with self._store.transaction() as kept:
            if not kept.identities.let_in(issuer, name, role, place, by):
                raise Conflict(Problem("domain", f"{name} gives this role already"))
            kept.decisions.add(by, f"let in: whoever has an address of {name}, as one who {ROLES[role]}", place)

    def keep_out(self, issuer: str, domain: str, role: str, place: str, by: str) -> None:
        """Let a domain give a role no longer; who came by it keeps it until it is taken away."""
        with self._store.transaction() as kept:
            if not kept.identities.keep_out(issuer, domain, role, place):
                raise NotFound(Problem("domain", f"{domain[:100]} does not give this role"))
            kept.decisions.add(by, f"no longer let in: whoever has an address of {domain}", place)


def known_domain(domain: str) -> str:
    """A domain as it is kept; raises `Malformed` for what is none. It stands for itself, and for none below it."""
    name = domain.strip().lower().removeprefix("@")
    if len(name) > 180 or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", name):
        raise Malformed(Problem("domain", "is not a domain", "such as thornfield.example"))
    return name


def _account(kept: Kept, vouched: Vouched) -> Account | None:
    found = _found(kept, vouched)
    if found is None and not kept.identities.of_domain(vouched.issuer, vouched.domain):
        raise Unknown(f"Nobody with the address {vouched.email} has an account here.")
    return found


def _found(kept: Kept, vouched: Vouched) -> Account | None:
    """The account of somebody, by what the provider names them, or by their address where it names nobody so yet."""
    known = kept.identities.with_subject(vouched.issuer, vouched.subject)
    account = kept.accounts.by_id(known.account) if known else None
    if account is not None:
        return account
    account = kept.accounts.by_email(vouched.email)
    # An address that somebody else has by now, as schools give them on, opens nobody's account.
    if account is not None and any(one.issuer == vouched.issuer for one in kept.identities.of(account.id)):
        raise AddressTaken(f"The account of {vouched.email} signs in as somebody else at {vouched.provider}.")
    return account
